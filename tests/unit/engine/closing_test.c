/* Alerts that come, and closing: RFC 9846 6, RFC 5246 7.2. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "engine/connection.h"
#include "handshake/machine.h"
#include "support/lab.h"

static const struct lab_side only12 = {.min = HF_TLS12, .max = HF_TLS12};

static void open_pair(struct lab_pair *pair, const struct lab_side *side)
{
    lab_pair_open(pair, side, side);
    (void)lab_pair_run(pair);
    assert_true(hf_machine_is_open(&pair->client->handshake));
    assert_true(hf_machine_is_open(&pair->server->handshake));
}

/* A server of 1.2 that does not know the name warns of that before its ServerHello. */
static void warnings_before_the_version_is_known_are_let_pass(void **state)
{
    (void)state;
    struct lab_pair pair;
    lab_pair_open(&pair, NULL, &only12);
    assert_int_equal(hf_framing_send_alert(pair.server->framing, 1, HF_ALERT_unrecognized_name), HF_OK);
    (void)lab_pair_run(&pair);
    assert_null(hf_failure(pair.client));
    assert_true(hf_machine_is_open(&pair.client->handshake));
    lab_pair_close(&pair);
}

static void fatal_alerts_before_the_version_is_known_are_not(void **state)
{
    (void)state;
    struct lab_pair pair;
    lab_pair_open(&pair, NULL, &only12);
    assert_int_equal(hf_framing_send_alert(pair.server->framing, 2, HF_ALERT_unrecognized_name), HF_OK);
    (void)lab_move(pair.server, pair.client, 16384);
    assert_non_null(hf_failure(pair.client));
    assert_int_equal(hf_failure(pair.client)->by, HF_BY_PEER);
    lab_pair_close(&pair);
}

/* In 1.3 the level says nothing: all but close_notify and user_canceled end the connection. */
static void warnings_end_a_connection_of_tls13(void **state)
{
    (void)state;
    struct lab_pair pair;
    open_pair(&pair, NULL);
    assert_int_equal(hf_framing_send_alert(pair.server->framing, 1, HF_ALERT_no_renegotiation), HF_OK);
    (void)lab_pair_run(&pair);
    assert_non_null(hf_failure(pair.client));
    assert_int_equal(hf_failure(pair.client)->alert, HF_ALERT_no_renegotiation);
    lab_pair_close(&pair);
}

static void a_client_of_tls12_that_is_told_no_renegotiation_goes_on(void **state)
{
    (void)state;
    struct lab_pair pair;
    open_pair(&pair, &only12);
    assert_int_equal(hf_framing_send_alert(pair.server->framing, 1, HF_ALERT_no_renegotiation), HF_OK);
    (void)lab_pair_run(&pair);
    assert_null(hf_failure(pair.client));
    lab_pair_close(&pair);
}

/* user_canceled, then close_notify; and then silence, whatever the peer sends. */
static void closing_in_the_handshake_ends_it(void **state)
{
    (void)state;
    struct lab_pair pair;
    uint8_t wire[64];
    size_t len = 0;
    lab_pair_open(&pair, NULL, NULL);
    (void)lab_move(pair.client, pair.server, 16384);
    hf_close(pair.client);
    hf_close(pair.client);
    hf_drain(pair.client, wire, sizeof wire, &len);
    static const uint8_t expected[] = {21, 3, 3, 0, 2, 1, HF_ALERT_user_canceled, 21, 3, 3, 0, 2, 1, 0};
    assert_int_equal(len, sizeof expected);
    assert_memory_equal(wire, expected, sizeof expected);
    (void)lab_move(pair.server, pair.client, 16384);
    assert_int_equal(hf_output(pair.client, &(const uint8_t *){NULL}), 0);
    assert_false(hf_machine_is_open(&pair.client->handshake));
    assert_int_equal(hf_feed_end(pair.client, LAB_NOW_MS), HF_ERR_cut_in_handshake);
    lab_pair_close(&pair);
}

