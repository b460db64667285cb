/* A listener under bad weather and under attack, in virtual time: damaged, cut, doubled, replayed and forged datagrams
 * keep nobody out, end nothing that is open, and leave nothing behind.
 *
 *   simulation.listener [seed]     replays one seed of each property */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "support/crowd.h"
#include "support/network.h"

enum { LIMIT_MS = 60000, COUNT = 100, LINGER_MS = 5000 };

static uint64_t only_seed; /* 0: all */

struct run {
    struct network network;
    struct hf_config *client_config, *server_config;
    struct hf_connection *client;
    struct hf_listener *listener;
    struct hf_association *server; /* that has opened */
    bool client_open;
};

static void in_pieces(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    hf_builder_key_shares(builder, 3);
    hf_builder_datagram_max(builder, 400);
}

/* A client of 1.3 whose hello takes two datagrams, as with a share of ML-KEM: its front shows that it is of 1.3. */
static bool cuts_hellos;

static struct hf_config *client_config(enum hf_version version)
{
    const struct lab_side side = {
        .min = version, .max = version, .groups = "secp521r1:secp384r1:secp256r1", .more = in_pieces};
    struct hf_failure failure;
    return cuts_hellos ? lab_config(HF_CLIENT, &side, &failure) : crowd_config(HF_CLIENT, version, NULL, NULL);
}

