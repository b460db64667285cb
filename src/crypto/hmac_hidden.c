/* libcrypto's HMAC does this when it is told the public length (its parameter "tls-data-size"): it runs as many blocks
 * of the hash for each hidden length, and chooses among them without branches. */
#include "crypto/hmac_hidden.h"

#include "crypto/toolbox_parts.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

static bool run(EVP_MAC_CTX *context, const char *hash, const struct hf_hmac_hidden_input *input,
                struct hf_digest *digest)
{
    size_t public_len = input->message.len;
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)(uintptr_t)hash, 0),
        OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_TLS_DATA_SIZE, &public_len),
        OSSL_PARAM_construct_end(),
    };
    return EVP_MAC_init(context, input->key.data, input->key.len, parameters) == 1 &&
           EVP_MAC_update(context, input->header.data, input->header.len) == 1 &&
           EVP_MAC_update(context, input->message.data, input->hidden_len) == 1 &&
           EVP_MAC_final(context, digest->bytes, &digest->len, sizeof digest->bytes) == 1;
}

enum hf_error hf_hmac_hidden(const struct hf_toolbox *toolbox, enum hf_hash_id id,
                             const struct hf_hmac_hidden_input *input, struct hf_digest *ret_digest)
{
    if (toolbox->hmac == NULL || toolbox->hashes[id] == NULL)
        return HF_ERR_unsupported_here;
    if (input->header.len != HF_HMAC_HIDDEN_HEADER_LEN || input->message.len < hf_hash_len(id))
        return HF_ERR_wrong_call;
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(toolbox->hmac);
    if (context == NULL)
        return hf_toolbox_forget(HF_ERR_no_memory);
    struct hf_digest digest = {.len = 0};
    bool done = run(context, EVP_MD_get0_name(toolbox->hashes[id]), input, &digest) && digest.len == hf_hash_len(id);
    EVP_MAC_CTX_free(context);
    if (!done)
        return hf_toolbox_forget(HF_ERR_crypto_failed);
    *ret_digest = digest;
    return HF_OK;
}
