/* Proofs guard states: to enter a state, a connection must hold the proofs that its policy demands for it.
 * Each proof is given in exactly one function, by hf_proofs_give; a check in CI says so. A check that was forgotten
 * therefore cannot open a connection, it can only fail it. */
#ifndef HF_HANDSHAKE_PROOFS_H
#define HF_HANDSHAKE_PROOFS_H

#include "base/must.h"

#include <stdbool.h>
#include <stdint.h>

enum hf_proof {
    HF_PROOF_CHAIN = 1 << 0,      /* the peer's certificate leads to a trusted CA, for its purpose, now */
    HF_PROOF_NAME = 1 << 1,       /* the server's certificate is for the name that was asked for */
    HF_PROOF_POSSESSION = 1 << 2, /* the peer signed this handshake with its certificate's key */
    HF_PROOF_AUTHORIZED = 1 << 3, /* our rules admit this identity */
    HF_PROOF_VERDICT = 1 << 4,    /* the application accepted it */
    HF_PROOF_FINISHED = 1 << 5,   /* the peer saw the same handshake as we did */
    HF_PROOF_PSK = 1 << 6,        /* the peer has the key that we share with it */
    HF_PROOF_SAME = 1 << 7,       /* renegotiation: it shows the certificate that it has shown before */
    HF_PROOF_HELLO = 1 << 8,      /* the server took the hello that we encrypted: RFC 9849 6.1.4 */
    HF_PROOF_ALL = (1 << 9) - 1
};

/* What a state asks for, of what the policy demands. */
enum hf_proofs_wanted {
    HF_PROOFS_NONE,
    HF_PROOFS_KEPT, /* all that a session can keep: what the peer's Finished shows is still to come */
    HF_PROOFS_PEER, /* all but the peer's Finished, what that shows (a shared key), and that it took our encrypted hello
                     */
    HF_PROOFS_LAST, /* all but that: the handshake is brought to its end, and then the connection */
    HF_PROOFS_ALL
};

/* Demanded by the policy, and held. */
struct hf_proofs {
    uint32_t demanded;
    uint32_t held;
    uint32_t
        psk_stands_for; /* demands that are met too once HF_PROOF_PSK is held; none until a suite with one is agreed */
};

/* Gives a proof: called by the one function that has checked it. */
void hf_proofs_give(struct hf_proofs *proofs, enum hf_proof proof);

/* What a peer that presents a certificate must prove: a server its name too, and a verdict where one is asked for. */
uint32_t hf_proofs_of_presenter(bool with_name, bool with_verdict);

/* Raises the demand: a peer that presents a certificate must prove it, also where none was required. */
void hf_proofs_demand(struct hf_proofs *proofs, uint32_t demanded);

/* The suite is one with a shared key, which the policy allowed by having keys: its proof is demanded. If it stands for
 * the peer's certificate, then whoever has the key has shown all that one would show; never before that is proven. */
void hf_proofs_demand_psk(struct hf_proofs *proofs, bool stands_for_certificate);

/* A client whose encrypted hello was not opened offers no key any more: it goes on to learn how it could be, and never
 * opens, for HF_PROOF_HELLO is demanded. Where that is not so, nothing. */
void hf_proofs_forgo_psk(struct hf_proofs *proofs);

/* Whether all that is wanted, of what is demanded, is held. FINISHED is demanded of everybody. */
HF_MUST bool hf_proofs_suffice(const struct hf_proofs *proofs, enum hf_proofs_wanted wanted);

#endif
