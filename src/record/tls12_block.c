/* One record of TLS 1.2 with a MAC of its own sealed or opened (RFC 5246 6.2.3.1, 6.2.3.2; RFC 7366 3).
 *
 *   header: type | 0x0303 | length
 *   body:   see mac_body.c; its number is the count of records */
#include "record/tls12_block.h"

#include "base/allocation.h"
#include "base/reader.h"
#include "record/usage_limit.h"

enum { VERSION_TLS12 = 0x0303 };

struct block_record {
    struct hf_record_protection protection; /* first: methods get this and mean the whole */
    const struct hf_allocator *allocator;
    struct hf_mac_body body;
    struct hf_usage_limit usage;
};

static struct block_record *record_of(struct hf_record_protection *protection)
{
    return (struct block_record *)protection;
}

static size_t content_max(const struct hf_record_protection *protection)
{
    return protection->content_max != 0 ? protection->content_max : HF_RECORD_CONTENT_MAX;
}

static enum hf_error block_seal(struct hf_record_protection *protection, const struct hf_record_content *content,
                                struct hf_writer *into)
{
    struct block_record *record = record_of(protection);
    struct hf_writer writer = *into; /* committed only when sealed: a failure writes nothing that counts */
    const struct hf_mac_body_head head = {record->usage.sequence, content->type, VERSION_TLS12};
    if (!hf_usage_limit_may_seal(&record->usage, content->type))
        return HF_ERR_usage_limit_reached;
    if (content->bytes.len > content_max(protection) || content->padding != 0)
        return HF_ERR_internal;
    hf_writer_u8(&writer, content->type);
    hf_writer_u16(&writer, VERSION_TLS12);
    hf_writer_u16(&writer, (uint16_t)hf_mac_body_len(&record->body, content->bytes.len));
    HF_TRY(hf_mac_body_seal(&record->body, &head, content->bytes, &writer));
    protection->usage = hf_usage_limit_count(&record->usage);
    if (protection->usage == HF_USAGE_FINE)
        protection->usage = hf_mac_body_usage(&record->body);
    *into = writer;
    return HF_OK;
}

static enum hf_error block_open(struct hf_record_protection *protection, const struct hf_record_wire *wire,
                                uint8_t *into, struct hf_record_content *ret_content)
{
    struct block_record *record = record_of(protection);
    struct hf_reader header = hf_reader_of(wire->header);
    struct hf_record_content content = {.sequence = record->usage.sequence};
    if (hf_usage_limit_judge(&record->usage) == HF_USAGE_EXHAUSTED)
        return HF_ERR_usage_limit_reached;
    content.type = hf_reader_u8(&header);
    content.version = hf_reader_u16(&header);
    const struct hf_mac_body_head head = {content.sequence, content.type, content.version};
    HF_TRY(hf_mac_body_open(&record->body, &head, wire->body, into, &content.bytes));
    protection->usage = hf_usage_limit_count(&record->usage);
    if (content.bytes.len > content_max(protection)) /* authentic, so its length is no secret now */
        return HF_ERR_record_too_long;
    *ret_content = content;
    return HF_OK;
}

static void block_free(struct hf_record_protection *protection)
{
    struct block_record *record = record_of(protection);
    hf_mac_body_wipe(&record->body);
    hf_allocation_wipe(record->allocator, record, sizeof *record);
}

static const struct hf_record_methods block_methods = {.seal = block_seal, .open = block_open, .free = block_free};

enum hf_error hf_tls12_block_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                 const struct hf_mac_body_setup *setup, struct hf_record_protection **ret_protection)
{
    struct block_record *record = hf_allocation_new(allocator, sizeof *record);
    if (record == NULL)
        return HF_ERR_no_memory;
    enum hf_error error = hf_mac_body_init(toolbox, allocator, setup, &record->body);
    if (error != HF_OK) {
        hf_allocation_free(allocator, record);
        return error;
    }
    record->allocator = allocator;
    hf_usage_limit_init(&record->usage, HF_AEAD_NONE, setup->seals ? HF_AEAD_SEAL : HF_AEAD_OPEN);
    record->protection = (struct hf_record_protection){.methods = &block_methods};
    hf_mac_body_measure(&record->body, setup->seals, &record->protection);
    *ret_protection = &record->protection;
    return HF_OK;
}