static void ask_verdict(struct hf_builder *builder)
{
    hf_builder_verdict_outside(builder);
}

static void answers_behind_a_close_are_refused(void **state)
{
    (void)state;
    struct lab_pair pair;
    lab_pair_open(&pair, &(struct lab_side){.more = ask_verdict}, NULL);
    (void)lab_pair_run(&pair);
    assert_true(lab_event(pair.client, HF_EVENT_NEEDS_VERDICT));
    hf_close(pair.client);
    assert_null(hf_peer_candidate(pair.client));
    assert_int_equal(hf_answer_verdict(pair.client, true), HF_ERR_wrong_call);
    assert_false(hf_machine_is_open(&pair.client->handshake));
    lab_pair_close(&pair);
}

/* RFC 9846 6.1: after close_notify we send nothing, and still read. */
static void nothing_of_ours_follows_close_notify(void **state)
{
    (void)state;
    struct lab_pair pair;
    uint8_t got[4];
    size_t len = 0;
    open_pair(&pair, NULL);
    hf_close(pair.client);
    (void)lab_pair_run(&pair);
    assert_int_equal(hf_key_update(pair.server, /* ask_peer= */ true), HF_OK);
    assert_int_equal(hf_write(pair.server, "late", 4, &len), HF_OK);
    (void)lab_move(pair.server, pair.client, 16384);
    assert_int_equal(hf_output(pair.client, &(const uint8_t *){NULL}), 0);
    assert_int_equal(hf_read(pair.client, got, sizeof got, &len), HF_OK);
    assert_memory_equal(got, "late", 4);
    assert_int_equal(hf_write(pair.client, "no", 2, &len), HF_ERR_wrong_call);
    lab_pair_close(&pair);
}

static void no_warning_answers_renegotiation_behind_close_notify(void **state)
{
    (void)state;
    struct lab_pair pair;
    static const uint8_t hello_request[] = {0, 0, 0, 0};
    open_pair(&pair, &only12);
    hf_close(pair.client);
    (void)lab_pair_run(&pair);
    assert_int_equal(hf_framing_send_message(pair.server->framing, hf_span_of(hello_request, 4)), HF_OK);
    assert_int_equal(hf_framing_flush(pair.server->framing), HF_OK);
    (void)lab_move(pair.server, pair.client, 16384);
    assert_null(hf_failure(pair.client));
    assert_int_equal(hf_output(pair.client, &(const uint8_t *){NULL}), 0);
    lab_pair_close(&pair);
}

/* RFC 9846 6.1: what comes behind close_notify is ignored, even nonsense. */
static void what_follows_the_peers_close_notify_is_ignored(void **state)
{
    (void)state;
    struct lab_pair pair;
    open_pair(&pair, NULL);
    hf_close(pair.server);
    (void)lab_pair_run(&pair);
    assert_true(lab_event(pair.client, HF_EVENT_PEER_CLOSED));
    assert_int_equal(hf_feed(pair.client, "nonsense", 8, LAB_NOW_MS), HF_OK);
    assert_int_equal(hf_feed_end(pair.client, LAB_NOW_MS), HF_OK);
    assert_null(hf_failure(pair.client));
    lab_pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(warnings_before_the_version_is_known_are_let_pass),
        cmocka_unit_test(fatal_alerts_before_the_version_is_known_are_not),
        cmocka_unit_test(warnings_end_a_connection_of_tls13),
        cmocka_unit_test(a_client_of_tls12_that_is_told_no_renegotiation_goes_on),
        cmocka_unit_test(closing_in_the_handshake_ends_it),
        cmocka_unit_test(answers_behind_a_close_are_refused),
        cmocka_unit_test(nothing_of_ours_follows_close_notify),
        cmocka_unit_test(no_warning_answers_renegotiation_behind_close_notify),
        cmocka_unit_test(what_follows_the_peers_close_notify_is_ignored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
