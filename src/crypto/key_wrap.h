/* Encrypts a private key for a file: PKCS#8 EncryptedPrivateKeyInfo with PBES2 (RFC 5958 3, RFC 8018 6.2). */
#ifndef HF_CRYPTO_KEY_WRAP_H
#define HF_CRYPTO_KEY_WRAP_H

#include "crypto/private_key.h"

/* Appends the key as "ENCRYPTED PRIVATE KEY" PEM: AES-256-CBC, PBKDF2 with HMAC-SHA256 and 600000 rounds, a new salt of
 * 16 bytes. pass is 1 to 1024 bytes, else HF_ERR_setting_invalid. On failure nothing was appended. */
HF_MUST enum hf_error hf_key_wrap_pem(const struct hf_allocator *allocator, const struct hf_private_key *key,
                                      struct hf_span pass, struct hf_buffer *into);

#endif
