/* A server's choice among the PSKs of a ClientHello of TLS 1.3. The first one that it knows and that fits is taken, and
 * only that one's binder is looked at (RFC 9846 4.3.11). A session is never a proof by itself: whom it keeps is judged
 * as one who presents certificates, and what does not hold leads to a full handshake. */
#ifndef HF_HANDSHAKE_PSK_CHOICE_H
#define HF_HANDSHAKE_PSK_CHOICE_H

#include "handshake/handshake.h"

enum { HF_PSK_CHOICE_TRIES_MAX = 8 }; /* identities of a hello that are looked at */

/* Looks for a PSK of the hello in the facts. *ret_asks: the application is to look for work->session_id, and to answer
 * with hf_psk_choice_take. */
HF_MUST enum hf_error hf_psk_choice_find(struct hf_handshake *handshake, bool *ret_asks);

/* A HelloRetryRequest has fixed the hash (RFC 9846 4.2.4, 4.3.11.2). */
bool hf_psk_choice_suits_retry(const struct hf_handshake *handshake, enum hf_hash_id hash);

/* The application found these bytes; empty: nothing. */
HF_MUST enum hf_error hf_psk_choice_take(struct hf_handshake *handshake, struct hf_span bytes);

/* The hello is answered now: the key goes into work->psk, and the peer of its session is judged. *ret_outcome: KEPT,
 * KEPT_JUDGE; EARLY, EARLY_JUDGE where early data is taken; SHARED for a key that is no session's, TLS13 where
 * certificates go beside it; and when it does not hold: then there is no PSK, and the choice must be made anew. */
HF_MUST enum hf_error hf_psk_choice_settle(struct hf_handshake *handshake, enum hf_outcome *ret_outcome);

#endif
