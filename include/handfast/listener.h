/* A server of many peers behind one socket of datagrams (DTLS), without input or output of its own: what came from
 * which address goes in, what must go to which address comes out, time is an argument.
 *
 *     hf_listener_feed(listener, address, address_len, datagram, len, now_ms);      // what came
 *     hf_listener_tick(listener, now_ms);                                           // when hf_listener_deadline says
 * so while ((association = hf_listener_next(listener)) != NULL) {                  // whose connection has news
 *         connection = hf_association_connection(association);                      // events, hf_read, hf_write ...
 *         hf_association_settle(association);
 *     }
 *     while (hf_listener_output(listener, &out)) {                                  // what must go
 *         sendto(fd, out.wire, out.len, 0, out.address, out.address_len);
 *         hf_listener_sent(listener);
 *     }
 *
 * A peer gets a connection when it has shown, by sending a cookie back, that it receives at its address (RFC
 * 6347 4.2.1, RFC 9147 5.1). Before that nothing is kept of it, and it is sent at most three times what it sent. A
 * listener with all its associations belongs to one thread at a time. Times are milliseconds since 1970-01-01 UTC. */
#ifndef HANDFAST_LISTENER_H
#define HANDFAST_LISTENER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <handfast/connection.h>

#ifdef __cplusplus
extern "C" {
#endif

struct hf_listener;

/* One peer: the connection with it, and the address that it is at. */
struct hf_association;

enum { HF_LISTENER_ADDRESS_MAX = 128 /* bytes; a struct sockaddr_storage fits */ };

/* Bounds. 0 in a field means the default. */
struct hf_listener_limits {
    size_t associations;   /* that have a connection, at most; default 10000. Above it hellos are dropped */
    size_t half_open;      /* of these, whose handshake is not over; default 1000 */
    uint64_t handshake_ms; /* for a whole handshake, from the cookie on; default 30000: then it fails:
                              datagrams_unanswered */
    bool skip_cookies; /* RISK: gives a connection to any address that sends a hello, forged ones too. Only where nobody
                        * can forge addresses, as RFC 9147 5.1 says. Three times what came bounds what is sent still */
};

/* config: of a server over datagrams (hf_builder_datagrams), with Encrypted Client Hello (<handfast/ech.h>) only beside
 * skip_cookies; held. limits may be NULL. NULL when there is no memory, or the config is another one; *ret_failure (may
 * be NULL) then says why. */
struct hf_listener *hf_listener_new(struct hf_config *config, const struct hf_listener_limits *limits,
                                    struct hf_failure *ret_failure);

/* New connections are made with this config from now on, which is held; those that are there, and who began anew as a
 * new association of the same peer, keep what they have. Peers that were sent a cookie come in under the new one.
 * wrong_call, and nothing changed, when it is NULL, none that hf_listener_new would take, or one whose connection
 * IDs are of another length than those that are out. See <handfast/current.h>. */
enum hf_error hf_listener_use(struct hf_listener *listener, struct hf_config *config);

/* Frees it, and all associations with their connections; NULL is fine. */
void hf_listener_free(struct hf_listener *listener);

/* Takes a datagram from an address: any bytes that tell peers apart, 1 to HF_LISTENER_ADDRESS_MAX of them, always
 * written the same way. What is of no use is dropped and counted, as the network might have done. */
void hf_listener_feed(struct hf_listener *listener, const void *address, size_t address_len, const void *datagram,
                      size_t len, uint64_t now_ms);

/* When hf_listener_tick must be called; UINT64_MAX: never. */
uint64_t hf_listener_deadline(const struct hf_listener *listener);
void hf_listener_tick(struct hf_listener *listener, uint64_t now_ms);

/* An association whose connection has events or data; NULL when there is none. It comes again when it has more. One
 * that failed comes, too: give it back with hf_association_drop. */
struct hf_association *hf_listener_next(struct hf_listener *listener);

/* A datagram to be sent; lent until the next call on the listener or one of its associations. */
struct hf_outgoing {
    const uint8_t *address;
    size_t address_len;
    const uint8_t *wire;
    size_t len;
};
/* The next one that waits; false when none does. hf_listener_sent takes it off. */
bool hf_listener_output(struct hf_listener *listener, struct hf_outgoing *ret_outgoing);
void hf_listener_sent(struct hf_listener *listener);

/* What it has seen so far. */
struct hf_listener_counts {
    size_t associations;  /* now */
    size_t half_open;     /* of these, now */
    uint64_t cookies;     /* hellos answered by a cookie */
    uint64_t admitted;    /* connections made */
    uint64_t refused;     /* hellos that nothing could come of: answered by an alert */
    uint64_t turned_away; /* hellos with a good cookie that the limits, or memory, had no room for */
    uint64_t replaced;    /* associations that another one from the same address took the place of */
    uint64_t moved;       /* peers that changed their address, and have shown that they receive there */
    uint64_t strays;      /* datagrams dropped: of nobody we know, and no hello */
};
void hf_listener_counts(const struct hf_listener *listener, struct hf_listener_counts *ret_counts);

/* ---- Associations. Valid until dropped, or the listener is freed. ---- */

/* Its connection: for every call of <handfast/connection.h> but hf_feed, hf_feed_end, hf_drain, hf_drained, hf_tick and
 * hf_connection_free. A peer that begins anew from the same address (RFC 6347 4.2.8, RFC 9147 5.11) gets a second
 * association; the first one, if it was open, goes on until the second has opened, and fails then:
 * association_replaced. */
struct hf_connection *hf_association_connection(const struct hf_association *association);

/* To be called after calls on its connection, before the listener is used again: looks for what there is to send, and
 * when it is due. */
void hf_association_settle(struct hf_association *association);

/* Where the peer is. */
const uint8_t *hf_association_address(const struct hf_association *association, size_t *ret_len);

/* Whatever the application keeps for it; NULL at first. */
void hf_association_set_context(struct hf_association *association, void *context);
void *hf_association_context(const struct hf_association *association);

/* The application is done with it: what waits for the peer (an alert, close_notify) still goes, then it is freed. */
void hf_association_drop(struct hf_association *association);

#ifdef __cplusplus
}
#endif
#endif
