/* ServerKeyExchange beside a shared key: a client reads and judges it. RFC 4279 2 to 4, RFC 5489 2. */
#ifndef HF_HANDSHAKE_SERVER_KEY_EXCHANGE_PSK_H
#define HF_HANDSHAKE_SERVER_KEY_EXCHANGE_PSK_H

#include "handshake/handshake.h"

/* PSK and RSA_PSK: only a hint. */
HF_MUST enum hf_error hf_server_key_exchange_psk_check(struct hf_handshake *handshake, struct hf_span body,
                                                       enum hf_outcome *ret_outcome);

/* DHE_PSK and ECDHE_PSK: a hint and a share. */
HF_MUST enum hf_error hf_server_key_exchange_psk_check_dhe(struct hf_handshake *handshake, struct hf_span body,
                                                           enum hf_outcome *ret_outcome);
HF_MUST enum hf_error hf_server_key_exchange_psk_check_ecdhe(struct hf_handshake *handshake, struct hf_span body,
                                                             enum hf_outcome *ret_outcome);

#endif
