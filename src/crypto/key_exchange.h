/* Key exchange, one shape for Diffie-Hellman and for key encapsulation: the one who offers makes a pair and shows a
 * share; the other answers with its own share and knows the secret; the first finishes with that answer.
 * Shares are checked: exact lengths, points uncompressed and on the curve, no all-zero outputs
 * (RFC 9846 4.3.8.2, 7.4.2; RFC 8422 5.11; hybrids: draft-ietf-tls-ecdhe-mlkem; alone: draft-ietf-tls-mlkem); in finite
 * fields only the groups of RFC 7919, values from 2 to p - 2 (5.1), where a peer's share may lack leading zeros. A pair
 * serves one connection. */
#ifndef HF_CRYPTO_KEY_EXCHANGE_H
#define HF_CRYPTO_KEY_EXCHANGE_H

#include "base/secret.h"
#include "base/writer.h"
#include "crypto/toolbox.h"

enum hf_key_exchange_id {
    HF_KEY_EXCHANGE_NONE = 0,
    HF_KEY_EXCHANGE_X25519,
    HF_KEY_EXCHANGE_X448,
    HF_KEY_EXCHANGE_P256,
    HF_KEY_EXCHANGE_P384,
    HF_KEY_EXCHANGE_P521,
    HF_KEY_EXCHANGE_X25519MLKEM768,
    HF_KEY_EXCHANGE_SECP256R1MLKEM768,
    HF_KEY_EXCHANGE_SECP384R1MLKEM1024,
    HF_KEY_EXCHANGE_MLKEM512, /* alone, without Diffie-Hellman beside it */
    HF_KEY_EXCHANGE_MLKEM768,
    HF_KEY_EXCHANGE_MLKEM1024,
    HF_KEY_EXCHANGE_FFDHE2048, /* finite fields, RFC 7919: for TLS 1.2's historic suites */
    HF_KEY_EXCHANGE_FFDHE3072,
    HF_KEY_EXCHANGE_FFDHE4096,
    HF_KEY_EXCHANGE_FFDHE6144,
    HF_KEY_EXCHANGE_FFDHE8192,
    HF_KEY_EXCHANGE_COUNT
};

/* The longest share of either side: SECP384R1MLKEM1024's. */
#define HF_KEY_EXCHANGE_SHARE_MAX 1665

/* Our own pair, waiting for the peer's share. One thread at a time. */
struct hf_key_exchange;

/* Whether this libcrypto can do it: ML-KEM, alone and in hybrids, comes with 3.5. */
bool hf_key_exchange_available(const struct hf_toolbox *toolbox, enum hf_key_exchange_id id);

/* Whether a KEM takes part: the hybrids, and ML-KEM alone. */
bool hf_key_exchange_has_kem(enum hf_key_exchange_id id);

/* The Diffie-Hellman that takes part in it: of a hybrid its half, of a KEM alone NONE, of any other itself. */
enum hf_key_exchange_id hf_key_exchange_classic(enum hf_key_exchange_id id);

/* Whether it is Diffie-Hellman in a finite field. */
bool hf_key_exchange_has_field(enum hf_key_exchange_id id);

/* The prime and the generator of a finite field's group, big-endian, appended to the writers: as TLS 1.2 sends them
 * (RFC 5246 7.4.3). The prime is hf_key_exchange_offer_len bytes, the generator one. */
HF_MUST enum hf_error hf_key_exchange_write_field(const struct hf_toolbox *toolbox, enum hf_key_exchange_id id,
                                                  struct hf_writer *prime, struct hf_writer *generator);

/* Lengths of the offering side's and the answering side's share, in bytes; 0 for HF_KEY_EXCHANGE_NONE. */
size_t hf_key_exchange_offer_len(enum hf_key_exchange_id id);
size_t hf_key_exchange_answer_len(enum hf_key_exchange_id id);

/* Makes a new pair. HF_ERR_unsupported_here when not available. */
HF_MUST enum hf_error hf_key_exchange_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                          enum hf_key_exchange_id id, struct hf_key_exchange **ret_exchange);

/* A pair from a given private key (big-endian scalar, or the raw bytes of X25519 and X448): for published traces
 * such as RFC 8448. Not where a KEM takes part. */
HF_MUST enum hf_error hf_key_exchange_from_private(const struct hf_toolbox *toolbox,
                                                   const struct hf_allocator *allocator, enum hf_key_exchange_id id,
                                                   struct hf_span private_bytes, struct hf_key_exchange **ret_exchange);

/* Wipes the pair. NULL is fine. */
void hf_key_exchange_free(struct hf_key_exchange *exchange);

enum hf_key_exchange_id hf_key_exchange_id_of(const struct hf_key_exchange *exchange);

/* The share to send; borrowed, lives as long as the exchange. */
struct hf_span hf_key_exchange_share(const struct hf_key_exchange *exchange);

/* The shared secret, from the peer's answer. HF_ERR_bad_key_share when the share is not a valid one of its group. */
HF_MUST enum hf_error hf_key_exchange_finish(struct hf_key_exchange *exchange, struct hf_span peer_share,
                                             struct hf_premaster *ret_premaster);

/* The answering side in one call: writes our share to `own_share` (hf_key_exchange_answer_len bytes) and gives the
 * shared secret. HF_ERR_bad_key_share as above; HF_ERR_internal when own_share has too little room. On failure nothing
 * was written. */
struct hf_key_exchange_question {
    enum hf_key_exchange_id id;
    struct hf_span peer_share;
    const struct hf_key_exchange *prepared; /* a pair of hf_key_exchange_classic(id) that served nowhere yet, and shall
                                             * not again; NULL: one is made now */
};
HF_MUST enum hf_error hf_key_exchange_answer(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                             const struct hf_key_exchange_question *question,
                                             struct hf_writer *own_share, struct hf_premaster *ret_premaster);

#endif
