/* Authentication of the client after the handshake (RFC 9846 4.7.2): the server asks by a CertificateRequest with a
 * context of its own, the client answers by Certificate, CertificateVerify and Finished, or by an empty Certificate and
 * Finished. What they cover begins with the handshake's messages, so a running hash of those is kept, but only where
 * the client offered this and the server wants to be able to ask. Several requests may be out; each has its own hash.
 * While an answer is made or judged there is a working set again (struct hf_work), and the steps of the handshake do
 * it. */
#ifndef HF_HANDSHAKE_POST_HANDSHAKE_AUTH_H
#define HF_HANDSHAKE_POST_HANDSHAKE_AUTH_H

#include "handshake/handshake.h"

enum hf_post_handshake_sizes {
    HF_POST_HANDSHAKE_CONTEXT_LEN = 16,
    HF_POST_HANDSHAKE_OUT_MAX = 4,       /* requests of a server that are not answered */
    HF_POST_HANDSHAKE_ANSWERS_MAX = 1024 /* a client: requests on one connection */
};

/* A request of a server that is not answered. */
struct hf_post_handshake_request {
    uint8_t context[HF_POST_HANDSHAKE_CONTEXT_LEN];
    struct hf_hash *hash; /* of the handshake and this request; NULL: the place is free */
};

/* Allocated where it is needed, and kept as long as the connection. */
struct hf_post_handshake {
    struct hf_hash *hash; /* of ClientHello to the client's Finished */
    enum hf_certificate_type own_type, peer_type;
    bool asked_before;     /* by the handshake itself, with an empty context */
    bool can_give_tickets; /* a server */
    bool runs;             /* an answer is being made or judged */
    bool declines;         /* ... which is an empty Certificate */
    struct hf_proofs before;
    struct hf_post_handshake_request out[HF_POST_HANDSHAKE_OUT_MAX]; /* a server */
    struct hf_buffer contexts; /* a client: digests of those that came (RFC 9846 4.4.2: each once) */
};

/* The handshake's last message is in the transcript: keeps what asking later needs, if both ends are for it. */
HF_MUST enum hf_error hf_post_handshake_auth_keep(struct hf_handshake *handshake);

/* Frees it. */
void hf_post_handshake_auth_forget(struct hf_handshake *handshake);

/* Whether an answer is being made, or judged. */
bool hf_post_handshake_auth_runs(const struct hf_handshake *handshake);

/* It is over: the event that tells how it went. */
enum hf_event_kind hf_post_handshake_auth_end(struct hf_handshake *handshake);

/* ---- server ---- */

/* Whether another request may go out now. */
bool hf_post_handshake_auth_may_ask(const struct hf_handshake *handshake);

/* How many are out. */
size_t hf_post_handshake_auth_awaited(const struct hf_handshake *handshake);

/* A free place for a request, with a new context. */
HF_MUST enum hf_error hf_post_handshake_auth_new_request(struct hf_handshake *handshake,
                                                         struct hf_post_handshake_request **ret_request);

/* Its message is written: from now on it is out. body: without header. */
HF_MUST enum hf_error hf_post_handshake_auth_sent(struct hf_handshake *handshake,
                                                  struct hf_post_handshake_request *request, struct hf_span body);

/* A Certificate came. Refuses it (unexpected_message) when no request is out. */
HF_MUST enum hf_error hf_post_handshake_auth_check_awaited(struct hf_handshake *handshake);

/* Finds its request, which then is no longer out, begins a working set over that, and what is to be proven. A client
 * that declines goes on with what it has proven before, where the policy lets it. */
HF_MUST enum hf_error hf_post_handshake_auth_begin_judging(struct hf_handshake *handshake, struct hf_span context,
                                                           bool declines);

/* Whether the session that knows the client now is to be given to it: plans one ticket. */
bool hf_post_handshake_auth_plan_ticket(struct hf_handshake *handshake);

/* ---- client ---- */

/* A CertificateRequest came: begins a working set for the answer. *ret_answers is false when there will be none, as we
 * have closed. Refuses what we did not offer (unexpected_message), and too many. */
HF_MUST enum hf_error hf_post_handshake_auth_begin_answering(struct hf_handshake *handshake, bool *ret_answers);

/* Its context: refuses one that came before. */
HF_MUST enum hf_error hf_post_handshake_auth_note_context(struct hf_handshake *handshake, struct hf_span context);

#endif
