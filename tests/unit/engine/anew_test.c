/* When a client gives a handshake up for a new one, and what an end that cannot do so believes, in virtual time. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "engine/connection.h"
#include "support/lab.h"
#include "support/network.h"

enum { DELAY_MS = 10 };

static void over_datagrams(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
}

struct ends {
    struct network network;
    struct lab_pair pair;
    bool client_open, server_open;
    /* Of one direction all from `first` on is lost, before this time. */
    bool to_server;
    size_t first;
    uint64_t until_ms;
};

static enum network_fate fate_of(void *context, bool to_server, size_t nth)
{
    const struct ends *ends = context;
    bool is_meant = to_server == ends->to_server && nth >= ends->first && ends->network.now_ms < ends->until_ms;
    return is_meant ? NETWORK_LOSE : NETWORK_PASS;
}

static void start(struct ends *ends, enum hf_version version, const struct ends *losses)
{
    static const struct network_weather weather = {.delay_min_ms = DELAY_MS, .delay_max_ms = DELAY_MS};
    const struct lab_side side = {.min = version, .max = version, .more = over_datagrams};
    *ends = *losses;
    lab_pair_open(&ends->pair, &side, &side);
    network_start(&ends->network, &weather, 1, LAB_NOW_MS);
    ends->network.fate = fate_of;
    ends->network.fate_context = ends;
    network_collect(&ends->network, ends->pair.client, ends->pair.server);
}

static void stop(struct ends *ends)
{
    network_stop(&ends->network);
    lab_pair_close(&ends->pair);
}

/* Until this long after the beginning. */
static void run(struct ends *ends, uint64_t ms)
{
    while (network_step(&ends->network, ends->pair.client, ends->pair.server, LAB_NOW_MS + ms)) {
        ends->client_open = ends->client_open || lab_event(ends->pair.client, HF_EVENT_OPENED);
        ends->server_open = ends->server_open || lab_event(ends->pair.server, HF_EVENT_OPENED);
    }
}

/* The server is open, and only the client's same Finished can get its last flight again: RFC 6347 4.2.4. */
static void a_silent_server_is_asked_on_with_the_same_flight(void **state)
{
    (void)state;
    const struct ends losses = {.to_server = false, .first = 1, .until_ms = LAB_NOW_MS + 20000};
    struct ends ends;
    start(&ends, HF_TLS12, &losses);
    run(&ends, 19000);
    assert_true(ends.server_open);
    assert_false(ends.client_open);
    run(&ends, 30000);
    assert_true(ends.client_open);
    assert_int_equal(ends.pair.client->anew_spent, 0);
    stop(&ends);
}

static void silence_is_not_borne_for_ever(void **state)
{
    (void)state;
    const struct ends losses = {.to_server = false, .first = 1, .until_ms = UINT64_MAX};
    struct ends ends;
    start(&ends, HF_TLS12, &losses);
    run(&ends, 35000);
    assert_int_equal(ends.pair.client->anew_spent, 0);
    run(&ends, 37000);
    assert_int_equal(ends.pair.client->anew_spent, 1);
    stop(&ends);
}

/* It sends again what was answered long ago: what we sent is not what it needs. */
static void a_server_that_is_heard_but_gets_nowhere_sees_a_new_hello(void **state)
{
    (void)state;
    const struct ends losses = {.to_server = true, .first = 1, .until_ms = UINT64_MAX};
    struct ends ends;
    start(&ends, HF_TLS12, &losses);
    run(&ends, 11000);
    assert_int_equal(ends.pair.client->anew_spent, 0);
    run(&ends, 13000);
    assert_true(ends.pair.client->anew_spent > 0);
    stop(&ends);
}

static void forge_alert(struct ends *ends, struct hf_connection *to)
{
    static const uint8_t alert[] = {21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 1, 0, 0, 2, 2, HF_ALERT_handshake_failure};
    assert_int_equal(hf_feed(to, alert, sizeof alert, ends->network.now_ms), HF_OK);
}

/* RFC 9147 4.5.2, 11: whoever knows the addresses can write one. A server has no second try. */
static void a_forged_alert_does_not_end_a_server_whose_client_is_slow(void **state)
{
    (void)state;
    static const enum hf_version versions[] = {HF_TLS12, HF_TLS13};
    const struct ends losses = {.to_server = true, .first = 1, .until_ms = LAB_NOW_MS + 2000};
    for (size_t v = 0; v < 2; v++) {
        struct ends ends;
        start(&ends, versions[v], &losses);
        run(&ends, 50);
        forge_alert(&ends, ends.pair.server);
        run(&ends, 10000);
        assert_null(hf_failure(ends.pair.server));
        assert_true(ends.server_open && ends.client_open);
        stop(&ends);
    }
}

static void an_alert_that_nothing_disproves_ends_a_server(void **state)
{
    (void)state;
    const struct ends losses = {.to_server = true, .first = 1, .until_ms = UINT64_MAX};
    struct ends ends;
    start(&ends, HF_TLS12, &losses);
    run(&ends, 50);
    forge_alert(&ends, ends.pair.server);
    run(&ends, 2900);
    assert_null(hf_failure(ends.pair.server));
    run(&ends, 3100);
    assert_non_null(hf_failure(ends.pair.server));
    assert_int_equal(hf_failure(ends.pair.server)->alert, HF_ALERT_handshake_failure);
    stop(&ends);
}

/* A client tries again at once. */
static void an_alert_in_the_clear_costs_a_client_one_try(void **state)
{
    (void)state;
    const struct ends losses = {.to_server = false, .first = 0, .until_ms = LAB_NOW_MS + 500};
    struct ends ends;
    start(&ends, HF_TLS13, &losses);
    forge_alert(&ends, ends.pair.client);
    run(&ends, 450);
    assert_true(ends.pair.client->anew_spent > 0);
    run(&ends, 5000);
    assert_null(hf_failure(ends.pair.client));
    stop(&ends);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_silent_server_is_asked_on_with_the_same_flight),
        cmocka_unit_test(silence_is_not_borne_for_ever),
        cmocka_unit_test(a_server_that_is_heard_but_gets_nowhere_sees_a_new_hello),
        cmocka_unit_test(a_forged_alert_does_not_end_a_server_whose_client_is_slow),
        cmocka_unit_test(an_alert_that_nothing_disproves_ends_a_server),
        cmocka_unit_test(an_alert_in_the_clear_costs_a_client_one_try),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
