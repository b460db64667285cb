/* The rows of protocols that this library speaks. See seam/protocol.h. */
#ifndef HF_PROTOCOL_PROTOCOLS_H
#define HF_PROTOCOL_PROTOCOLS_H

#include "seam/protocol.h"

/* TLS over an ordered stream: 1.3 and 1.2. NULL-terminated. */
extern const struct hf_protocol *const hf_protocols_of_streams[];

/* DTLS over datagrams: 1.3 and 1.2. NULL-terminated. */
extern const struct hf_protocol *const hf_protocols_of_datagrams[];

/* TLS 1.3 under QUIC. NULL-terminated. */
extern const struct hf_protocol *const hf_protocols_of_quic[];

#endif
