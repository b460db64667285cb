/* A client and a server of one contender, and the wires between them. */
#ifndef HF_BENCH_PAIR_H
#define HF_BENCH_PAIR_H

#include "meter.h"
#include "peer.h"

struct bench_pair {
    const struct bench_peer *peer;
    void *ends[BENCH_ENDS];
    struct bench_wire *wires; /* BENCH_ENDS of them: what goes to that end */
    double cpu_ns[BENCH_ENDS];
    struct bench_heap *heaps; /* NULL, or BENCH_ENDS of them, to count into */
    size_t wire_len;          /* bytes of the handshake, both ways */
};

/* Makes both ends and brings them to where both are open and nothing moves. False: it failed. What an end does counts
 * in its cpu_ns. `session`: for the client, NULL none. Free it either way. */
bool bench_pair_open(struct bench_pair *pair, void *configs, void *session);
void bench_pair_free(struct bench_pair *pair);

/* `len` bytes from one end to the other, written and read. */
bool bench_pair_move(struct bench_pair *pair, enum bench_end from, const uint8_t *data, size_t len);

#endif
