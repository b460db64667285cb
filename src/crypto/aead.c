/* What is the same whoever serves a key: the algorithms' lengths and limits, the choice, the checks before, where the
 * state lies, and the wiping after. */
#include "base/allocation.h"
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

enum hf_error hf_aead_init(struct hf_aead *aead, const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                           const struct hf_aead_setup *setup)
{
    if (!hf_aead_available(toolbox, setup->id))
        return HF_ERR_unsupported_here;
    if (setup->key.len != hf_aead_key_len(setup->id))
        return HF_ERR_wrong_call;
    *aead = (struct hf_aead){
        .methods = hf_aead_multi_methods(toolbox->multi, setup->id),
        .toolbox = toolbox,
        .allocator = allocator,
        .kind = hf_aead_kind_of(setup->id),
        .direction = (uint8_t)setup->direction,
    };
    if (aead->methods == NULL)
        aead->methods = &hf_aead_libcrypto;
    return hf_span_copy(setup->key, aead->key, sizeof aead->key) ? HF_OK : HF_ERR_internal;
}

/* ---- where the state lies ---- */

static size_t block_len(const struct hf_aead *aead)
{
    return aead->methods->state_size + HF_AEAD_STATE_ALIGNMENT - 1;
}

static void *align(void *block)
{
    const uintptr_t at = (uintptr_t)block;
    return (uint8_t *)block + (-at & (HF_AEAD_STATE_ALIGNMENT - 1));
}

static void end_state(const struct hf_aead *aead, void *state)
{
    if (aead->methods->end != NULL)
        aead->methods->end(state);
    hf_wipe(state, aead->methods->state_size);
}

/* Without memory the key stays at rest, and works. */
static void keep_state(struct hf_aead *aead)
{
    void *block = hf_allocation_new(aead->allocator, block_len(aead));
    if (block != NULL && aead->methods->begin(aead, align(block)) != HF_OK) {
        hf_allocation_wipe(aead->allocator, block, block_len(aead));
        block = NULL;
    }
    aead->block = block;
}

void hf_aead_rest(struct hf_aead *aead)
{
    if (aead->block != NULL) {
        end_state(aead, align(aead->block));
        hf_allocation_free(aead->allocator, aead->block);
    }
    aead->block = NULL;
    aead->calls = 0;
}

void hf_aead_wipe(struct hf_aead *aead)
{
    hf_aead_rest(aead);
    hf_wipe(aead, sizeof *aead);
}

typedef bool (*crypt_call)(const struct hf_aead *aead, void *state, const uint8_t *nonce, struct hf_span aad,
                           const struct hf_aead_work *work, uint8_t *into);

struct crypt_input {
    const uint8_t *nonce;
    struct hf_span aad;
    struct hf_aead_work work;
};

/* One call with a state of its own. `wrong` is what a failure of the cipher means. */
static enum hf_error crypt_at_rest(struct hf_aead *aead, crypt_call call, const struct crypt_input *input,
                                   uint8_t *into, enum hf_error wrong)
{
    _Alignas(HF_AEAD_STATE_ALIGNMENT) uint8_t state[HF_AEAD_STATE_MAX];
    HF_TRY(aead->methods->begin(aead, state));
    bool done = call(aead, state, input->nonce, input->aad, &input->work, into);
    end_state(aead, state);
    return done ? HF_OK : wrong;
}

static enum hf_error crypt(struct hf_aead *aead, crypt_call call, const struct crypt_input *input, uint8_t *into,
                           enum hf_error wrong)
{
    if (aead->block == NULL && aead->methods->keeps_state) {
        if (aead->calls >= HF_AEAD_CALLS_AT_REST)
            keep_state(aead);
        else
            aead->calls++;
    }
    if (aead->block == NULL)
        return crypt_at_rest(aead, call, input, into, wrong);
    return call(aead, align(aead->block), input->nonce, input->aad, &input->work, into) ? HF_OK : wrong;
}

/* ---- calls ---- */

/* Whether libcrypto's int lengths can hold this record. */
static bool lens_fit(struct hf_span aad, size_t data_len)
{
    return aad.len <= INT_MAX && data_len <= INT_MAX - HF_AEAD_TAG_LEN_MAX;
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
    struct crypt_input input = {nonce, aad, {.data = content->plaintext, .tail_len = content->tail_len}};
    if (aead->direction != HF_AEAD_SEAL || content->tail_len > INT_MAX - HF_AEAD_TAG_LEN_MAX || !lens_fit(aad, len))
        return HF_ERR_wrong_call;
    if (input.work.data.len == 0)
        input.work.data = hf_span_of(into, 0);
    enum hf_error error = crypt(aead, aead->methods->seal, &input, into, HF_ERR_crypto_failed);
    if (error == HF_OK)
        return HF_OK;
    hf_wipe(into, len + aead->kind->tag_len);
    return hf_toolbox_forget(error);
}

/* CCM wants all of the data in one call. */
bool hf_aead_opens_apart(enum hf_aead_id id)
{
    return id == HF_AEAD_AES_128_GCM || id == HF_AEAD_AES_256_GCM || id == HF_AEAD_CHACHA20_POLY1305;
}

enum hf_error hf_aead_open_apart(struct hf_aead *aead, const uint8_t *nonce, struct hf_span aad,
                                 struct hf_span ciphertext, struct hf_aead_apart *apart)
{
    if (aead->direction != HF_AEAD_OPEN || !lens_fit(aad, ciphertext.len) || !hf_aead_opens_apart(aead->kind->id))
        return HF_ERR_wrong_call;
    if (ciphertext.len <= aead->kind->tag_len)
        return HF_ERR_bad_record;
    const size_t len = ciphertext.len - aead->kind->tag_len - 1;
    uint8_t nothing[1] = {0};
    const struct crypt_input input = {
        nonce, aad, {.data = hf_span_part(ciphertext, 0, len), .tail_len = 1, .tail = &apart->last}};
    enum hf_error error = crypt(aead, aead->methods->open, &input, len > 0 ? apart->into : nothing, HF_ERR_bad_record);
    if (error == HF_OK)
        return HF_OK;
    hf_wipe(apart->into, len);
    apart->last = 0;
    return hf_toolbox_forget(error);
}

enum hf_error hf_aead_open(struct hf_aead *aead, const uint8_t *nonce, struct hf_span aad, struct hf_span ciphertext,
                           uint8_t *into)
{
    uint8_t nothing[1] = {0}; /* stands in where there is no plaintext and so, perhaps, no room for one */
    if (aead->direction != HF_AEAD_OPEN || !lens_fit(aad, ciphertext.len))
        return HF_ERR_wrong_call;
    if (ciphertext.len < aead->kind->tag_len)
        return HF_ERR_bad_record;
    const size_t len = ciphertext.len - aead->kind->tag_len;
    const struct crypt_input input = {nonce, aad, {.data = hf_span_part(ciphertext, 0, len)}};
    enum hf_error error = crypt(aead, aead->methods->open, &input, len > 0 ? into : nothing, HF_ERR_bad_record);
    if (error == HF_OK)
        return HF_OK;
    hf_wipe(into, len);
    return hf_toolbox_forget(error);
}
