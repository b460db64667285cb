/* Data before the handshake is over. Early data of TLS 1.3 (0-RTT, RFC 9846 2.3, 4.3.10): what a client that resumes a
 * session sends with its first bytes. Off at both ends unless asked for here, and only in sessions of which the server
 * knows the client by its certificate, judged again by today's policy before a byte is read (or says that it takes data
 * from anyone).
 *
 * It costs two things. It has no forward secrecy: it is protected by the ticket's key alone. And it can be replayed: an
 * attacker may send the same bytes again, to this server or another. So send early only what may be done twice. A
 * server takes early data by a ticket once: the guard below remembers the tickets whose early data it took for as long
 * as it would take it (10 seconds before and behind the client's own clock, or hf_builder_early_window; RFC 9846 8.3),
 * and takes it only by tickets
 * that were made while it watched. So other servers, with the same ticket keys but another guard, take none; nor does a
 * server that was started anew. When in doubt early data is refused, and the connection opens without.
 *
 * Over datagrams (RFC 9147 5.6) each call of hf_write_early is one record, which may be lost or overtake others, as all
 * data there; what comes when the handshake is over is dropped. A client that begins anew after damage offers none
 * again: HF_EVENT_EARLY_REFUSED, though the server may have read some in the handshake that was given up. A listener
 * takes none, for it answers each first hello with a cookie. Under QUIC (<handfast/quic.h>) it is QUIC that carries it.
 *
 * Early bytes never come out of hf_read. Threads: as for connections. */
#ifndef HANDFAST_EARLY_H
#define HANDFAST_EARLY_H

#include <handfast/connection.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A server: takes up to `max` bytes of early data, 1 to 16 MiB, by the tickets that it gives from now on; clients that
 * send more are refused. A client: sends up to `max` bytes, by hf_write_early, where the session's server said that it
 * takes some. 0, the default: none. */
void hf_builder_early_data(struct hf_builder *builder, uint32_t max);

/* A server: takes early data also in sessions of which it does not know the client, because it asked for no certificate
 * (HF_CLIENT_AUTH_NONE, HF_CLIENT_AUTH_REQUEST) or a shared key began them. The guard below holds as ever; but nobody
 * is named who sent what, and could be made to answer for it. Once it took some, hf_write goes before OPENED, towards a
 * client that has not finished: whoever replays the hello gets such data too, though not readable. Default: off.
 * setting_invalid over datagrams. */
void hf_builder_early_data_from_anyone(struct hf_builder *builder);

/* ---- The guard against replays, a server's. ---- */

/* A store that several servers may share. first: remembers the name until until_ms, and returns true, if it does not
 * remember it already; false also when it cannot: there is no room, or no answer. Of two calls with the same name at
 * the same time only one may get true. It is called from any thread that drives a connection. What is remembered must
 * outlive the store's process, or the id must change with it. */
struct hf_early_guard {
    uint64_t id; /* random: written into tickets, of which early data is taken under the same id only. Not 0 */
    bool (*first)(void *context, const uint8_t name[32], uint64_t now_ms, uint64_t until_ms);
    void *context;
};

/* Replaces the guard that each config has for itself: in memory (640 KiB), for 16384 tickets at a time, with an id of
 * its own. The struct is copied; its context must outlive the config. */
void hf_builder_early_guard(struct hf_builder *builder, const struct hf_early_guard *guard);

/* How far the age that a client tells of its ticket may be from the one that the ticket has, either way, for its early
 * data to be taken: 1 to 60 seconds, 10 unless this is said (RFC 9846 8.3). More lets slow paths and bad clocks in, and
 * has the guard remember each ticket for as much longer. What the difference was, hf_session_info tells. */
void hf_builder_early_window(struct hf_builder *builder, unsigned seconds);

/* ---- A client. ---- */

/* How many bytes hf_write_early takes now: 0 when early data is not offered, was refused, or is over. Early data may be
 * sent from hf_connection_resume until the server's Finished came; over datagrams until its ServerHello came. */
size_t hf_early_room(const struct hf_connection *connection);

/* As hf_write, before OPENED; wrong_call when hf_early_room is 0. datagram_too_long for more than fits a datagram, or
 * than hf_early_room: nothing was taken. What it took has arrived once HF_EVENT_OPENED came and hf_session_info says
 * early_data. On HF_EVENT_EARLY_REFUSED the server has read none of it: after OPENED the application may write it
 * again. */
enum hf_error hf_write_early(struct hf_connection *connection, const void *data, size_t len, size_t *ret_taken);

/* ---- False Start: a client of TLS 1.2. ---- */

/* When a client of TLS 1.2 may send data behind its own Finished, before the server's comes: one round trip earlier
 * (RFC 7918), over streams, in full handshakes by a signed key exchange with forward secrecy and AEAD; TLS 1.3 does as
 * well by itself. The server has shown then who it is and that it holds its key. What only its Finished will show is
 * that nobody weakened the hellos on the way, so what is sent is as safe as the weakest of those suites that this side
 * offers. Some old servers fail on it. */
enum hf_false_start {
    HF_FALSE_START_NEVER = 0, /* the default */
    HF_FALSE_START_WITH_ALPN, /* where a protocol was chosen: no server that old knows ALPN */
    HF_FALSE_START_ALWAYS
};

/* On HF_EVENT_FALSE_START hf_write and hf_send go on; hf_export works. setting_invalid at a server and over datagrams.
 */
void hf_builder_false_start(struct hf_builder *builder, enum hf_false_start when);

/* ---- Both. ---- */

/* As hf_export, from the early secrets (RFC 9846 7.5): `len` bytes of keying material for what goes as early data. A
 * client, from hf_connection_resume on while it offers early data, under QUIC, too: before it knows whether the server
 * takes it. A server, from HF_EVENT_EARLY_DATA on; under QUIC, from the secret to read at EARLY on. Both until OPENED,
 * from when on hf_export has better; a client whose early data was refused has none any more, for the server never had
 * the same. What makes early data weak makes these keys weak: no forward secrecy, and whoever replays the hello makes
 * the server derive them again. context NULL and an empty one are the same. wrong_call at any other time, for a label
 * of more than 249 bytes, and for more bytes than 255 times the hash has. Threads: as for connections. */
enum hf_error hf_early_export(struct hf_connection *connection, const char *label, const void *context,
                              size_t context_len, void *into, size_t len);

/* ---- A server. ---- */

/* As hf_read, for early data: call it on HF_EVENT_EARLY_DATA until it gives 0 bytes, for until then the handshake
 * waits.
 */
enum hf_error hf_read_early(struct hf_connection *connection, void *into, size_t room, size_t *ret_len);

/* Whose early data it is: the client that the session keeps, whose path, names and admission hold today. That it has
 * its private key it showed when the session was made; that it is there now, and no replay, only OPENED says. NULL when
 * there is no early data. Lives until OPENED. A client, from HF_EVENT_FALSE_START to OPENED: the server, proven but for
 * its Finished. */
const struct hf_peer *hf_early_peer(const struct hf_connection *connection);

#ifdef __cplusplus
}
#endif
#endif
