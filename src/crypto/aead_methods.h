/* What serves a key of an AEAD, for the files of crypto/ only: libcrypto, which has them all, or ipsec-mb, which is
 * faster where it has one. aead.c checks the lengths and chooses; these do the work. */
#ifndef HF_CRYPTO_AEAD_METHODS_H
#define HF_CRYPTO_AEAD_METHODS_H

#include "crypto/aead.h"

/* What is encrypted or decrypted: bytes of the caller's and, behind them, `tail_len` bytes that stand at their place in
 * the output already (never when opening). `data.data` is not NULL. */
struct hf_aead_work {
    struct hf_span data;
    size_t tail_len;
};

struct hf_aead_methods {
    /* Writes ciphertext and tag. */
    bool (*seal)(struct hf_aead *aead, const uint8_t *nonce, struct hf_span aad, const struct hf_aead_work *work,
                 uint8_t *into);
    /* The tag stands behind work->data. Writes the plaintext, or fails and may leave some of it: the caller wipes. */
    bool (*open)(struct hf_aead *aead, const uint8_t *nonce, struct hf_span aad, const struct hf_aead_work *work,
                 uint8_t *into);
    void (*free)(struct hf_aead *aead);
};

/* The first member of whatever serves a key. */
struct hf_aead {
    const struct hf_aead_methods *methods;
    const struct hf_allocator *allocator;
    const struct hf_aead_kind *kind;
    enum hf_aead_direction direction;
};

/* The key's length was checked. Fails with HF_ERR_unsupported_here, HF_ERR_no_memory, HF_ERR_crypto_failed. */
HF_MUST enum hf_error hf_aead_libcrypto_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                            const struct hf_aead_setup *setup, struct hf_aead **ret_aead);

#endif
