#include "record/integrity.h"

#include "base/must.h"
#include "crypto/hmac.h"

enum { SEQUENCE_LEN = 8 };

enum hf_error hf_integrity_init(const struct hf_toolbox *toolbox, enum hf_hash_id mac,
                                const struct hf_traffic_keys *keys, struct hf_integrity *integrity)
{
    const size_t mac_len = hf_hash_len(mac);
    if (mac_len == 0 || keys->key.len != mac_len || keys->iv.len != mac_len)
        return HF_ERR_wrong_call;
    *integrity =
        (struct hf_integrity){.toolbox = toolbox, .mac = mac, .mac_len = mac_len, .key = keys->key, .iv = keys->iv};
    return HF_OK;
}

enum hf_error hf_integrity_tag(const struct hf_integrity *integrity, uint64_t sequence, struct hf_span header,
                               struct hf_span inner, struct hf_digest *ret_mac)
{
    HF_WIPED struct hf_secret nonce = integrity->iv;
    for (size_t i = 0; i < SEQUENCE_LEN; i++)
        nonce.bytes[nonce.len - 1 - i] ^= (uint8_t)(sequence >> (8 * i));
    const struct hf_span parts[] = {hf_secret_span(&nonce), header, inner};
    return hf_hmac_once(integrity->toolbox, integrity->mac, hf_secret_span(&integrity->key), parts, HF_COUNT(parts),
                        ret_mac);
}

enum hf_error hf_integrity_check(const struct hf_integrity *integrity, uint64_t sequence,
                                 const struct hf_record_wire *wire, struct hf_span *ret_inner)
{
    struct hf_digest mac;
    if (wire->body.len <= integrity->mac_len)
        return HF_ERR_bad_record;
    const struct hf_span inner = hf_span_part(wire->body, 0, wire->body.len - integrity->mac_len);
    HF_TRY(hf_integrity_tag(integrity, sequence, wire->header, inner, &mac));
    if (!hf_secret_equal(hf_span_part(wire->body, inner.len, integrity->mac_len), hf_digest_span(&mac)))
        return HF_ERR_bad_record;
    *ret_inner = inner;
    return HF_OK;
}
