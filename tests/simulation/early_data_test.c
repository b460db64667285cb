/* Early data over networks of every weather, in virtual time.
 *
 *   simulation.early_data [count [seed [loss in per mille]]]
 *
 * Properties: the connection opens as one without early data would; of what was written early each record arrives at
 * most once, as early data, and before the server has opened; where the server took none the client is told, and where
 * the client is told that some was taken the server says the same. A seed that fails is printed, and replays. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <handfast/early.h>
#include <handfast/session.h>

#include <stdlib.h>
#include <string.h>

#include "support/keepers.h"
#include "support/lab_check.h"
#include "support/network.h"
#include "support/resume_lab.h"

enum { LIMIT_MS = 60000, LINGER_MS = 8000, RECORDS = 6, MAX = 100000 };

static struct hf_config *client_config, *server_config;

static void takes(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    keepers_with_tickets(builder);
    hf_builder_early_data(builder, MAX);
}

static void sends(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    hf_builder_session_tickets(builder);
    hf_builder_early_data(builder, MAX);
}

static int set_up(void **state)
{
    (void)state;
    const struct lab_side client = {.more = sends}, server = {.more = takes};
    struct hf_failure failure;
    if (keepers_new(64, 1000000) != 0)
        return 1;
    client_config = lab_config(HF_CLIENT, &client, &failure);
    server_config = lab_config(HF_SERVER, &server, &failure);
    return client_config == NULL || server_config == NULL;
}

static int tear_down(void **state)
{
    hf_config_drop(client_config);
    hf_config_drop(server_config);
    return keepers_tear_down(state);
}

static void visit_first(struct resume_bytes *session)
{
    struct lab_pair pair = {hf_connection_new(client_config, "server.lab", LAB_NOW_MS, NULL),
                            hf_connection_new(server_config, NULL, LAB_NOW_MS, NULL)};
    (void)lab_pair_run(&pair);
    lab_assert_open(&pair);
    assert_true(lab_event_first(pair.client, HF_EVENT_SESSION));
    assert_int_equal(hf_session_bytes(pair.client, session->at, sizeof session->at, &session->len), HF_OK);
    lab_pair_close(&pair);
}

struct run {
    struct network network;
    struct hf_connection *client, *server;
    bool client_open, server_open, refused;
    unsigned early[RECORDS], late[RECORDS];
};

static void read_into(struct hf_connection *server, bool early, unsigned seen[RECORDS])
{
    char record[16];
    size_t len = 0;
    for (;;) {
        enum hf_error error =
            early ? hf_read_early(server, record, sizeof record, &len) : hf_read(server, record, sizeof record, &len);
        if (error != HF_OK || len == 0)
            return;
        assert_int_equal(len, 2);
        assert_int_equal(record[0], early ? 'e' : 'd');
        assert_true((unsigned char)record[1] < RECORDS);
        seen[(unsigned char)record[1]]++;
    }
}

static void look(struct run *run)
{
    struct hf_event event;
    bool was_open = run->server_open;
    unsigned before = 0, after = 0;
    while (hf_next_event(run->server, &event))
        run->server_open = run->server_open || event.kind == HF_EVENT_OPENED;
    while (hf_next_event(run->client, &event)) {
        run->client_open = run->client_open || event.kind == HF_EVENT_OPENED;
        run->refused = run->refused || event.kind == HF_EVENT_EARLY_REFUSED;
    }
    for (size_t i = 0; i < RECORDS; i++)
        before += run->early[i];
    read_into(run->server, /* early= */ true, run->early);
    for (size_t i = 0; i < RECORDS; i++)
        after += run->early[i];
    assert_true(!was_open || before == after);
    read_into(run->server, /* early= */ false, run->late);
    network_collect(&run->network, run->client, run->server);
}

static void write_all(struct run *run, bool early)
{
    for (unsigned i = 0; i < RECORDS; i++) {
        const char record[] = {early ? 'e' : 'd', (char)i};
        size_t taken = 0;
        enum hf_error error = early ? hf_write_early(run->client, record, sizeof record, &taken)
                                    : hf_write(run->client, record, sizeof record, &taken);
        assert_int_equal(error, HF_OK);
        assert_int_equal(taken, sizeof record);
    }
    network_collect(&run->network, run->client, run->server);
}

static bool is_early(const struct hf_connection *connection)
{
    struct hf_session_info info;
    hf_session_info(connection, &info);
    return info.early_data;
}

static void check(struct run *run)
{
    bool any = false;
    for (size_t i = 0; i < RECORDS; i++) {
        assert_true(run->early[i] <= 1);
        assert_true(run->late[i] <= 1);
        any = any || run->early[i] > 0;
    }
    assert_null(hf_failure(run->client));
    assert_null(hf_failure(run->server));
    assert_int_equal(is_early(run->client), is_early(run->server));
    assert_true(!any || is_early(run->server));
    assert_int_equal(run->refused, !is_early(run->client));
}

