/* AES in cipher block chaining (NIST SP 800-38A 6.2), without padding: whole blocks in, whole blocks out. For TLS 1.2's
 * historic suites (RFC 5246 6.2.3.2, RFC 3268); authenticity and padding are the record layer's. */
#ifndef HF_CRYPTO_BLOCK_CIPHER_H
#define HF_CRYPTO_BLOCK_CIPHER_H

#include "base/span.h"
#include "crypto/toolbox.h"

enum hf_block_cipher_id {
    HF_BLOCK_CIPHER_NONE = 0,
    HF_BLOCK_CIPHER_AES_128_CBC,
    HF_BLOCK_CIPHER_AES_256_CBC,
    HF_BLOCK_CIPHER_COUNT
};

#define HF_BLOCK_LEN 16 /* of AES, and of its IV */

/* One key in one direction. One thread at a time. */
struct hf_block_cipher;

/* 16 or 32; 0 for HF_BLOCK_CIPHER_NONE. */
size_t hf_block_cipher_key_len(enum hf_block_cipher_id id);

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

/* Encrypts, or decrypts, `blocks` (whole ones) under this IV of HF_BLOCK_LEN bytes to `into`, which may be blocks.data.
 * HF_ERR_wrong_call when a block is not whole. */
HF_MUST enum hf_error hf_block_cipher_run(struct hf_block_cipher *cipher, const uint8_t *iv, struct hf_span blocks,
                                          uint8_t *into);

#endif
