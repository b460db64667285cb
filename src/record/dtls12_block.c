/* One record of DTLS 1.2 with a MAC of its own sealed or opened (RFC 6347 4.1, 4.1.2.1; RFC 7366 3).
 *
 *   header: type | 0xfefd | epoch | sequence number | length
 *   body:   see mac_body.c; its number is epoch and sequence number
 *
 * Forgeries are not counted: unlike an AEAD's tag, an HMAC does not wear out. */
#include "record/dtls12_block.h"

#include "base/allocation.h"
#include "base/reader.h"
#include "record/dtls_plain.h"
#include "record/usage_limit.h"

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

static enum hf_error block_seal(struct hf_record_protection *protection, const struct hf_record_content *content,
                                struct hf_writer *into)
{
    struct block_record *record = record_of(protection);
    struct hf_writer writer = *into; /* committed only when sealed: a failure writes nothing that counts */
    const struct hf_mac_body_head head = {hf_dtls_plain_number(content), content->type, HF_DTLS_RECORD_VERSION};
    if (!hf_usage_limit_may_seal(&record->usage, content->type) || content->sequence > HF_DTLS_SEQUENCE_MAX)
        return HF_ERR_usage_limit_reached;
    if (content->bytes.len > HF_RECORD_CONTENT_MAX || content->padding != 0 || content->id.len > 0)
        return HF_ERR_internal; /* api/builder_historic.c keeps IDs to AEAD */
    hf_dtls_plain_write_header(content, hf_mac_body_len(&record->body, content->bytes.len), &writer);
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
    struct hf_record_content content = hf_dtls_plain_read_header(wire->header);
    const struct hf_mac_body_head head = {hf_dtls_plain_number(&content), content.type, content.version};
    if (wire->id.len > 0)
        return HF_ERR_bad_record;
    HF_TRY(hf_mac_body_open(&record->body, &head, wire->body, into, &content.bytes));
    protection->usage = hf_usage_limit_count(&record->usage);
    if (content.bytes.len > HF_RECORD_CONTENT_MAX) /* authentic, so its length is no secret now */
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

enum hf_error hf_dtls12_block_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
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
    record->protection = (struct hf_record_protection){.methods = &block_methods, .header_len = HF_DTLS_HEADER_LEN};
    hf_mac_body_measure(&record->body, setup->seals, &record->protection);
    *ret_protection = &record->protection;
    return HF_OK;
}
