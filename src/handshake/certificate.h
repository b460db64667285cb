/* What other messages need of Certificate: in TLS 1.2 a server is judged with the CertificateStatus that may follow. */
#ifndef HF_HANDSHAKE_CERTIFICATE_H
#define HF_HANDSHAKE_CERTIFICATE_H

#include "handshake/handshake.h"

/* A client of TLS 1.2, once it has the server's certificates and whatever goes with them: judges them, and says by the
 * outcome how the server will prove its key. */
HF_MUST enum hf_error hf_certificate_judge_server12(struct hf_handshake *handshake, enum hf_outcome *ret_outcome);

#endif
