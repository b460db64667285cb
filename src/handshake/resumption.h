/* Resuming a session of TLS 1.2 by its ID or a ticket: RFC 5246 7.3 (figure 2), F.1.4; RFC 5077; RFC 7627 5.3. A client
 * offers what it kept; a server opens the ticket, looks into its cache, or asks the application for what the client
 * names, and then decides. What cannot be resumed becomes a full
 * handshake. Nobody is believed by a session alone: its peer is judged again by peer_proof.h; that it holds its
 * private key it showed when the session was made, and its Finished shows that it is the same end. */
#ifndef HF_HANDSHAKE_RESUMPTION_H
#define HF_HANDSHAKE_RESUMPTION_H

#include "handshake/handshake.h"

/* A client, before its hello: offers the session of these bytes (copied) if it fits. HF_ERR_no_memory,
 * HF_ERR_crypto_failed; bytes that do not fit are no error. */
HF_MUST enum hf_error hf_resumption_offer(struct hf_handshake *handshake, struct hf_span bytes);

/* A client, on ServerHello: whether the server resumes (RESUMED, JUDGE) or not (TLS12). */
HF_MUST enum hf_error hf_resumption_answered(struct hf_handshake *handshake, enum hf_outcome *ret_outcome);

/* A server, on the ClientHello of a renegotiation: begins a full handshake (TLS12), whatever the hello names. */
HF_MUST enum hf_error hf_resumption_decline(struct hf_handshake *handshake, enum hf_outcome *ret_outcome);

/* A server, on ClientHello: resumes (RESUMED, JUDGE), asks the application for the session that it names (LOOKUP), or
 * begins a full handshake (TLS12). */
HF_MUST enum hf_error hf_resumption_begin(struct hf_handshake *handshake, enum hf_outcome *ret_outcome);

/* The session's secret has gone into the schedule, or is not wanted. */
void hf_resumption_forget(struct hf_handshake *handshake);

/* Whether the open connection has a session that may be resumed later. */
bool hf_resumption_is_possible(const struct hf_handshake *handshake);

/* That session, lent: its chain is the peer's. And its seal, over the policy in ret_policy. wrong_call when there is
 * none. */
HF_MUST enum hf_error hf_resumption_keep(const struct hf_handshake *handshake, struct hf_session *ret_session);
HF_MUST enum hf_error hf_resumption_policy(const struct hf_handshake *handshake, struct hf_digest *ret_policy);

/* A server, opened: keeps that session in its cache. False: it has none, and the application is to keep it. */
HF_MUST bool hf_resumption_store(const struct hf_handshake *handshake);

/* A server, of which the connection failed: the cache forgets the session. RFC 5246 7.2.2. */
void hf_resumption_spoil(const struct hf_handshake *handshake);

/* A server: writes a ticket of this handshake's session, whose peer is proven, and says for how many seconds it holds.
 * Where that fails there is no ticket to give; what was written means nothing then. */
HF_MUST enum hf_error hf_resumption_seal_ticket(const struct hf_handshake *handshake, struct hf_writer *writer,
                                                uint32_t *ret_lifetime_s);

/* A client: keeps a ticket (copied), if it can be used. HF_ERR_no_memory, HF_ERR_crypto_failed. */
HF_MUST enum hf_error hf_resumption_take_ticket(struct hf_handshake *handshake, struct hf_span ticket,
                                                uint32_t lifetime_s);

#endif
