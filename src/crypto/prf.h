/* TLS 1.2's pseudorandom function: P_hash over label and seed (RFC 5246 5). */
#ifndef HF_CRYPTO_PRF_H
#define HF_CRYPTO_PRF_H

#include "crypto/hash.h"

/* The most seeds of one call: two randoms, and an exporter's context with its length before it (RFC 5705 4). */
#define HF_PRF_SEEDS_MAX 5

/* `len` bytes of PRF(secret, label, seeds[0] || seeds[1] ...) to `into`. label is ASCII without its NUL; count is at
 * most HF_PRF_SEEDS_MAX. On failure `into` is wiped. `into` may not overlap what is put in. */
struct hf_prf_input {
    struct hf_span secret;
    const char *label;
    struct hf_span seeds[HF_PRF_SEEDS_MAX];
    size_t seeds_count;
};
HF_MUST enum hf_error hf_prf_expand(const struct hf_toolbox *toolbox, enum hf_hash_id id,
                                    const struct hf_prf_input *input, uint8_t *into, size_t len);

#endif
