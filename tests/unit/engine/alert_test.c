/* Warnings and their flood, renegotiation refused by one, closing in each direction, and cuts. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "support/lab_check.h"
#include "support/puppet.h"

static void open_pair(struct lab_pair *pair, enum hf_version version)
{
    lab_pair_open(pair, NULL, &(struct lab_side){.min = version, .max = version});
    (void)lab_pair_run(pair);
    lab_assert_open(pair);
}

static void a_flood_of_warnings_ends_it(void **state)
{
    (void)state;
    struct lab_pair pair;
    open_pair(&pair, HF_TLS12);
    struct puppet *puppet = puppet_take(pair.server);
    for (unsigned i = 0; i < HF_ENGINE_WARNINGS_MAX; i++)
        puppet_send_alert(puppet, 1, HF_ALERT_no_renegotiation);
    (void)lab_pair_run(&pair);
    lab_assert_data(&pair, pair.server, pair.client); /* which forgives them */
    for (unsigned i = 0; i <= HF_ENGINE_WARNINGS_MAX; i++)
        puppet_send_alert(puppet, 1, HF_ALERT_no_renegotiation);
    (void)lab_pair_run(&pair);
    lab_assert_failed(pair.client,
                      &(struct lab_failure){HF_ERR_too_many_warnings, HF_BY_US, HF_ALERT_unexpected_message});
    lab_pair_close(&pair);
}

static void renegotiation_is_refused_and_its_flood_ends_it(void **state)
{
    (void)state;
    for (int of_client = 0; of_client < 2; of_client++) {
        struct lab_pair pair;
        open_pair(&pair, HF_TLS12);
        struct hf_connection *target = of_client ? pair.client : pair.server;
        struct hf_connection *asker = of_client ? pair.server : pair.client;
        struct puppet *puppet = puppet_take(asker);
        struct puppet *spy = puppet_take(target);
        uint8_t type = of_client ? 0 : 1; /* HelloRequest, ClientHello */
        puppet_send_message(puppet, type, hf_span_of(NULL, 0));
        (void)lab_pair_run(&pair);
        assert_int_equal(spy->alerts, 1);
        assert_int_equal(spy->alert, HF_ALERT_no_renegotiation);
        lab_assert_data(&pair, pair.client, pair.server);
        lab_assert_data(&pair, pair.server, pair.client);
        for (int i = 0; i < 16 && hf_failure(target) == NULL; i++) {
            puppet_send_message(puppet, type, hf_span_of(NULL, 0));
            (void)lab_move(asker, target, 16384);
        }
        lab_assert_failed(target,
                          &(struct lab_failure){HF_ERR_renegotiation_refused, HF_BY_US, HF_ALERT_no_renegotiation});
        lab_pair_close(&pair);
    }
}

static void each_direction_closes_for_itself(void **state)
{
    (void)state;
    for (int v = 0; v < 2; v++) {
        struct lab_pair pair;
        uint8_t byte = 0;
        size_t len = 1;
        open_pair(&pair, lab_versions[v]);
        hf_close(pair.client);
        hf_close(pair.client);
        assert_int_equal(hf_write(pair.client, "x", 1, &len), HF_ERR_wrong_call);
        assert_int_equal(hf_key_update(pair.client, /* ask_peer= */ false), HF_ERR_wrong_call);
        (void)lab_pair_run(&pair);
        assert_true(lab_event(pair.server, HF_EVENT_PEER_CLOSED));
        assert_int_equal(hf_read(pair.server, &byte, 1, &len), HF_OK);
        assert_int_equal(len, 0);
        lab_assert_data(&pair, pair.server, pair.client);
        assert_int_equal(hf_feed_end(pair.server, LAB_NOW_MS), HF_OK);
        assert_non_null(hf_peer(pair.server));
        assert_null(hf_failure(pair.server));
        hf_close(pair.server);
        (void)lab_pair_run(&pair);
        assert_int_equal(hf_feed_end(pair.client, LAB_NOW_MS), HF_OK);
        assert_null(hf_failure(pair.client));
        lab_pair_close(&pair);
    }
}

static void what_came_before_a_cut_is_read_first(void **state)
{
    (void)state;
    struct lab_pair pair;
    char got[8];
    size_t len;
    open_pair(&pair, HF_TLS13);
    assert_int_equal(hf_write(pair.server, "last", 4, &len), HF_OK);
    (void)lab_pair_run(&pair);
    assert_int_equal(hf_feed_end(pair.client, LAB_NOW_MS), HF_OK);
    assert_int_equal(hf_read(pair.client, got, sizeof got, &len), HF_OK);
    assert_int_equal(len, 4);
    assert_int_equal(hf_read(pair.client, got, sizeof got, &len), HF_ERR_truncated);
    lab_assert_failed(pair.client, &(struct lab_failure){HF_ERR_truncated, HF_BY_NETWORK, HF_ALERT_none});
    lab_pair_close(&pair);
}

static void data_behind_a_close_counts_no_more(void **state)
{
    (void)state;
    struct lab_pair pair;
    uint8_t byte;
    size_t len;
    open_pair(&pair, HF_TLS13);
    struct puppet *puppet = puppet_take(pair.server);
    puppet_send_alert(puppet, 1, HF_ALERT_close_notify);
    assert_true(puppet_send_data(puppet, hf_span_of("late", 4)));
    (void)lab_pair_run(&pair);
    assert_int_equal(hf_read(pair.client, &byte, 1, &len), HF_OK);
    assert_int_equal(len, 0);
    assert_null(hf_failure(pair.client));
    lab_pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flood_of_warnings_ends_it),
        cmocka_unit_test(renegotiation_is_refused_and_its_flood_ends_it),
        cmocka_unit_test(each_direction_closes_for_itself),
        cmocka_unit_test(what_came_before_a_cut_is_read_first),
        cmocka_unit_test(data_behind_a_close_counts_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
