#include "pair.h"

enum { ROUNDS_MAX = 20 };

static void begin(struct bench_pair *pair, int end)
{
    if (pair->heaps != NULL)
        bench_heap_watch(&pair->heaps[end]);
    pair->cpu_ns[end] -= bench_cpu_ns();
}

static void finish(struct bench_pair *pair, int end)
{
    pair->cpu_ns[end] += bench_cpu_ns();
    bench_heap_watch(NULL);
}

static bool make_ends(struct bench_pair *pair, void *configs, void *session)
{
    for (int end = 0; end < BENCH_ENDS; end++) {
        struct bench_link link = {&pair->wires[end], &pair->wires[!end]};
        begin(pair, end);
        pair->ends[end] = pair->peer->end_new(configs, (enum bench_end)end, link, end == BENCH_CLIENT ? session : NULL);
        finish(pair, end);
        if (pair->ends[end] == NULL)
            return false;
    }
    return true;
}

/* Drives both until both are open and no byte is under way. */
static bool run(struct bench_pair *pair)
{
    for (int round = 0; round < ROUNDS_MAX; round++) {
        bool open = true;
        for (int end = 0; end < BENCH_ENDS; end++) {
            begin(pair, end);
            enum bench_progress progress = pair->peer->drive(pair->ends[end]);
            finish(pair, end);
            if (progress == BENCH_FAILED)
                return false;
            open = open && progress == BENCH_DONE;
            pair->wire_len += bench_wire_len(&pair->wires[!end]);
        }
        if (open && bench_wire_len(&pair->wires[BENCH_CLIENT]) == 0 && bench_wire_len(&pair->wires[BENCH_SERVER]) == 0)
            return true;
    }
    return false;
}

bool bench_pair_open(struct bench_pair *pair, void *configs, void *session)
{
    pair->ends[BENCH_CLIENT] = pair->ends[BENCH_SERVER] = NULL;
    pair->wire_len = 0;
    for (int end = 0; end < BENCH_ENDS; end++) {
        bench_wire_clear(&pair->wires[end]);
        pair->cpu_ns[end] = 0;
    }
    return make_ends(pair, configs, session) && run(pair);
}

void bench_pair_free(struct bench_pair *pair)
{
    for (int end = 0; end < BENCH_ENDS; end++) {
        if (pair->ends[end] == NULL)
            continue;
        begin(pair, end);
        pair->peer->end_free(pair->ends[end]);
        finish(pair, end);
        pair->ends[end] = NULL;
    }
}

bool bench_pair_move(struct bench_pair *pair, enum bench_end from, const uint8_t *data, size_t len)
{
    uint8_t into[1 << 15];
    const int writer = (int)from, reader = !writer;
    size_t got = 0;
    begin(pair, writer);
    bool written = pair->peer->write(pair->ends[writer], data, len);
    finish(pair, writer);
    begin(pair, reader);
    while (written && got < len) {
        size_t more = pair->peer->read(pair->ends[reader], into, sizeof into);
        if (more == 0)
            break;
        got += more;
    }
    finish(pair, reader);
    return got == len;
}
