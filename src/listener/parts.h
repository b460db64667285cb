/* The listener as its files share it: listener.c takes and gives datagrams, association.c is the life of one
 * association, roaming.c follows its peer from address to address, answers.c holds what the gate says to those who have
 * none. */
#ifndef HF_LISTENER_PARTS_H
#define HF_LISTENER_PARTS_H

#include <handfast/listener.h>

#include "listener/answers.h"
#include "listener/deadlines.h"
#include "listener/gate.h"
#include "listener/index.h"
#include "listener/queue.h"
#include "listener/roaming.h"

enum hf_association_stage { HF_ASSOCIATION_HALF_OPEN, HF_ASSOCIATION_OPEN, HF_ASSOCIATION_ENDED };

struct hf_association {
    struct hf_listener *listener;
    struct hf_connection *connection;
    enum hf_association_stage stage;
    uint8_t address[HF_LISTENER_ADDRESS_MAX];
    size_t address_len;
    uint8_t random[HF_RANDOM_LEN]; /* of the hello it began with: what comes again is told from what begins anew */
    bool awaits_front;             /* it began with a later piece of its hello: `random` is still to come */

    /* One address leads to one association, the elder; one that begins anew there is its heir until it has opened. */
    struct hf_index_node by_address;
    struct hf_association *heir;
    struct hf_association *elder;
    struct hf_roaming *roaming; /* NULL: connection IDs are not used */

    struct hf_deadline_entry deadline;
    uint64_t limit_ms; /* when a half-open one has had its time */

    struct hf_queue_node in_all;
    struct hf_queue_node in_news;
    struct hf_queue_node in_output;

    bool is_proven;    /* it receives at its address */
    uint64_t received; /* bytes, while it is not proven */
    uint64_t sent;

    bool is_dropped; /* by the application: freed when nothing waits for the peer */
    void *context;
};

struct hf_listener {
    struct hf_allocator allocator; /* of the config that it began with: others may take that one's place */
    struct hf_config *config;      /* of new connections */
    struct hf_listener_limits limits;
    struct hf_gate gate;
    struct hf_index index;
    struct hf_deadlines deadlines;
    struct hf_answers answers;
    struct hf_queue all;
    struct hf_queue news;
    struct hf_queue output;
    uint64_t now_ms;
    struct hf_listener_counts counts;
};

/* ---- association.c ---- */

/* A peer that the gate let in; its datagram was not fed yet. NULL: no room. */
struct hf_association *hf_association_new(struct hf_listener *listener, const struct hf_gate_question *question,
                                          const struct hf_gate_admission *admission);

/* Looks what became of it after something moved its connection. */
void hf_association_look(struct hf_association *association);

void hf_association_take(struct hf_association *association, struct hf_span address, struct hf_span datagram);
void hf_association_tick(struct hf_association *association);

/* The datagram that it may send now, and where to; empty: none. */
struct hf_span hf_association_output(const struct hf_association *association, struct hf_span *ret_address);
void hf_association_sent(struct hf_association *association);

void hf_association_free(struct hf_association *association);

#endif
