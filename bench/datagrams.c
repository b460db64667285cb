/* handfast-datagrams [COUNT]: what DTLS costs, ours only: handshakes (mutual, P-256, chains remembered), datagrams of
 * some sizes one way, and the heap that an idle association keeps. Both ends in one thread, datagrams in memory,
 * nothing lost; CPU time of both ends together. COUNT: handshakes to time, and a thousandth of the datagrams; default
 * 300. */
#include "material.h"
#include "meter.h"

#include <handfast/connection.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { COUNT = 300, DATAGRAMS_EACH = 1000, WARM_UP = 8, ASSOCIATIONS = 100, QUIET_MS = 120000 };

static struct bench_setup material = {.mutual = true};

struct pair {
    struct hf_config *configs[BENCH_ENDS];
    struct hf_connection *ends[BENCH_ENDS];
    uint64_t now_ms;
};

static void give_up(const char *what)
{
    (void)fprintf(stderr, "handfast-datagrams: %s\n", what);
    exit(1);
}

static struct hf_config *make_config(enum bench_end end, enum hf_version version)
{
    const struct bench_identity *identity = &material.identity[end];
    struct hf_failure failure = {0};
    struct hf_builder *builder = hf_builder_new(end == BENCH_CLIENT ? HF_CLIENT : HF_SERVER);
    hf_builder_identity_pem(builder, identity->chain, strlen(identity->chain), identity->key, strlen(identity->key));
    hf_builder_trust_pem(builder, material.root, strlen(material.root));
    hf_builder_versions(builder, version, version);
    hf_builder_groups(builder, "X25519:P-256");
    hf_builder_datagrams(builder);
    struct hf_config *config = hf_builder_finish(builder, (int64_t)time(NULL), &failure);
    if (config == NULL)
        give_up(hf_error_name(failure.error));
    return config;
}

static size_t move(struct pair *pair, enum bench_end from)
{
    const uint8_t *wire;
    size_t moved = 0;
    for (size_t len = hf_output(pair->ends[from], &wire); len > 0; len = hf_output(pair->ends[from], &wire)) {
        if (hf_feed(pair->ends[!from], wire, len, pair->now_ms) != HF_OK)
            give_up("a connection failed");
        hf_drained(pair->ends[from], len);
        moved += len;
    }
    return moved;
}

static void open_pair(struct pair *pair, struct bench_heap *heaps)
{
    for (int end = 0; end < BENCH_ENDS; end++) {
        bench_heap_watch(heaps);
        pair->ends[end] =
            hf_connection_new(pair->configs[end], end == BENCH_CLIENT ? BENCH_SERVER_NAME : NULL, pair->now_ms, NULL);
        if (pair->ends[end] == NULL)
            give_up("no memory");
    }
    while (move(pair, BENCH_CLIENT) + move(pair, BENCH_SERVER) > 0)
        ;
    struct hf_session_info info;
    hf_session_info(pair->ends[BENCH_SERVER], &info);
    if (!info.opened)
        give_up("a handshake did not open");
}

static void close_pair(struct pair *pair)
{
    hf_connection_free(pair->ends[BENCH_CLIENT]);
    hf_connection_free(pair->ends[BENCH_SERVER]);
}

/* ---- what is measured ---- */

static void time_handshakes(struct pair *pair, unsigned long count, const char *name)
{
    double before_ns = 0;
    for (unsigned long i = 0; i < count + WARM_UP; i++) {
        if (i == WARM_UP)
            before_ns = bench_cpu_ns();
        open_pair(pair, NULL);
        close_pair(pair);
    }
    double each_ns = (bench_cpu_ns() - before_ns) / (double)count;
    printf("%s  handshake, mutual P-256  %8.0f us  %9.0f a second\n", name, each_ns / 1e3, 1e9 / each_ns);
}

static void carry(struct pair *pair, const uint8_t *data, size_t len)
{
    static uint8_t into[16384];
    size_t taken = 0, got = 0;
    if (hf_write(pair->ends[BENCH_CLIENT], data, len, &taken) != HF_OK || taken != len)
        give_up("data was not taken");
    (void)move(pair, BENCH_CLIENT);
    if (hf_read(pair->ends[BENCH_SERVER], into, sizeof into, &got) != HF_OK || got != len)
        give_up("data did not come");
}

static void time_datagrams(struct pair *pair, unsigned long count, const char *name)
{
    static const uint8_t data[1200];
    open_pair(pair, NULL);
    size_t room = hf_datagram_room(pair->ends[BENCH_CLIENT]);
    const size_t sizes[] = {32, 256, room < sizeof data ? room : sizeof data};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        unsigned long datagrams = count * DATAGRAMS_EACH;
        double before_ns = bench_cpu_ns();
        for (unsigned long j = 0; j < datagrams; j++)
            carry(pair, data, sizes[i]);
        double each_ns = (bench_cpu_ns() - before_ns) / (double)datagrams;
        printf("%s  datagram of %4zu bytes     %8.2f us  %9.0f a second  %7.0f Mbit/s\n", name, sizes[i], each_ns / 1e3,
               1e9 / each_ns, (double)sizes[i] * 8e3 / each_ns);
    }
    close_pair(pair);
}

/* Long enough after the handshake for all timers to have run out. */
static void fall_quiet(struct pair *pair)
{
    uint64_t until_ms = pair->now_ms + QUIET_MS;
    for (;;) {
        uint64_t client_ms = hf_deadline(pair->ends[BENCH_CLIENT]), server_ms = hf_deadline(pair->ends[BENCH_SERVER]);
        uint64_t next_ms = client_ms < server_ms ? client_ms : server_ms;
        if (next_ms > until_ms)
            return;
        pair->now_ms = next_ms;
        (void)hf_tick(pair->ends[BENCH_CLIENT], next_ms);
        (void)hf_tick(pair->ends[BENCH_SERVER], next_ms);
        while (move(pair, BENCH_CLIENT) + move(pair, BENCH_SERVER) > 0)
            ;
    }
}

static void weigh_associations(struct pair *pair, const char *name)
{
    static struct pair many[ASSOCIATIONS];
    struct bench_heap heap = {0};
    for (size_t i = 0; i < ASSOCIATIONS; i++) {
        many[i] = *pair;
        open_pair(&many[i], &heap);
        fall_quiet(&many[i]);
    }
    bench_heap_watch(NULL);
    printf("%s  heap at rest, one end     %8ld bytes\n", name, heap.live / (ASSOCIATIONS * BENCH_ENDS));
    for (size_t i = 0; i < ASSOCIATIONS; i++)
        close_pair(&many[i]);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        enum hf_version version;
    } rows[] = {{"DTLS 1.3", HF_TLS13}, {"DTLS 1.2", HF_TLS12}};
    unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : COUNT;
    if (count == 0 || argc > 2) {
        (void)fprintf(stderr, "usage: handfast-datagrams [COUNT]\n");
        return 2;
    }
    bench_material_fill(&material);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pair pair = {.now_ms = (uint64_t)time(NULL) * 1000};
        for (int end = 0; end < BENCH_ENDS; end++)
            pair.configs[end] = make_config((enum bench_end)end, rows[i].version);
        time_handshakes(&pair, count, rows[i].name);
        time_datagrams(&pair, count, rows[i].name);
        weigh_associations(&pair, rows[i].name);
        for (int end = 0; end < BENCH_ENDS; end++)
            hf_config_drop(pair.configs[end]);
    }
    return 0;
}
