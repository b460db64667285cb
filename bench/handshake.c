/* Handshakes, full and resumed: CPU time of each end, from making the connection to freeing it. */
#include "floor.h"
#include "pair.h"
#include "rows.h"

#include <stdio.h>

enum { BATCH = 8, MESSAGE = 64 };

/* One connection and a message each way, which brings late tickets. Adds to the times. */
static bool connect_once(struct bench_stand *stand, double *cpu_ns, size_t *ret_wire_len, void **ret_session)
{
    static const uint8_t message[MESSAGE];
    struct bench_pair pair = {.peer = stand->peer, .wires = stand->wires};
    if (stand->setup.prepares)
        stand->peer->prepare(stand->configs);
    bool done = bench_pair_open(&pair, stand->configs, stand->session);
    if (done && stand->setup.resumes)
        done = bench_pair_move(&pair, BENCH_CLIENT, message, sizeof message) &&
               bench_pair_move(&pair, BENCH_SERVER, message, sizeof message);
    if (done && ret_session != NULL)
        *ret_session = stand->peer->session(pair.ends[BENCH_CLIENT]);
    *ret_wire_len = pair.wire_len;
    bench_pair_free(&pair);
    cpu_ns[BENCH_CLIENT] += pair.cpu_ns[BENCH_CLIENT];
    cpu_ns[BENCH_SERVER] += pair.cpu_ns[BENCH_SERVER];
    return done;
}

static void fill(const double *cpu_ns, double *ret_values)
{
    ret_values[0] = cpu_ns[BENCH_CLIENT] / BATCH / 1e3;
    ret_values[1] = cpu_ns[BENCH_SERVER] / BATCH / 1e3;
    ret_values[2] = ret_values[0] + ret_values[1];
}

static bool probe_full(void *context, double *ret_values)
{
    double cpu_ns[BENCH_ENDS] = {0};
    size_t wire_len = 0;
    for (int i = 0; i < BATCH; i++) {
        if (!connect_once(context, cpu_ns, &wire_len, NULL))
            return false;
    }
    fill(cpu_ns, ret_values);
    return true;
}

/* A connection that was resumed had no certificates on the wire: that is how it is told from a full one. */
static bool probe_resumed(void *context, double *ret_values)
{
    struct bench_stand *stand = context;
    double cpu_ns[BENCH_ENDS] = {0};
    size_t full_len = 0;
    if (!connect_once(stand, cpu_ns, &full_len, &stand->session) || stand->session == NULL)
        return false;
    cpu_ns[BENCH_CLIENT] = cpu_ns[BENCH_SERVER] = 0;
    for (int i = 0; i < BATCH; i++) {
        void *next = NULL;
        size_t wire_len = 0;
        if (!connect_once(stand, cpu_ns, &wire_len, stand->setup.version == BENCH_TLS13 ? &next : NULL) ||
            wire_len * 5 > full_len * 4)
            return false;
        if (next != NULL) {
            stand->peer->session_free(stand->session); /* a ticket of 1.3 serves once (RFC 9846 C.4) */
            stand->session = next;
        }
    }
    stand->peer->session_free(stand->session);
    stand->session = NULL;
    fill(cpu_ns, ret_values);
    return true;
}

/* What a handshake cannot do without: a key pair (unless it was prepared) and a derivation at each end; who proves
 * signs; who verifies checks that signature and the two of the chain. */
struct floor_context {
    struct bench_floor *floor;
    const struct bench_setup *setup;
    unsigned chain_checks; /* 2; 0 when the chain was verified before */
};

static bool probe_floor(void *context, double *ret_values)
{
    const struct floor_context *of = context;
    double exchange = bench_floor_derive_ns(of->floor, BATCH);
    if (!of->setup->prepares)
        exchange += bench_floor_key_pair_ns(of->floor, BATCH);
    double sign = bench_floor_sign_ns(of->floor, BATCH);
    double checks = bench_floor_verify_ns(of->floor, BATCH) * (1 + of->chain_checks);
    double cpu_ns[BENCH_ENDS] = {exchange + checks, exchange + sign};
    if (of->setup->mutual) {
        cpu_ns[BENCH_CLIENT] += sign;
        cpu_ns[BENCH_SERVER] += checks;
    }
    for (int end = 0; end < BENCH_ENDS; end++)
        cpu_ns[end] *= BATCH;
    fill(cpu_ns, ret_values);
    return true;
}

static const char *name_of(const struct bench_setup *setup, char *into, size_t room)
{
    (void)snprintf(into, room, "TLS 1.%d %s, %s%s%s", setup->version == BENCH_TLS13 ? 3 : 2,
                   setup->rsa ? "RSA" : "P-256", setup->mutual ? "mutual" : "one-way",
                   setup->resumes ? ", resumed" : "", setup->prepares ? ", shares prepared" : "");
    return into;
}

static void run(const struct bench_setup *setup, const struct bench_options *options, struct bench_results *results)
{
    char name[64];
    struct bench_contest contest = {
        .name = name_of(setup, name, sizeof name),
        .value_names = {"client", "server", "both"},
        .units = {BENCH_US, BENCH_US, BENCH_US},
        .value_count = 3,
        .probe = setup->resumes ? probe_resumed : probe_full,
        .turns = options->turns,
    };
    if (!bench_rows_want(options, name))
        return;
    struct floor_context whole = {bench_floor_new(setup->rsa, setup->aead), setup, 2};
    struct floor_context cached = {whole.floor, setup, 0};
    if (!setup->resumes) {
        contest.floor_probe = probe_floor;
        contest.floors[0] = &whole;
        contest.floors[1] = &cached;
    }
    bench_stands_open(setup, &contest);
    bench_contest_run(&contest, results);
    bench_stands_close(&contest);
    bench_floor_free(whole.floor);
}

void bench_rows_handshake(const struct bench_options *options, struct bench_results *results)
{
    for (int i = 0; i < 16; i++) {
        struct bench_setup setup = {
            .version = (i & 1) != 0 ? BENCH_TLS12 : BENCH_TLS13,
            .mutual = (i & 2) == 0,
            .rsa = (i & 4) != 0,
            .resumes = (i & 8) != 0,
        };
        if (!(setup.rsa && setup.resumes))
            run(&setup, options, results);
    }
    for (int version = BENCH_TLS13; version >= BENCH_TLS12; version--)
        run(&(struct bench_setup){.version = (enum bench_version)version, .mutual = true, .prepares = true}, options,
            results);
}
