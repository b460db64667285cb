/* HKDF (RFC 5869): extract a secret from key material, expand a secret into keys. TLS 1.3's key schedule
 * (RFC 9846 7.1) is built on these two in schedule/. */
#ifndef HF_CRYPTO_HKDF_H
#define HF_CRYPTO_HKDF_H

#include "base/secret.h"
#include "crypto/hash.h"

/* RFC 5869 2.2. An empty salt means a salt of zeros as long as the hash. */
HF_MUST enum hf_error hf_hkdf_extract(const struct hf_toolbox *toolbox, enum hf_hash_id id, struct hf_span salt,
                                      struct hf_span material, struct hf_secret *ret_secret);

/* RFC 5869 2.3: `len` bytes to `into`, at most 255 hash lengths. On failure `into` is wiped. */
HF_MUST enum hf_error hf_hkdf_expand(const struct hf_toolbox *toolbox, enum hf_hash_id id,
                                     const struct hf_secret *secret, struct hf_span info, uint8_t *into, size_t len);

#endif
