/* AES and triple DES in cipher block chaining (NIST SP 800-38A 6.2), without padding: whole blocks in, whole blocks
 * out. For TLS 1.2's historic suites (RFC 5246 6.2.3.2, RFC 3268); authenticity and padding are the record layer's. */
#ifndef HF_CRYPTO_BLOCK_CIPHER_H
#define HF_CRYPTO_BLOCK_CIPHER_H

#include "base/span.h"
#include "crypto/toolbox.h"

enum hf_block_cipher_id {
    HF_BLOCK_CIPHER_NONE = 0,
    HF_BLOCK_CIPHER_AES_128_CBC,
    HF_BLOCK_CIPHER_AES_256_CBC,
    HF_BLOCK_CIPHER_3DES_CBC, /* three keys (NIST SP 800-67) */
    HF_BLOCK_CIPHER_COUNT
};

#define HF_BLOCK_LEN_MAX 16

/* One key in one direction. One thread at a time. */
struct hf_block_cipher;

/* 16, 24 or 32; 0 for HF_BLOCK_CIPHER_NONE. */
size_t hf_block_cipher_key_len(enum hf_block_cipher_id id);

/* Of a block, and of the IV: 16 or 8; 0 likewise. */
size_t hf_block_cipher_block_len(enum hf_block_cipher_id id);

/* How many blocks one key may encrypt. Of 16 bytes as many as there ever are, UINT64_MAX; of 8 bytes 2^20 (NIST SP
 * 800-67 rev. 2): two that are equal betray what is in them, and 2^32 have such a pair (Sweet32, 2016). */
uint64_t hf_block_cipher_blocks_max(enum hf_block_cipher_id id);

/* Whether this libcrypto can do it. */
bool hf_block_cipher_available(const struct hf_toolbox *toolbox, enum hf_block_cipher_id id);

/* The key is copied. HF_ERR_wrong_call (its length), HF_ERR_unsupported_here, HF_ERR_no_memory, HF_ERR_crypto_failed.
 */
struct hf_block_cipher_setup {
    enum hf_block_cipher_id id;
    bool encrypts; /* else it decrypts */
    struct hf_span key;
};
HF_MUST enum hf_error hf_block_cipher_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                          const struct hf_block_cipher_setup *setup,
                                          struct hf_block_cipher **ret_cipher);

/* Wipes the key. NULL is fine. */
void hf_block_cipher_free(struct hf_block_cipher *cipher);

/* Encrypts, or decrypts, `blocks` (whole ones) under this IV of a block's length to `into`, which may be blocks.data.
 * HF_ERR_wrong_call when a block is not whole. */
HF_MUST enum hf_error hf_block_cipher_run(struct hf_block_cipher *cipher, const uint8_t *iv, struct hf_span blocks,
                                          uint8_t *into);

#endif
