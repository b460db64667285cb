/* What other messages need of Certificate: in TLS 1.2 a server is judged with the CertificateStatus that may follow, in
 * 1.3 the message may come compressed. */
#ifndef HF_HANDSHAKE_CERTIFICATE_H
#define HF_HANDSHAKE_CERTIFICATE_H

#include "handshake/handshake.h"

/* A client of TLS 1.2, once it has the server's certificates and whatever goes with them: judges them, and says by the
 * outcome how the server will prove its key. */
HF_MUST enum hf_error hf_certificate_judge_server12(struct hf_handshake *handshake, enum hf_outcome *ret_outcome);

/* Reads and judges the peer's Certificate of TLS 1.3. */
HF_MUST enum hf_error hf_certificate_check13(struct hf_handshake *handshake, struct hf_span body,
                                             enum hf_outcome *ret_outcome);

/* The same of one that answers a request on the open connection, of which there is one. */
HF_MUST enum hf_error hf_certificate_check13_late(struct hf_handshake *handshake, struct hf_span body,
                                                  enum hf_outcome *ret_outcome);

/* What goes beside our certificates, of what there is and the peer asked for: enum hf_identity_paper. Only with an
 * identity. */
unsigned hf_certificate_papers(const struct hf_handshake *handshake);

/* 1.3: reads the entries of the peer's Certificate, of which there is at least one, and judges whose they are. */
HF_MUST enum hf_error hf_certificate_take_chain13(struct hf_handshake *handshake, struct hf_span entries,
                                                  enum hf_outcome *ret_outcome);

#endif
