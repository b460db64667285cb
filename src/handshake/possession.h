/* That the peer holds the private key of its certificate: shown by CertificateVerify, and in TLS 1.2 by a server's
 * ServerKeyExchange; in a resumed session by what was signed when it was made (finished.c). The one place that gives
 * HF_PROOF_POSSESSION. */
#ifndef HF_HANDSHAKE_POSSESSION_H
#define HF_HANDSHAKE_POSSESSION_H

#include "handshake/handshake.h"

struct hf_possession_claim {
    uint16_t scheme;
    struct hf_span message; /* what must have been signed */
    struct hf_span signature;
    const char *where; /* the message that carries it */
};

/* Checks the claim with the leaf's key. *ret_outcome is DONE, or JUDGE when the application wants to have its say
 * (HF_EVENT_NEEDS_VERDICT is raised then). */
HF_MUST enum hf_error hf_possession_prove(struct hf_handshake *handshake, enum hf_version_bit generation,
                                          const struct hf_possession_claim *claim, enum hf_outcome *ret_outcome);

/* A resumed peer showed by its Finished that it has the secret of the session, which only the end that signed then has.
 * To be called when that Finished was checked. */
void hf_possession_inherit(struct hf_handshake *handshake);

#endif
