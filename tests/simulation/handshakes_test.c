/* Mutual handshakes over networks of every weather, in virtual time. Without arguments: a few hundred, for every run of
 * the tests. With arguments: as many as asked for, and the table of what came of them.
 *
 *   simulation.handshakes [count [seed [loss in per mille]]]
 *
 * Properties: every handshake opens both ends or fails with a reason within the time; data comes at most once, and only
 * what was sent; a seed that fails is printed, and replays (count 1, that seed, that loss). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/lab.h"
#include "support/network.h"

enum { LIMIT_MS = 60000, LINGER_MS = 8000, DATA_COUNT = 8, COUNT_MAX = 100000 };

/* Records by AEAD, or what practice has retired: a MAC of its own with CBC (1.2), or in the clear (1.3). */
static enum kind { MODERN, HISTORIC, KINDS } kind;

static struct hf_config *configs[KINDS][2][2]; /* version 1.2 or 1.3, role */

static void over_datagrams(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    if (kind == HISTORIC)
        hf_builder_historic(builder, HF_HISTORIC_CBC | HF_HISTORIC_NULL_ENCRYPTION);
}

static struct hf_config *config_of(bool is_13, enum hf_role role)
{
    static const char *const suites[KINDS][2] = {
        [HISTORIC] = {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "TLS_SHA256_SHA256"}};
    struct hf_config **config = &configs[kind][is_13][role];
    struct hf_failure failure;
    const struct lab_side side = {
        .suites = suites[kind][is_13],
        .min = is_13 ? HF_TLS13 : HF_TLS12,
        .max = is_13 ? HF_TLS13 : HF_TLS12,
        .more = over_datagrams,
    };
    if (*config == NULL)
        *config = lab_config(role, &side, &failure);
    assert_non_null(*config);
    return *config;
}

/* ---- one handshake ---- */

struct outcome {
    bool opened;
    uint64_t took_ms;
    size_t bytes;
    size_t datagrams;
};

struct run {
    struct network network;
    struct hf_connection *client, *server;
    bool client_open, server_open;
    uint64_t seed;
};

static bool is_done(struct run *run)
{
    run->client_open = run->client_open || lab_event(run->client, HF_EVENT_OPENED);
    run->server_open = run->server_open || lab_event(run->server, HF_EVENT_OPENED);
    bool has_failed = hf_failure(run->client) != NULL || hf_failure(run->server) != NULL;
    return has_failed || (run->client_open && run->server_open);
}

static void start(struct run *run, bool is_13, const struct network_weather *weather, uint64_t seed)
{
    *run = (struct run){.seed = seed};
    run->client = hf_connection_new(config_of(is_13, HF_CLIENT), "server.lab", LAB_NOW_MS, NULL);
    run->server = hf_connection_new(config_of(is_13, HF_SERVER), NULL, LAB_NOW_MS, NULL);
    assert_non_null(run->client);
    assert_non_null(run->server);
    network_start(&run->network, weather, seed, LAB_NOW_MS);
    network_collect(&run->network, run->client, run->server);
}

static void stop(struct run *run)
{
    network_stop(&run->network);
    hf_connection_free(run->client);
    hf_connection_free(run->server);
}

/* Each datum names its sender and its number. */
static void send_data(struct run *run, struct hf_connection *from, char who)
{
    for (unsigned i = 0; i < DATA_COUNT; i++) {
        const char datum[] = {who, (char)i};
        size_t taken;
        (void)hf_write(from, datum, sizeof datum, &taken);
    }
    network_collect(&run->network, run->client, run->server);
}

static void read_data(struct hf_connection *at, char who, unsigned seen[DATA_COUNT])
{
    char datum[16];
    size_t len = 0;
    while (hf_read(at, datum, sizeof datum, &len) == HF_OK && len > 0) {
        assert_int_equal(len, 2);
        assert_int_equal(datum[0], who);
        assert_true((unsigned char)datum[1] < DATA_COUNT);
        seen[(unsigned char)datum[1]]++;
    }
}

