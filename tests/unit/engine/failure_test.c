/* How connections fail, and what is left of them: RFC 9846 6. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "engine/connection.h"
#include "handshake/machine.h"
#include "support/lab.h"
#include "support/test_allocator.h"

/* The alert waits to be drained, and that is all: keys and bytes of the peer are gone at once. */
static void assert_keys_gone(struct hf_connection *connection)
{
    const uint8_t *wire;
    struct hf_unit unit;
    assert_non_null(hf_failure(connection));
    assert_int_equal(hf_framing_send_alert(connection->framing, 2, HF_ALERT_internal_error), HF_ERR_wrong_call);
    assert_int_not_equal(hf_framing_next(connection->framing, &unit), HF_OK);
    assert_null(connection->handshake.work);
    if (hf_failure(connection)->by == HF_BY_US)
        assert_true(hf_output(connection, &wire) > 0);
}

static void keys_are_forgotten_by_both_ends(void **state)
{
    (void)state;
    static const uint8_t nonsense[] = {23, 3,  3,  0,  20, 1,  2,  3,  4,  5,  6,  7, 8,
                                       9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20};
    static const enum hf_version versions[] = {HF_TLS12, HF_TLS13};
    for (size_t i = 0; i < 2; i++) {
        struct lab_pair pair;
        lab_pair_open(&pair, NULL, &(struct lab_side){.min = versions[i], .max = versions[i]});
        (void)lab_pair_run(&pair);
        assert_true(hf_machine_is_open(&pair.client->handshake));
        assert_int_equal(hf_feed(pair.client, nonsense, sizeof nonsense, LAB_NOW_MS), HF_ERR_bad_record);
        assert_keys_gone(pair.client);
        (void)lab_pair_run(&pair);
        assert_int_equal(hf_failure(pair.server)->alert, HF_ALERT_bad_record_mac);
        assert_keys_gone(pair.server);
        lab_pair_close(&pair);
    }
}

/* What explains a failure is there while the handshake runs, and of an open connection made when it is needed. Without
 * memory the connection fails all the same, and its calls go on telling by what. */
static void a_failure_needs_no_memory(void **state)
{
    (void)state;
    static const uint8_t nonsense[] = {23, 3,  3,  0,  20, 1,  2,  3,  4,  5,  6,  7, 8,
                                       9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20};
    struct hf_test_allocator none;
    struct lab_pair pair;
    lab_pair_open(&pair, NULL, NULL);
    assert_non_null(pair.client->handshake.failure);
    (void)lab_pair_run(&pair);
    assert_null(pair.client->handshake.failure);
    hf_test_allocator_init(&none, 1);
    none.fail_after_too = true;
    const struct hf_allocator *allocator = pair.client->handshake.allocator;
    pair.client->handshake.allocator = &none.allocator;
    assert_int_equal(hf_feed(pair.client, nonsense, sizeof nonsense, LAB_NOW_MS), HF_ERR_bad_record);
    assert_true(hf_test_allocator_failed(&none));
    pair.client->handshake.allocator = allocator;
    assert_int_equal(hf_feed(pair.client, nonsense, sizeof nonsense, LAB_NOW_MS), HF_ERR_bad_record);
    assert_non_null(hf_failure(pair.client));
    assert_int_equal(hf_failure(pair.client)->error, HF_ERR_no_memory);
    assert_int_equal(hf_failure(pair.client)->depth, -1);
    (void)lab_pair_run(&pair);
    assert_int_equal(hf_failure(pair.server)->alert, HF_ALERT_bad_record_mac);
    assert_non_null(pair.server->handshake.failure);
    lab_pair_close(&pair);
}

/* Every later call says the same, and none does anything. */
static void failed_connections_stay_failed(void **state)
{
    (void)state;
    struct lab_pair pair;
    uint8_t bytes[16];
    size_t len = 1;
    lab_pair_open(&pair, NULL, &(struct lab_side){.trusts_other = true});
    (void)lab_pair_run(&pair);
    enum hf_error error = hf_failure(pair.server)->error;
    assert_int_equal(hf_feed(pair.server, "more", 4, LAB_NOW_MS), error);
    assert_int_equal(hf_feed_end(pair.server, LAB_NOW_MS), error);
    assert_int_equal(hf_tick(pair.server, LAB_NOW_MS), error);
    assert_int_equal(hf_read(pair.server, bytes, sizeof bytes, &len), error);
    assert_int_equal(hf_write(pair.server, "x", 1, &len), error);
    assert_int_equal(len, 0);
    assert_int_equal(hf_key_update(pair.server, /* ask_peer= */ true), error);
    assert_int_equal(hf_export(pair.server, "EXPORTER-x", NULL, 0, bytes, sizeof bytes), error);
    assert_int_equal(hf_answer_verdict(pair.server, true), error);
    assert_int_equal(hf_answer_signature(pair.server, "s", 1), error);
    hf_close(pair.server);
    assert_null(hf_peer(pair.server));
    assert_null(hf_peer_candidate(pair.server));
    lab_pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_forgotten_by_both_ends),
        cmocka_unit_test(a_failure_needs_no_memory),
        cmocka_unit_test(failed_connections_stay_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
