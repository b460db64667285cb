/* HelloRetryRequest: RFC 9846 4.2.4, 4.5.1. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "engine/connection.h"
#include "handshake/machine.h"
#include "support/lab.h"
#include "support/puppet.h"

static const struct lab_side client_side = {.groups = "x25519:secp384r1"};
static const struct lab_side server_side = {.groups = "secp384r1", .min = HF_TLS13};

static void retries_and_opens(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct hf_session_info info;
    lab_pair_open(&pair, &client_side, &server_side);
    (void)lab_pair_run(&pair);
    hf_session_info(pair.client, &info);
    assert_true(info.opened && info.hello_retried);
    assert_string_equal(info.group, "secp384r1");
    lab_pair_close(&pair);
}

/* Behind the second hello the server keeps the transcript's hash only, not the client's certificates and all. */
static void the_server_keeps_no_messages(void **state)
{
    (void)state;
    struct lab_pair pair;
    lab_pair_open(&pair, &client_side, &server_side);
    (void)lab_move(pair.client, pair.server, 16384);
    (void)lab_move(pair.server, pair.client, 16384);
    (void)lab_move(pair.client, pair.server, 16384);
    assert_int_equal(pair.server->handshake.state, HF_STATE_S13_WAIT_CERTIFICATE);
    assert_int_equal(hf_transcript_messages(&pair.server->handshake.work->transcript).len, 0);
    lab_pair_close(&pair);
}

/* Random, session ID and suite as they must be; extensions from the case. */
static void send_retry(struct lab_pair *pair, struct hf_span extensions)
{
    const struct hf_span session_id = pair->client->handshake.work->offer.session_id;
    uint8_t body[256];
    struct hf_writer writer = hf_writer_of(body, sizeof body);
    hf_writer_u16(&writer, 0x0303);
    hf_writer_bytes(&writer, hf_message_retry_random());
    hf_writer_vector(&writer, 1, session_id);
    hf_writer_u16(&writer, 0x1301);
    hf_writer_u8(&writer, 0);
    hf_writer_vector(&writer, 2, extensions);
    assert_true(hf_writer_end(&writer));
    struct puppet *puppet = puppet_take(pair->server);
    puppet_send_message(puppet, 2, hf_writer_span(&writer));
    (void)lab_move(pair->server, pair->client, 16384);
}

#define VERSION13 "\0\53\0\2\3\4"
#define VERSION12 "\0\53\0\2\3\3"
#define GROUP384  "\0\63\0\2\0\30"
#define COOKIE    "\0\54\0\3\0\1\7"

static void wrong_ones_are_refused(void **state)
{
    (void)state;
#define CASE(extensions, alert)                                                                                        \
    {                                                                                                                  \
        extensions, sizeof extensions - 1, alert                                                                       \
    }
    static const struct {
        const char *extensions;
        size_t len;
        enum hf_alert alert; /* none: it is fine */
    } cases[] = {
        CASE(VERSION13 GROUP384, HF_ALERT_none),
        CASE(VERSION13 COOKIE, HF_ALERT_none),
        CASE(GROUP384, HF_ALERT_missing_extension),
        CASE(VERSION12 GROUP384, HF_ALERT_illegal_parameter),
        CASE(VERSION13, HF_ALERT_illegal_parameter),                     /* changes nothing */
        CASE(VERSION13 "\0\63\0\2\0\35", HF_ALERT_illegal_parameter),    /* x25519: its share was sent */
        CASE(VERSION13 "\0\63\0\2\0\31", HF_ALERT_illegal_parameter),    /* secp521r1: not offered */
        CASE(VERSION13 GROUP384 GROUP384, HF_ALERT_illegal_parameter),   /* twice */
        CASE(VERSION13 GROUP384 "\0\0\0\0", HF_ALERT_illegal_parameter), /* server_name has no place here */
        CASE(VERSION13 GROUP384 "\xaa\xaa\0\0", HF_ALERT_unsupported_extension),
        CASE(VERSION13 "\0\54\0\2\0\0", HF_ALERT_decode_error), /* an empty cookie */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lab_pair pair;
        lab_pair_open(&pair, &client_side, &server_side);
        send_retry(&pair, hf_span_of(cases[i].extensions, cases[i].len));
        const struct hf_failure *failure = hf_failure(pair.client);
        unsigned got = failure == NULL ? (unsigned)HF_ALERT_none : failure->alert;
        if (got != (unsigned)cases[i].alert)
            fail_msg("case %zu: alert %u, wanted %u", i, got, (unsigned)cases[i].alert);
        lab_pair_close(&pair);
    }
}

static void a_second_one_is_unexpected(void **state)
{
    (void)state;
    struct lab_pair pair;
    lab_pair_open(&pair, &client_side, &server_side);
    send_retry(&pair, hf_span_of(VERSION13 GROUP384, sizeof VERSION13 GROUP384 - 1));
    send_retry(&pair, hf_span_of(VERSION13 COOKIE, sizeof VERSION13 COOKIE - 1));
    assert_non_null(hf_failure(pair.client));
    assert_int_equal(hf_failure(pair.client)->alert, HF_ALERT_unexpected_message);
    lab_pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(retries_and_opens),
        cmocka_unit_test(the_server_keeps_no_messages),
        cmocka_unit_test(wrong_ones_are_refused),
        cmocka_unit_test(a_second_one_is_unexpected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
