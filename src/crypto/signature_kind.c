/* Which key, hash and padding go together (RFC 8017 8, RFC 8032 5, FIPS 186-5 6, FIPS 204 5). */
#include "crypto/signature_kind.h"

#include "base/must.h"

bool hf_signature_kind_sound(struct hf_signature_kind kind)
{
    bool hashed = hf_hash_len(kind.hash) > 0;
    switch (kind.key) {
    case HF_KEY_RSA:
        return hashed && (kind.padding == HF_PADDING_PKCS1 || kind.padding == HF_PADDING_PSS);
    case HF_KEY_RSA_PSS:
        return hashed && kind.padding == HF_PADDING_PSS;
    case HF_KEY_P256:
    case HF_KEY_P384:
    case HF_KEY_P521:
        return hashed && kind.padding == HF_PADDING_NONE;
    case HF_KEY_ED25519:
    case HF_KEY_ED448:
    case HF_KEY_ML_DSA_44:
    case HF_KEY_ML_DSA_65:
    case HF_KEY_ML_DSA_87:
        return kind.hash == HF_HASH_NONE && kind.padding == HF_PADDING_NONE;
    case HF_KEY_NONE:
        break;
    }
    return false;
}

const char *hf_key_type_name(enum hf_key_type type)
{
    static const char *const names[] = {"no key",  "RSA",   "RSA-PSS",   "P-256",     "P-384",    "P-521",
                                        "Ed25519", "Ed448", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87"};
    return (size_t)type < HF_COUNT(names) ? names[type] : names[0];
}
