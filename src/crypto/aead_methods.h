/* What serves a key of an AEAD, for the files of crypto/ only: libcrypto, which has them all, or ipsec-mb, which is
 * faster where it has one. aead.c checks the lengths, chooses, and says where the state lies; these do the work. */
#ifndef HF_CRYPTO_AEAD_METHODS_H
#define HF_CRYPTO_AEAD_METHODS_H

#include "crypto/aead.h"

enum hf_aead_state_sizes {
    HF_AEAD_STATE_ALIGNMENT = 64, /* where a state begins: ipsec-mb wants it for its tables */
    HF_AEAD_STATE_MAX = 4096
};

/* What is encrypted or decrypted: bytes of the caller's and, behind them, `tail_len` bytes. When sealing these stand at
 * their place in the output already; when opening they stand behind the data, and their plaintext goes to `tail`.
 * `data.data` is not NULL. */
struct hf_aead_work {
    struct hf_span data;
    size_t tail_len;
    uint8_t *tail;
};

struct hf_aead_methods {
    size_t state_size; /* at most HF_AEAD_STATE_MAX */
    bool keeps_state;  /* making it costs enough that it is worth keeping */

    /* Makes the state of this key in memory of state_size bytes. Fails with HF_ERR_no_memory, HF_ERR_crypto_failed;
     * end is not called then. */
    enum hf_error (*begin)(const struct hf_aead *aead, void *state);
    /* Writes ciphertext and tag. */
    bool (*seal)(const struct hf_aead *aead, void *state, const uint8_t *nonce, struct hf_span aad,
                 const struct hf_aead_work *work, uint8_t *into);
    /* The tag stands behind work->data and its tail; a tail only where hf_aead_opens_apart. Writes the plaintext, or
     * fails and may leave some of it: the caller wipes. */
    bool (*open)(const struct hf_aead *aead, void *state, const uint8_t *nonce, struct hf_span aad,
                 const struct hf_aead_work *work, uint8_t *into);
    /* Gives back what the state holds beside its own memory, which the caller wipes. NULL: nothing. */
    void (*end)(void *state);
};

/* libcrypto's, for any algorithm. */
extern const struct hf_aead_methods hf_aead_libcrypto;

#endif
