/* What is the same whoever serves a key: the algorithms' lengths and limits, the choice, the checks before and the
 * wiping after. */
#include "base/must.h"
#include "base/secret.h"
#include "crypto/aead_methods.h"
#include "crypto/aead_multi.h"
#include "crypto/toolbox_parts.h"

#include <limits.h>

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

enum hf_error hf_aead_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                          const struct hf_aead_setup *setup, struct hf_aead **ret_aead)
{
    if (!hf_aead_available(toolbox, setup->id))
        return HF_ERR_unsupported_here;
    if (setup->key.len != hf_aead_key_len(setup->id))
        return HF_ERR_wrong_call;
    if (hf_aead_multi_prefers(toolbox->multi, setup->id))
        return hf_aead_multi_key(toolbox->multi, allocator, setup, ret_aead);
    return hf_aead_libcrypto_new(toolbox, allocator, setup, ret_aead);
}

void hf_aead_free(struct hf_aead *aead)
{
    if (aead != NULL)
        aead->methods->free(aead);
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
    struct hf_aead_work work = {content->plaintext, content->tail_len};
    if (aead->direction != HF_AEAD_SEAL || content->tail_len > INT_MAX - HF_AEAD_TAG_LEN_MAX ||
        !lens_fit(aad, hf_span_of(NULL, len)))
        return HF_ERR_wrong_call;
    if (work.data.len == 0)
        work.data = hf_span_of(into, 0);
    if (!aead->methods->seal(aead, nonce, aad, &work, into)) {
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
    const struct hf_aead_work work = {.data = hf_span_part(ciphertext, 0, ciphertext.len - aead->kind->tag_len)};
    if (!aead->methods->open(aead, nonce, aad, &work, work.data.len > 0 ? into : nothing)) {
        hf_wipe(into, work.data.len);
        return hf_toolbox_forget(HF_ERR_bad_record);
    }
    return HF_OK;
}
