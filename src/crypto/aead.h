/* Authenticated encryption (RFC 5116) as the records use it: one key, one direction, a nonce of 12 bytes a call.
 * A key at rest is its bytes. What a cipher makes of them (a kilobyte of tables) is made for each call at first, on the
 * stack, and kept once the key has served HF_AEAD_CALLS_AT_REST of them: so a connection that says little holds
 * little, and one that says much makes the tables once. Nonces are the caller's duty: never one twice. */
#ifndef HF_CRYPTO_AEAD_H
#define HF_CRYPTO_AEAD_H

#include "crypto/toolbox.h"

enum hf_aead_id {
    HF_AEAD_NONE = 0,
#define HF_AEAD(symbol, name, libcrypto_name, key_len, tag_len, seal_limit, failure_limit) HF_AEAD_##symbol,
#include "crypto/aeads.def"
#undef HF_AEAD
    HF_AEAD_COUNT
};

#define HF_AEAD_NONCE_LEN   12
#define HF_AEAD_KEY_LEN_MAX 32
#define HF_AEAD_TAG_LEN_MAX 16

/* Measured (EPYC and Xeon, ipsec-mb 1.3): AES-GCM's tables take 0.16 to 0.3 us. */
enum { HF_AEAD_CALLS_AT_REST = 8 };

enum hf_aead_direction { HF_AEAD_SEAL, HF_AEAD_OPEN };

/* What is known of an algorithm: a row of aeads.def. */
struct hf_aead_kind {
    enum hf_aead_id id;
    const char *name; /* as in RFC 5116's registry, in lower case */
    size_t key_len;
    size_t tag_len;
    uint64_t seal_limit;    /* records that one key may seal (RFC 9846 5.5, RFC 9147 4.5.3); UINT64_MAX: no limit */
    uint64_t failure_limit; /* records that one key may fail to open, datagrams only (RFC 9147 4.5.3) */
};

struct hf_aead_methods;

/* One key in one direction, a part of whatever holds it; its fields are those of crypto/. One thread at a time. */
struct hf_aead {
    const struct hf_aead_methods *methods;
    const struct hf_toolbox *toolbox;
    const struct hf_allocator *allocator;
    const struct hf_aead_kind *kind;
    void *block; /* the tables that are kept, as allocated; NULL at rest */
    uint8_t key[HF_AEAD_KEY_LEN_MAX];
    uint8_t direction; /* enum hf_aead_direction */
    uint8_t calls;     /* at rest, up to HF_AEAD_CALLS_AT_REST */
};

/* The row, constant; NULL for HF_AEAD_NONE. */
const struct hf_aead_kind *hf_aead_kind_of(enum hf_aead_id id);

/* Key length and tag length, 0 for HF_AEAD_NONE. */
size_t hf_aead_key_len(enum hf_aead_id id);
size_t hf_aead_tag_len(enum hf_aead_id id);

/* Whether this libcrypto has the algorithm. */
bool hf_aead_available(const struct hf_toolbox *toolbox, enum hf_aead_id id);

/* The key is copied; its length must fit. Allocates nothing; toolbox and allocator must outlive it. Fails with
 * HF_ERR_wrong_call (wrong length) and HF_ERR_unsupported_here. */
struct hf_aead_setup {
    enum hf_aead_id id;
    enum hf_aead_direction direction;
    struct hf_span key;
};
HF_MUST enum hf_error hf_aead_init(struct hf_aead *aead, const struct hf_toolbox *toolbox,
                                   const struct hf_allocator *allocator, const struct hf_aead_setup *setup);

/* Gives back what can be made again. Of one that was never set up (zeros): nothing. */
void hf_aead_rest(struct hf_aead *aead);

/* Wipes the key, too. */
void hf_aead_wipe(struct hf_aead *aead);

/* Writes plaintext.len + tag length bytes to `into`, which may be plaintext.data itself and may not overlap it
 * otherwise. nonce points at HF_AEAD_NONCE_LEN bytes. Needs HF_AEAD_SEAL. On failure (HF_ERR_crypto_failed,
 * HF_ERR_no_memory) `into` is wiped. */
HF_MUST enum hf_error hf_aead_seal(struct hf_aead *aead, const uint8_t *nonce, struct hf_span aad,
                                   struct hf_span plaintext, uint8_t *into);

/* A plaintext whose last bytes stand in the output already, behind the room for the others: what a record appends to
 * its content (RFC 9846 5.2), so that the content need not be copied. `plaintext` may not overlap the output then. */
struct hf_aead_tailed {
    struct hf_span plaintext;
    size_t tail_len; /* at into + plaintext.len */
};
HF_MUST enum hf_error hf_aead_seal_tailed(struct hf_aead *aead, const uint8_t *nonce, struct hf_span aad,
                                          const struct hf_aead_tailed *content, uint8_t *into);

/* Writes ciphertext.len - tag length bytes to `into`, which may be ciphertext.data itself. Needs HF_AEAD_OPEN.
 * HF_ERR_bad_record when the tag is wrong or the ciphertext shorter than a tag: `into` is wiped then. */
HF_MUST enum hf_error hf_aead_open(struct hf_aead *aead, const uint8_t *nonce, struct hf_span aad,
                                   struct hf_span ciphertext, uint8_t *into);

/* The same with the plaintext's last byte apart, not behind the others; `into` may not be ciphertext.data then: for a
 * record whose content just fits where it is wanted, but not with the type behind it (RFC 9846 5.2). Only where
 * hf_aead_opens_apart, else HF_ERR_wrong_call; HF_ERR_bad_record also when there is no plaintext. */
bool hf_aead_opens_apart(enum hf_aead_id id);
struct hf_aead_apart {
    uint8_t *into; /* all but the last */
    uint8_t last;
};
HF_MUST enum hf_error hf_aead_open_apart(struct hf_aead *aead, const uint8_t *nonce, struct hf_span aad,
                                         struct hf_span ciphertext, struct hf_aead_apart *apart);

#endif
