/* Exported authenticators, RFC 9261: Certificate, CertificateVerify and Finished over values exported from the
 * connection instead of a handshake. Each is made, or judged, by a handshake of its own that has no keys and sends
 * nothing: so the same functions read, choose, sign and judge, and the same proofs guard the result. The connection's
 * handshake gains nothing but the contexts that were used. */
#ifndef HF_HANDSHAKE_AUTHENTICATOR_H
#define HF_HANDSHAKE_AUTHENTICATOR_H

#include <handfast/authenticator.h>

#include "handshake/handshake.h"

enum {
    HF_AUTHENTICATOR_CONTEXTS_MAX = 4096, /* that a connection remembers: then no more are made or taken */
    HF_AUTHENTICATOR_REQUESTS_MAX = 1024,
    HF_AUTHENTICATOR_NEW_CONTEXT_LEN = 32
};

/* Allocated when it is needed first, and kept as long as the connection. */
struct hf_authenticators {
    struct hf_buffer contexts; /* used ones: a letter that says for what, and a digest (authenticator.c) */
    size_t requests;           /* of ours */
    struct hf_buffer schemes;  /* a server: of the client's hello, for those that are made unasked; empty: none are */
    bool status_request, scts; /* likewise */
};

/* The handshake opens: keeps of the client's hello what is needed later, where the config says so. */
HF_MUST enum hf_error hf_authenticator_keep(struct hf_handshake *handshake);

/* Frees all. */
void hf_authenticator_forget(struct hf_handshake *handshake);

/* Whether this connection can have any. */
bool hf_authenticator_is_possible(const struct hf_handshake *handshake);

/* As the calls of <handfast/authenticator.h> say; `failure` is filled when something is wrong. */
HF_MUST enum hf_error hf_authenticator_ask(struct hf_handshake *handshake, const struct hf_authenticator_wish *wish,
                                           struct hf_writer *into);
HF_MUST enum hf_error hf_authenticator_answer(struct hf_handshake *handshake,
                                              const struct hf_authenticator_making *making, struct hf_failure *failure,
                                              struct hf_writer *into);
HF_MUST enum hf_error hf_authenticator_validate(struct hf_handshake *handshake,
                                                const struct hf_authenticator_checking *checking,
                                                struct hf_failure *failure, struct hf_peer **ret_peer);

#endif
