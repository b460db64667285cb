/* What signing and verifying share, for the files of crypto/ only. */
#ifndef HF_CRYPTO_SIGNING_H
#define HF_CRYPTO_SIGNING_H

#include "crypto/signature_kind.h"

#include <openssl/evp.h>

/* Gives padding, hash and salt length to a context that signs or verifies with RSA (RFC 8017 8, RFC 9846 4.3.3);
 * nothing to do for other keys. */
bool hf_signing_set(EVP_PKEY_CTX *context, const struct hf_toolbox *toolbox, struct hf_signature_kind kind);

/* Whether the key signs messages whole, without a hash before it: Ed25519 and Ed448 (RFC 8032), ML-DSA with an
 * empty context string (FIPS 204 5.2, RFC 9881 4). */
bool hf_signing_is_whole(enum hf_key_type type);

#endif
