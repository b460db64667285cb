/* One record of TLS 1.3 that is authenticated and not encrypted (RFC 9150 5, 7).
 *
 *   header: 23 | 0x0303 | length
 *   body:   content | type | zeros | MAC, see integrity.h */
#include "record/tls13_integrity.h"

#include "base/allocation.h"
#include "record/inner_plaintext.h"
#include "record/integrity.h"
#include "record/usage_limit.h"

enum { LEGACY_RECORD_VERSION = 0x0303 };

struct integrity_record {
    struct hf_record_protection protection; /* first: methods get this and mean the whole */
    const struct hf_allocator *allocator;
    struct hf_integrity integrity;
    struct hf_usage_limit usage;
};

static enum hf_error write_inner(const struct hf_record_content *content, size_t mac_len, struct hf_writer *into)
{
    hf_writer_u8(into, HF_CONTENT_APPLICATION_DATA);
    hf_writer_u16(into, LEGACY_RECORD_VERSION);
    hf_writer_u16(into, (uint16_t)(content->bytes.len + 1 + content->padding + mac_len));
    return hf_inner_plaintext_write(content, content->padding, into);
}

static enum hf_error integrity_seal(struct hf_record_protection *protection, const struct hf_record_content *content,
                                    struct hf_writer *into)
{
    struct integrity_record *record = (struct integrity_record *)protection;
    struct hf_writer writer = *into; /* committed only when sealed */
    struct hf_digest mac;
    if (!hf_usage_limit_may_seal(&record->usage, content->type))
        return HF_ERR_usage_limit_reached;
    if (content->bytes.len > HF_RECORD_CONTENT_MAX || content->padding > HF_RECORD_CONTENT_MAX - content->bytes.len)
        return HF_ERR_internal;
    HF_TRY(write_inner(content, record->integrity.mac_len, &writer));
    struct hf_span written = hf_span_part(hf_writer_span(&writer), into->len, writer.len);
    HF_TRY(hf_integrity_tag(&record->integrity, record->usage.sequence, hf_span_part(written, 0, HF_RECORD_HEADER_LEN),
                            hf_span_part(written, HF_RECORD_HEADER_LEN, written.len), &mac));
    hf_writer_bytes(&writer, hf_digest_span(&mac));
    if (!hf_writer_end(&writer))
        return HF_ERR_internal;
    protection->usage = hf_usage_limit_count(&record->usage);
    *into = writer;
    return HF_OK;
}

static enum hf_error integrity_open(struct hf_record_protection *protection, const struct hf_record_wire *wire,
                                    uint8_t *into, struct hf_record_content *ret_content)
{
    struct integrity_record *record = (struct integrity_record *)protection;
    struct hf_record_content content = {.version = LEGACY_RECORD_VERSION, .sequence = record->usage.sequence};
    struct hf_span inner;
    if (hf_usage_limit_judge(&record->usage) == HF_USAGE_EXHAUSTED)
        return HF_ERR_usage_limit_reached;
    HF_TRY(hf_integrity_check(&record->integrity, content.sequence, wire, &inner));
    protection->usage = hf_usage_limit_count(&record->usage);
    if (inner.len > HF_RECORD_CONTENT_MAX + 1)
        return HF_ERR_record_too_long;
    if (into != inner.data && !hf_span_copy(inner, into, inner.len))
        return HF_ERR_internal;
    HF_TRY(hf_inner_plaintext_read(hf_span_of(into, inner.len), &content));
    *ret_content = content;
    return HF_OK;
}

static void integrity_free(struct hf_record_protection *protection)
{
    struct integrity_record *record = (struct integrity_record *)protection;
    hf_allocation_wipe(record->allocator, record, sizeof *record);
}

static const struct hf_record_methods integrity_methods = {
    .seal = integrity_seal, .open = integrity_open, .free = integrity_free};

enum hf_error hf_tls13_integrity_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                     enum hf_hash_id mac, enum hf_aead_direction direction,
                                     const struct hf_traffic_keys *keys, struct hf_record_protection **ret_protection)
{
    struct integrity_record *record = hf_allocation_new(allocator, sizeof *record);
    if (record == NULL)
        return HF_ERR_no_memory;
    enum hf_error error = hf_integrity_init(toolbox, mac, keys, &record->integrity);
    if (error != HF_OK) {
        hf_allocation_free(allocator, record);
        return error;
    }
    record->allocator = allocator;
    hf_usage_limit_init(&record->usage, HF_AEAD_NONE, direction);
    record->protection = (struct hf_record_protection){
        .methods = &integrity_methods,
        .overhead = (uint16_t)(1 + record->integrity.mac_len),
        .hides_type = true,
    };
    *ret_protection = &record->protection;
    return HF_OK;
}
