/* The MAC of records of (D)TLS 1.3 that are authenticated and not encrypted: RFC 9150 5, 6. */
#ifndef HF_RECORD_INTEGRITY_H
#define HF_RECORD_INTEGRITY_H

#include "crypto/hash.h"
#include "seam/record.h"

/* A part of a protection: its holder wipes it. */
struct hf_integrity {
    const struct hf_toolbox *toolbox;
    enum hf_hash_id mac;
    size_t mac_len;
    struct hf_secret key;
    struct hf_secret iv;
};

/* Keys are copied. toolbox must outlive it. wrong_call when a length does not fit. */
HF_MUST enum hf_error hf_integrity_init(const struct hf_toolbox *toolbox, enum hf_hash_id mac,
                                        const struct hf_traffic_keys *keys, struct hf_integrity *integrity);

/* HMAC(key, nonce | header | inner); the nonce is the IV, as long as the hash, with the number over its last 8 bytes.
 */
HF_MUST enum hf_error hf_integrity_tag(const struct hf_integrity *integrity, uint64_t sequence, struct hf_span header,
                                       struct hf_span inner, struct hf_digest *ret_mac);

/* The content, type and zeros of a body, if its MAC is that of this header and number; else bad_record. */
HF_MUST enum hf_error hf_integrity_check(const struct hf_integrity *integrity, uint64_t sequence,
                                         const struct hf_record_wire *wire, struct hf_span *ret_inner);

#endif
