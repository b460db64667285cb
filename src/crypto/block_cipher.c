/* CBC over libcrypto's ciphers: one context a key, given a new IV for each record. */
#include "crypto/block_cipher.h"

#include "crypto/toolbox_parts.h"

#include <limits.h>

struct hf_block_cipher {
    const struct hf_allocator *allocator;
    EVP_CIPHER_CTX *context;
    size_t block_len;
};

static const struct kind {
    size_t key_len;
    size_t block_len;
    uint64_t blocks_max;
} kinds[HF_BLOCK_CIPHER_COUNT] = {
    [HF_BLOCK_CIPHER_AES_128_CBC] = {16, 16, UINT64_MAX},
    [HF_BLOCK_CIPHER_AES_256_CBC] = {32, 16, UINT64_MAX},
    [HF_BLOCK_CIPHER_3DES_CBC] = {24, 8, UINT64_C(1) << 20},
};

static const struct kind *kind_of(enum hf_block_cipher_id id)
{
    return &kinds[(size_t)id < HF_BLOCK_CIPHER_COUNT ? id : HF_BLOCK_CIPHER_NONE];
}

size_t hf_block_cipher_key_len(enum hf_block_cipher_id id)
{
    return kind_of(id)->key_len;
}

size_t hf_block_cipher_block_len(enum hf_block_cipher_id id)
{
    return kind_of(id)->block_len;
}

uint64_t hf_block_cipher_blocks_max(enum hf_block_cipher_id id)
{
    return kind_of(id)->blocks_max;
}

bool hf_block_cipher_available(const struct hf_toolbox *toolbox, enum hf_block_cipher_id id)
{
    return kind_of(id)->key_len > 0 && toolbox->blocks[id] != NULL;
}

static bool start(struct hf_block_cipher *cipher, const EVP_CIPHER *algorithm,
                  const struct hf_block_cipher_setup *setup)
{
    cipher->context = EVP_CIPHER_CTX_new();
    return cipher->context != NULL &&
           EVP_CipherInit_ex2(cipher->context, algorithm, setup->key.data, NULL, setup->encrypts, NULL) == 1 &&
           EVP_CIPHER_CTX_set_padding(cipher->context, 0) == 1;
}

enum hf_error hf_block_cipher_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                  const struct hf_block_cipher_setup *setup, struct hf_block_cipher **ret_cipher)
{
    size_t key_len = hf_block_cipher_key_len(setup->id);
    if (key_len == 0 || setup->key.len != key_len)
        return HF_ERR_wrong_call;
    if (!hf_block_cipher_available(toolbox, setup->id))
        return HF_ERR_unsupported_here;
    struct hf_block_cipher *cipher = hf_allocation_new(allocator, sizeof *cipher);
    if (cipher == NULL)
        return HF_ERR_no_memory;
    cipher->allocator = allocator;
    cipher->block_len = hf_block_cipher_block_len(setup->id);
    if (!start(cipher, toolbox->blocks[setup->id], setup)) {
        hf_block_cipher_free(cipher);
        return hf_toolbox_forget(HF_ERR_crypto_failed);
    }
    *ret_cipher = cipher;
    return HF_OK;
}

void hf_block_cipher_free(struct hf_block_cipher *cipher)
{
    if (cipher == NULL)
        return;
    EVP_CIPHER_CTX_free(cipher->context);
    hf_allocation_free(cipher->allocator, cipher);
}

enum hf_error hf_block_cipher_run(struct hf_block_cipher *cipher, const uint8_t *iv, struct hf_span blocks,
                                  uint8_t *into)
{
    int len = 0;
    if (blocks.len % cipher->block_len != 0 || blocks.len > INT_MAX)
        return HF_ERR_wrong_call;
    if (EVP_CipherInit_ex2(cipher->context, NULL, NULL, iv, -1, NULL) != 1 ||
        EVP_CipherUpdate(cipher->context, into, &len, blocks.data, (int)blocks.len) != 1 || (size_t)len != blocks.len)
        return hf_toolbox_forget(HF_ERR_crypto_failed);
    return HF_OK;
}
