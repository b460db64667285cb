/* Who the peer is, judged by our policy: the certificates that it presented in this handshake, or those that a resumed
 * session keeps. The one place that gives HF_PROOF_CHAIN, HF_PROOF_NAME and HF_PROOF_AUTHORIZED, so that a resumed
 * peer is judged as a new one is: by its path, its dates, its name and our rules, now. RFC 5280 6, RFC 9525. */
#ifndef HF_HANDSHAKE_PEER_PROOF_H
#define HF_HANDSHAKE_PEER_PROOF_H

#include "handshake/handshake.h"

/* A peer that presents a certificate must prove it, also where none was required. */
void hf_peer_proof_demand(struct hf_handshake *handshake);

/* Judges work->chain, gives the three proofs and keeps work->verified. On failure it gives and keeps nothing, and
 * handshake->failure says whose certificate has what flaw. */
HF_MUST enum hf_error hf_peer_proof_give(struct hf_handshake *handshake);

/* While the application's verdict is awaited: the same judgement once more, with one CRL or OCSP response that the
 * application found. HF_ERR_file_malformed when it is none, and then nothing was judged; every other error is the
 * handshake's end. */
HF_MUST enum hf_error hf_peer_proof_add(struct hf_handshake *handshake, enum hf_revocation_answer kind,
                                        struct hf_span bytes);

/* The application has said all it knows: what is still open of revocation counts as not known. */
HF_MUST enum hf_error hf_peer_proof_settle(struct hf_handshake *handshake);

#endif
