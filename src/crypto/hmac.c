/* Written over the plain hashes (RFC 2104 2). Measured on libcrypto 3.0 with 64 bytes: 0.31 us this way,
 * 0.52 by an EVP_MAC context that is kept (which threads could not share), 1.0 by a copy of one, 1.1 by HMAC(). */
#include "crypto/hmac.h"

#include "base/secret.h"
#include "crypto/toolbox_parts.h"

#define BLOCK_MAX 128

/* The key as HMAC uses it: padded with zeros to the hash's block, hashed before if longer. */
struct hmac_key {
    uint8_t block[BLOCK_MAX];
    size_t len;
};

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

static bool prepare_key(EVP_MD_CTX *context, const EVP_MD *md, struct hf_span key, struct hmac_key *prepared)
{
    struct hf_digest hashed = {0};
    struct hf_span use = key;
    prepared->len = (size_t)EVP_MD_get_block_size(md);
    if (key.len > prepared->len) {
        if (!pass(context, md, key, NULL, 0, &hashed))
            return false;
        use = hf_digest_span(&hashed);
    }
    bool fits = hf_span_copy(use, prepared->block, sizeof prepared->block);
    hf_wipe(&hashed, sizeof hashed);
    return fits;
}

static struct hf_span key_xor(struct hmac_key *key, uint8_t with)
{
    for (size_t i = 0; i < key->len; i++)
        key->block[i] ^= with;
    return hf_span_of(key->block, key->len);
}

static bool compute(EVP_MD_CTX *context, const EVP_MD *md, struct hmac_key *key, const struct hf_span *parts,
                    size_t count, struct hf_digest *digest)
{
    struct hf_digest inner = {0};
    bool done = pass(context, md, key_xor(key, 0x36), parts, count, &inner);
    struct hf_span inner_span = hf_digest_span(&inner);
    done = done && pass(context, md, key_xor(key, 0x36 ^ 0x5c), &inner_span, 1, digest);
    hf_wipe(&inner, sizeof inner);
    return done;
}

enum hf_error hf_hmac_once(const struct hf_toolbox *toolbox, enum hf_hash_id id, struct hf_span key,
                           const struct hf_span *parts, size_t count, struct hf_digest *ret_digest)
{
    const EVP_MD *md = hf_hash_len(id) == 0 ? NULL : toolbox->hashes[id];
    struct hmac_key prepared = {.len = 0};
    struct hf_digest digest = {0};
    if (md == NULL)
        return HF_ERR_unsupported_here;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL)
        return hf_toolbox_forget(HF_ERR_no_memory);
    bool done = prepare_key(context, md, key, &prepared) && compute(context, md, &prepared, parts, count, &digest);
    EVP_MD_CTX_free(context);
    hf_wipe(&prepared, sizeof prepared);
    if (done)
        *ret_digest = digest;
    hf_wipe(&digest, sizeof digest);
    return done ? HF_OK : hf_toolbox_forget(HF_ERR_crypto_failed);
}
