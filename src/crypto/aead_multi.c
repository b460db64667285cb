/* Keys of AEADs by ipsec-mb. Its functions are asked for once, by a manager that chooses them for the processor at
 * hand; the manager itself (200 KB, for batches of jobs) is given back at once. What it computes when opening is the
 * tag: to compare is ours. */
#include "crypto/aead_multi.h"

#include "base/allocation.h"
#include "base/secret.h"
#include "crypto/aead_methods.h"
#include "crypto/toolbox_parts.h"

#include <intel-ipsec-mb.h>

/* AES-GCM of one key length. */
struct gcm {
    aes_gcm_pre_t pre;
    aes_gcm_enc_dec_t seal_whole;
    aes_gcm_enc_dec_t open_whole;
    aes_gcm_init_t init;
    aes_gcm_enc_dec_update_t seal;
    aes_gcm_enc_dec_update_t open;
    aes_gcm_enc_dec_finalize_t seal_end;
    aes_gcm_enc_dec_finalize_t open_end;
};

struct chacha20_poly1305 {
    chacha_poly_init_t init;
    chacha_poly_enc_dec_update_t seal;
    chacha_poly_enc_dec_update_t open;
    chacha_poly_finalize_t end;
};

struct hf_aead_multi {
    const struct hf_allocator *allocator;
    struct gcm aes_128;
    struct gcm aes_256;
    struct chacha20_poly1305 chacha20_poly1305;
    uint64_t features;
};

/* Measured against libcrypto 3.0 (bench/, rows of data): AES-GCM gains at every length with AVX2 already,
 * ChaCha20-Poly1305 on long records with AVX-512 only. */
#define GCM_FEATURES    (IMB_FEATURE_AESNI | IMB_FEATURE_PCLMULQDQ | IMB_FEATURE_AVX2)
#define CHACHA_FEATURES IMB_FEATURE_AVX512_SKX

/* A plaintext with a tail is cheaper copied to its tail up to this length, for a whole is done in one call: measured.
 */
enum { COPY_MAX = 1200 };

struct gcm_state {
    _Alignas(HF_AEAD_STATE_ALIGNMENT) struct gcm_key_data tables;
    struct gcm_context_data context;
};

_Static_assert(sizeof(struct gcm_state) <= HF_AEAD_STATE_MAX &&
                   sizeof(struct chacha20_poly1305_context_data) <= HF_AEAD_STATE_MAX,
               "states of ipsec-mb are longer than crypto/aead.c keeps room for");

static void take_functions(struct hf_aead_multi *multi, const IMB_MGR *manager)
{
    multi->features = manager->features;
    multi->aes_128 = (struct gcm){
        .pre = manager->gcm128_pre,
        .seal_whole = manager->gcm128_enc,
        .open_whole = manager->gcm128_dec,
        .init = manager->gcm128_init,
        .seal = manager->gcm128_enc_update,
        .open = manager->gcm128_dec_update,
        .seal_end = manager->gcm128_enc_finalize,
        .open_end = manager->gcm128_dec_finalize,
    };
    multi->aes_256 = (struct gcm){
        .pre = manager->gcm256_pre,
        .seal_whole = manager->gcm256_enc,
        .open_whole = manager->gcm256_dec,
        .init = manager->gcm256_init,
        .seal = manager->gcm256_enc_update,
        .open = manager->gcm256_dec_update,
        .seal_end = manager->gcm256_enc_finalize,
        .open_end = manager->gcm256_dec_finalize,
    };
    multi->chacha20_poly1305 =
        (struct chacha20_poly1305){manager->chacha20_poly1305_init, manager->chacha20_poly1305_enc_update,
                                   manager->chacha20_poly1305_dec_update, manager->chacha20_poly1305_finalize};
}

enum hf_error hf_aead_multi_new(const struct hf_allocator *allocator, struct hf_aead_multi **ret_multi)
{
    *ret_multi = NULL;
    IMB_MGR *manager = alloc_mb_mgr(0);
    if (manager == NULL)
        return HF_ERR_no_memory;
    enum hf_error error = HF_OK;
    init_mb_mgr_auto(manager, NULL);
    if (imb_get_errno(manager) == 0 && (manager->features & GCM_FEATURES) == GCM_FEATURES) {
        *ret_multi = hf_allocation_new(allocator, sizeof **ret_multi);
        error = *ret_multi == NULL ? HF_ERR_no_memory : HF_OK;
    }
    if (*ret_multi != NULL) {
        (*ret_multi)->allocator = allocator;
        take_functions(*ret_multi, manager);
    }
    free_mb_mgr(manager);
    return error;
}

void hf_aead_multi_free(struct hf_aead_multi *multi)
{
    if (multi != NULL)
        hf_allocation_free(multi->allocator, multi);
}

/* ---- AES-GCM ---- */

static const struct gcm *gcm_of(const struct hf_aead *aead)
{
    const struct hf_aead_multi *multi = aead->toolbox->multi;
    return aead->kind->id == HF_AEAD_AES_128_GCM ? &multi->aes_128 : &multi->aes_256;
}

static enum hf_error gcm_begin(const struct hf_aead *aead, void *memory)
{
    struct gcm_state *state = memory;
    gcm_of(aead)->pre(aead->key, &state->tables);
    return HF_OK;
}

