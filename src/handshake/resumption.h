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

/* The ID of the session that the application is asked for, and its length. */
size_t hf_resumption_wanted(const struct hf_handshake *handshake, const uint8_t **ret_id);

/* The session's secret has gone into the schedule, or is not wanted. */
void hf_resumption_forget(struct hf_handshake *handshake);

/* The session of the open connection that may be resumed later, lent: its chain is the peer's; wrong_call when there is
 * none. And the policy that it is sealed over. */
HF_MUST enum hf_error hf_resumption_keep(const struct hf_handshake *handshake, struct hf_session *ret_session);
HF_MUST enum hf_error hf_resumption_policy(const struct hf_handshake *handshake, struct hf_digest *ret_policy);

/* Opened: what has its place in the cache goes there. How many sessions the application is to keep. */
HF_MUST size_t hf_resumption_settle(const struct hf_handshake *handshake);

/* A server, of which the connection failed: the cache forgets the session. RFC 5246 7.2.2. */
void hf_resumption_spoil(const struct hf_handshake *handshake);

/* A server: writes a ticket of this handshake's session, whose peer is proven, and says for how many seconds it holds.
 * Where that fails there is no ticket to give; what was written means nothing then. */
HF_MUST enum hf_error hf_resumption_seal_ticket(const struct hf_handshake *handshake, struct hf_writer *writer,
                                                uint32_t *ret_lifetime_s);

/* A client: keeps a ticket (copied), if it can be used. HF_ERR_no_memory, HF_ERR_crypto_failed. */
HF_MUST enum hf_error hf_resumption_take_ticket(struct hf_handshake *handshake, struct hf_span ticket,
                                                uint32_t lifetime_s);

/* ---- parts, for sessions of 1.3 too ---- */

/* Reads the bytes into past->session. *ret_unpacked is false when they are damaged, or of another policy. */
HF_MUST enum hf_error hf_resumption_unpack(struct hf_handshake *handshake, struct hf_span bytes, bool *ret_unpacked);

/* A server: finds a session by its ID in the cache, or in a ticket, into past->session. */
HF_MUST enum hf_error hf_resumption_find_in_cache(struct hf_handshake *handshake, struct hf_span id, bool *ret_found);
HF_MUST enum hf_error hf_resumption_open_ticket(struct hf_handshake *handshake, struct hf_span sealed, bool *ret_found);

/* Judges the peer that past->session keeps, as one that presents its certificates. *ret_outcome is RESUMED, or JUDGE
 * when the application wants to have its say. */
HF_MUST enum hf_error hf_resumption_judge(struct hf_handshake *handshake, enum hf_outcome *ret_outcome);

/* Whose session it will be, while the handshake runs; NULL: nobody showed a certificate. */
const struct hf_peer *hf_resumption_proven_peer(const struct hf_handshake *handshake);

/* The peer's path goes into the session (lent; NULL: none), which ends with the first of these certificates. */
HF_MUST enum hf_error hf_resumption_keep_chain(const struct hf_peer *peer, struct hf_session *session);

/* A server: puts a session into its cache, by its ID; without memory the cache forgets. Or seals it into a ticket. */
void hf_resumption_put_in_cache(const struct hf_handshake *handshake, const struct hf_session *session);
HF_MUST enum hf_error hf_resumption_seal(const struct hf_handshake *handshake, const struct hf_session *session,
                                         struct hf_writer *writer);

#endif
