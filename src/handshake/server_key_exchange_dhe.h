/* ServerKeyExchange with a finite field: with a certificate (DHE), and what DHE_PSK takes of it. RFC 5246 7.4.3. */
#ifndef HF_HANDSHAKE_SERVER_KEY_EXCHANGE_DHE_H
#define HF_HANDSHAKE_SERVER_KEY_EXCHANGE_DHE_H

#include "handshake/handshake.h"
#include "wire/shape.h"

/* A client: reads and judges the whole message. */
HF_MUST enum hf_error hf_server_key_exchange_dhe_check(struct hf_handshake *handshake, struct hf_span body,
                                                       enum hf_outcome *ret_outcome);

/* A client: takes group and share; that the share lies in the group is checked when it is used. */
HF_MUST enum hf_error hf_server_key_exchange_dhe_take(struct hf_handshake *handshake,
                                                      const struct hf_wire_dhe_params *params);

/* A server: the parameters with its share; they borrow from the room beside them. */
struct hf_server_key_exchange_dhe {
    struct hf_wire_dhe_params params;
    uint8_t prime[1024];
    uint8_t generator[1];
};
HF_MUST enum hf_error hf_server_key_exchange_dhe_make(struct hf_handshake *handshake,
                                                      struct hf_server_key_exchange_dhe *field);

#endif
