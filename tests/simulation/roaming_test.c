/* Peers that move, in bad weather and in virtual time: a NAT that forgets again and again, and an attacker who is
 * quicker than the client's own way and sends copies of its datagrams from elsewhere. RFC 9853.
 *
 *   simulation.roaming [seed]     replays one seed of each property */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "support/crowd.h"
#include "support/network.h"

enum { COUNT = 50, MOVES = 5, SETTLE_MS = 20000, SAY_MS = 250 };

static uint64_t only_seed; /* 0: all */
static uint64_t tried_seed;

static int tell_seed(void **state)
{
    (void)state;
    print_message("last seed: %u\n", (unsigned)tried_seed); /* the one that failed, if one did */
    return 0;
}

struct run {
    struct network network;
    struct hf_config *client_config, *server_config;
    struct hf_connection *client;
    struct hf_listener *listener;
    struct hf_association *server;
    uint32_t said, heard; /* by the client, at the server: numbers */
    uint32_t echoed;      /* the last number that came back */
    uint8_t seen[4096];   /* numbers that the server read */
    uint64_t say_ms;
};

static void with_ids(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    hf_builder_connection_ids(builder, 8);
}

static void start(struct run *run, enum hf_version version, const struct network_weather *weather, uint64_t seed)
{
    const struct lab_side side = {.min = version, .max = version, .more = with_ids};
    memset(run, 0, sizeof *run);
    run->client_config = lab_config(HF_CLIENT, &side, NULL);
    run->server_config = lab_config(HF_SERVER, &side, NULL);
    run->client = hf_connection_new(run->client_config, "server.lab", LAB_NOW_MS, NULL);
    run->listener = hf_listener_new(run->server_config, NULL, NULL);
    assert_non_null(run->client);
    assert_non_null(run->listener);
    network_start(&run->network, weather, seed, LAB_NOW_MS);
    run->network.listener = run->listener;
    network_collect(&run->network, run->client, NULL);
}

static void stop(struct run *run)
{
    network_stop(&run->network);
    hf_connection_free(run->client);
    hf_listener_free(run->listener);
    hf_config_drop(run->client_config);
    hf_config_drop(run->server_config);
}

/* The server says each number back that it has not read before: none comes twice. */
static void hear_server(struct run *run)
{
    struct hf_association *one;
    while ((one = hf_listener_next(run->listener)) != NULL) {
        struct hf_connection *server = hf_association_connection(one);
        struct hf_event event;
        uint32_t number;
        size_t len;
        while (hf_next_event(server, &event))
            assert_int_not_equal(event.kind, HF_EVENT_FAILED);
        run->server = one;
        while (hf_read(server, &number, sizeof number, &len) == HF_OK && len > 0) {
            assert_int_equal(len, sizeof number);
            assert_true(number > 0 && number <= run->said); /* nothing that was not said */
            assert_int_equal(run->seen[number % sizeof run->seen], 0);
            run->seen[number % sizeof run->seen] = 1;
            run->heard++;
            assert_int_equal(hf_write(server, &number, sizeof number, &len), HF_OK);
        }
        hf_association_settle(one);
    }
}

static void hear_client(struct run *run)
{
    uint32_t number;
    size_t len;
    assert_null(hf_failure(run->client));
    while (hf_read(run->client, &number, sizeof number, &len) == HF_OK && len > 0)
        run->echoed = number > run->echoed ? number : run->echoed;
}

static void say(struct run *run)
{
    size_t len;
    if (!crowd_is_open(run->client) || run->network.now_ms < run->say_ms)
        return;
    run->say_ms = run->network.now_ms + SAY_MS;
    run->said++;
    assert_int_equal(hf_write(run->client, &run->said, sizeof run->said, &len), HF_OK);
    network_collect(&run->network, run->client, NULL);
}

