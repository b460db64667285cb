/* The heap of one end: what a connection at rest holds, the most it held while it was made, how often it allocated.
 * At rest: after the handshake and one small message each way. */
#include "pair.h"
#include "rows.h"

#include <stdio.h>

static bool probe(void *context, double *ret_values)
{
    static const uint8_t message[64];
    struct bench_stand *stand = context;
    struct bench_heap heaps[BENCH_ENDS] = {{0}};
    struct bench_pair pair = {.peer = stand->peer, .wires = stand->wires, .heaps = heaps};
    size_t own = stand->peer->own_allocations == NULL ? 0 : stand->peer->own_allocations();
    bool done = bench_pair_open(&pair, stand->configs, NULL);
    ret_values[1] = (double)(heaps[0].peak > heaps[1].peak ? heaps[0].peak : heaps[1].peak);
    ret_values[2] = (double)(heaps[0].allocations + heaps[1].allocations) / 2;
    ret_values[3] = stand->peer->own_allocations == NULL ? 0 : (double)(stand->peer->own_allocations() - own) / 2;
    done = done && bench_pair_move(&pair, BENCH_CLIENT, message, sizeof message) &&
           bench_pair_move(&pair, BENCH_SERVER, message, sizeof message);
    ret_values[0] = (double)(heaps[0].live > heaps[1].live ? heaps[0].live : heaps[1].live);
    bench_pair_free(&pair);
    return done;
}

void bench_rows_memory(const struct bench_options *options, struct bench_results *results)
{
    for (int i = 0; i < 4; i++) {
        struct bench_setup setup = {.version = (i & 1) != 0 ? BENCH_TLS12 : BENCH_TLS13, .mutual = (i & 2) == 0};
        char name[64];
        (void)snprintf(name, sizeof name, "heap, TLS 1.%d %s", (i & 1) != 0 ? 2 : 3,
                       setup.mutual ? "mutual" : "one-way");
        struct bench_contest contest = {
            .name = name,
            .value_names = {"at rest", "peak of a handshake", "allocations of a handshake", "of them its own"},
            .units = {BENCH_BYTES, BENCH_BYTES, BENCH_COUNT, BENCH_COUNT},
            .value_count = 4,
            .probe = probe,
            .turns = 5,
        };
        if (!bench_rows_want(options, name))
            continue;
        bench_stands_open(&setup, &contest);
        bench_contest_run(&contest, results);
        bench_stands_close(&contest);
    }
}
