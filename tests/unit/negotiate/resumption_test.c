/* Which session a hello may resume, and what then counts. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "negotiate/resumption.h"
#include "support/lab.h"

static const uint8_t suites[] = {0xc0, 0x2b, 0xc0, 0x2c};
static const uint8_t leaf[] = {0x30, 0x00};
static const uint8_t id[] = {1, 2, 3, 4};

static struct hf_config *config;

static int set_up(void **state)
{
    (void)state;
    struct hf_failure failure;
    const struct lab_side side = {.suites = "TLS_AES_128_GCM_SHA256:TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256:"
                                            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"};
    config = lab_config(HF_SERVER, &side, &failure);
    return config == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    hf_config_drop(config);
    return 0;
}

static struct hf_session sample(void)
{
    struct hf_session session = {
        .version = HF_TLS12,
        .suite = 0xc02b,
        .created_s = LAB_NOW_S - 60,
        .lifetime_s = 3600,
        .id = {.bytes = {1, 2, 3, 4}, .len = 4},
        .secret = {.len = HF_SESSION_SECRET_LEN},
        .chain = {hf_span_of(leaf, sizeof leaf)},
        .chain_count = 1,
    };
    return session;
}

static bool fits_at(const struct hf_session *session, int64_t now_s)
{
    const struct hf_client_hello_facts hello = {
        .session_id = hf_span_of(id, sizeof id),
        .suites = hf_span_of(suites, sizeof suites),
    };
    const struct hf_negotiate_question question = {.config = config, .hello = &hello, .now_s = now_s};
    const struct hf_negotiated negotiated = {.version = HF_TLS12, .suite = hf_suite_find(0xc02b)};
    return hf_negotiate_resumption_fits(&question, &negotiated, session);
}

static bool fits(const struct hf_session *session)
{
    return fits_at(session, LAB_NOW_S);
}

static void a_server_resumes_what_fits(void **state)
{
    (void)state;
    struct hf_session session = sample();
    assert_true(fits(&session));
    session.id.bytes[3]++;
    assert_false(fits(&session));
    session = sample();
    session.id.len = 3;
    assert_false(fits(&session));
    session = sample();
    session.version = HF_TLS13;
    assert_false(fits(&session));
    session = sample();
    session.suite = 0xcca9; /* ours, and not in the hello */
    assert_false(fits(&session));
    session.suite = 0xc02c; /* in the hello, and not ours */
    assert_false(fits(&session));
    session.suite = 0x1301; /* of another version */
    assert_false(fits(&session));
    session = sample();
    session.chain_count = 0; /* this server requires a certificate */
    assert_false(fits(&session));
}

static void time_counts_on_both_sides(void **state)
{
    (void)state;
    const struct hf_session session = sample();
    for (int i = 0; i < 2; i++) {
        int64_t last = session.created_s + 3599;
        assert_true(i == 0 ? fits_at(&session, last) : hf_negotiate_resumption_offers(config, &session, last));
        assert_false(i == 0 ? fits_at(&session, last + 1) : hf_negotiate_resumption_offers(config, &session, last + 1));
        int64_t before = session.created_s - 1;
        assert_false(i == 0 ? fits_at(&session, before) : hf_negotiate_resumption_offers(config, &session, before));
    }
}

static void a_client_offers_what_fits(void **state)
{
    (void)state;
    struct hf_session session = sample();
    assert_true(hf_negotiate_resumption_offers(config, &session, LAB_NOW_S));
    session.suite = 0xc02c;
    assert_false(hf_negotiate_resumption_offers(config, &session, LAB_NOW_S));
    session = sample();
    session.chain_count = 0; /* a server always has one */
    assert_false(hf_negotiate_resumption_offers(config, &session, LAB_NOW_S));
    session = sample();
    session.ticket = hf_span_of(id, sizeof id); /* this side takes no tickets */
    assert_false(hf_negotiate_resumption_offers(config, &session, LAB_NOW_S));
    session = sample();
    session.version = 0x0302; /* a version that there is not */
    assert_false(hf_negotiate_resumption_offers(config, &session, LAB_NOW_S));
}

static void what_made_the_session_is_not_answered_again(void **state)
{
    (void)state;
    const struct hf_session session = sample();
    struct hf_negotiated negotiated = {
        .version = HF_TLS12,
        .suite = hf_suite_find(0xcca9),
        .group = hf_group_at(0),
        .protocol = hf_span_of_text("h2"),
        .server_name = true,
        .point_formats = true,
        .secure_renegotiation = true,
        .extended_master_secret = true,
        .record_size_limit = 1000,
    };
    hf_negotiate_resumption_take(&session, &negotiated);
    assert_true(negotiated.resumed);
    assert_int_equal(negotiated.suite->id, 0xc02b);
    assert_null(negotiated.group);
    struct hf_server_answer answer;
    hf_negotiate_answer(config, &negotiated, &answer);
    assert_false(answer.server_name);   /* RFC 6066 3 */
    assert_false(answer.point_formats); /* RFC 5246 7.4.1.4 */
    assert_true(answer.secure_renegotiation);
    assert_true(answer.extended_master_secret);
    assert_true(hf_span_equal(answer.protocol, hf_span_of_text("h2")));
    assert_int_equal(answer.record_size_limit, 1000);
}

static void what_leaves_no_session(void **state)
{
    (void)state;
    struct hf_negotiated negotiated = {.suite = hf_suite_find(0xc02b), .extended_master_secret = true};
    assert_true(hf_negotiate_resumption_may_follow(&negotiated));
    negotiated.deflates = true;
    assert_false(hf_negotiate_resumption_may_follow(&negotiated));
    negotiated.deflates = false;
    negotiated.extended_master_secret = false;
    assert_false(hf_negotiate_resumption_may_follow(&negotiated));
    struct hf_suite psk = *hf_suite_find(0xc02b);
    psk.auth = HF_SUITE_AUTH_PSK;
    negotiated = (struct hf_negotiated){.suite = &psk, .extended_master_secret = true};
    assert_true(hf_negotiate_resumption_may_follow(&negotiated));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_resumes_what_fits),
        cmocka_unit_test(time_counts_on_both_sides),
        cmocka_unit_test(a_client_offers_what_fits),
        cmocka_unit_test(what_leaves_no_session),
        cmocka_unit_test(what_made_the_session_is_not_answered_again),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
