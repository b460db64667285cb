/* Many connections at once, both ends in this process: the heap of a connection, and the time of a message of 1 KiB
 * that goes to each of them in turn, so that none is warm. */
#include "pair.h"
#include "rows.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROOM_MAX = 3 }; /* GiB of heap; a contender that would need more is left out */

struct scale {
    struct bench_stand *stand;
    size_t count;
};

static bool open_all(const struct scale *scale, struct bench_pair *pairs, struct bench_heap *heaps)
{
    for (size_t i = 0; i < scale->count; i++) {
        pairs[i] = (struct bench_pair){.peer = scale->stand->peer, .wires = scale->stand->wires, .heaps = heaps};
        if (!bench_pair_open(&pairs[i], scale->stand->configs, NULL))
            return false;
        long each = (heaps[0].live + heaps[1].live) / (long)(i + 1);
        if ((double)each * (double)scale->count > ROOM_MAX * 1073741824.0)
            return false;
    }
    return true;
}

static bool message_each(const struct scale *scale, struct bench_pair *pairs, double *ret_us)
{
    static const uint8_t message[1024];
    size_t rounds = scale->count < 1000 ? 1000 / scale->count : 1;
    double began = bench_cpu_ns();
    for (size_t at = 0; at < rounds * scale->count; at++) {
        if (!bench_pair_move(&pairs[at % scale->count], BENCH_CLIENT, message, sizeof message))
            return false;
    }
    *ret_us = (bench_cpu_ns() - began) / 1e3 / (double)(rounds * scale->count);
    return true;
}

static bool probe(void *context, double *ret_values)
{
    const struct scale *scale = context;
    struct bench_heap heaps[BENCH_ENDS] = {{0}};
    struct bench_pair *pairs = calloc(scale->count, sizeof *pairs);
    if (pairs == NULL)
        return false;
    bool done = open_all(scale, pairs, heaps) && message_each(scale, pairs, &ret_values[1]);
    ret_values[0] = (double)(heaps[0].live + heaps[1].live) / 2 / (double)scale->count;
    for (size_t i = 0; i < scale->count; i++) {
        if (pairs[i].peer != NULL)
            bench_pair_free(&pairs[i]);
    }
    free(pairs);
    return done;
}

static void run(size_t count, const struct bench_options *options, struct bench_results *results)
{
    struct bench_setup setup = {.version = BENCH_TLS13, .mutual = true};
    struct scale scales[BENCH_PEERS_MAX];
    char name[64];
    (void)snprintf(name, sizeof name, "%zu connections", count);
    struct bench_contest contest = {
        .name = name,
        .value_names = {"heap of an end", "message of 1 KiB"},
        .units = {BENCH_BYTES, BENCH_US},
        .value_count = 2,
        .probe = probe,
        .turns = count > 1000 ? 1 : 3,
    };
    if (!bench_rows_want(options, name))
        return;
    bench_stands_open(&setup, &contest);
    for (size_t i = 0; i < BENCH_PEERS_MAX; i++) {
        scales[i] = (struct scale){contest.contexts[i], count};
        contest.contexts[i] = scales[i].stand == NULL ? NULL : &scales[i];
    }
    bench_contest_run(&contest, results);
    for (size_t i = 0; i < BENCH_PEERS_MAX; i++)
        contest.contexts[i] = scales[i].stand;
    bench_stands_close(&contest);
}

void bench_rows_scale(const struct bench_options *options, struct bench_results *results)
{
    for (size_t count = 1; count <= options->connections; count *= 10)
        run(count, options, results);
}
