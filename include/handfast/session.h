/* Sessions: a later connection of the same two ends without certificates on the wire, from a secret that both kept.
 * TLS 1.2, by session ID (RFC 5246 7.3, F.1.4; RFC 7627 5.3) or by ticket (RFC 5077); TLS 1.3 by PSK (RFC 9846 2.2),
 * with a key exchange beside it. A server keeps sessions in a
 * cache of the library (hf_builder_session_cache), leaves them to its clients, sealed (hf_builder_ticket_keys), or has
 * the application keep them: the library gives bytes to store, and asks for them when they are wanted, now or later:
 *
 *     case HF_EVENT_SESSION:        // both ends, after OPENED: there is something to keep, and on a server nobody else
 *                                   // keeps it; of a full handshake, or of one that brought a new ticket
 *         store(hf_session_id(connection, &id), id, hf_session_bytes(connection, room, sizeof room, &len));
 *     case HF_EVENT_NEEDS_SESSION:  // a server of hf_builder_sessions_outside: hf_session_wanted says which
 *         hf_answer_session(connection, found, found_len);
 *
 * and a client gives what it kept to hf_connection_resume. In TLS 1.3 there is one such event for each ticket, also
 * while data flows, and hf_session_id, _size and _bytes tell of that of the event taken last. Use each of these
 * sessions once: who sees two connections begin by the same ticket knows that they are of one client (RFC 9846 C.4). A
 * session is bound to the policy that its peer was judged by: CAs, whether clients are asked for a certificate, rules
 * of admission, identities, the name asked for. Under any other policy it is not resumed; and the peer it keeps is
 * judged again each time: path, dates, name, rules, and hf_answer_verdict where that is asked for. Whatever does not
 * fit leads to a full handshake, never to a failure of the connection. A session without extended master secret is
 * never made. It ends after a day (TLS 1.3: hf_builder_ticket_lifetime), or with the first certificate of its peer's
 * path.
 *
 * The bytes hold the master secret of every connection that resumes the session: keep them as a private key is kept,
 * and forget them when a connection of the session failed (RFC 5246 7.2.2). Who can write into the store can be anyone.
 * Threads: as for connections. */
#ifndef HANDFAST_SESSION_H
#define HANDFAST_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <handfast/allocator.h>
#include <handfast/connection.h>

#ifdef __cplusplus
extern "C" {
#endif

struct hf_session_cache;

/* As hf_connection_new, of a client, with a session that it kept (copied; NULL and 0: none). A session that is damaged,
 * over, or of another policy or name is not offered. Whether the server resumed it tells hf_session_info.
 * setting_invalid on a server. */
struct hf_connection *hf_connection_resume(struct hf_config *config, const char *peer_name, const void *session,
                                           size_t session_len, uint64_t now_ms, struct hf_failure *ret_failure);

/* The ID that the server gave this connection's session: 1 to 32 bytes, by which a store finds it; at a client that was
 * given a ticket, a digest of that, or it. 0 and NULL when there is no session to keep: before OPENED, when it was
 * itself resumed (and brought no new ticket), when the server keeps none, on a server whose client keeps it. Lives as
 * long as the connection, in TLS 1.3 until the next HF_EVENT_SESSION is taken. */
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

/* ---- A cache, for servers. ----
 * Bounded in sessions, in bytes (16384 a session) and in time; what was not used for longest goes first. A session
 * whose connection failed is forgotten (RFC 5246 7.2.2). One cache may serve many configs; the policy still keeps them
 * apart. Any thread. */

/* max_sessions: 1 to 1048576. lifetime_s: seconds, at most a day counts. NULL when these are wrong, or there is no
 * memory. Held by the caller, and by each config that uses it. */
struct hf_session_cache *hf_session_cache_new(size_t max_sessions, uint32_t lifetime_s);
struct hf_session_cache *hf_session_cache_new_with(size_t max_sessions, uint32_t lifetime_s,
                                                   const struct hf_allocator *allocator);

/* The caller needs it no more; NULL is fine. */
void hf_session_cache_drop(struct hf_session_cache *cache);

/* A server only, not beside hf_builder_sessions_outside: sessions are kept in this cache, and the application is asked
 * nothing. */
void hf_builder_session_cache(struct hf_builder *builder, struct hf_session_cache *cache);

/* ---- Tickets. ----
 * The client keeps the session, sealed by AES-256-GCM under a key that only servers have. Of the client's certificates
 * a ticket has a digest: the certificates stay in the server's cache, and a server that does not find them makes a full
 * handshake. Whoever has a key can be every client: keep it as a private key is kept, and change it at least once a
 * day, for it takes the place of forward secrecy (RFC 5077 5.5). Any thread. */

struct hf_ticket_keys;

enum { HF_TICKET_KEY_NAME_LEN = 16, HF_TICKET_KEY_LEN = 32 };

/* A set with one random key. NULL when there is no memory or no randomness. Held by the caller, and by each config that
 * uses it. */
struct hf_ticket_keys *hf_ticket_keys_new(void);
struct hf_ticket_keys *hf_ticket_keys_new_with(const struct hf_allocator *allocator);

/* The caller needs them no more; NULL is fine. */
void hf_ticket_keys_drop(struct hf_ticket_keys *keys);

/* A new random key seals from now on. The three before it still open, and clients that come with their tickets are
 * given new ones; older keys are wiped. */
enum hf_error hf_ticket_keys_rotate(struct hf_ticket_keys *keys);

/* The same with a key of the caller's, so that several machines can open each other's tickets: 32 bytes from a random
 * source (copied), and a public name of 16 that tells it from all others. */
enum hf_error hf_ticket_keys_add(struct hf_ticket_keys *keys, const uint8_t name[HF_TICKET_KEY_NAME_LEN],
                                 const uint8_t key[HF_TICKET_KEY_LEN]);

/* A server only: clients that ask for tickets get them. With clients that show certificates also a session cache is
 * needed, for these. */
void hf_builder_ticket_keys(struct hf_builder *builder, struct hf_ticket_keys *keys);

/* A client only: takes tickets; what hf_session_bytes gives then has the ticket in it. Default: it takes none, offers
 * no session that has one, and resumes by session ID, in TLS 1.2 only. */
void hf_builder_session_tickets(struct hf_builder *builder);

/* ---- TLS 1.3 (RFC 9846 4.7.1), where every session is a ticket. ----
 * A server gives them when the handshake is over, as many as it likes: sealed by its ticket keys; or, without keys, as
 * an ID in its cache or in the application's store. A session of the cache serves once (RFC 9846 8.1). */

/* A server only: how many tickets follow a full handshake, 0 to 16; default 2. A resumed one is followed by one, in
 * place of that which it used up. What a client asks for (RFC 9149) goes before, up to 16. */
void hf_builder_ticket_count(struct hf_builder *builder, unsigned count);

/* A server only: how long tickets hold, in seconds, from the last full handshake on: 1 to 604800, default 86400. */
void hf_builder_ticket_lifetime(struct hf_builder *builder, uint32_t seconds);

/* A client only: says how many tickets it wants when the session is new, and when it is resumed (ticket_request, RFC
 * 9149): 0 to 255 each. With 0 the server may have nothing to confirm us by before its first data. Default: it does not
 * say. */
void hf_builder_ticket_request(struct hf_builder *builder, uint8_t when_new, uint8_t when_resumed);

#ifdef __cplusplus
}
#endif
#endif
