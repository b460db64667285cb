/* Keys of HPKE (RFC 9180 7.1.1, 7.1.2) as bytes, out of PKCS#8 and made anew. */
#ifndef HF_CRYPTO_HPKE_KEY_H
#define HF_CRYPTO_HPKE_KEY_H

#include "base/buffer.h"
#include "crypto/hpke.h"

struct hf_hpke_key {
    uint16_t kem;
    size_t private_len;
    size_t public_len;
    uint8_t private_bytes[HF_HPKE_PRIVATE_MAX];
    uint8_t public_bytes[HF_HPKE_ENC_MAX];
};

#define HF_WIPED_HPKE_KEY __attribute__((cleanup(hf_hpke_key_wipe)))
void hf_hpke_key_wipe(struct hf_hpke_key *key);

/* From the private key's bytes; the public half is worked out. HF_ERR_unsupported_key: no such KEM, or no key of it. */
HF_MUST enum hf_error hf_hpke_key_of(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                     uint16_t kem, struct hf_span private_bytes, struct hf_hpke_key *ret_key);

/* The first private key of the PEM text (RFC 7468), unencrypted. HF_ERR_file_malformed, HF_ERR_key_encrypted,
 * HF_ERR_unsupported_key: it is for signing, or of a group without a KEM. */
HF_MUST enum hf_error hf_hpke_key_read_pem(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                           struct hf_span pem, struct hf_hpke_key *ret_key);

/* A new key, which is also appended to `pkcs8` as DER (RFC 5958 2, RFC 8410 7). */
HF_MUST enum hf_error hf_hpke_key_generate(uint16_t kem, struct hf_hpke_key *ret_key, struct hf_buffer *pkcs8);

#endif
