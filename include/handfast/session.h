/* Sessions: a later connection of the same two ends without certificates on the wire, from a secret that both kept.
 * TLS 1.2, by session ID (RFC 5246 7.3, F.1.4; RFC 7627 5.3). Where sessions are kept is the application's: the library
 * gives bytes to store, and asks for them when they are wanted, now or later:
 *
 *     case HF_EVENT_SESSION:        // both ends, after OPENED of a full handshake: there is something to keep
 *         store(hf_session_id(connection, &id), id, hf_session_bytes(connection, room, sizeof room, &len));
 *     case HF_EVENT_NEEDS_SESSION:  // a server of hf_builder_sessions_outside: hf_session_wanted says which
 *         hf_answer_session(connection, found, found_len);
 *
 * and a client gives what it kept to hf_connection_resume.
 * A session is bound to the policy that its peer was judged by: CAs, whether clients are asked for a certificate, rules
 * of admission, identities, the name asked for. Under any other policy it is not resumed; and the peer it keeps is
 * judged again each time: path, dates, name, rules, and hf_answer_verdict where that is asked for. Whatever does not
 * fit leads to a full handshake, never to a failure of the connection. A session without extended master secret is
 * never made. It ends after a day, or with the first certificate of its peer's path.
 *
 * The bytes hold the master secret of every connection that resumes the session: keep them as a private key is kept,
 * and forget them when a connection of the session failed (RFC 5246 7.2.2). Who can write into the store can be anyone.
 * Threads: as for connections. */
#ifndef HANDFAST_SESSION_H
#define HANDFAST_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <handfast/connection.h>

#ifdef __cplusplus
extern "C" {
#endif

/* As hf_connection_new, of a client, with a session that it kept (copied; NULL and 0: none). A session that is damaged,
 * over, or of another policy or name is not offered. Whether the server resumed it tells hf_session_info.
 * setting_invalid on a server. */
struct hf_connection *hf_connection_resume(struct hf_config *config, const char *peer_name, const void *session,
                                           size_t session_len, uint64_t now_ms, struct hf_failure *ret_failure);

/* The ID that the server gave this connection's session: 1 to 32 bytes, by which a store finds it. 0 and NULL when
 * there is no session to keep: before OPENED, when it was itself resumed, in TLS 1.3, when the server keeps none. Lives
 * as long as the connection. */
size_t hf_session_id(const struct hf_connection *connection, const uint8_t **ret_id);

/* How many bytes hf_session_bytes gives; 0 when there is no session to keep. */
size_t hf_session_size(const struct hf_connection *connection);

/* Writes the session, to be stored. wrong_call when there is none, or room is less than hf_session_size; nothing is
 * written then. */
enum hf_error hf_session_bytes(const struct hf_connection *connection, void *into, size_t room, size_t *ret_len);

/* The ID that HF_EVENT_NEEDS_SESSION asks for; false when nothing is asked. *ret_id lives until the answer. */
bool hf_session_wanted(const struct hf_connection *connection, const uint8_t **ret_id, size_t *ret_len);

/* Answers with the session's bytes (copied). NULL and 0: there is none, or the store failed; a full handshake follows,
 * as it does on bytes that do not fit. Returns HF_OK, wrong_call when nothing is asked, or the connection's failure. */
enum hf_error hf_answer_session(struct hf_connection *connection, const void *session, size_t len);

#ifdef __cplusplus
}
#endif
#endif
