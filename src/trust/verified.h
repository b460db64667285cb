/* A chain that was verified: what it proved, and everything that its next use would make anew. Immutable, counted,
 * shared by connections and threads. It says nothing of names and admission: those are judged at each use. */
#ifndef HF_TRUST_VERIFIED_H
#define HF_TRUST_VERIFIED_H

#include <stdatomic.h>

#include "crypto/public_key.h"
#include "trust/peer.h"
#include "trust/trust.h"

struct hf_verified {
    const struct hf_allocator *allocator;
    atomic_size_t holders;
    struct hf_peer *peer;
    struct hf_certificate leaf; /* over the peer's own copy */
    struct hf_public_key *key;  /* of the leaf */
    int64_t begins_s;           /* every certificate of the path is valid from here ... */
    int64_t ends_s;             /* ... to here, both included (RFC 5280 4.1.2.5) */
};

/* Of a verdict that is HF_OK. Its spans may go afterwards; the question's allocator and toolbox must stay. One holder.
 * HF_ERR_no_memory, HF_ERR_unsupported_key, HF_ERR_bad_certificate_encoding, HF_ERR_crypto_failed. */
HF_MUST enum hf_error hf_verified_new(const struct hf_trust_question *question, const struct hf_verdict *verdict,
                                      struct hf_verified **ret_verified);

/* Of a raw public key (RFC 7250) that was judged: its leaf has a key and nothing else, and it holds at all times. */
HF_MUST enum hf_error hf_verified_new_raw(const struct hf_allocator *allocator, const struct hf_toolbox *toolbox,
                                          const struct hf_spki *key, struct hf_verified **ret_verified);

/* One holder more; one less, and the last frees (NULL is fine). Any thread. */
struct hf_verified *hf_verified_hold(struct hf_verified *verified);
void hf_verified_drop(struct hf_verified *verified);

#endif
