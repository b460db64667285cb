/* HelloRetryRequest of a server that keeps nothing until the client has come back with its cookie: written before there
 * is a connection, and written again, the same, for the transcript of the one that follows. RFC 9846 4.2.4, 4.3.2;
 * RFC 9147 5.1. */
#ifndef HF_HANDSHAKE_HELLO_RETRY_REQUEST_H
#define HF_HANDSHAKE_HELLO_RETRY_REQUEST_H

#include "handshake/handshake.h"

/* The body. It asks for a key share if the choice says so; without a cookie when that is empty. */
HF_MUST enum hf_error hf_hello_retry_request_write(const struct hf_config *config, const struct hf_negotiated *choice,
                                                   struct hf_span session_id, struct hf_span cookie,
                                                   struct hf_writer *body);

/* Of work->retried: what was decided on the first hello; the second, which was just read, must fit it. */
HF_MUST enum hf_error hf_hello_retry_request_recall(struct hf_handshake *handshake, struct hf_negotiated *ret_first);

/* Puts the first hello's digest and the request into the transcript, which is empty and has its hash. `second` is the
 * body of the hello that came: of a first one that showed its front only the digest is made from it. */
HF_MUST enum hf_error hf_hello_retry_request_replay(struct hf_handshake *handshake, const struct hf_negotiated *first,
                                                    struct hf_span second);

#endif