static bool gcm_seal(const struct hf_aead *aead, void *memory, const uint8_t *nonce, struct hf_span aad,
                     const struct hf_aead_work *work, uint8_t *into)
{
    const struct gcm *gcm = gcm_of(aead);
    struct gcm_state *state = memory;
    uint8_t *tail = into + work->data.len;
    uint8_t *tag = tail + work->tail_len;
    const bool is_whole = work->tail_len == 0;
    if (is_whole || work->data.len <= COPY_MAX) {
        if (!is_whole && !hf_span_copy(work->data, into, work->data.len))
            return false;
        gcm->seal_whole(&state->tables, &state->context, into, is_whole ? work->data.data : into,
                        work->data.len + work->tail_len, nonce, aad.data, aad.len, tag, aead->kind->tag_len);
        return true;
    }
    gcm->init(&state->tables, &state->context, nonce, aad.data, aad.len);
    gcm->seal(&state->tables, &state->context, into, work->data.data, work->data.len);
    gcm->seal(&state->tables, &state->context, tail, tail, work->tail_len);
    gcm->seal_end(&state->tables, &state->context, tag, aead->kind->tag_len);
    return true;
}

static bool gcm_open(const struct hf_aead *aead, void *memory, const uint8_t *nonce, struct hf_span aad,
                     const struct hf_aead_work *work, uint8_t *into)
{
    const struct gcm *gcm = gcm_of(aead);
    struct gcm_state *state = memory;
    const size_t tag_len = aead->kind->tag_len;
    const uint8_t *behind = work->data.data + work->data.len;
    uint8_t tag[HF_AEAD_TAG_LEN_MAX];
    if (work->tail_len == 0) {
        gcm->open_whole(&state->tables, &state->context, into, work->data.data, work->data.len, nonce, aad.data,
                        aad.len, tag, tag_len);
    } else {
        gcm->init(&state->tables, &state->context, nonce, aad.data, aad.len);
        gcm->open(&state->tables, &state->context, into, work->data.data, work->data.len);
        gcm->open(&state->tables, &state->context, work->tail, behind, work->tail_len);
        gcm->open_end(&state->tables, &state->context, tag, tag_len);
    }
    return hf_secret_equal(hf_span_of(tag, tag_len), hf_span_of(behind + work->tail_len, tag_len));
}

static const struct hf_aead_methods gcm_methods = {
    .state_size = sizeof(struct gcm_state),
    .keeps_state = true,
    .begin = gcm_begin,
    .seal = gcm_seal,
    .open = gcm_open,
};

/* ---- ChaCha20-Poly1305 ---- */

/* The state is of one call: nothing is made of the key before. */
static enum hf_error chacha_begin(const struct hf_aead *aead, void *memory)
{
    (void)aead, (void)memory;
    return HF_OK;
}

static bool chacha_seal(const struct hf_aead *aead, void *memory, const uint8_t *nonce, struct hf_span aad,
                        const struct hf_aead_work *work, uint8_t *into)
{
    const struct chacha20_poly1305 *functions = &aead->toolbox->multi->chacha20_poly1305;
    struct chacha20_poly1305_context_data *state = memory;
    uint8_t *tail = into + work->data.len;
    functions->init(aead->key, state, nonce, aad.data, aad.len);
    if (work->data.len > 0)
        functions->seal(aead->key, state, into, work->data.data, work->data.len);
    if (work->tail_len > 0)
        functions->seal(aead->key, state, tail, tail, work->tail_len);
    functions->end(state, tail + work->tail_len, aead->kind->tag_len);
    return true;
}

static bool chacha_open(const struct hf_aead *aead, void *memory, const uint8_t *nonce, struct hf_span aad,
                        const struct hf_aead_work *work, uint8_t *into)
{
    const struct chacha20_poly1305 *functions = &aead->toolbox->multi->chacha20_poly1305;
    struct chacha20_poly1305_context_data *state = memory;
    const size_t tag_len = aead->kind->tag_len;
    const uint8_t *behind = work->data.data + work->data.len;
    uint8_t tag[HF_AEAD_TAG_LEN_MAX];
    functions->init(aead->key, state, nonce, aad.data, aad.len);
    if (work->data.len > 0)
        functions->open(aead->key, state, into, work->data.data, work->data.len);
    if (work->tail_len > 0)
        functions->open(aead->key, state, work->tail, behind, work->tail_len);
    functions->end(state, tag, tag_len);
    return hf_secret_equal(hf_span_of(tag, tag_len), hf_span_of(behind + work->tail_len, tag_len));
}

static const struct hf_aead_methods chacha_methods = {
    .state_size = sizeof(struct chacha20_poly1305_context_data),
    .begin = chacha_begin,
    .seal = chacha_seal,
    .open = chacha_open,
};

/* ---- choice ---- */

const struct hf_aead_methods *hf_aead_multi_any(const struct hf_aead_multi *multi, enum hf_aead_id id)
{
    if (multi == NULL)
        return NULL;
    if (id == HF_AEAD_CHACHA20_POLY1305)
        return &chacha_methods;
    return id == HF_AEAD_AES_128_GCM || id == HF_AEAD_AES_256_GCM ? &gcm_methods : NULL;
}

const struct hf_aead_methods *hf_aead_multi_methods(const struct hf_aead_multi *multi, enum hf_aead_id id)
{
    if (multi != NULL && id == HF_AEAD_CHACHA20_POLY1305 && (multi->features & CHACHA_FEATURES) != CHACHA_FEATURES)
        return NULL;
    return hf_aead_multi_any(multi, id);
}
