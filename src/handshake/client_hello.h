/* What the two files of ClientHello share: client_hello.c, and client_hello13.c for servers of TLS 1.3. */
#ifndef HF_HANDSHAKE_CLIENT_HELLO_H
#define HF_HANDSHAKE_CLIENT_HELLO_H

#include "handshake/handshake.h"

/* A server: reads a hello's body into the facts, from a copy that stays while the handshake does. */
HF_MUST enum hf_error hf_client_hello_read(struct hf_handshake *handshake, struct hf_span body);

/* The same body, against that of the first hello (RFC 9846 4.2.2); before it is read. */
HF_MUST enum hf_error hf_client_hello_compare(struct hf_handshake *handshake, struct hf_span second);

/* A server: makes all choices, with the PSK that was found. first: those on the first hello, NULL: this is it. */
HF_MUST enum hf_error hf_client_hello_negotiate(struct hf_handshake *handshake, const struct hf_negotiated *first);

/* A server, on the first hello: reads its body into the facts and keeps what lasts. The body stays as it came. */
HF_MUST enum hf_error hf_client_hello_look(struct hf_handshake *handshake, struct hf_span body);

/* A server, behind it: makes all choices by the first hello. `body` is what was read. */
HF_MUST enum hf_error hf_client_hello_choose(struct hf_handshake *handshake, struct hf_span body,
                                             enum hf_outcome *ret_outcome);

/* A server in 1.3, on the first hello that led there. */
HF_MUST enum hf_error hf_client_hello13_begin(struct hf_handshake *handshake, struct hf_span body,
                                              enum hf_outcome *ret_outcome);

#endif
