/* Data: MB/s of CPU time, writing and reading, in records of 16 KiB and of 1 KiB. */
#include "floor.h"
#include "floor_multi.h"
#include "pair.h"
#include "rows.h"

#include <stdio.h>
#include <stdlib.h>

enum { LEN = 1 << 20, SMALL_LEN = 1 << 18 };

static const char *const aead_names[] = {"AES-128-GCM", "AES-256-GCM", "ChaCha20-Poly1305"};

struct bulk {
    struct bench_stand *stand;
    struct bench_pair pair;
    size_t record_len;
};

static size_t total(size_t record_len)
{
    return record_len < 16384 ? SMALL_LEN : LEN;
}

static bool probe(void *context, double *ret_values)
{
    static uint8_t record[16384], into[1 << 16];
    struct bulk *bulk = context;
    const struct bench_peer *peer = bulk->pair.peer;
    size_t len = total(bulk->record_len), got = 0;
    double began = bench_cpu_ns();
    for (size_t at = 0; at < len; at += bulk->record_len) {
        if (!peer->write(bulk->pair.ends[BENCH_CLIENT], record, bulk->record_len))
            return false;
    }
    double written = bench_cpu_ns();
    for (size_t more = 1; got < len && more > 0; got += more)
        more = peer->read(bulk->pair.ends[BENCH_SERVER], into, sizeof into);
    double read = bench_cpu_ns();
    ret_values[0] = (double)len * 1e3 / (written - began);
    ret_values[1] = (double)len * 1e3 / (read - written);
    return got == len;
}

/* One of the two floors: libcrypto's AEAD alone, or ipsec-mb's. */
struct floor_context {
    struct bench_floor *libcrypto;
    struct bench_floor_multi *multi;
    size_t record_len;
};

static bool probe_floor(void *context, double *ret_values)
{
    const struct floor_context *of = context;
    size_t len = total(of->record_len);
    if (of->multi != NULL) {
        ret_values[0] = bench_floor_multi_seal_mb_s(of->multi, of->record_len, len);
        ret_values[1] = bench_floor_multi_open_mb_s(of->multi, of->record_len, len);
        return true;
    }
    ret_values[0] = bench_floor_seal_mb_s(of->libcrypto, of->record_len, len);
    ret_values[1] = bench_floor_open_mb_s(of->libcrypto, of->record_len, len);
    return true;
}

/* Opens a connection on each stand. */
static void open_all(struct bench_contest *contest, struct bulk *bulks, size_t record_len)
{
    for (size_t i = 0; i < BENCH_PEERS_MAX; i++) {
        struct bench_stand *stand = contest->contexts[i];
        bulks[i] = (struct bulk){.stand = stand, .record_len = record_len};
        contest->contexts[i] = NULL;
        if (stand == NULL)
            continue;
        bulks[i].pair = (struct bench_pair){.peer = stand->peer, .wires = stand->wires};
        if (bench_pair_open(&bulks[i].pair, stand->configs, NULL))
            contest->contexts[i] = &bulks[i];
    }
}

static void close_all(struct bench_contest *contest, struct bulk *bulks)
{
    for (size_t i = 0; i < BENCH_PEERS_MAX; i++) {
        if (bulks[i].stand != NULL)
            bench_pair_free(&bulks[i].pair);
        contest->contexts[i] = bulks[i].stand;
    }
    bench_stands_close(contest);
}

static void run(const struct bench_setup *setup, size_t record_len, const struct bench_options *options,
                struct bench_results *results)
{
    char name[64];
    (void)snprintf(name, sizeof name, "TLS 1.%d %s, %zu KiB", setup->version == BENCH_TLS13 ? 3 : 2,
                   aead_names[setup->aead], record_len / 1024);
    struct bench_contest contest = {
        .name = name,
        .value_names = {"write", "read"},
        .units = {BENCH_MB_S, BENCH_MB_S},
        .value_count = 2,
        .probe = probe,
        .floor_probe = probe_floor,
        .turns = options->turns,
    };
    struct bulk bulks[BENCH_PEERS_MAX];
    if (!bench_rows_want(options, name))
        return;
    struct floor_context floor = {bench_floor_new(setup->rsa, setup->aead), NULL, record_len};
    struct floor_context multi = {NULL, bench_floor_multi_new(setup->aead), record_len};
    contest.floors[0] = &floor;
    contest.floors[1] = multi.multi == NULL ? NULL : &multi;
    bench_stands_open(setup, &contest);
    open_all(&contest, bulks, record_len);
    bench_contest_run(&contest, results);
    close_all(&contest, bulks);
    bench_floor_multi_free(multi.multi);
    bench_floor_free(floor.libcrypto);
}

void bench_rows_bulk(const struct bench_options *options, struct bench_results *results)
{
    for (int i = 0; i < BENCH_AEADS * 4; i++) {
        struct bench_setup setup = {.version = i < BENCH_AEADS * 2 ? BENCH_TLS13 : BENCH_TLS12,
                                    .mutual = true,
                                    .aead = (enum bench_aead)(i % BENCH_AEADS)};
        run(&setup, i / BENCH_AEADS % 2 == 0 ? 16384 : 1024, options, results);
    }
}
