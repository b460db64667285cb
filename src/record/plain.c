/* The null protection: the content is the body. It counts nothing, for there is nothing to use up. RFC 9846 5.1. */
#include "record/plain.h"

#include "base/reader.h"

struct plain {
    struct hf_record_protection protection; /* first: methods get this and mean the whole */
    const struct hf_allocator *allocator;
};

static enum hf_error plain_seal(struct hf_record_protection *protection, const struct hf_record_content *content,
                                struct hf_writer *into)
{
    (void)protection;
    if (content->bytes.len > HF_RECORD_CONTENT_MAX ||
        into->room - into->len < HF_RECORD_HEADER_LEN + content->bytes.len)
        return HF_ERR_internal;
    hf_writer_u8(into, content->type);
    hf_writer_u16(into, content->version);
    hf_writer_vector(into, 2, content->bytes);
    return hf_writer_end(into) ? HF_OK : HF_ERR_internal;
}

static enum hf_error plain_open(struct hf_record_protection *protection, const struct hf_record_wire *wire,
                                uint8_t *into, struct hf_record_content *ret_content)
{
    (void)protection;
    struct hf_reader header = hf_reader_of(wire->header);
    uint8_t type = hf_reader_u8(&header);
    uint16_t version = hf_reader_u16(&header);

    if (wire->body.len > HF_RECORD_CONTENT_MAX)
        return HF_ERR_record_too_long;
    if (into != wire->body.data && !hf_span_copy(wire->body, into, wire->body.len))
        return HF_ERR_internal;
    *ret_content = (struct hf_record_content){
        .type = type,
        .version = version,
        .bytes = hf_span_of(into, wire->body.len),
    };
    return HF_OK;
}

static void plain_free(struct hf_record_protection *protection)
{
    struct plain *plain = (struct plain *)protection;
    hf_allocation_wipe(plain->allocator, plain, sizeof *plain);
}

static void embedded_free(struct hf_record_protection *protection)
{
    (void)protection;
}

void hf_plain_init(struct hf_record_protection *protection)
{
    static const struct hf_record_methods embedded = {.seal = plain_seal, .open = plain_open, .free = embedded_free};
    *protection = (struct hf_record_protection){.methods = &embedded, .is_plain = true};
}

static const struct hf_record_methods plain_methods = {.seal = plain_seal, .open = plain_open, .free = plain_free};

enum hf_error hf_plain_new(const struct hf_allocator *allocator, struct hf_record_protection **ret_protection)
{
    struct plain *plain = hf_allocation_new(allocator, sizeof *plain);
    if (plain == NULL)
        return HF_ERR_no_memory;
    plain->protection = (struct hf_record_protection){.methods = &plain_methods, .is_plain = true};
    plain->allocator = allocator;
    *ret_protection = &plain->protection;
    return HF_OK;
}
