/* Written over the plain hashes (RFC 2104 2). Measured on libcrypto 3.0 with 64 bytes: 0.31 us this way,
 * 0.52 by an EVP_MAC context that is kept (which threads could not share), 1.0 by a copy of one, 1.1 by HMAC(). */
#include "crypto/hmac.h"

#include "base/secret.h"
#include "crypto/toolbox_parts.h"

static bool pass(EVP_MD_CTX *context, const EVP_MD *md, struct hf_span first, const struct hf_span *parts, size_t count,
                 struct hf_digest *digest)
{
    unsigned len = 0;
    if (EVP_DigestInit_ex2(context, md, NULL) != 1 || EVP_DigestUpdate(context, first.data, first.len) != 1)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].len > 0 && EVP_DigestUpdate(context, parts[i].data, parts[i].len) != 1)
            return false;
    }
    if (EVP_DigestFinal_ex(context, digest->bytes, &len) != 1)
        return false;
    digest->len = len;
    return true;
}

/* The key as HMAC uses it: hashed before if longer than a block of the hash, padded with zeros to one. */
static bool prepare_key(struct hf_hmac *hmac, struct hf_span key)
{
    struct hf_digest hashed = {0};
    struct hf_span use = key;
    hmac->block_len = (size_t)EVP_MD_get_block_size(hmac->md);
    if (key.len > hmac->block_len) {
        if (!pass(hmac->context, hmac->md, key, NULL, 0, &hashed))
            return false;
        use = hf_digest_span(&hashed);
    }
    bool fits = hf_span_copy(use, hmac->inner, sizeof hmac->inner);
    hf_wipe(&hashed, sizeof hashed);
    for (size_t i = 0; i < hmac->block_len; i++) {
        hmac->outer[i] = hmac->inner[i] ^ 0x5c;
        hmac->inner[i] ^= 0x36;
    }
    return fits;
}

enum hf_error hf_hmac_begin(struct hf_hmac *hmac, const struct hf_toolbox *toolbox, enum hf_hash_id id,
                            struct hf_span key)
{
    *hmac = (struct hf_hmac){.md = hf_hash_len(id) == 0 ? NULL : toolbox->hashes[id]};
    if (hmac->md == NULL)
        return HF_ERR_unsupported_here;
    hmac->context = EVP_MD_CTX_new();
    if (hmac->context == NULL)
        return hf_toolbox_forget(HF_ERR_no_memory);
    return prepare_key(hmac, key) ? HF_OK : hf_toolbox_forget(HF_ERR_crypto_failed);
}

enum hf_error hf_hmac_make(struct hf_hmac *hmac, const struct hf_span *parts, size_t count,
                           struct hf_digest *ret_digest)
{
    struct hf_digest inner = {0};
    struct hf_digest digest = {0};
    bool done = pass(hmac->context, hmac->md, hf_span_of(hmac->inner, hmac->block_len), parts, count, &inner);
    const struct hf_span inner_span = hf_digest_span(&inner);
    done = done && pass(hmac->context, hmac->md, hf_span_of(hmac->outer, hmac->block_len), &inner_span, 1, &digest);
    if (done)
        *ret_digest = digest;
    hf_wipe(&inner, sizeof inner);
    hf_wipe(&digest, sizeof digest);
    return done ? HF_OK : hf_toolbox_forget(HF_ERR_crypto_failed);
}

void hf_hmac_end(struct hf_hmac *hmac)
{
    EVP_MD_CTX_free(hmac->context);
    hf_wipe(hmac, sizeof *hmac);
}

enum hf_error hf_hmac_once(const struct hf_toolbox *toolbox, enum hf_hash_id id, struct hf_span key,
                           const struct hf_span *parts, size_t count, struct hf_digest *ret_digest)
{
    struct hf_hmac hmac;
    enum hf_error error = hf_hmac_begin(&hmac, toolbox, id, key);
    if (error == HF_OK)
        error = hf_hmac_make(&hmac, parts, count, ret_digest);
    hf_hmac_end(&hmac);
    return error;
}