static void start(struct run *run, enum hf_version version, const struct network_weather *weather, uint64_t seed)
{
    memset(run, 0, sizeof *run);
    run->client_config = client_config(version);
    run->server_config = crowd_config(HF_SERVER, version, NULL, NULL);
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

static void hear(struct run *run)
{
    struct hf_association *one;
    while ((one = hf_listener_next(run->listener)) != NULL) {
        if (hf_failure(hf_association_connection(one)) != NULL) {
            run->server = run->server == one ? NULL : run->server;
            hf_association_drop(one);
        } else if (crowd_is_open(hf_association_connection(one))) {
            run->server = one;
        }
    }
}

/* Whether both ends opened. */
static bool handshake(struct run *run, void (*attack)(struct run *run))
{
    while (hf_failure(run->client) == NULL && !(crowd_is_open(run->client) && run->server != NULL)) {
        if (attack != NULL)
            attack(run);
        if (!network_step(&run->network, run->client, NULL, LAB_NOW_MS + LIMIT_MS))
            return false;
        hear(run);
    }
    return hf_failure(run->client) == NULL;
}

static void all_open(enum hf_version version, const struct network_weather *weather, void (*attack)(struct run *run))
{
    unsigned opened = 0;
    for (uint64_t seed = 1; seed <= COUNT; seed++) {
        struct run run;
        if (only_seed != 0 && seed != only_seed)
            continue;
        start(&run, version, weather, seed);
        bool is_open = handshake(&run, attack);
        if (is_open)
            opened++;
        else
            print_message("not open: seed %u, %s, client %s\n", (unsigned)seed, version == HF_TLS13 ? "1.3" : "1.2",
                          hf_failure(run.client) == NULL ? "waits" : hf_error_name(hf_failure(run.client)->error));
        stop(&run);
    }
    assert_int_equal(opened, only_seed != 0 ? 1 : COUNT);
}

static void damage_keeps_nobody_out(void **state)
{
    (void)state;
    const struct network_weather weather = {
        .corrupt = 100, .truncate = 100, .replay = 100, .duplicate = 50, .delay_min_ms = 10, .delay_max_ms = 40};
    all_open(HF_TLS12, &weather, NULL);
    all_open(HF_TLS13, &weather, NULL);
}

/* From the client's own address, by somebody who sees nothing of what goes between the two. */
static void inject(struct run *run)
{
    uint8_t junk[64];
    static const uint8_t alerts[] = {40, 50, 47, 0, 70};
    const char *address = "the client";
    if (network_random(&run->network, 10) != 0)
        return;
    for (size_t i = 0; i < sizeof junk; i++)
        junk[i] = (uint8_t)network_random(&run->network, 256);
    hf_listener_feed(run->listener, address, strlen(address) + 1, junk, sizeof junk, run->network.now_ms);
    (void)hf_feed(run->client, junk, sizeof junk, run->network.now_ms);
    const uint8_t alert[] = {21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 1, 0, 0, 2, 2, alerts[junk[0] % sizeof alerts]};
    hf_listener_feed(run->listener, address, strlen(address) + 1, alert, sizeof alert, run->network.now_ms);
    if (junk[1] % 4 == 0)
        (void)hf_feed(run->client, alert, sizeof alert, run->network.now_ms);
    network_collect(&run->network, run->client, NULL);
}

static void forged_datagrams_keep_nobody_out(void **state)
{
    (void)state;
    const struct network_weather weather = {.loss = 50, .delay_min_ms = 10, .delay_max_ms = 40};
    all_open(HF_TLS12, &weather, inject);
    all_open(HF_TLS13, &weather, inject);
}

/* Whatever comes from off the path: hellos, alerts, junk, ends of handshakes. */
static void an_open_connection_bears_forgeries(void **state)
{
    (void)state;
    static const enum hf_version versions[] = {HF_TLS12, HF_TLS13};
    const struct network_weather weather = {.delay_min_ms = 10, .delay_max_ms = 40};
    for (size_t v = 0; v < 2; v++) {
        struct run run;
        size_t len;
        char data[8];
        start(&run, versions[v], &weather, 7);
        assert_true(handshake(&run, NULL));
        struct hf_connection *stranger = hf_connection_new(run.client_config, "server.lab", LAB_NOW_MS, NULL);
        const uint8_t *hello;
        size_t hello_len = hf_output(stranger, &hello);
        for (unsigned i = 0; i < 300; i++) {
            hf_listener_feed(run.listener, "the client", sizeof "the client", hello, hello_len, run.network.now_ms);
            (void)hf_feed(run.client, hello, hello_len, run.network.now_ms);
            inject(&run);
            (void)network_step(&run.network, run.client, NULL, run.network.now_ms + 100);
            hear(&run);
        }
        assert_null(hf_failure(run.client));
        assert_non_null(run.server);
        assert_true(hf_datagrams_dropped(run.client) > 0);
        assert_true(hf_datagrams_dropped(hf_association_connection(run.server)) > 0);
        assert_int_equal(hf_write(run.client, "still", 5, &len), HF_OK);
        network_collect(&run.network, run.client, NULL);
        while (network_step(&run.network, run.client, NULL, run.network.now_ms + LINGER_MS))
            ;
        assert_int_equal(hf_read(hf_association_connection(run.server), data, sizeof data, &len), HF_OK);
        assert_int_equal(len, 5);
        hf_connection_free(stranger);
        stop(&run);
    }
}

/* No state by forged hellos, wherever they say they are from; who is really there gets in all the same. */
static void flood(struct run *run)
{
    uint8_t source[6];
    uint8_t hello[2048];
    struct hf_listener_counts counts;
    struct hf_connection *one = hf_connection_new(run->client_config, "server.lab", run->network.now_ms, NULL);
    size_t len;
    hf_drain(one, hello, sizeof hello, &len);
    hf_connection_free(one);
    for (unsigned i = 0; i < 20; i++) {
        for (size_t j = 0; j < sizeof source; j++)
            source[j] = (uint8_t)network_random(&run->network, 256);
        hello[13 + 12 + 2 + i] ^= 1;
        hf_listener_feed(run->listener, source, sizeof source, hello, len, run->network.now_ms);
    }
    network_collect(&run->network, run->client, NULL);
    hf_listener_counts(run->listener, &counts);
    assert_true(counts.associations <= 1);
}

static void forged_sources_leave_nothing(void **state)
{
    (void)state;
    const struct network_weather weather = {.loss = 50, .delay_min_ms = 10, .delay_max_ms = 40};
    all_open(HF_TLS12, &weather, flood);
    all_open(HF_TLS13, &weather, flood);
}

static void hellos_in_pieces_get_in(void **state)
{
    (void)state;
    const struct network_weather weather = {
        .loss = 200, .duplicate = 50, .reorder = 100, .delay_min_ms = 10, .delay_max_ms = 40};
    const struct network_weather fair = {.loss = 50, .delay_min_ms = 10, .delay_max_ms = 40};
    cuts_hellos = true;
    all_open(HF_TLS13, &weather, NULL);
    all_open(HF_TLS13, &fair, inject);
    all_open(HF_TLS13, &fair, flood);
    cuts_hellos = false;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damage_keeps_nobody_out),
        cmocka_unit_test(forged_datagrams_keep_nobody_out),
        cmocka_unit_test(an_open_connection_bears_forgeries),
        cmocka_unit_test(forged_sources_leave_nothing),
        cmocka_unit_test(hellos_in_pieces_get_in),
    };
    if (argc > 1)
        only_seed = strtoull(argv[1], NULL, 10);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
