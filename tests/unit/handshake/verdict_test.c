/* The application's own verdict on a proven peer: later, yes or no, at either end, in both versions. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "support/lab_check.h"

static void ask_outside(struct hf_builder *builder)
{
    hf_builder_verdict_outside(builder);
}

static void open_pair(struct lab_pair *pair, enum hf_version version, bool judge_is_client)
{
    struct lab_side judge = {.more = ask_outside};
    struct lab_side server = {.min = version, .max = version};
    if (!judge_is_client)
        server.more = ask_outside;
    lab_pair_open(pair, judge_is_client ? &judge : NULL, &server);
    (void)lab_pair_run(pair);
}

static void a_yes_opens(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct lab_pair pair;
        open_pair(&pair, lab_versions[i / 2], i % 2 == 0);
        struct hf_connection *judge = i % 2 == 0 ? pair.client : pair.server;
        assert_true(lab_event(judge, HF_EVENT_NEEDS_VERDICT));
        assert_non_null(hf_peer_candidate(judge));
        assert_string_equal(hf_peer_subject(hf_peer_candidate(judge)), i % 2 == 0 ? "CN=server.lab" : "CN=billing");
        assert_null(hf_peer(judge));
        assert_int_equal(hf_answer_verdict(judge, /* accept= */ true), HF_OK);
        assert_null(hf_peer_candidate(judge));
        (void)lab_pair_run(&pair);
        lab_assert_open(&pair);
        lab_assert_data(&pair, pair.client, pair.server);
        lab_assert_data(&pair, pair.server, pair.client);
        assert_int_equal(hf_answer_verdict(judge, /* accept= */ true), HF_ERR_wrong_call);
        lab_pair_close(&pair);
    }
}

static void a_no_fails(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct lab_pair pair;
        open_pair(&pair, lab_versions[i / 2], i % 2 == 0);
        struct hf_connection *judge = i % 2 == 0 ? pair.client : pair.server;
        struct hf_connection *judged = i % 2 == 0 ? pair.server : pair.client;
        assert_int_equal(hf_answer_verdict(judge, /* accept= */ false), HF_ERR_verdict_refused);
        (void)lab_pair_run(&pair);
        lab_assert_failed(judge, &(struct lab_failure){HF_ERR_verdict_refused, HF_BY_US, HF_ALERT_certificate_unknown});
        assert_int_equal(hf_failure(judge)->of, i % 2 == 0 ? HF_OF_SERVER : HF_OF_CLIENT);
        assert_non_null(hf_failure(judged));
        assert_int_equal(hf_failure(judged)->by, HF_BY_PEER);
        assert_int_equal(hf_failure(judged)->alert, HF_ALERT_certificate_unknown);
        assert_int_equal(hf_answer_verdict(judge, /* accept= */ true), HF_ERR_verdict_refused);
        lab_pair_close(&pair);
    }
}

/* In the application's own words; and those that tell no failure are none. */
static void a_no_may_choose_its_alert(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct lab_pair pair;
        open_pair(&pair, lab_versions[i / 2], i % 2 == 0);
        struct hf_connection *judge = i % 2 == 0 ? pair.client : pair.server;
        struct hf_connection *judged = i % 2 == 0 ? pair.server : pair.client;
        assert_int_equal(hf_answer_refusal(judged, HF_ALERT_access_denied), HF_ERR_wrong_call);
        assert_int_equal(hf_answer_refusal(judge, HF_ALERT_close_notify), HF_ERR_wrong_call);
        assert_int_equal(hf_answer_refusal(judge, HF_ALERT_none), HF_ERR_wrong_call);
        assert_int_equal(hf_answer_refusal(judge, HF_ALERT_access_denied), HF_ERR_verdict_refused);
        (void)lab_pair_run(&pair);
        lab_assert_failed(judge, &(struct lab_failure){HF_ERR_verdict_refused, HF_BY_US, HF_ALERT_access_denied});
        assert_int_equal(hf_failure(judged)->alert, HF_ALERT_access_denied);
        lab_pair_close(&pair);
    }
}

/* A client that presents nothing, to a server that lets it: there is nobody to judge. */
static void nobody_is_not_judged(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++)
        lab_assert_talks(lab_versions[i], &(struct lab_side){.anonymous = true},
                         &(struct lab_side){.client_auth = HF_CLIENT_AUTH_REQUEST, .more = ask_outside});
}

static void nobody_waits_where_nothing_was_asked(void **state)
{
    (void)state;
    struct lab_pair pair;
    lab_pair_open(&pair, NULL, NULL);
    assert_int_equal(hf_answer_verdict(pair.client, /* accept= */ true), HF_ERR_wrong_call);
    assert_int_equal(hf_answer_verdict(pair.server, /* accept= */ true), HF_ERR_wrong_call);
    assert_null(hf_peer_candidate(pair.client));
    (void)lab_pair_run(&pair);
    lab_assert_open(&pair);
    lab_pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_yes_opens),
        cmocka_unit_test(a_no_fails),
        cmocka_unit_test(a_no_may_choose_its_alert),
        cmocka_unit_test(nobody_is_not_judged),
        cmocka_unit_test(nobody_waits_where_nothing_was_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
