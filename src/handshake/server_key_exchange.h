/* What the forms of ServerKeyExchange share: one shape a key exchange (wire/messages.def). */
#ifndef HF_HANDSHAKE_SERVER_KEY_EXCHANGE_H
#define HF_HANDSHAKE_SERVER_KEY_EXCHANGE_H

#include "handshake/handshake.h"
#include "wire/shape.h"

/* A client: takes curve and share; that the share is a point of the curve is checked when it is used. */
HF_MUST enum hf_error hf_server_key_exchange_take_curve(struct hf_handshake *handshake,
                                                        const struct hf_wire_ecdhe_params *params);

/* A server: makes its pair, once however often a builder is called. */
HF_MUST enum hf_error hf_server_key_exchange_make_pair(struct hf_handshake *handshake);

/* What is signed: client_random, server_random, params; written into `into` (RFC 5246 7.4.3). */
struct hf_span hf_server_key_exchange_signed(const struct hf_work *work, struct hf_span params, struct hf_writer *into);

#endif
