/* A client's PSKs in TLS 1.3: what it offers, and what comes of the server's choice. RFC 9846 4.3.11. */
#ifndef HF_HANDSHAKE_PSK_OFFER_H
#define HF_HANDSHAKE_PSK_OFFER_H

#include "handshake/handshake.h"

/* Offers past->session, which is of 1.3, before all other keys. */
void hf_psk_offer_session(struct hf_handshake *handshake);

/* Before each hello is written: the session's age changes with time (RFC 9846 4.2.2, 4.3.11.1). */
void hf_psk_offer_refresh(struct hf_handshake *handshake);

/* A HelloRetryRequest has chosen the hash: keys of another go (RFC 9846 4.2.4). */
void hf_psk_offer_keep_hash(struct hf_handshake *handshake, enum hf_hash_id hash);

/* On ServerHello: takes the key that the server chose (KEPT; TLS13 where certificates go beside it), or forgets
 * all (TLS13). */
HF_MUST enum hf_error hf_psk_offer_answered(struct hf_handshake *handshake, enum hf_outcome *ret_outcome);

#endif
