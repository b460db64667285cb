/* Keys of AEADs by libcrypto: one cipher context for each state; a record changes its nonce only. CCM is the odd one
 * (RFC 3610 2.2): the tag's length stands before the key, the data's length before the data, and the tag is checked
 * before any plaintext comes. */
#include "crypto/aead_methods.h"
#include "crypto/toolbox_parts.h"

struct state {
    EVP_CIPHER_CTX *context;
    bool ccm; /* CCM wants lengths and tag before the data (RFC 3610 2.2) */
};

/* Cipher, lengths, then key: CCM takes lengths only before the key. */
static bool prepare(const struct hf_aead *aead, const struct state *state, const EVP_CIPHER *cipher)
{
    int sealing = aead->direction == HF_AEAD_SEAL;
    if (EVP_CipherInit_ex2(state->context, cipher, NULL, NULL, sealing, NULL) != 1 ||
        EVP_CIPHER_CTX_ctrl(state->context, EVP_CTRL_AEAD_SET_IVLEN, HF_AEAD_NONCE_LEN, NULL) <= 0)
        return false;
    if (state->ccm && EVP_CIPHER_CTX_ctrl(state->context, EVP_CTRL_AEAD_SET_TAG, (int)aead->kind->tag_len, NULL) <= 0)
        return false;
    return EVP_CipherInit_ex2(state->context, NULL, aead->key, NULL, sealing, NULL) == 1;
}

static enum hf_error libcrypto_begin(const struct hf_aead *aead, void *memory)
{
    struct state *state = memory;
    const EVP_CIPHER *cipher = aead->toolbox->aeads[aead->kind->id];
    state->ccm = EVP_CIPHER_get_mode(cipher) == EVP_CIPH_CCM_MODE;
    state->context = EVP_CIPHER_CTX_new();
    if (state->context == NULL)
        return hf_toolbox_forget(HF_ERR_no_memory);
    if (prepare(aead, state, cipher))
        return HF_OK;
    EVP_CIPHER_CTX_free(state->context);
    return hf_toolbox_forget(HF_ERR_crypto_failed);
}

static void libcrypto_end(void *memory)
{
    struct state *state = memory;
    EVP_CIPHER_CTX_free(state->context);
}

/* One pass, wherever the pieces lie. CCM takes all in one call, which also checks the tag. */
static bool crypt(const struct state *state, const struct hf_aead_work *work, uint8_t *into)
{
    int len = 0;
    const bool sealing = work->tail == NULL;
    uint8_t *tail = sealing ? into + work->data.len : work->tail;
    const uint8_t *tail_from = sealing ? tail : work->data.data + work->data.len;
    if (state->ccm && work->tail_len > 0) {
        if (!hf_span_copy(work->data, into, work->data.len))
            return false;
        return EVP_CipherUpdate(state->context, into, &len, into, (int)(work->data.len + work->tail_len)) == 1;
    }
    if ((work->data.len > 0 || state->ccm) &&
        EVP_CipherUpdate(state->context, into, &len, work->data.data, (int)work->data.len) != 1)
        return false;
    return work->tail_len == 0 || EVP_CipherUpdate(state->context, tail, &len, tail_from, (int)work->tail_len) == 1;
}

/* One record: nonce, the tag where it must be known before, CCM's length, associated data, data. `data.data` and `into`
 * are never NULL, because NULL has a meaning of its own in this interface. */
static bool run(const struct hf_aead *aead, const struct state *state, const uint8_t *nonce, struct hf_span aad,
                const struct hf_aead_work *work, uint8_t *into)
{
    const size_t data_len = work->data.len + work->tail_len;
    int len = 0;
    if (EVP_CipherInit_ex2(state->context, NULL, NULL, nonce, -1, NULL) != 1)
        return false;
    if (aead->direction == HF_AEAD_OPEN &&
        EVP_CIPHER_CTX_ctrl(state->context, EVP_CTRL_AEAD_SET_TAG, (int)aead->kind->tag_len,
                            (void *)(uintptr_t)(work->data.data + data_len)) <= 0)
        return false;
    if (state->ccm && EVP_CipherUpdate(state->context, NULL, &len, NULL, (int)data_len) != 1)
        return false;
    if (aad.len > 0 && EVP_CipherUpdate(state->context, NULL, &len, aad.data, (int)aad.len) != 1)
        return false;
    /* CCM checks the tag in this very call, also over no data; the others in the final one. */
    if (!crypt(state, work, into))
        return false;
    return state->ccm || EVP_CipherFinal_ex(state->context, into + data_len, &len) == 1;
}

static bool libcrypto_seal(const struct hf_aead *aead, void *memory, const uint8_t *nonce, struct hf_span aad,
                           const struct hf_aead_work *work, uint8_t *into)
{
    const struct state *state = memory;
    uint8_t *tag = into + work->data.len + work->tail_len;
    return run(aead, state, nonce, aad, work, into) &&
           EVP_CIPHER_CTX_ctrl(state->context, EVP_CTRL_AEAD_GET_TAG, (int)aead->kind->tag_len, tag) > 0;
}

static bool libcrypto_open(const struct hf_aead *aead, void *memory, const uint8_t *nonce, struct hf_span aad,
                           const struct hf_aead_work *work, uint8_t *into)
{
    return run(aead, memory, nonce, aad, work, into);
}

const struct hf_aead_methods hf_aead_libcrypto = {
    .state_size = sizeof(struct state),
    .keeps_state = true,
    .begin = libcrypto_begin,
    .seal = libcrypto_seal,
    .open = libcrypto_open,
    .end = libcrypto_end,
};
