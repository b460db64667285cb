/* Public keys, made from their numbers and not by libcrypto's decoders, which cost more than a signature's check.
 * The reader of certificates gives the parts; points are checked to lie on their curve (RFC 5480, 8017, 8032, 8410,
 * 9881). */
#ifndef HF_CRYPTO_PUBLIC_KEY_H
#define HF_CRYPTO_PUBLIC_KEY_H

#include "base/writer.h"
#include "crypto/signature_kind.h"

/* Borrowed for the call. modulus and exponent are big-endian; leading zeros are allowed. */
struct hf_public_key_parts {
    enum hf_key_type type;
    struct hf_span point;    /* EC: uncompressed point, 04 || x || y. Ed25519, Ed448, ML-DSA: the raw key */
    struct hf_span modulus;  /* RSA, RSA-PSS */
    struct hf_span exponent; /* RSA, RSA-PSS */
};

/* A public key. Any number of threads may verify with one at once. */
struct hf_public_key;

/* HF_ERR_bad_certificate_encoding when the parts are not a key of the type (point off the curve, even modulus, ...);
 * HF_ERR_unsupported_key when the type is not done here or RSA lies outside 512 to 16384 bits or its exponent is over 8
 * bytes. */
HF_MUST enum hf_error hf_public_key_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                        const struct hf_public_key_parts *parts, struct hf_public_key **ret_key);

/* NULL is fine. */
void hf_public_key_free(struct hf_public_key *key);

/* Whether this libcrypto can make and use such keys: ML-DSA came with 3.5. */
bool hf_public_key_available(const struct hf_toolbox *toolbox, enum hf_key_type type);

enum hf_key_type hf_public_key_type(const struct hf_public_key *key);

/* Bits of the modulus, of the curve's field, or 256 and 456 for Ed25519 and Ed448, or of ML-DSA's encoded key. */
size_t hf_public_key_bits(const struct hf_public_key *key);

/* HF_OK when the signature is right; HF_ERR_bad_signature when it is not; HF_ERR_wrong_signature_scheme when the kind
 * is unsound or not for this key. ECDSA signatures are DER (RFC 3279 2.2.3), the others raw. */
HF_MUST enum hf_error hf_public_key_verify(const struct hf_public_key *key, struct hf_signature_kind kind,
                                           struct hf_span message, struct hf_span signature);

/* RSA encryption with the padding of PKCS#1 1.5 (RFC 8017 7.2.1), as TLS 1.2's RSA key exchange has it. Appends the
 * ciphertext, as long as the modulus. HF_ERR_unsupported_key for keys that are not plain RSA. */
HF_MUST enum hf_error hf_public_key_encrypt(const struct hf_public_key *key, struct hf_span plaintext,
                                            struct hf_writer *into);

#endif
