/* What a renegotiation may not do, and that a first handshake is none. RFC 5746 3.4-3.7, RFC 7366 3.1.1, RFC 7627 5.4.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "negotiate/renegotiation.h"
#include "support/hello_bodies.h"

static const uint8_t verify_data[] = "client's 12 server's 12.";
static const uint8_t suites_with_scsv[] = {0xc0, 0x2f, 0x00, 0xff};

static struct hf_negotiate_before before;
static struct hf_client_hello_facts hello;
static struct hf_server_hello_facts answer;
static struct hf_negotiated negotiated;
static struct hf_failure failure;

/* A renegotiation that is as it should be. */
static int set_up(void **state)
{
    (void)state;
    before = (struct hf_negotiate_before){
        .suite = hf_suite_find(0xc02f),
        .client_verify_data = hf_span_of(verify_data, 12),
        .both_verify_data = hf_span_of(verify_data, 24),
        .protocol = hf_span_of_text("h2"),
        .server_name = hf_span_of_text("server.lab"),
    };
    hello = (struct hf_client_hello_facts){
        .suites = hf_span_of(suites_with_scsv, 2),
        .renegotiated = before.client_verify_data,
        .host_name = before.server_name,
    };
    answer = (struct hf_server_hello_facts){.renegotiated = before.both_verify_data};
    negotiated = (struct hf_negotiated){
        .suite = hf_suite_find(0xc02f),
        .protocol = before.protocol,
        .extended_master_secret = true,
    };
    return 0;
}

static enum hf_error judge_hello(void)
{
    return hf_negotiate_renegotiation_check_hello(&before, &hello, &negotiated, &failure);
}

static enum hf_error judge_answer(void)
{
    return hf_negotiate_renegotiation_check_answer(&before, &answer, &negotiated, &failure);
}

static void assert_both(enum hf_error error)
{
    assert_int_equal(judge_hello(), error);
    assert_int_equal(judge_answer(), error);
}

static void what_repeats_the_finished_is_taken(void **state)
{
    (void)state;
    assert_both(HF_OK);
    negotiated.protocol = hf_span_of(NULL, 0); /* left out: it stays */
    assert_both(HF_OK);
}

static void a_first_handshake_repeats_nothing(void **state)
{
    (void)state;
    before = (struct hf_negotiate_before){0};
    assert_both(HF_ERR_renegotiation_info_wrong);
    hello = (struct hf_client_hello_facts){.suites = hf_span_of(suites_with_scsv, sizeof suites_with_scsv)};
    answer.renegotiated = hf_span_of(NULL, 0);
    negotiated.extended_master_secret = false; /* for others to judge */
    assert_both(HF_OK);
}

static void another_finished_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < 24; i++) {
        uint8_t wrong[24];
        assert_true(hf_span_copy(before.both_verify_data, wrong, sizeof wrong));
        wrong[i] ^= 1;
        hello.renegotiated = hf_span_of(wrong, 12);
        answer.renegotiated = hf_span_of(wrong, 24);
        assert_int_equal(judge_hello(), i < 12 ? HF_ERR_renegotiation_info_wrong : HF_OK);
        assert_int_equal(judge_answer(), HF_ERR_renegotiation_info_wrong);
    }
    for (size_t len = 0; len < 24; len++) {
        hello.renegotiated = hf_span_of(verify_data, len);
        answer.renegotiated = hf_span_of(verify_data, len);
        assert_int_equal(judge_hello(), len == 12 ? HF_OK : HF_ERR_renegotiation_info_wrong);
        assert_int_equal(judge_answer(), HF_ERR_renegotiation_info_wrong);
    }
}

/* RFC 5746 3.7. */
static void the_signalling_suite_is_for_first_hellos(void **state)
{
    (void)state;
    hello.suites = hf_span_of(suites_with_scsv, sizeof suites_with_scsv);
    assert_int_equal(judge_hello(), HF_ERR_renegotiation_info_wrong);
}

static void nothing_gets_weaker(void **state)
{
    (void)state;
    static const uint16_t weaker[] = {0x009c /* RSA */, 0x009e /* DHE */, 0xc013 /* CBC */, 0xc010 /* NULL */};
    for (size_t i = 0; i < sizeof weaker / sizeof weaker[0]; i++) {
        negotiated.suite = hf_suite_find(weaker[i]);
        assert_non_null(negotiated.suite);
        assert_both(HF_ERR_renegotiation_changes);
        before.suite = negotiated.suite; /* what it was it may be again, and better */
        assert_both(HF_OK);
        negotiated.suite = hf_suite_find(0xc02f);
        assert_both(HF_OK);
        before.suite = negotiated.suite;
    }
    negotiated.suite = hf_suite_find(0xc02b);
    assert_both(HF_OK);
    negotiated.suite = hf_suite_find(0xd001); /* ECDHE_PSK: nobody shows a certificate */
    assert_both(HF_ERR_renegotiation_changes);
}

static void encrypt_then_mac_does_not_go_away(void **state)
{
    (void)state;
    before.suite = negotiated.suite = hf_suite_find(0xc013);
    before.encrypt_then_mac = true;
    assert_both(HF_ERR_renegotiation_changes);
    negotiated.encrypt_then_mac = true;
    assert_both(HF_OK);
    negotiated.encrypt_then_mac = false;
    negotiated.suite = hf_suite_find(0xc02f);
    assert_both(HF_OK);
}

static void compression_does_not_begin(void **state)
{
    (void)state;
    negotiated.deflates = true;
    assert_both(HF_ERR_renegotiation_changes);
    before.deflates = true;
    assert_both(HF_OK);
}

static void names_do_not_change(void **state)
{
    (void)state;
    negotiated.protocol = hf_span_of_text("h3");
    assert_both(HF_ERR_renegotiation_changes);
    set_up(NULL);
    hello.host_name = hf_span_of_text("other.lab");
    assert_int_equal(judge_hello(), HF_ERR_renegotiation_changes);
    hello.host_name = hf_span_of(NULL, 0);
    assert_int_equal(judge_hello(), HF_ERR_renegotiation_changes);
    set_up(NULL);
    negotiated.identity = (const struct hf_identity *)&before; /* any other: it is not looked into */
    assert_int_equal(judge_hello(), HF_ERR_renegotiation_changes);
}

/* The triple handshake. */
static void extended_master_secret_does_not_go_away(void **state)
{
    (void)state;
    negotiated.extended_master_secret = false;
    assert_both(HF_ERR_extended_master_secret_missing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_repeats_the_finished_is_taken, set_up),
        cmocka_unit_test_setup(a_first_handshake_repeats_nothing, set_up),
        cmocka_unit_test_setup(another_finished_is_refused, set_up),
        cmocka_unit_test_setup(the_signalling_suite_is_for_first_hellos, set_up),
        cmocka_unit_test_setup(nothing_gets_weaker, set_up),
        cmocka_unit_test_setup(encrypt_then_mac_does_not_go_away, set_up),
        cmocka_unit_test_setup(compression_does_not_begin, set_up),
        cmocka_unit_test_setup(names_do_not_change, set_up),
        cmocka_unit_test_setup(extended_master_secret_does_not_go_away, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
