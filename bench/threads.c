/* Threads that share the configs: full mutual handshakes, CPU time of each. Rising figures are waiting for each other
 * (locks, shared counters), or for the machine's other work. */
#include "pair.h"
#include "rows.h"

#include <pthread.h>
#include <stdio.h>

enum { THREADS_MAX = 2, HANDSHAKES = 32 };

struct worker {
    const struct bench_stand *stand;
    double cpu_ns;
    bool done;
};

struct crew {
    struct bench_stand *stand;
    size_t threads;
};

static void *work(void *context)
{
    struct worker *worker = context;
    struct bench_wire wires[BENCH_ENDS];
    for (int end = 0; end < BENCH_ENDS; end++)
        bench_wire_init(&wires[end]);
    worker->done = true;
    for (int i = 0; i < HANDSHAKES && worker->done; i++) {
        struct bench_pair pair = {.peer = worker->stand->peer, .wires = wires};
        worker->done = bench_pair_open(&pair, worker->stand->configs, NULL);
        bench_pair_free(&pair);
        worker->cpu_ns += pair.cpu_ns[BENCH_CLIENT] + pair.cpu_ns[BENCH_SERVER];
    }
    for (int end = 0; end < BENCH_ENDS; end++)
        bench_wire_free(&wires[end]);
    return NULL;
}

static bool probe(void *context, double *ret_values)
{
    const struct crew *crew = context;
    struct worker workers[THREADS_MAX] = {{0}};
    pthread_t threads[THREADS_MAX];
    double cpu_ns = 0;
    bool done = true;
    double began = bench_wall_ns();
    for (size_t i = 0; i < crew->threads; i++) {
        workers[i].stand = crew->stand;
        if (pthread_create(&threads[i], NULL, work, &workers[i]) != 0)
            return false;
    }
    for (size_t i = 0; i < crew->threads; i++) {
        (void)pthread_join(threads[i], NULL);
        done = done && workers[i].done;
        cpu_ns += workers[i].cpu_ns;
    }
    double count = (double)crew->threads * HANDSHAKES;
    ret_values[0] = cpu_ns / 1e3 / count;
    ret_values[1] = count * 1e9 / (bench_wall_ns() - began);
    return done;
}

static void run(size_t threads, const struct bench_options *options, struct bench_results *results)
{
    struct bench_setup setup = {.version = BENCH_TLS13, .mutual = true};
    struct crew crews[BENCH_PEERS_MAX];
    char name[64];
    (void)snprintf(name, sizeof name, "%zu thread%s", threads, threads == 1 ? "" : "s");
    struct bench_contest contest = {
        .name = name,
        .value_names = {"CPU of a handshake", "handshakes a second by the clock"},
        .units = {BENCH_US, BENCH_PER_S},
        .value_count = 2,
        .probe = probe,
        .turns = options->turns < 5 ? options->turns : 5,
    };
    if (!bench_rows_want(options, name))
        return;
    bench_stands_open(&setup, &contest);
    for (size_t i = 0; i < BENCH_PEERS_MAX; i++) {
        crews[i] = (struct crew){contest.contexts[i], threads};
        contest.contexts[i] = crews[i].stand == NULL ? NULL : &crews[i];
    }
    bench_contest_run(&contest, results);
    for (size_t i = 0; i < BENCH_PEERS_MAX; i++)
        contest.contexts[i] = crews[i].stand;
    bench_stands_close(&contest);
}

void bench_rows_threads(const struct bench_options *options, struct bench_results *results)
{
    for (size_t threads = 1; threads <= THREADS_MAX; threads++)
        run(threads, options, results);
}
