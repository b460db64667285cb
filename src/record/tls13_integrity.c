/* One record of TLS 1.3 that is authenticated and not encrypted (RFC 9150 5, 7).
 *
 *   header: 23 | 0x0303 | length
 *   body:   content | type | zeros | HMAC(key, nonce | header | content | type | zeros)
 *
 * The nonce is the IV, as long as the hash, with the sequence number over its last 8 bytes. */
#include "record/tls13_integrity.h"

#include "base/allocation.h"
#include "base/must.h"
#include "crypto/hmac.h"
#include "record/inner_plaintext.h"
#include "record/usage_limit.h"

enum { LEGACY_RECORD_VERSION = 0x0303, SEQUENCE_LEN = 8 };

struct integrity {
    struct hf_record_protection protection; /* first: methods get this and mean the whole */
    const struct hf_toolbox *toolbox;
    const struct hf_allocator *allocator;
    enum hf_hash_id mac;
    size_t mac_len;
    struct hf_secret key;
    struct hf_secret iv;
    struct hf_usage_limit usage;
};

static enum hf_error compute_mac(const struct integrity *integrity, struct hf_span header, struct hf_span inner,
                                 struct hf_digest *ret_mac)
{
    HF_WIPED struct hf_secret nonce = integrity->iv;
    for (size_t i = 0; i < SEQUENCE_LEN; i++)
        nonce.bytes[nonce.len - 1 - i] ^= (uint8_t)(integrity->usage.sequence >> (8 * i));
    const struct hf_span parts[] = {hf_secret_span(&nonce), header, inner};
    return hf_hmac_once(integrity->toolbox, integrity->mac, hf_secret_span(&integrity->key), parts, HF_COUNT(parts),
                        ret_mac);
}

static void write_inner(const struct hf_record_content *content, size_t mac_len, struct hf_writer *into)
{
    hf_writer_u8(into, HF_CONTENT_APPLICATION_DATA);
    hf_writer_u16(into, LEGACY_RECORD_VERSION);
    hf_writer_u16(into, (uint16_t)(content->bytes.len + 1 + content->padding + mac_len));
    hf_writer_bytes(into, content->bytes);
    hf_writer_u8(into, content->type);
    for (size_t i = 0; i < content->padding; i++)
        hf_writer_u8(into, 0);
}

static enum hf_error integrity_seal(struct hf_record_protection *protection, const struct hf_record_content *content,
                                    struct hf_writer *into)
{
    struct integrity *integrity = (struct integrity *)protection;
    struct hf_writer record = *into; /* committed only when sealed */
    struct hf_digest mac;
    if (hf_usage_limit_judge(&integrity->usage) == HF_USAGE_EXHAUSTED)
        return HF_ERR_usage_limit_reached;
    if (content->bytes.len > HF_RECORD_CONTENT_MAX || content->padding > HF_RECORD_CONTENT_MAX - content->bytes.len)
        return HF_ERR_internal;
    write_inner(content, integrity->mac_len, &record);
    if (!hf_writer_end(&record))
        return HF_ERR_internal;
    struct hf_span written = hf_span_part(hf_writer_span(&record), into->len, record.len);
    HF_TRY(compute_mac(integrity, hf_span_part(written, 0, HF_RECORD_HEADER_LEN),
                       hf_span_part(written, HF_RECORD_HEADER_LEN, written.len), &mac));
    hf_writer_bytes(&record, hf_digest_span(&mac));
    if (!hf_writer_end(&record))
        return HF_ERR_internal;
    protection->usage = hf_usage_limit_count(&integrity->usage);
    *into = record;
    return HF_OK;
}

static enum hf_error integrity_open(struct hf_record_protection *protection, const struct hf_record_wire *wire,
                                    uint8_t *into, struct hf_record_content *ret_content)
{
    struct integrity *integrity = (struct integrity *)protection;
    struct hf_record_content content = {.version = LEGACY_RECORD_VERSION, .sequence = integrity->usage.sequence};
    struct hf_digest mac;
    if (hf_usage_limit_judge(&integrity->usage) == HF_USAGE_EXHAUSTED)
        return HF_ERR_usage_limit_reached;
    if (wire->body.len <= integrity->mac_len)
        return HF_ERR_bad_record;
    struct hf_span inner = hf_span_part(wire->body, 0, wire->body.len - integrity->mac_len);
    HF_TRY(compute_mac(integrity, wire->header, inner, &mac));
    if (!hf_secret_equal(hf_span_part(wire->body, inner.len, integrity->mac_len), hf_digest_span(&mac)))
        return HF_ERR_bad_record;
    protection->usage = hf_usage_limit_count(&integrity->usage);
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
    struct integrity *integrity = (struct integrity *)protection;
    hf_allocation_wipe(integrity->allocator, integrity, sizeof *integrity);
}

static const struct hf_record_methods integrity_methods = {
    .seal = integrity_seal, .open = integrity_open, .free = integrity_free};

enum hf_error hf_tls13_integrity_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                     enum hf_hash_id mac, enum hf_aead_direction direction,
                                     const struct hf_traffic_keys *keys, struct hf_record_protection **ret_protection)
{
    size_t mac_len = hf_hash_len(mac);
    if (mac_len == 0 || keys->key.len != mac_len || keys->iv.len != mac_len)
        return HF_ERR_wrong_call;
    struct integrity *integrity = hf_allocation_new(allocator, sizeof *integrity);
    if (integrity == NULL)
        return HF_ERR_no_memory;
    integrity->toolbox = toolbox;
    integrity->allocator = allocator;
    integrity->mac = mac;
    integrity->mac_len = mac_len;
    integrity->key = keys->key;
    integrity->iv = keys->iv;
    hf_usage_limit_init(&integrity->usage, HF_AEAD_NONE, direction);
    integrity->protection = (struct hf_record_protection){
        .methods = &integrity_methods,
        .overhead = 1 + mac_len,
        .hides_type = true,
    };
    *ret_protection = &integrity->protection;
    return HF_OK;
}
