/* RFC 5280 4.1.2.7 names keys by algorithm and curve, signing needs to know what they can make: one row each. */
#include "registry/key_type.h"

enum hf_key_type hf_key_type_of(enum hf_spki_kind kind)
{
    switch (kind) {
    case HF_SPKI_RSA:
        return HF_KEY_RSA;
    case HF_SPKI_RSA_PSS:
        return HF_KEY_RSA_PSS;
    case HF_SPKI_P256:
        return HF_KEY_P256;
    case HF_SPKI_P384:
        return HF_KEY_P384;
    case HF_SPKI_P521:
        return HF_KEY_P521;
    case HF_SPKI_ED25519:
        return HF_KEY_ED25519;
    case HF_SPKI_ED448:
        return HF_KEY_ED448;
    case HF_SPKI_ML_DSA_44:
        return HF_KEY_ML_DSA_44;
    case HF_SPKI_ML_DSA_65:
        return HF_KEY_ML_DSA_65;
    case HF_SPKI_ML_DSA_87:
        return HF_KEY_ML_DSA_87;
    case HF_SPKI_UNKNOWN:
        break;
    }
    return HF_KEY_NONE;
}

enum hf_error hf_key_type_public_key(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                     const struct hf_spki *spki, struct hf_public_key **ret_key)
{
    const struct hf_public_key_parts parts = {
        .type = hf_key_type_of(spki->kind), .point = spki->point, .modulus = spki->modulus, .exponent = spki->exponent};
    if (parts.type == HF_KEY_NONE)
        return HF_ERR_unsupported_key;
    return hf_public_key_new(toolbox, allocator, &parts, ret_key);
}

enum hf_hash_id hf_key_type_hash(enum hf_certificate_hash hash)
{
    switch (hash) {
    case HF_CERTIFICATE_HASH_SHA1:
        return HF_HASH_SHA1;
    case HF_CERTIFICATE_HASH_SHA256:
        return HF_HASH_SHA256;
    case HF_CERTIFICATE_HASH_SHA384:
        return HF_HASH_SHA384;
    case HF_CERTIFICATE_HASH_SHA512:
        return HF_HASH_SHA512;
    case HF_CERTIFICATE_HASH_NONE:
    case HF_CERTIFICATE_HASH_MD5:
    case HF_CERTIFICATE_HASH_SHA224:
        break;
    }
    return HF_HASH_NONE;
}
