/* HMAC (RFC 2104), one-shot, and several with one key. All key schedules stand on it, so it is made to cost little:
 * no fetch, no parameters parsed, no copy of the message. */
#ifndef HF_CRYPTO_HMAC_H
#define HF_CRYPTO_HMAC_H

#include "crypto/hash.h"

enum { HF_HMAC_BLOCK_MAX = 128 };

/* HMAC of `count` spans, one behind the other. The caller wipes the digest where it is a secret. An empty key is
 * allowed (RFC 5869 2.2 with no salt). */
HF_MUST enum hf_error hf_hmac_once(const struct hf_toolbox *toolbox, enum hf_hash_id id, struct hf_span key,
                                   const struct hf_span *parts, size_t count, struct hf_digest *ret_digest);

/* A key for several MACs. */
struct hf_hmac {
    const void *md; /* libcrypto's */
    void *context;  /* likewise */
    uint8_t
        inner[HF_HMAC_BLOCK_MAX]; /* the key, padded to a block, as the first and as the second pass begin with it */
    uint8_t outer[HF_HMAC_BLOCK_MAX];
    size_t block_len;
};

/* hf_hmac_end must follow, also on failure. */
HF_MUST enum hf_error hf_hmac_begin(struct hf_hmac *hmac, const struct hf_toolbox *toolbox, enum hf_hash_id id,
                                    struct hf_span key);

/* As hf_hmac_once, as often as wanted. */
HF_MUST enum hf_error hf_hmac_make(struct hf_hmac *hmac, const struct hf_span *parts, size_t count,
                                   struct hf_digest *ret_digest);

/* Wipes the key. */
void hf_hmac_end(struct hf_hmac *hmac);

#endif
