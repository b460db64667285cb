/* The premaster secret of TLS 1.2, by key exchange: RFC 5246 8.1, RFC 8422 5.10, RFC 4279 2 to 4, RFC 5489 2. */
#ifndef HF_HANDSHAKE_PREMASTER_H
#define HF_HANDSHAKE_PREMASTER_H

#include "handshake/handshake.h"

/* Both shares, or what the client encrypted, have come or gone: makes the premaster of them. The caller wipes it; what
 * it was made of is wiped here, on success and on failure. */
HF_MUST enum hf_error hf_premaster_agree(struct hf_handshake *handshake, struct hf_premaster *ret_premaster);

#endif
