/* One cipher context per key and direction; a record changes its nonce only. CCM is the odd one (RFC 3610 2.2): the
 * tag's length stands before the key, the data's length before the data, and the tag is checked before any plaintext
 * comes. */
#include "crypto/aead.h"

#include "base/must.h"
#include "base/secret.h"
#include "crypto/toolbox_parts.h"

#include <limits.h>

struct hf_aead {
    const struct hf_allocator *allocator;
    const struct hf_aead_kind *kind;
    EVP_CIPHER_CTX *context;
    enum hf_aead_direction direction;
    bool ccm; /* CCM wants lengths and tag before the data (RFC 3610 2.2) */
};

static const struct hf_aead_kind kinds[] = {
    {HF_AEAD_NONE, "", 0, 0, 0, 0},
#define HF_AEAD(symbol, name, libcrypto_name, key_len, tag_len, seal_limit, failure_limit)                             \
    {HF_AEAD_##symbol, name, key_len, tag_len, seal_limit, failure_limit},
#include "crypto/aeads.def"
#undef HF_AEAD
};

const struct hf_aead_kind *hf_aead_kind_of(enum hf_aead_id id)
{
    return id == HF_AEAD_NONE || (size_t)id >= HF_COUNT(kinds) ? NULL : &kinds[id];
}

size_t hf_aead_key_len(enum hf_aead_id id)
{
    const struct hf_aead_kind *kind = hf_aead_kind_of(id);
    return kind == NULL ? 0 : kind->key_len;
}

size_t hf_aead_tag_len(enum hf_aead_id id)
{
    const struct hf_aead_kind *kind = hf_aead_kind_of(id);
    return kind == NULL ? 0 : kind->tag_len;
}

bool hf_aead_available(const struct hf_toolbox *toolbox, enum hf_aead_id id)
{
    return hf_aead_kind_of(id) != NULL && toolbox->aeads[id] != NULL;
}

/* Cipher, lengths, then key: CCM takes lengths only before the key. */
static bool prepare(struct hf_aead *aead, const EVP_CIPHER *cipher, const uint8_t *key)
{
    int sealing = aead->direction == HF_AEAD_SEAL;
    if (EVP_CipherInit_ex2(aead->context, cipher, NULL, NULL, sealing, NULL) != 1 ||
        EVP_CIPHER_CTX_ctrl(aead->context, EVP_CTRL_AEAD_SET_IVLEN, HF_AEAD_NONCE_LEN, NULL) <= 0)
        return false;
    if (aead->ccm && EVP_CIPHER_CTX_ctrl(aead->context, EVP_CTRL_AEAD_SET_TAG, (int)aead->kind->tag_len, NULL) <= 0)
        return false;
    return EVP_CipherInit_ex2(aead->context, NULL, key, NULL, sealing, NULL) == 1;
}

enum hf_error hf_aead_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                          const struct hf_aead_setup *setup, struct hf_aead **ret_aead)
{
    if (!hf_aead_available(toolbox, setup->id))
        return HF_ERR_unsupported_here;
    if (setup->key.len != hf_aead_key_len(setup->id))
        return HF_ERR_wrong_call;
    struct hf_aead *aead = hf_allocation_new(allocator, sizeof *aead);
    if (aead == NULL)
        return HF_ERR_no_memory;
    const EVP_CIPHER *cipher = toolbox->aeads[setup->id];
    aead->allocator = allocator;
    aead->kind = hf_aead_kind_of(setup->id);
    aead->direction = setup->direction;
    aead->ccm = EVP_CIPHER_get_mode(cipher) == EVP_CIPH_CCM_MODE;
    aead->context = EVP_CIPHER_CTX_new();
    if (aead->context == NULL || !prepare(aead, cipher, setup->key.data)) {
        enum hf_error error = aead->context == NULL ? HF_ERR_no_memory : HF_ERR_crypto_failed;
        hf_aead_free(aead);
        return hf_toolbox_forget(error);
    }
    *ret_aead = aead;
    return HF_OK;
}

void hf_aead_free(struct hf_aead *aead)
{
    if (aead == NULL)
        return;
    EVP_CIPHER_CTX_free(aead->context);
    hf_allocation_free(aead->allocator, aead);
}

/* What is encrypted or decrypted: bytes of the caller's and, behind them, `tail_len` bytes that stand at their place in
 * the output already. */
struct work {
    struct hf_span data;
    size_t tail_len;
};