/* Nothing twice, nothing forged; and both ends stay open whatever still comes. */
static void exchange_data(struct run *run)
{
    unsigned by_client[DATA_COUNT] = {0}, by_server[DATA_COUNT] = {0};
    uint64_t until_ms = run->network.now_ms + LINGER_MS;
    send_data(run, run->client, 'c');
    send_data(run, run->server, 's');
    while (network_step(&run->network, run->client, run->server, until_ms)) {
        read_data(run->server, 'c', by_client);
        read_data(run->client, 's', by_server);
    }
    for (size_t i = 0; i < DATA_COUNT; i++) {
        assert_true(by_client[i] <= 1);
        assert_true(by_server[i] <= 1);
    }
    assert_null(hf_failure(run->client));
    assert_null(hf_failure(run->server));
}

static struct outcome handshake(bool is_13, const struct network_weather *weather, uint64_t seed)
{
    struct run run;
    start(&run, is_13, weather, seed);
    while (!is_done(&run) && network_step(&run.network, run.client, run.server, LAB_NOW_MS + LIMIT_MS))
        ;
    struct outcome outcome = {
        .opened = run.client_open && run.server_open,
        .took_ms = run.network.now_ms - LAB_NOW_MS,
        .bytes = run.network.bytes_sent,
        .datagrams = run.network.datagrams_sent,
    };
    if (outcome.opened)
        exchange_data(&run);
    stop(&run);
    return outcome;
}

/* ---- many ---- */