struct sum {
    unsigned opened, taken, records;
};

static void tell(const struct hf_connection *connection, uint64_t seed)
{
    char text[1024];
    const struct hf_failure *failure = hf_failure(connection);
    if (failure != NULL && hf_failure_explain(failure, LAB_NOW_S, text, sizeof text) > 0)
        print_message("not open: seed %llu: %s\n", (unsigned long long)seed, text);
}

static void one(const struct network_weather *weather, uint64_t seed, struct sum *sum)
{
    struct resume_bytes session = {0};
    struct run run = {.refused = false};
    visit_first(&session);
    run.client = hf_connection_resume(client_config, "server.lab", session.at, session.len, LAB_NOW_MS, NULL);
    run.server = hf_connection_new(server_config, NULL, LAB_NOW_MS, NULL);
    assert_non_null(run.client);
    assert_non_null(run.server);
    network_start(&run.network, weather, seed, LAB_NOW_MS);
    write_all(&run, /* early= */ true);
    while (!(run.client_open && run.server_open) && hf_failure(run.client) == NULL && hf_failure(run.server) == NULL &&
           network_step(&run.network, run.client, run.server, LAB_NOW_MS + LIMIT_MS))
        look(&run);
    if (run.client_open && run.server_open) {
        write_all(&run, /* early= */ false);
        uint64_t until_ms = run.network.now_ms + LINGER_MS;
        while (network_step(&run.network, run.client, run.server, until_ms))
            look(&run);
        check(&run);
        sum->opened++;
        sum->taken += is_early(run.server);
        for (size_t i = 0; i < RECORDS; i++)
            sum->records += run.early[i];
    } else {
        tell(run.client, seed);
        tell(run.server, seed);
    }
    network_stop(&run.network);
    hf_connection_free(run.client);
    hf_connection_free(run.server);
}

static struct sum many(const char *what, const struct network_weather *weather, uint64_t seed, unsigned count)
{
    struct sum sum = {0};
    for (unsigned i = 0; i < count; i++)
        one(weather, seed + i, &sum);
    print_message("%-12s %5u of %5u open, early data taken by %5u, of %u records %u arrived\n", what, sum.opened, count,
                  sum.taken, count * RECORDS, sum.records);
    return sum;
}

static void a_perfect_network_loses_none(void **state)
{
    (void)state;
    const struct network_weather weather = {.delay_min_ms = 10, .delay_max_ms = 10};
    struct sum sum = many("no loss", &weather, 1, 20);
    assert_int_equal(sum.taken, 20);
    assert_int_equal(sum.records, 20 * RECORDS);
}

static void loss_takes_what_it_takes(void **state)
{
    (void)state;
    const struct network_weather weather = {.loss = 200, .delay_min_ms = 10, .delay_max_ms = 40};
    struct sum sum = many("20 % loss", &weather, 1000, 60);
    assert_true(sum.opened >= 59);
    assert_true(sum.taken > 30);
}

static void doubles_reordering_and_replays_do_no_harm(void **state)
{
    (void)state;
    const struct network_weather weather = {
        .duplicate = 300, .reorder = 300, .replay = 200, .delay_min_ms = 5, .delay_max_ms = 60};
    struct sum sum = many("reordering", &weather, 2000, 60);
    assert_int_equal(sum.opened, 60);
    assert_true(sum.taken > 50);
}

static void damage_is_survived(void **state)
{
    (void)state;
    const struct network_weather weather = {
        .loss = 50, .corrupt = 100, .truncate = 50, .reorder = 100, .delay_min_ms = 5, .delay_max_ms = 60};
    struct sum sum = many("damage", &weather, 3000, 60);
    assert_true(sum.opened >= 30); /* a server alone does not go back: docs/PLAN.md */
}

static int by_hand(int argc, char **argv)
{
    const struct network_weather weather = {.loss = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 100,
                                            .duplicate = 50,
                                            .reorder = 100,
                                            .delay_min_ms = 10,
                                            .delay_max_ms = 40};
    if (set_up(NULL) != 0)
        return 1;
    (void)many("by hand", &weather, argc > 2 ? strtoull(argv[2], NULL, 10) : 1, (unsigned)strtoul(argv[1], NULL, 10));
    return tear_down(NULL);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_perfect_network_loses_none),
        cmocka_unit_test(loss_takes_what_it_takes),
        cmocka_unit_test(doubles_reordering_and_replays_do_no_harm),
        cmocka_unit_test(damage_is_survived),
    };
    if (argc > 1)
        return by_hand(argc, argv);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
