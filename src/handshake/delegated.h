/* What a peer's delegated credential is worth: once its certificate is proven, the key that the credential names takes
 * the place of the certificate's, for CertificateVerify only. RFC 9345 4.1.3. */
#ifndef HF_HANDSHAKE_DELEGATED_H
#define HF_HANDSHAKE_DELEGATED_H

#include "handshake/handshake.h"

/* Behind hf_peer_proof_give: judges the credential that came beside the leaf, if one did, and keeps its key in the
 * working set. Everything against it is delegated_credential_invalid. */
HF_MUST enum hf_error hf_delegated_take(struct hf_handshake *handshake);

#endif