/* One pass, wherever the pieces lie. CCM takes all in one call, which also checks the tag. */
static bool crypt(struct hf_aead *aead, const struct work *work, uint8_t *into)
{
    int len = 0;
    uint8_t *tail = into + work->data.len;
    if (aead->ccm && work->tail_len > 0) {
        if (!hf_span_copy(work->data, into, work->data.len))
            return false;
        return EVP_CipherUpdate(aead->context, into, &len, into, (int)(work->data.len + work->tail_len)) == 1;
    }
    if ((work->data.len > 0 || aead->ccm) &&
        EVP_CipherUpdate(aead->context, into, &len, work->data.data, (int)work->data.len) != 1)
        return false;
    return work->tail_len == 0 || EVP_CipherUpdate(aead->context, tail, &len, tail, (int)work->tail_len) == 1;
}

/* One record: nonce, the tag where it must be known before, CCM's length, associated data, data. `data.data` and `into`
 * are never NULL, because NULL has a meaning of its own in this interface. */
static bool run(struct hf_aead *aead, const uint8_t *nonce, struct hf_span aad, const struct work *work, uint8_t *into)
{
    const size_t data_len = work->data.len + work->tail_len;
    int len = 0;
    if (EVP_CipherInit_ex2(aead->context, NULL, NULL, nonce, -1, NULL) != 1)
        return false;
    if (aead->direction == HF_AEAD_OPEN &&
        EVP_CIPHER_CTX_ctrl(aead->context, EVP_CTRL_AEAD_SET_TAG, (int)aead->kind->tag_len,
                            (void *)(uintptr_t)(work->data.data + work->data.len)) <= 0)
        return false;
    if (aead->ccm && EVP_CipherUpdate(aead->context, NULL, &len, NULL, (int)data_len) != 1)
        return false;
    if (aad.len > 0 && EVP_CipherUpdate(aead->context, NULL, &len, aad.data, (int)aad.len) != 1)
        return false;
    /* CCM checks the tag in this very call, also over no data; the others in the final one. */
    if (!crypt(aead, work, into))
        return false;
    return aead->ccm || EVP_CipherFinal_ex(aead->context, into + data_len, &len) == 1;
}

/* Whether libcrypto's int lengths can hold this record. */
static bool lens_fit(struct hf_span aad, struct hf_span data)
{
    return aad.len <= INT_MAX && data.len <= INT_MAX - HF_AEAD_TAG_LEN_MAX;
}

enum hf_error hf_aead_seal(struct hf_aead *aead, const uint8_t *nonce, struct hf_span aad, struct hf_span plaintext,
                           uint8_t *into)
{
    return hf_aead_seal_tailed(aead, nonce, aad, &(struct hf_aead_tailed){.plaintext = plaintext}, into);
}

enum hf_error hf_aead_seal_tailed(struct hf_aead *aead, const uint8_t *nonce, struct hf_span aad,
                                  const struct hf_aead_tailed *content, uint8_t *into)
{
    const size_t len = content->plaintext.len + content->tail_len;
    struct work work = {content->plaintext, content->tail_len};
    if (aead->direction != HF_AEAD_SEAL || content->tail_len > INT_MAX - HF_AEAD_TAG_LEN_MAX ||
        !lens_fit(aad, hf_span_of(NULL, len)))
        return HF_ERR_wrong_call;
    int tag_len = (int)aead->kind->tag_len;
    if (work.data.len == 0)
        work.data = hf_span_of(into, 0);
    if (!run(aead, nonce, aad, &work, into) ||
        EVP_CIPHER_CTX_ctrl(aead->context, EVP_CTRL_AEAD_GET_TAG, tag_len, into + len) <= 0) {
        hf_wipe(into, len + aead->kind->tag_len);
        return hf_toolbox_forget(HF_ERR_crypto_failed);
    }
    return HF_OK;
}

enum hf_error hf_aead_open(struct hf_aead *aead, const uint8_t *nonce, struct hf_span aad, struct hf_span ciphertext,
                           uint8_t *into)
{
    uint8_t nothing[1]; /* stands in where there is no plaintext and so, perhaps, no room for one */
    if (aead->direction != HF_AEAD_OPEN || !lens_fit(aad, ciphertext))
        return HF_ERR_wrong_call;
    if (ciphertext.len < aead->kind->tag_len)
        return HF_ERR_bad_record;
    const struct work work = {.data = hf_span_part(ciphertext, 0, ciphertext.len - aead->kind->tag_len)};
    if (!run(aead, nonce, aad, &work, work.data.len > 0 ? into : nothing)) {
        hf_wipe(into, work.data.len);
        return hf_toolbox_forget(HF_ERR_bad_record);
    }
    return HF_OK;
}
