/* Keys shared beforehand in a handshake: which one (of TLS 1.2), and what it proves. RFC 4279 2, 5; RFC 9846 2.2. */
#ifndef HF_HANDSHAKE_PSK_H
#define HF_HANDSHAKE_PSK_H

#include "handshake/handshake.h"

/* The suite is one with a shared key: from here on the key's proof is demanded, and stands for what certificates of the
 * peer would prove, unless the peer presents one beside it (a server, RSA_PSK). */
void hf_psk_begin(struct hf_handshake *handshake);

/* In 1.3, where a certificate goes beside such a key only by rule (RFC 8773bis): this one is taken. */
HF_MUST enum hf_error hf_psk_begin13(struct hf_handshake *handshake, const struct hf_work_psk *psk);

/* A client: takes its key. */
HF_MUST enum hf_error hf_psk_choose(struct hf_handshake *handshake);

/* A server: takes the key of this identity, which is any bytes. An unknown one gets a random key: the handshake then
 * fails at Finished just as with a wrong key, so that nobody learns which identities there are (RFC 4279 2). */
HF_MUST enum hf_error hf_psk_look_up(struct hf_handshake *handshake, struct hf_span identity);

/* The peer's Finished was right, under a secret that nobody has without the key: made with it, or in a session that it
 * began. Gives HF_PROOF_PSK. */
void hf_psk_prove(struct hf_handshake *handshake);

/* Likewise, if this connection has a shared key: beside certificates, or by a session that one began. */
void hf_psk_inherit(struct hf_handshake *handshake);

#endif
