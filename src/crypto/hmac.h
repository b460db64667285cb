/* HMAC (RFC 2104), one-shot. All key schedules stand on it, so it is made to cost little:
 * no fetch, no parameters parsed, no copy of the message. */
#ifndef HF_CRYPTO_HMAC_H
#define HF_CRYPTO_HMAC_H

#include "crypto/hash.h"

/* HMAC of `count` spans, one behind the other. The caller wipes the digest where it is a secret. An empty key is
 * allowed (RFC 5869 2.2 with no salt). */
HF_MUST enum hf_error hf_hmac_once(const struct hf_toolbox *toolbox, enum hf_hash_id id, struct hf_span key,
                                   const struct hf_span *parts, size_t count, struct hf_digest *ret_digest);

#endif
