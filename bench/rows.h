/* What is measured, one function a kind of row. Each appends its results. */
#ifndef HF_BENCH_ROWS_H
#define HF_BENCH_ROWS_H

#include "contest.h"
#include "peer.h"

struct bench_options {
    size_t turns;       /* of each contest */
    size_t connections; /* the most that rows on scale hold */
    const char *only;   /* rows whose contest's name has this in it; NULL: all */
};

void bench_rows_handshake(const struct bench_options *options, struct bench_results *results);
void bench_rows_bulk(const struct bench_options *options, struct bench_results *results);
void bench_rows_memory(const struct bench_options *options, struct bench_results *results);
void bench_rows_scale(const struct bench_options *options, struct bench_results *results);
void bench_rows_threads(const struct bench_options *options, struct bench_results *results);
void bench_rows_primitives(const struct bench_options *options, struct bench_results *results);

/* Whether this contest is wanted. */
bool bench_rows_want(const struct bench_options *options, const char *name);

/* What a probe of a peer stands on: its configs for one setup, and wires. */
struct bench_stand {
    const struct bench_peer *peer;
    struct bench_setup setup;
    void *configs;
    void *session; /* a client's, to resume; NULL */
    struct bench_wire wires[BENCH_ENDS];
};

/* A stand for each peer that can do this setup; the others' contexts are NULL. */
void bench_stands_open(const struct bench_setup *setup, struct bench_contest *contest);
void bench_stands_close(struct bench_contest *contest);

#endif
