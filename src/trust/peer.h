/* Makes the proven identity (handfast/peer.h) out of a verified chain: it holds its own copies.
 * Counted, as connections share the peer of a chain that was verified before. */
#ifndef HF_TRUST_PEER_H
#define HF_TRUST_PEER_H

#include <handfast/peer.h>

#include "base/allocation.h"
#include "certificate/certificate.h"

struct hf_toolbox;

/* A peer of `count` certificates, DER, leaf first: a verdict's chain, or, for hf_peer_candidate, what was presented
 * (nothing is checked here). HF_ERR_no_memory, HF_ERR_crypto_failed, HF_ERR_bad_certificate_encoding (of the leaf). */
HF_MUST enum hf_error hf_peer_new(const struct hf_allocator *allocator, const struct hf_toolbox *toolbox,
                                  const struct hf_span *chain, size_t count, struct hf_peer **ret_peer);

/* A peer that is its public key and nothing else (RFC 7250). HF_ERR_no_memory, HF_ERR_crypto_failed. */
HF_MUST enum hf_error hf_peer_new_raw(const struct hf_allocator *allocator, const struct hf_toolbox *toolbox,
                                      const struct hf_spki *key, struct hf_peer **ret_peer);

/* What a peer may send beside a certificate. */
enum hf_peer_paper { HF_PEER_OCSP, HF_PEER_SCTS, HF_PEER_PAPERS };

/* Keeps a copy of a paper that came with this certificate, DER; not where it is none of the peer's path, nor of an
 * empty one. Only before anybody shares the peer. */
HF_MUST enum hf_error hf_peer_attach(struct hf_peer *peer, enum hf_peer_paper kind, struct hf_span certificate,
                                     struct hf_span paper);

/* Keeps what is known of its revocation. */
struct hf_revocation_result;
void hf_peer_set_revocation(struct hf_peer *peer, const struct hf_revocation_result *result);

/* Of which certificates of its path nothing is known: struct hf_revocation_result. */
uint32_t hf_peer_revocation_missing(const struct hf_peer *peer);

/* One holder more; one less, and the last frees (NULL is fine). Any thread. */
struct hf_peer *hf_peer_hold(struct hf_peer *peer);
void hf_peer_drop(struct hf_peer *peer);

/* Bytes that it holds. */
size_t hf_peer_size(const struct hf_peer *peer);

#endif
