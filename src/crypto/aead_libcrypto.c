/* Keys of AEADs by libcrypto: one cipher context per key and direction; a record changes its nonce only. CCM is the odd
 * one (RFC 3610 2.2): the tag's length stands before the key, the data's length before the data, and the tag is checked
 * before any plaintext comes. */
#include "crypto/aead_methods.h"
#include "crypto/toolbox_parts.h"

struct libcrypto_aead {
    struct hf_aead aead;
    EVP_CIPHER_CTX *context;
    bool ccm; /* CCM wants lengths and tag before the data (RFC 3610 2.2) */
};

/* Cipher, lengths, then key: CCM takes lengths only before the key. */
static bool prepare(struct libcrypto_aead *key, const EVP_CIPHER *cipher, const uint8_t *bytes)
{
    int sealing = key->aead.direction == HF_AEAD_SEAL;
    if (EVP_CipherInit_ex2(key->context, cipher, NULL, NULL, sealing, NULL) != 1 ||
        EVP_CIPHER_CTX_ctrl(key->context, EVP_CTRL_AEAD_SET_IVLEN, HF_AEAD_NONCE_LEN, NULL) <= 0)
        return false;
    if (key->ccm && EVP_CIPHER_CTX_ctrl(key->context, EVP_CTRL_AEAD_SET_TAG, (int)key->aead.kind->tag_len, NULL) <= 0)
        return false;
    return EVP_CipherInit_ex2(key->context, NULL, bytes, NULL, sealing, NULL) == 1;
}

/* One pass, wherever the pieces lie. CCM takes all in one call, which also checks the tag. */
static bool crypt(struct libcrypto_aead *key, const struct hf_aead_work *work, uint8_t *into)
{
    int len = 0;
    uint8_t *tail = into + work->data.len;
    if (key->ccm && work->tail_len > 0) {
        if (!hf_span_copy(work->data, into, work->data.len))
            return false;
        return EVP_CipherUpdate(key->context, into, &len, into, (int)(work->data.len + work->tail_len)) == 1;
    }
    if ((work->data.len > 0 || key->ccm) &&
        EVP_CipherUpdate(key->context, into, &len, work->data.data, (int)work->data.len) != 1)
        return false;
    return work->tail_len == 0 || EVP_CipherUpdate(key->context, tail, &len, tail, (int)work->tail_len) == 1;
}

/* One record: nonce, the tag where it must be known before, CCM's length, associated data, data. `data.data` and `into`
 * are never NULL, because NULL has a meaning of its own in this interface. */
static bool run(struct libcrypto_aead *key, const uint8_t *nonce, struct hf_span aad, const struct hf_aead_work *work,
                uint8_t *into)
{
    const size_t data_len = work->data.len + work->tail_len;
    int len = 0;
    if (EVP_CipherInit_ex2(key->context, NULL, NULL, nonce, -1, NULL) != 1)
        return false;
    if (key->aead.direction == HF_AEAD_OPEN &&
        EVP_CIPHER_CTX_ctrl(key->context, EVP_CTRL_AEAD_SET_TAG, (int)key->aead.kind->tag_len,
                            (void *)(uintptr_t)(work->data.data + work->data.len)) <= 0)
        return false;
    if (key->ccm && EVP_CipherUpdate(key->context, NULL, &len, NULL, (int)data_len) != 1)
        return false;
    if (aad.len > 0 && EVP_CipherUpdate(key->context, NULL, &len, aad.data, (int)aad.len) != 1)
        return false;
    /* CCM checks the tag in this very call, also over no data; the others in the final one. */
    if (!crypt(key, work, into))
        return false;
    return key->ccm || EVP_CipherFinal_ex(key->context, into + data_len, &len) == 1;
}

static bool libcrypto_seal(struct hf_aead *aead, const uint8_t *nonce, struct hf_span aad,
                           const struct hf_aead_work *work, uint8_t *into)
{
    struct libcrypto_aead *key = (struct libcrypto_aead *)aead;
    uint8_t *tag = into + work->data.len + work->tail_len;
    return run(key, nonce, aad, work, into) &&
           EVP_CIPHER_CTX_ctrl(key->context, EVP_CTRL_AEAD_GET_TAG, (int)aead->kind->tag_len, tag) > 0;
}

static bool libcrypto_open(struct hf_aead *aead, const uint8_t *nonce, struct hf_span aad,
                           const struct hf_aead_work *work, uint8_t *into)
{
    return run((struct libcrypto_aead *)aead, nonce, aad, work, into);
}

static void libcrypto_free(struct hf_aead *aead)
{
    struct libcrypto_aead *key = (struct libcrypto_aead *)aead;
    EVP_CIPHER_CTX_free(key->context);
    hf_allocation_free(aead->allocator, key);
}

static const struct hf_aead_methods libcrypto_methods = {libcrypto_seal, libcrypto_open, libcrypto_free};

enum hf_error hf_aead_libcrypto_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                    const struct hf_aead_setup *setup, struct hf_aead **ret_aead)
{
    const EVP_CIPHER *cipher = toolbox->aeads[setup->id];
    if (cipher == NULL)
        return HF_ERR_unsupported_here;
    struct libcrypto_aead *key = hf_allocation_new(allocator, sizeof *key);
    if (key == NULL)
        return HF_ERR_no_memory;
    key->aead = (struct hf_aead){&libcrypto_methods, allocator, hf_aead_kind_of(setup->id), setup->direction};
    key->ccm = EVP_CIPHER_get_mode(cipher) == EVP_CIPH_CCM_MODE;
    key->context = EVP_CIPHER_CTX_new();
    if (key->context == NULL || !prepare(key, cipher, setup->key.data)) {
        enum hf_error error = key->context == NULL ? HF_ERR_no_memory : HF_ERR_crypto_failed;
        libcrypto_free(&key->aead);
        return hf_toolbox_forget(error);
    }
    *ret_aead = &key->aead;
    return HF_OK;
}