static void step(struct run *run)
{
    if (!network_step(&run->network, run->client, NULL, run->network.now_ms + SAY_MS))
        run->network.now_ms += SAY_MS; /* nothing happens: time passes */
    hear_server(run);
    hear_client(run);
    network_collect(&run->network, run->client, NULL);
    say(run);
}

/* Whether something that is said from now on comes back in time. */
static bool echoes(struct run *run)
{
    uint64_t until_ms = run->network.now_ms + SETTLE_MS;
    uint32_t since = run->said;
    while (run->network.now_ms < until_ms) {
        step(run);
        if (run->echoed > since)
            return true;
    }
    return false;
}

static struct hf_listener_counts counts_of(const struct run *run)
{
    struct hf_listener_counts counts;
    hf_listener_counts(run->listener, &counts);
    return counts;
}

static void over_seeds(void (*property)(enum hf_version version, uint64_t seed))
{
    for (uint64_t seed = 1; seed <= COUNT; seed++) {
        if (only_seed != 0 && seed != only_seed)
            continue;
        tried_seed = seed;
        property(HF_TLS12, seed);
        property(HF_TLS13, seed);
    }
}

static void move_often(enum hf_version version, uint64_t seed)
{
    const struct network_weather weather = {.loss = 200,
                                            .duplicate = 50,
                                            .reorder = 100,
                                            .corrupt = 20,
                                            .replay = 50,
                                            .delay_min_ms = 10,
                                            .delay_max_ms = 40};
    const struct network_weather calm = {.delay_min_ms = 10, .delay_max_ms = 40};
    struct run run;
    start(&run, version, &calm, seed);
    while (!crowd_is_open(run.client) || run.server == NULL)
        step(&run);
    run.network.weather = weather;
    assert_true(echoes(&run));
    for (unsigned i = 0; i < MOVES; i++) {
        run.network.binding++;
        assert_true(echoes(&run));
    }
    assert_int_equal(counts_of(&run).associations, 1);
    assert_int_equal(counts_of(&run).moved, MOVES);
    stop(&run);
}

static void a_nat_that_forgets_is_followed(void **state)
{
    (void)state;
    over_seeds(move_often);
}

/* Sees each datagram of the client, and is first with a copy. */
static void race(struct run *run)
{
    for (size_t i = 0; i < run->network.count; i++) {
        const struct network_packet *one = &run->network.packets[i];
        if (one->to_server)
            hf_listener_feed(run->listener, "attacker", 8, one->bytes, one->len, run->network.now_ms);
    }
    hear_server(run);
    network_collect(&run->network, run->client, NULL);
}

/* Checks of all seeds that the copies led to. In one of few there is none: what the client says next overtakes it. */
static uint64_t raced;

static void be_raced(enum hf_version version, uint64_t seed)
{
    const struct network_weather weather = {.loss = 10, .delay_min_ms = 10, .delay_max_ms = 40};
    struct run run;
    start(&run, version, &weather, seed);
    while (!crowd_is_open(run.client) || run.server == NULL)
        step(&run);
    for (unsigned i = 0; i < 40; i++) {
        step(&run);
        race(&run);
    }
    assert_true(echoes(&run));
    size_t len;
    assert_memory_equal(hf_association_address(run.server, &len), "the client", 10);
    assert_int_equal(counts_of(&run).moved, 0);
    assert_int_equal(counts_of(&run).associations, 1);
    struct hf_connection_id_info info;
    hf_connection_id_info(hf_association_connection(run.server), &info);
    raced += info.paths_stayed;
    stop(&run);
}

static void who_races_copies_gains_nothing(void **state)
{
    (void)state;
    over_seeds(be_raced);
    assert_true(raced > (only_seed == 0 ? COUNT : 0));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_nat_that_forgets_is_followed, tell_seed),
        cmocka_unit_test_teardown(who_races_copies_gains_nothing, tell_seed),
    };
    if (argc > 1)
        only_seed = strtoull(argv[1], NULL, 10);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
