/* The hand-written order of messages (rfc_order.def), and which of our states is which of its phases. */
#ifndef HF_TESTS_RFC_ORDER_H
#define HF_TESTS_RFC_ORDER_H

#include "handshake/handshake.h"

enum rfc_machine { RFC_client13 = 1, RFC_server13 = 2, RFC_client12 = 4, RFC_server12 = 8 };

struct rfc_edge {
    enum rfc_machine machine;
    const char *from;
    enum hf_input input;
    const char *to;
};

const struct rfc_edge *rfc_order_edges(size_t *ret_count);

/* A state that waits or is open, as a phase of these machines: the first states of a role belong to two. machines is 0
 * for states that send, rest or have ended. */
struct rfc_phase {
    unsigned machines;
    const char *name;
};
struct rfc_phase rfc_order_phase(enum hf_state state);

/* Whether the RFCs let this come in this state, over a stream. */
bool rfc_order_allows(enum hf_state state, enum hf_input input);

#endif
