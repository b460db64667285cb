/* A running hash keeps two contexts: one goes on, the other takes copies that may be ended, so that a peek allocates
 * nothing (RFC 9846 4.1 asks for the transcript's hash at many points of one handshake). */
#include "crypto/hash.h"

#include "base/must.h"
#include "crypto/toolbox_parts.h"

struct hf_hash {
    const struct hf_allocator *allocator;
    EVP_MD_CTX *running;
    EVP_MD_CTX *look; /* where a peek ends a copy; kept, so that peeking allocates nothing */
};

size_t hf_hash_len(enum hf_hash_id id)
{
    static const size_t lens[] = {0, 20, 32, 48, 64};
    return (size_t)id < HF_COUNT(lens) ? lens[id] : 0;
}

struct hf_span hf_digest_span(const struct hf_digest *digest)
{
    return hf_span_of(digest->bytes, digest->len);
}

static const EVP_MD *fetched(const struct hf_toolbox *toolbox, enum hf_hash_id id)
{
    return hf_hash_len(id) == 0 ? NULL : toolbox->hashes[id];
}

enum hf_error hf_hash_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator, enum hf_hash_id id,
                          struct hf_hash **ret_hash)
{
    const EVP_MD *md = fetched(toolbox, id);
    if (md == NULL)
        return HF_ERR_unsupported_here;
    struct hf_hash *hash = hf_allocation_new(allocator, sizeof *hash);
    if (hash == NULL)
        return HF_ERR_no_memory;
    hash->allocator = allocator;
    hash->running = EVP_MD_CTX_new();
    hash->look = EVP_MD_CTX_new();
    if (hash->running == NULL || hash->look == NULL || EVP_DigestInit_ex2(hash->running, md, NULL) != 1) {
        hf_hash_free(hash);
        return hf_toolbox_forget(HF_ERR_no_memory);
    }
    *ret_hash = hash;
    return HF_OK;
}

enum hf_error hf_hash_update(struct hf_hash *hash, struct hf_span bytes)
{
    if (EVP_DigestUpdate(hash->running, bytes.data, bytes.len) != 1)
        return hf_toolbox_forget(HF_ERR_crypto_failed);
    return HF_OK;
}

enum hf_error hf_hash_fork(const struct hf_hash *hash, struct hf_hash **ret_fork)
{
    struct hf_hash *fork = hf_allocation_new(hash->allocator, sizeof *fork);
    if (fork == NULL)
        return HF_ERR_no_memory;
    fork->allocator = hash->allocator;
    fork->running = EVP_MD_CTX_new();
    fork->look = EVP_MD_CTX_new();
    if (fork->running == NULL || fork->look == NULL || EVP_MD_CTX_copy_ex(fork->running, hash->running) != 1) {
        hf_hash_free(fork);
        return hf_toolbox_forget(HF_ERR_no_memory);
    }
    *ret_fork = fork;
    return HF_OK;
}

enum hf_error hf_hash_peek(struct hf_hash *hash, struct hf_digest *ret_digest)
{
    struct hf_digest digest = {0};
    unsigned len = 0;
    if (EVP_MD_CTX_copy_ex(hash->look, hash->running) != 1 || EVP_DigestFinal_ex(hash->look, digest.bytes, &len) != 1)
        return hf_toolbox_forget(HF_ERR_crypto_failed);
    digest.len = len;
    *ret_digest = digest;
    return HF_OK;
}

void hf_hash_free(struct hf_hash *hash)
{
    if (hash == NULL)
        return;
    EVP_MD_CTX_free(hash->running);
    EVP_MD_CTX_free(hash->look);
    hf_allocation_free(hash->allocator, hash);
}

static bool digest_parts(EVP_MD_CTX *context, const EVP_MD *md, const struct hf_span *parts, size_t count,
                         struct hf_digest *digest)
{
    unsigned len = 0;
    if (EVP_DigestInit_ex2(context, md, NULL) != 1)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (EVP_DigestUpdate(context, parts[i].data, parts[i].len) != 1)
            return false;
    }
    if (EVP_DigestFinal_ex(context, digest->bytes, &len) != 1)
        return false;
    digest->len = len;
    return true;
}

enum hf_error hf_hash_once(const struct hf_toolbox *toolbox, enum hf_hash_id id, const struct hf_span *parts,
                           size_t count, struct hf_digest *ret_digest)
{
    const EVP_MD *md = fetched(toolbox, id);
    struct hf_digest digest = {0};
    if (md == NULL)
        return HF_ERR_unsupported_here;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL)
        return hf_toolbox_forget(HF_ERR_no_memory);
    bool done = digest_parts(context, md, parts, count, &digest);
    EVP_MD_CTX_free(context);
    if (!done)
        return hf_toolbox_forget(HF_ERR_crypto_failed);
    *ret_digest = digest;
    return HF_OK;
}
