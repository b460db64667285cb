/* HKDF-Expand-Label and Derive-Secret (RFC 9846 7.1): the two functions that the TLS 1.3 key schedule is made of. */
#ifndef HF_SCHEDULE_EXPAND_LABEL_H
#define HF_SCHEDULE_EXPAND_LABEL_H

#include "base/secret.h"
#include "crypto/hash.h"

/* Label without its prefix of 6 bytes, at most 249 bytes; context at most 255. prefix: NULL means "tls13 ". */
struct hf_expand_label {
    const struct hf_toolbox *toolbox;
    enum hf_hash_id hash;
    const char *prefix;
    struct hf_span label;
    struct hf_span context;
};

/* HKDF-Expand-Label(secret, label, context, len) to `into`; wiped on failure. wrong_call when a length is too long. */
HF_MUST enum hf_error hf_expand_label(const struct hf_expand_label *input, const struct hf_secret *secret,
                                      uint8_t *into, size_t len);

/* The same into a secret of `len` bytes. */
HF_MUST enum hf_error hf_expand_label_secret(const struct hf_expand_label *input, const struct hf_secret *secret,
                                             size_t len, struct hf_secret *ret_secret);

#endif
