/* A TLS 1.3 client is refused after its own Finished: it must hear why, also when the transport is reset right behind
 * the alert, and must not take itself for accepted before (h2o#2685). RFC 9846 4.5.3, 6.2. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "support/lab.h"

static void the_client_hears_why(void **state)
{
    (void)state;
    static const struct {
        struct lab_side client;
        enum hf_error error;
    } cases[] = {
        {{.anonymous = true}, HF_ERR_peer_wants_certificate},
        {{.who = LAB_CLIENT_EXPIRED, .more = hf_builder_present_anyway}, HF_ERR_peer_finds_us_expired},
        {{.who = LAB_CLIENT_STRANGER, .more = hf_builder_present_anyway}, HF_ERR_peer_knows_not_our_issuer},
        {{.who = LAB_CLIENT_GAP, .more = hf_builder_present_anyway}, HF_ERR_peer_misses_our_intermediate},
        {{.who = LAB_CLIENT_SERVER_ONLY, .more = hf_builder_present_anyway}, HF_ERR_peer_finds_purpose_wrong},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lab_pair pair;
        struct hf_session_info info;
        lab_pair_open(&pair, &cases[i].client, &(struct lab_side){.min = HF_TLS13});
        (void)lab_move(pair.client, pair.server, 16384);
        (void)lab_move(pair.server, pair.client, 16384);
        hf_session_info(pair.client, &info);
        assert_true(info.opened);
        assert_false(info.accepted);
        (void)lab_move(pair.client, pair.server, 16384);
        (void)lab_move(pair.server, pair.client, 16384);
        assert_int_not_equal(hf_feed_end(pair.client, LAB_NOW_MS), HF_ERR_truncated);
        assert_non_null(hf_failure(pair.client));
        assert_int_equal(hf_failure(pair.client)->by, HF_BY_PEER);
        assert_int_equal(hf_failure(pair.client)->error, cases[i].error);
        assert_true(lab_event(pair.client, HF_EVENT_FAILED));
        lab_pair_close(&pair);
    }
}

static void no_acceptance_is_told_to_who_was_refused(void **state)
{
    (void)state;
    struct lab_pair pair;
    lab_pair_open(&pair, &(struct lab_side){.anonymous = true}, &(struct lab_side){.min = HF_TLS13});
    (void)lab_pair_run(&pair);
    assert_false(lab_event(pair.client, HF_EVENT_ACCEPTED));
    lab_pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_client_hears_why),
        cmocka_unit_test(no_acceptance_is_told_to_who_was_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
