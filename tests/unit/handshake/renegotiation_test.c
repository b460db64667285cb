/* Renegotiation that is asked for: refused when open, ignored while a handshake runs. RFC 5246 7.4.1.1, 7.2.2. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "engine/connection.h"
#include "handshake/machine.h"
#include "support/lab.h"

static const struct lab_side only12 = {.min = HF_TLS12, .max = HF_TLS12};

static void send_whole(struct hf_connection *from, const void *message, size_t len)
{
    assert_int_equal(hf_framing_send_message(from->framing, hf_span_of(message, len)), HF_OK);
    assert_int_equal(hf_framing_flush(from->framing), HF_OK);
}

/* Sent in the middle of the server's flight and before its end, it changes nothing: it is in no transcript either. */
static void a_hello_request_in_the_handshake_is_ignored(void **state)
{
    (void)state;
    static const uint8_t request[] = {0, 0, 0, 0};
    struct lab_pair pair;
    lab_pair_open(&pair, &only12, &only12);
    (void)lab_move(pair.client, pair.server, 16384);
    (void)lab_move(pair.server, pair.client, 16384); /* to ServerHelloDone: the client waits for ChangeCipherSpec */
    assert_int_equal(pair.client->handshake.state, HF_STATE_C12_WAIT_CCS);
    send_whole(pair.server, request, sizeof request);
    (void)lab_move(pair.server, pair.client, 16384);
    assert_null(hf_failure(pair.client));
    (void)lab_pair_run(&pair);
    assert_true(hf_machine_is_open(&pair.client->handshake));
    assert_true(hf_machine_is_open(&pair.server->handshake));
    lab_pair_close(&pair);
}

static void a_hello_request_has_no_body(void **state)
{
    (void)state;
    static const uint8_t request[] = {0, 0, 0, 1, 0};
    struct lab_pair pair;
    lab_pair_open(&pair, &only12, &only12);
    (void)lab_pair_run(&pair);
    send_whole(pair.server, request, sizeof request);
    (void)lab_move(pair.server, pair.client, 16384);
    assert_non_null(hf_failure(pair.client));
    assert_int_equal(hf_failure(pair.client)->alert, HF_ALERT_decode_error);
    lab_pair_close(&pair);
}

/* Answered by warnings, a few times, and never by more than that: nobody drains us. */
static void requests_are_refused_and_counted(void **state)
{
    (void)state;
    static const uint8_t request[] = {0, 0, 0, 0};
    struct lab_pair pair;
    lab_pair_open(&pair, &only12, &only12);
    (void)lab_pair_run(&pair);
    for (int i = 0; i < 8; i++) {
        send_whole(pair.server, request, sizeof request);
        (void)lab_move(pair.server, pair.client, 16384);
        assert_null(hf_failure(pair.client));
    }
    send_whole(pair.server, request, sizeof request);
    (void)lab_move(pair.server, pair.client, 16384);
    assert_non_null(hf_failure(pair.client));
    assert_int_equal(hf_failure(pair.client)->error, HF_ERR_renegotiation_refused);
    lab_pair_close(&pair);
}

static void tls13_knows_neither(void **state)
{
    (void)state;
    static const uint8_t request[] = {0, 0, 0, 0};
    struct lab_pair pair;
    lab_pair_open(&pair, NULL, NULL);
    (void)lab_pair_run(&pair);
    send_whole(pair.server, request, sizeof request);
    (void)lab_move(pair.server, pair.client, 16384);
    assert_non_null(hf_failure(pair.client));
    assert_int_equal(hf_failure(pair.client)->alert, HF_ALERT_unexpected_message);
    lab_pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hello_request_in_the_handshake_is_ignored),
        cmocka_unit_test(a_hello_request_has_no_body),
        cmocka_unit_test(requests_are_refused_and_counted),
        cmocka_unit_test(tls13_knows_neither),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
