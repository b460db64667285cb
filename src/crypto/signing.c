/* RSA's settings on a context: padding, hash, and a PSS salt as long as the hash (RFC 9846 4.3.3). */
#include "crypto/signing.h"

#include "crypto/toolbox_parts.h"

#include <openssl/rsa.h>

bool hf_signing_set(EVP_PKEY_CTX *context, const struct hf_toolbox *toolbox, struct hf_signature_kind kind)
{
    bool pss = kind.padding == HF_PADDING_PSS;
    if (kind.padding == HF_PADDING_NONE)
        return true;
    if (EVP_PKEY_CTX_set_rsa_padding(context, pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING) <= 0 ||
        EVP_PKEY_CTX_set_signature_md(context, toolbox->hashes[kind.hash]) <= 0)
        return false;
    return !pss || EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) > 0;
}

bool hf_signing_is_whole(enum hf_key_type type)
{
    return type >= HF_KEY_ED25519 && type <= HF_KEY_ML_DSA_87;
}
