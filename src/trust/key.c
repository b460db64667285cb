/* Keys of certificates made and used. A PSS salt must be as long as the hash (RFC 9846 4.3.3); another one is an
 * algorithm that is not done. */
#include "trust/key.h"

#include "registry/key_type.h"

enum hf_error hf_key_of_certificate(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                    const struct hf_certificate *certificate, struct hf_public_key **ret_key)
{
    return hf_key_type_public_key(toolbox, allocator, &certificate->key, ret_key);
}

static bool is_curve(enum hf_key_type type)
{
    return type == HF_KEY_P256 || type == HF_KEY_P384 || type == HF_KEY_P521;
}

/* What the issuer's key would have to do to make this signature; false when it cannot. */
static bool kind_of(const struct hf_signature_algorithm *algorithm, const struct hf_spki *issuer,
                    struct hf_signature_kind *ret_kind)
{
    struct hf_signature_kind kind = {.key = hf_key_type_of(issuer->kind), .hash = hf_key_type_hash(algorithm->hash)};
    bool fits = false;
    switch (algorithm->signature) {
    case HF_CERTIFICATE_SIGNATURE_RSA_PKCS1:
        kind.padding = HF_PADDING_PKCS1;
        fits = kind.key == HF_KEY_RSA && kind.hash != HF_HASH_NONE;
        break;
    case HF_CERTIFICATE_SIGNATURE_RSA_PSS:
        kind.padding = HF_PADDING_PSS;
        fits = (kind.key == HF_KEY_RSA || kind.key == HF_KEY_RSA_PSS) && kind.hash != HF_HASH_NONE &&
               (!issuer->pss_restricted || issuer->pss.hash == algorithm->hash);
        break;
    case HF_CERTIFICATE_SIGNATURE_ECDSA:
        fits = is_curve(kind.key) && kind.hash != HF_HASH_NONE;
        break;
    case HF_CERTIFICATE_SIGNATURE_ED25519:
        fits = kind.key == HF_KEY_ED25519;
        break;
    case HF_CERTIFICATE_SIGNATURE_ED448:
        fits = kind.key == HF_KEY_ED448;
        break;
    case HF_CERTIFICATE_SIGNATURE_ML_DSA_44:
        fits = kind.key == HF_KEY_ML_DSA_44;
        break;
    case HF_CERTIFICATE_SIGNATURE_ML_DSA_65:
        fits = kind.key == HF_KEY_ML_DSA_65;
        break;
    case HF_CERTIFICATE_SIGNATURE_ML_DSA_87:
        fits = kind.key == HF_KEY_ML_DSA_87;
        break;
    case HF_CERTIFICATE_SIGNATURE_UNKNOWN:
        break;
    }
    *ret_kind = kind;
    return fits;
}

static bool is_done_here(const struct hf_signature_algorithm *algorithm)
{
    if (algorithm->signature == HF_CERTIFICATE_SIGNATURE_UNKNOWN)
        return false;
    return algorithm->signature != HF_CERTIFICATE_SIGNATURE_RSA_PSS ||
           algorithm->salt_len == hf_hash_len(hf_key_type_hash(algorithm->hash));
}

enum hf_error hf_key_check_signed(const struct hf_signed *what, const struct hf_spki *spki,
                                  const struct hf_public_key *key)
{
    struct hf_signature_kind kind = {0};
    if (!is_done_here(&what->algorithm))
        return HF_ERR_unsupported_key;
    if (!kind_of(&what->algorithm, spki, &kind))
        return HF_ERR_wrong_signature_scheme;
    return hf_public_key_verify(key, kind, what->bytes, what->signature);
}

enum hf_error hf_key_check_signature(const struct hf_certificate *certificate, const struct hf_certificate *issuer,
                                     const struct hf_public_key *issuer_key)
{
    const struct hf_signed what = {certificate->tbs, certificate->signature_algorithm, certificate->signature};
    return hf_key_check_signed(&what, &issuer->key, issuer_key);
}
