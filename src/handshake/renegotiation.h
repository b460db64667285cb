/* Renegotiation of TLS 1.2: refused, unless the policy lets a server ask, or a client follow. RFC 5746. */
#ifndef HF_HANDSHAKE_RENEGOTIATION_H
#define HF_HANDSHAKE_RENEGOTIATION_H

#include "handshake/handshake.h"
#include "negotiate/renegotiation.h"

/* Keeps the verify_data of a Finished: the next handshake's hellos repeat it. */
void hf_renegotiation_keep(struct hf_handshake *handshake, enum hf_role sender, const struct hf_digest *verify_data);

/* What the handshake before this one found; zeros when this is the first. Borrows from the handshake. */
struct hf_negotiate_before hf_renegotiation_before(const struct hf_handshake *handshake);

/* A server: whether the application may ask now. */
HF_MUST bool hf_renegotiation_may_ask(const struct hf_handshake *handshake);

#endif
