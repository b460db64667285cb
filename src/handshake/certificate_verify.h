/* CertificateVerify of 1.3 for any purpose: its context string keeps a signature from serving another. RFC 9846 4.5.2,
 * RFC 9261 5.2.2. */
#ifndef HF_HANDSHAKE_CERTIFICATE_VERIFY_H
#define HF_HANDSHAKE_CERTIFICATE_VERIFY_H

#include "base/writer.h"
#include "handshake/handshake.h"

/* Checks the peer's, over the transcript so far. */
HF_MUST enum hf_error hf_certificate_verify_check13(struct hf_handshake *handshake, const char *purpose,
                                                    struct hf_span body, enum hf_outcome *ret_outcome);

/* Writes ours; it may wait for a signature, as hf_sign_own says. */
HF_MUST enum hf_error hf_certificate_verify_build13(struct hf_handshake *handshake, const char *purpose,
                                                    struct hf_writer *body);

#endif
