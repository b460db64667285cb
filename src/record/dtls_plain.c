/* The content is the body; only the header differs from that of streams. RFC 9147 4. */
#include "record/dtls_plain.h"

#include "base/reader.h"

struct dtls_plain {
    struct hf_record_protection protection; /* first: methods get this and mean the whole */
    const struct hf_allocator *allocator;
};

void hf_dtls_plain_write_header(const struct hf_record_content *content, size_t body_len, struct hf_writer *into)
{
    hf_writer_u8(into, content->id.len > 0 ? HF_CONTENT_TLS12_CID : content->type);
    hf_writer_u16(into, content->version == 0 ? HF_DTLS_RECORD_VERSION : content->version);
    hf_writer_u16(into, content->epoch);
    hf_writer_uint(into, 6, content->sequence);
    hf_writer_bytes(into, content->id);
    hf_writer_uint(into, 2, body_len);
}

struct hf_record_content hf_dtls_plain_read_header(struct hf_span header)
{
    struct hf_reader reader = hf_reader_of(header);
    struct hf_record_content content = {.type = hf_reader_u8(&reader)};
    content.version = hf_reader_u16(&reader);
    content.epoch = hf_reader_u16(&reader);
    content.sequence = hf_reader_uint(&reader, 6);
    return content;
}

uint64_t hf_dtls_plain_number(const struct hf_record_content *content)
{
    return (uint64_t)content->epoch << 48 | content->sequence;
}

static enum hf_error dtls_plain_seal(struct hf_record_protection *protection, const struct hf_record_content *content,
                                     struct hf_writer *into)
{
    (void)protection;
    struct hf_writer record = *into;
    if (content->sequence > HF_DTLS_SEQUENCE_MAX)
        return HF_ERR_usage_limit_reached;
    hf_dtls_plain_write_header(content, content->bytes.len, &record);
    hf_writer_bytes(&record, content->bytes);
    if (content->bytes.len > HF_RECORD_CONTENT_MAX || !hf_writer_end(&record))
        return HF_ERR_internal;
    *into = record;
    return HF_OK;
}

static enum hf_error dtls_plain_open(struct hf_record_protection *protection, const struct hf_record_wire *wire,
                                     uint8_t *into, struct hf_record_content *ret_content)
{
    (void)protection;
    struct hf_record_content content = hf_dtls_plain_read_header(wire->header);
    if (wire->body.len > HF_RECORD_CONTENT_MAX)
        return HF_ERR_record_too_long;
    if (into != wire->body.data && !hf_span_copy(wire->body, into, wire->body.len))
        return HF_ERR_internal;
    content.bytes = hf_span_of(into, wire->body.len);
    *ret_content = content;
    return HF_OK;
}

static void dtls_plain_free(struct hf_record_protection *protection)
{
    struct dtls_plain *plain = (struct dtls_plain *)protection;
    hf_allocation_wipe(plain->allocator, plain, sizeof *plain);
}

static const struct hf_record_methods dtls_plain_methods = {
    .seal = dtls_plain_seal,
    .open = dtls_plain_open,
    .free = dtls_plain_free,
};

enum hf_error hf_dtls_plain_new(const struct hf_allocator *allocator, struct hf_record_protection **ret_protection)
{
    struct dtls_plain *plain = hf_allocation_new(allocator, sizeof *plain);
    if (plain == NULL)
        return HF_ERR_no_memory;
    plain->protection = (struct hf_record_protection){
        .methods = &dtls_plain_methods,
        .header_len = HF_DTLS_HEADER_LEN,
        .is_plain = true,
    };
    plain->allocator = allocator;
    *ret_protection = &plain->protection;
    return HF_OK;
}