static int by_time(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

struct sum {
    unsigned count, opened;
    uint64_t times[COUNT_MAX];
    size_t bytes;
};

static struct sum sum;

static void sum_up(bool is_13, const struct network_weather *weather, uint64_t seed, unsigned count)
{
    memset(&sum, 0, sizeof sum);
    for (; sum.count < count; sum.count++) {
        struct outcome outcome = handshake(is_13, weather, seed + sum.count);
        sum.bytes += outcome.bytes;
        if (outcome.opened)
            sum.times[sum.opened++] = outcome.took_ms;
        else
            print_message("not open: seed %llu, %s\n", (unsigned long long)(seed + sum.count), is_13 ? "1.3" : "1.2");
    }
    qsort(sum.times, sum.opened, sizeof sum.times[0], by_time);
}

static uint64_t percentile(unsigned per_cent)
{
    return sum.opened == 0 ? 0 : sum.times[(sum.opened - 1) * per_cent / 100];
}

static void print_row(const char *what, bool is_13)
{
    print_message("DTLS %s  %-22s %6u of %6u open  p50 %5llu ms  p99 %6llu ms  max %6llu ms  %6zu bytes each\n",
                  is_13 ? "1.3" : "1.2", what, sum.opened, sum.count, (unsigned long long)percentile(50),
                  (unsigned long long)percentile(99), (unsigned long long)percentile(100), sum.bytes / sum.count);
}

static struct network_weather weather_of_loss(unsigned loss)
{
    return (struct network_weather){.loss = loss, .delay_min_ms = 10, .delay_max_ms = 40};
}

/* ---- what every run of the tests does ---- */

static void a_perfect_network_needs_nothing_twice(void **state)
{
    (void)state;
    const struct network_weather weather = weather_of_loss(0);
    for (int is_13 = 0; is_13 <= 1; is_13++) {
        sum_up(is_13, &weather, 1, 20);
        print_row("no loss", is_13);
        assert_int_equal(sum.opened, 20);
        assert_true(percentile(100) <= 5 * 40);
    }
}

static void loss_delays_and_hardly_fails(void **state)
{
    (void)state;
    static const unsigned losses[] = {100, 300};
    for (int is_13 = 0; is_13 <= 1; is_13++)
        for (size_t i = 0; i < 2; i++) {
            const struct network_weather weather = weather_of_loss(losses[i]);
            sum_up(is_13, &weather, 1000, 100);
            print_row(i == 0 ? "10 % loss" : "30 % loss", is_13);
            assert_true(sum.opened >= 99);
        }
}

static void doubles_reordering_and_replays_do_no_harm(void **state)
{
    (void)state;
    const struct network_weather weather = {
        .duplicate = 200, .reorder = 300, .replay = 200, .delay_min_ms = 10, .delay_max_ms = 40};
    for (int is_13 = 0; is_13 <= 1; is_13++) {
        sum_up(is_13, &weather, 2000, 100);
        print_row("doubled, reordered", is_13);
        assert_int_equal(sum.opened, 100);
    }
}

/* What is longer than the path takes is lost without a word: flights get shorter until they pass (RFC 9147 4.4), also
 * where datagrams are lost for nothing. */
static void a_narrow_path_is_found(void **state)
{
    (void)state;
    enum { TIMES = 20 };
    static const size_t mtus[] = {1100, 600, 400, 250};
    for (size_t i = 0; i < 2 * sizeof mtus / sizeof mtus[0]; i++)
        for (int is_13 = 0; is_13 <= 1; is_13++) {
            char what[32];
            struct network_weather weather = weather_of_loss(i % 2 == 0 ? 0 : 100);
            weather.mtu = mtus[i / 2];
            (void)snprintf(what, sizeof what, "MTU %zu%s", weather.mtu, i % 2 == 0 ? "" : ", 10 % loss");
            sum_up(is_13, &weather, 3000, TIMES);
            print_row(what, is_13);
            assert_int_equal(sum.opened, TIMES);
        }
}

/* A bit that changes in the clear may be one that the handshake is about: then the Finished tells, and it fails. */
static void damage_never_opens_what_it_should_not(void **state)
{
    (void)state;
    const struct network_weather weather = {.corrupt = 100, .truncate = 50, .delay_min_ms = 10, .delay_max_ms = 40};
    for (int is_13 = 0; is_13 <= 1; is_13++) {
        sum_up(is_13, &weather, 4000, 100);
        print_row("10 % damaged", is_13);
        assert_true(sum.opened >= 30);
    }
}

/* Records that come late, twice, or not at all, under whatever protects them. */
static void retired_protections_bear_the_weather(void **state)
{
    (void)state;
    const struct network_weather weather = {
        .loss = 100, .duplicate = 200, .reorder = 300, .replay = 200, .delay_min_ms = 10, .delay_max_ms = 40};
    kind = HISTORIC;
    for (int is_13 = 0; is_13 <= 1; is_13++) {
        sum_up(is_13, &weather, 5000, 100);
        print_row(is_13 ? "integrity only, 10 % loss" : "CBC, 10 % loss", is_13);
        assert_int_equal(sum.opened, 100);
    }
    kind = MODERN;
}

/* ---- the table ---- */

static void print_table(unsigned count, uint64_t seed, const unsigned *losses, size_t loss_count)
{
    for (int is_13 = 0; is_13 <= 1; is_13++)
        for (size_t i = 0; i < loss_count; i++) {
            char what[32];
            const struct network_weather weather = weather_of_loss(losses[i]);
            (void)snprintf(what, sizeof what, "%u.%u %% loss", losses[i] / 10, losses[i] % 10);
            sum_up(is_13, &weather, seed, count);
            print_row(what, is_13);
        }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_perfect_network_needs_nothing_twice),
        cmocka_unit_test(loss_delays_and_hardly_fails),
        cmocka_unit_test(doubles_reordering_and_replays_do_no_harm),
        cmocka_unit_test(a_narrow_path_is_found),
        cmocka_unit_test(damage_never_opens_what_it_should_not),
        cmocka_unit_test(retired_protections_bear_the_weather),
    };
    if (argc > 1) {
        unsigned losses[] = {0, 50, 100, 200, 300, 400};
        unsigned long count = strtoul(argv[1], NULL, 10);
        if (argc > 3)
            losses[0] = (unsigned)strtoul(argv[3], NULL, 10);
        print_table(count < COUNT_MAX ? (unsigned)count : COUNT_MAX, argc > 2 ? strtoull(argv[2], NULL, 10) : 1, losses,
                    argc > 3 ? 1 : sizeof losses / sizeof losses[0]);
        return 0;
    }
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    for (int i = 0; i < KINDS * 4; i++)
        hf_config_drop(configs[i / 4][i / 2 % 2][i % 2]);
    return failed;
}
