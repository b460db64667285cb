/* Keys of AEADs by ipsec-mb. Its functions are asked for once, by a manager that chooses them for the processor at
 * hand; the manager itself (200 KB, for batches of jobs) is given back at once. What it computes when opening is the
 * tag: to compare is ours. */
#include "crypto/aead_multi.h"

#include "base/must.h"
#include "base/secret.h"
#include "crypto/aead_methods.h"

#include <intel-ipsec-mb.h>

/* AES-GCM of one key length. */
struct gcm {
    aes_gcm_pre_t pre;
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

/* Where ipsec-mb wants its tables to begin. */
#define ALIGNMENT 64

struct gcm_aead {
    struct hf_aead aead;
    const struct gcm *gcm;
    struct gcm_context_data context;
    struct gcm_key_data *tables; /* in the same block, behind this */
    size_t block_len;
};

struct chacha_aead {
    struct hf_aead aead;
    const struct chacha20_poly1305 *functions;
    struct chacha20_poly1305_context_data context;
    uint8_t key[HF_AEAD_KEY_LEN_MAX];
};

static void take_functions(struct hf_aead_multi *multi, const IMB_MGR *manager)
{
    multi->features = manager->features;
    multi->aes_128 =
        (struct gcm){manager->gcm128_pre,        manager->gcm128_init,         manager->gcm128_enc_update,
                     manager->gcm128_dec_update, manager->gcm128_enc_finalize, manager->gcm128_dec_finalize};
    multi->aes_256 =
        (struct gcm){manager->gcm256_pre,        manager->gcm256_init,         manager->gcm256_enc_update,
                     manager->gcm256_dec_update, manager->gcm256_enc_finalize, manager->gcm256_dec_finalize};
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

bool hf_aead_multi_prefers(const struct hf_aead_multi *multi, enum hf_aead_id id)
{
    if (multi == NULL)
        return false;
    if (id == HF_AEAD_CHACHA20_POLY1305)
        return (multi->features & CHACHA_FEATURES) == CHACHA_FEATURES;
    return id == HF_AEAD_AES_128_GCM || id == HF_AEAD_AES_256_GCM;
}

static bool gcm_seal(struct hf_aead *aead, const uint8_t *nonce, struct hf_span aad, const struct hf_aead_work *work,
                     uint8_t *into)
{
    struct gcm_aead *key = (struct gcm_aead *)aead;
    uint8_t *tail = into + work->data.len;
    key->gcm->init(key->tables, &key->context, nonce, aad.data, aad.len);
    if (work->data.len > 0)
        key->gcm->seal(key->tables, &key->context, into, work->data.data, work->data.len);
    if (work->tail_len > 0)
        key->gcm->seal(key->tables, &key->context, tail, tail, work->tail_len);
    key->gcm->seal_end(key->tables, &key->context, tail + work->tail_len, aead->kind->tag_len);
    return true;
}

static bool gcm_open(struct hf_aead *aead, const uint8_t *nonce, struct hf_span aad, const struct hf_aead_work *work,
                     uint8_t *into)
{
    struct gcm_aead *key = (struct gcm_aead *)aead;
    const size_t tag_len = aead->kind->tag_len;
    uint8_t tag[HF_AEAD_TAG_LEN_MAX];
    key->gcm->init(key->tables, &key->context, nonce, aad.data, aad.len);
    if (work->data.len > 0)
        key->gcm->open(key->tables, &key->context, into, work->data.data, work->data.len);
    key->gcm->open_end(key->tables, &key->context, tag, tag_len);
    return hf_secret_equal(hf_span_of(tag, tag_len), hf_span_of(work->data.data + work->data.len, tag_len));
}

static void gcm_free(struct hf_aead *aead)
{
    struct gcm_aead *key = (struct gcm_aead *)aead;
    hf_allocation_wipe(aead->allocator, key, key->block_len);
}

static const struct hf_aead_methods gcm_methods = {gcm_seal, gcm_open, gcm_free};

static bool chacha_seal(struct hf_aead *aead, const uint8_t *nonce, struct hf_span aad, const struct hf_aead_work *work,
                        uint8_t *into)
{
    struct chacha_aead *key = (struct chacha_aead *)aead;
    uint8_t *tail = into + work->data.len;
    key->functions->init(key->key, &key->context, nonce, aad.data, aad.len);
    if (work->data.len > 0)
        key->functions->seal(key->key, &key->context, into, work->data.data, work->data.len);
    if (work->tail_len > 0)
        key->functions->seal(key->key, &key->context, tail, tail, work->tail_len);
    key->functions->end(&key->context, tail + work->tail_len, aead->kind->tag_len);
    return true;
}

static bool chacha_open(struct hf_aead *aead, const uint8_t *nonce, struct hf_span aad, const struct hf_aead_work *work,
                        uint8_t *into)
{
    struct chacha_aead *key = (struct chacha_aead *)aead;
    const size_t tag_len = aead->kind->tag_len;
    uint8_t tag[HF_AEAD_TAG_LEN_MAX];
    key->functions->init(key->key, &key->context, nonce, aad.data, aad.len);
    if (work->data.len > 0)
        key->functions->open(key->key, &key->context, into, work->data.data, work->data.len);
    key->functions->end(&key->context, tag, tag_len);
    return hf_secret_equal(hf_span_of(tag, tag_len), hf_span_of(work->data.data + work->data.len, tag_len));
}

static void chacha_free(struct hf_aead *aead)
{
    hf_allocation_wipe(aead->allocator, aead, sizeof(struct chacha_aead));
}

static const struct hf_aead_methods chacha_methods = {chacha_seal, chacha_open, chacha_free};

/* The tables begin at the first multiple of ALIGNMENT behind the structure. */
static enum hf_error new_gcm(const struct gcm *gcm, const struct hf_allocator *allocator,
                             const struct hf_aead_setup *setup, struct hf_aead **ret_aead)
{
    const size_t block_len = sizeof(struct gcm_aead) + ALIGNMENT - 1 + sizeof(struct gcm_key_data);
    struct gcm_aead *key = hf_allocation_new(allocator, block_len);
    if (key == NULL)
        return HF_ERR_no_memory;
    uint8_t *behind = (uint8_t *)(key + 1);
    key->tables = (struct gcm_key_data *)(behind + (ALIGNMENT - (uintptr_t)behind % ALIGNMENT) % ALIGNMENT);
    key->aead = (struct hf_aead){&gcm_methods, allocator, hf_aead_kind_of(setup->id), setup->direction};
    key->gcm = gcm;
    key->block_len = block_len;
    gcm->pre(setup->key.data, key->tables);
    *ret_aead = &key->aead;
    return HF_OK;
}

static enum hf_error new_chacha(const struct chacha20_poly1305 *functions, const struct hf_allocator *allocator,
                                const struct hf_aead_setup *setup, struct hf_aead **ret_aead)
{
    struct chacha_aead *key = hf_allocation_new(allocator, sizeof *key);
    if (key == NULL)
        return HF_ERR_no_memory;
    key->aead = (struct hf_aead){&chacha_methods, allocator, hf_aead_kind_of(setup->id), setup->direction};
    key->functions = functions;
    (void)hf_span_copy(setup->key, key->key, sizeof key->key); /* length checked by the caller */
    *ret_aead = &key->aead;
    return HF_OK;
}

enum hf_error hf_aead_multi_key(const struct hf_aead_multi *multi, const struct hf_allocator *allocator,
                                const struct hf_aead_setup *setup, struct hf_aead **ret_aead)
{
    if (multi == NULL)
        return HF_ERR_unsupported_here;
    switch (setup->id) {
    case HF_AEAD_AES_128_GCM:
        return new_gcm(&multi->aes_128, allocator, setup, ret_aead);
    case HF_AEAD_AES_256_GCM:
        return new_gcm(&multi->aes_256, allocator, setup, ret_aead);
    case HF_AEAD_CHACHA20_POLY1305:
        return new_chacha(&multi->chacha20_poly1305, allocator, setup, ret_aead);
    default:
        return HF_ERR_unsupported_here;
    }
}
