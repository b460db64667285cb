/* Tickets of TLS 1.3: each is a session of its own, with its own secret (RFC 9846 4.7.1). A client keeps those that
 * come until the application has fetched them; a server seals them by its ticket keys, or puts the session into its
 * cache, or leaves it to the application, under an ID that is then the ticket. None holds longer than the certificates
 * that it stands for, nor, however often it was resumed, longer than one that the last full handshake gave. */
#ifndef HF_HANDSHAKE_TICKETS13_H
#define HF_HANDSHAKE_TICKETS13_H

#include "handshake/handshake.h"
#include "wire/read.h"

enum { HF_TICKETS13_KEPT_MAX = 8 }; /* that wait for the application; what comes beyond is dropped */

/* A client: keeps the ticket, if it can be used and the application wants tickets. early_max: bytes of early data that
 * it allows. HF_ERR_no_memory, HF_ERR_crypto_failed. */
HF_MUST enum hf_error hf_tickets13_take(struct hf_handshake *handshake,
                                        const struct hf_wire_new_session_ticket13 *message, uint32_t early_max);

/* A server that has chosen: decides how many tickets it will give, and what its answer says of that. */
void hf_tickets13_plan(struct hf_handshake *handshake);

/* A server: makes the next ticket, written to `ticket`; the other fields of the message too, and how much early data
 * goes with it. */
HF_MUST enum hf_error hf_tickets13_make(struct hf_handshake *handshake, struct hf_writer *ticket,
                                        struct hf_wire_new_session_ticket13 *ret_message, uint32_t *ret_early_max);

/* The session of a kept ticket, lent; peer: whom it is with, may be NULL. */
HF_MUST enum hf_error hf_tickets13_session(const struct hf_handshake *handshake, const struct hf_kept_ticket *ticket,
                                           const struct hf_peer *peer, struct hf_session *ret_session);

/* A server, while there is a working set of the handshake: whether the client can be given tickets at all. */
bool hf_tickets13_can_give(const struct hf_handshake *handshake);

size_t hf_tickets13_count(const struct hf_handshake *handshake);

/* The application takes the next event: the ticket of the event before goes. */
void hf_tickets13_tell(struct hf_handshake *handshake);

/* Wipes and frees all. */
void hf_tickets13_forget(struct hf_handshake *handshake);

#endif
