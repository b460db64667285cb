/* Hash functions: running ones for transcripts, and one-shot ones (FIPS 180-4).
 * A running hash can be looked at without ending it, which is what a transcript needs (RFC 9846 4.1). */
#ifndef HF_CRYPTO_HASH_H
#define HF_CRYPTO_HASH_H

#include "crypto/toolbox.h"

/* SHA-1 is here for the names of keys and for signatures of historic peers only. */
enum hf_hash_id { HF_HASH_NONE = 0, HF_HASH_SHA1, HF_HASH_SHA256, HF_HASH_SHA384, HF_HASH_SHA512 };

#define HF_DIGEST_MAX 64

/* A hash's or HMAC's output; `len` bytes of it count. */
struct hf_digest {
    uint8_t bytes[HF_DIGEST_MAX];
    size_t len;
};

/* A running hash. One thread at a time. */
struct hf_hash;

/* Output length in bytes; 0 for HF_HASH_NONE. */
size_t hf_hash_len(enum hf_hash_id id);

/* The digest's bytes, borrowed. */
struct hf_span hf_digest_span(const struct hf_digest *digest);

HF_MUST enum hf_error hf_hash_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                  enum hf_hash_id id, struct hf_hash **ret_hash);
HF_MUST enum hf_error hf_hash_update(struct hf_hash *hash, struct hf_span bytes);

/* The digest of all that was put in so far; the hash goes on. */
HF_MUST enum hf_error hf_hash_peek(struct hf_hash *hash, struct hf_digest *ret_digest);

/* Another hash that has taken in the same so far; both go on by themselves. */
HF_MUST enum hf_error hf_hash_fork(const struct hf_hash *hash, struct hf_hash **ret_fork);

/* NULL is fine. */
void hf_hash_free(struct hf_hash *hash);

/* The digest of `count` spans, one behind the other. */
HF_MUST enum hf_error hf_hash_once(const struct hf_toolbox *toolbox, enum hf_hash_id id, const struct hf_span *parts,
                                   size_t count, struct hf_digest *ret_digest);

#endif
