/* Data: MB/s of CPU time, writing and reading, in records of 16 KiB and of 1 KiB. The floors walk through memory as the
 * rows do. */
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
    static uint8_t record[BENCH_RECORD_MAX], into[BENCH_READ_ROOM];
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

/* One of the two floors, libcrypto's AEAD alone, or ipsec-mb's; over the memory of a row, or in one warm record. */
struct floor_context {
    struct bench_floor *libcrypto;
    struct bench_floor_multi *multi;
    struct bench_ground ground;
};

static bool probe_floor(void *context, double *ret_values)
{
    const struct floor_context *of = context;
    if (of->multi != NULL) {
        ret_values[0] = bench_floor_multi_seal_mb_s(of->multi, &of->ground);
        ret_values[1] = bench_floor_multi_open_mb_s(of->multi, &of->ground);
        return true;
    }
    ret_values[0] = bench_floor_seal_mb_s(of->libcrypto, &of->ground);
    ret_values[1] = bench_floor_open_mb_s(of->libcrypto, &of->ground);
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

static void make_floors(struct floor_context floors[BENCH_FLOORS_MAX], enum bench_aead aead,
                        const struct bench_ground *ground)
{
    floors[0] = (struct floor_context){bench_floor_new(/* rsa= */ false, aead), NULL, *ground};
    floors[1] = (struct floor_context){NULL, bench_floor_multi_new(aead), *ground};
}

static void take_floors(struct bench_contest *contest, struct floor_context floors[BENCH_FLOORS_MAX])
{
    contest->floors[0] = &floors[0];
    contest->floors[1] = floors[1].multi == NULL ? NULL : &floors[1];
}

static void free_floors(struct floor_context floors[BENCH_FLOORS_MAX])
{
    bench_floor_multi_free(floors[1].multi);
    bench_floor_free(floors[0].libcrypto);
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
    struct floor_context floors[BENCH_FLOORS_MAX];
    make_floors(floors, setup->aead, &(struct bench_ground){record_len, total(record_len) / record_len, false});
    take_floors(&contest, floors);
    bench_stands_open(setup, &contest);
    open_all(&contest, bulks, record_len);
    bench_contest_run(&contest, results);
    close_all(&contest, bulks);
    free_floors(floors);
}

/* The ciphers alone, over and over one record that the cache holds: what no row that moves data can reach. */
static void run_warm(enum bench_aead aead, size_t record_len, const struct bench_options *options,
                     struct bench_results *results)
{
    char name[64];
    (void)snprintf(name, sizeof name, "primitives, %s, one warm record of %zu KiB", aead_names[aead],
                   record_len / 1024);
    struct bench_contest contest = {
        .name = name,
        .value_names = {"seal", "open"},
        .units = {BENCH_MB_S, BENCH_MB_S},
        .value_count = 2,
        .floor_probe = probe_floor,
        .turns = options->turns,
    };
    struct floor_context floors[BENCH_FLOORS_MAX];
    if (!bench_rows_want(options, name))
        return;
    make_floors(floors, aead, &(struct bench_ground){record_len, total(record_len) / record_len, true});
    take_floors(&contest, floors);
    bench_contest_run(&contest, results);
    free_floors(floors);
}

void bench_rows_bulk(const struct bench_options *options, struct bench_results *results)
{
    for (int i = 0; i < BENCH_AEADS * 4; i++) {
        struct bench_setup setup = {.version = i < BENCH_AEADS * 2 ? BENCH_TLS13 : BENCH_TLS12,
                                    .mutual = true,
                                    .aead = (enum bench_aead)(i % BENCH_AEADS)};
        run(&setup, i / BENCH_AEADS % 2 == 0 ? BENCH_RECORD_MAX : 1024, options, results);
    }
    for (int i = 0; i < BENCH_AEADS * 2; i++)
        run_warm((enum bench_aead)(i % BENCH_AEADS), i < BENCH_AEADS ? BENCH_RECORD_MAX : 1024, options, results);
}
