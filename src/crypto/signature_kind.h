/* What a signature is made of: the key's type, the hash and the padding. Code points of TLS and OIDs of certificates
 * both come down to this. */
#ifndef HF_CRYPTO_SIGNATURE_KIND_H
#define HF_CRYPTO_SIGNATURE_KIND_H

#include "crypto/hash.h"

/* HF_KEY_RSA is rsaEncryption, HF_KEY_RSA_PSS is id-RSASSA-PSS (RFC 4055 1.2). */
enum hf_key_type {
    HF_KEY_NONE = 0,
    HF_KEY_RSA,
    HF_KEY_RSA_PSS,
    HF_KEY_P256,
    HF_KEY_P384,
    HF_KEY_P521,
    HF_KEY_ED25519,
    HF_KEY_ED448,
    HF_KEY_ML_DSA_44,
    HF_KEY_ML_DSA_65,
    HF_KEY_ML_DSA_87
};

/* RSA's paddings; a PSS salt is as long as the hash (RFC 9846 4.3.3). */
enum hf_padding { HF_PADDING_NONE = 0, HF_PADDING_PKCS1, HF_PADDING_PSS };

/* `key` is the exact type of the key that signs. Where the curve is not bound to the hash (TLS 1.2, certificates), the
 * caller puts the key's own type there. hash is HF_HASH_NONE for those that bring their own: Ed25519, Ed448 and ML-DSA.
 */
struct hf_signature_kind {
    enum hf_key_type key;
    enum hf_hash_id hash;
    enum hf_padding padding;
};

/* The longest signature: ML-DSA-87's (FIPS 204 4); RSA of 16384 bits has 2048 bytes. */
#define HF_SIGNATURE_MAX 4627

/* Whether the three go together: PKCS#1 only with HF_KEY_RSA, PSS with either RSA type, EC with a hash, ... */
bool hf_signature_kind_sound(struct hf_signature_kind kind);

/* "RSA", "RSA-PSS", "P-256", ...: for explanations. Constant. */
const char *hf_key_type_name(enum hf_key_type type);

#endif
