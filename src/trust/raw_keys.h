/* Public keys that are known by themselves: who shows one of them has no need of a certificate (RFC 7250). Held as
 * SHA-256 of their SubjectPublicKeyInfo. Built once, then read by any thread. */
#ifndef HF_TRUST_RAW_KEYS_H
#define HF_TRUST_RAW_KEYS_H

#include "base/allocation.h"
#include "certificate/algorithm.h"
#include "error/error.h"

struct hf_toolbox; /* of crypto/ */
struct hf_raw_keys;

/* Adds a key by its digest of 32 bytes; makes the list where there is none (*keys NULL). */
HF_MUST enum hf_error hf_raw_keys_add(struct hf_raw_keys **keys, const struct hf_allocator *allocator,
                                      const uint8_t digest[32]);
void hf_raw_keys_free(struct hf_raw_keys *keys, const struct hf_allocator *allocator);

/* The digests one behind the other; empty for NULL. */
struct hf_span hf_raw_keys_span(const struct hf_raw_keys *keys);

/* Reads a SubjectPublicKeyInfo whole; HF_ERR_decode_error when it is none. */
HF_MUST enum hf_error hf_raw_keys_read(struct hf_span der, struct hf_spki *ret_key);

/* Whether a key that a peer presents is of a kind that we do and strong enough (unsupported_key, weak_key), and known:
 * raw_key_unknown, unless `any` will do. keys may be NULL: then none is known. */
HF_MUST enum hf_error hf_raw_keys_judge(const struct hf_raw_keys *keys, const struct hf_toolbox *toolbox, bool any,
                                        const struct hf_spki *key, struct hf_failure *ret_failure);

#endif
