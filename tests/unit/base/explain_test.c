/* hf_failure_explain: the sentences that a person reads. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <handfast/failure.h>

#include <string.h>

#define NOW 1795428000 /* 2026-11-23 10:00 UTC */

static const char *explain(struct hf_failure failure)
{
    static char room[1200];
    size_t len = hf_failure_explain(&failure, NOW, room, sizeof room);
    assert_int_equal(len, strlen(room));
    return room;
}

static void an_expired_certificate(void **state)
{
    (void)state;
    struct hf_failure failure = {.error = HF_ERR_certificate_expired,
                                 .by = HF_BY_US,
                                 .of = HF_OF_CLIENT,
                                 .alert = HF_ALERT_certificate_expired,
                                 .since_s = NOW - 3 * 86400,
                                 .subject = "CN=billing",
                                 .serial = "1f"};
    assert_string_equal(
        explain(failure),
        "the client's certificate expired 3 days ago, at 2026-11-20 10:00 UTC (CN=billing, serial 1f, "
        "depth 0). Alert sent: certificate_expired. Remedy: issue a new one: handfast cert renew. [H17]");
}

static void a_certificate_of_tomorrow(void **state)
{
    (void)state;
    struct hf_failure failure = {.error = HF_ERR_certificate_not_yet_valid,
                                 .by = HF_BY_US,
                                 .of = HF_OF_SERVER,
                                 .alert = HF_ALERT_none,
                                 .depth = 0,
                                 .since_s = NOW + 2 * 3600};
    assert_string_equal(explain(failure), "the server's certificate is not valid yet, but in 2 hours, at 2026-11-23 "
                                          "12:00 UTC. Remedy: check the clocks of both ends. [H9]");
}

static void the_owner_of_what_is_the_certificates_own(void **state)
{
    (void)state;
    struct hf_failure failure = {.error = HF_ERR_unknown_issuer, .by = HF_BY_US, .of = HF_OF_CLIENT};
    const char *begins = "the client's certificate's issuer is not among the trusted ones.";
    assert_int_equal(strncmp(explain(failure), begins, strlen(begins)), 0);
    failure.error = HF_ERR_path_search_exhausted;
    begins = "the client's certificate: the certificates presented make too many possible paths.";
    assert_int_equal(strncmp(explain(failure), begins, strlen(begins)), 0);
}

static void wanted_got_where_and_hint(void **state)
{
    (void)state;
    struct hf_failure failure = {.error = HF_ERR_no_common_suite,
                                 .by = HF_BY_US,
                                 .alert = HF_ALERT_handshake_failure,
                                 .depth = -1,
                                 .wanted = "A, B",
                                 .got = "C",
                                 .where = "ClientHello",
                                 .hint = "do this"};
    assert_string_equal(explain(failure), "the two have no usable cipher suite in common; wanted: A, B; got: C [in "
                                          "ClientHello]. Alert sent: handshake_failure. Remedy: do this. [H27]");
}

static void what_the_peer_said(void **state)
{
    (void)state;
    struct hf_failure failure = {.error = HF_ERR_peer_finds_us_expired,
                                 .by = HF_BY_PEER,
                                 .of = HF_OF_CLIENT,
                                 .alert = HF_ALERT_certificate_expired};
    assert_string_equal(explain(failure), "our certificate expired. Alert received: certificate_expired."
                                          " Remedy: issue a new one: handfast cert renew. [H17]");
    failure = (struct hf_failure){.error = HF_ERR_peer_refused, .by = HF_BY_PEER, .alert = 200, .depth = -1};
    assert_non_null(strstr(explain(failure), "Alert received: unknown_alert."));
}

static void other_clauses_get_their_owner_in_front(void **state)
{
    (void)state;
    struct hf_failure failure = {.error = HF_ERR_issuer_expired,
                                 .by = HF_BY_US,
                                 .of = HF_OF_SERVER,
                                 .alert = HF_ALERT_none,
                                 .depth = 1,
                                 .subject = "CN=Intermediate"};
    assert_int_equal(strncmp(explain(failure),
                             "the server's certificate: an issuer in the chain expired (CN=Intermediate, depth 1).",
                             83),
                     0);
    failure.depth = -1;
    assert_int_equal(strncmp(explain(failure), "an issuer in the chain expired (CN=Intermediate).", 49), 0);
}

/* Every row must explain itself as sentences: begun, ended, and with what to do. */
static void every_row_explains_itself(void **state)
{
    (void)state;
    static const enum hf_error all[] = {
#define HF_ERROR(number, name, alert13, alert12, reason, exit_status, title, remedy, section) HF_ERR_##name,
#include <handfast/errors.def>
#undef HF_ERROR
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        struct hf_failure failure = {.error = all[i], .by = HF_BY_US, .alert = HF_ALERT_none, .depth = -1};
        const char *text = explain(failure);
        assert_non_null(strstr(text, hf_error_title(all[i])));
        assert_non_null(strstr(text, hf_error_remedy(all[i])));
        assert_null(strstr(text, ".."));
        assert_null(strstr(text, "Alert"));
    }
}

static void any_room_is_enough_to_be_safe(void **state)
{
    (void)state;
    struct hf_failure failure = {.error = HF_ERR_certificate_expired, .alert = HF_ALERT_none, .since_s = 1};
    char room[200];
    assert_int_equal(hf_failure_explain(&failure, NOW, room, 0), 0);
    for (size_t size = 1; size < sizeof room - 1; size++) {
        memset(room, '#', sizeof room);
        size_t len = hf_failure_explain(&failure, NOW, room, size);
        assert_int_equal(len, strlen(room));
        assert_true(len < size);
        assert_int_equal(room[size], '#');
    }
}

static void absurd_times_do_not_overflow(void **state)
{
    (void)state;
    struct hf_failure failure = {.error = HF_ERR_certificate_expired, .alert = HF_ALERT_none};
    char room[400];
    static const int64_t times[] = {INT64_MIN, INT64_MAX, -1, 1};
    for (size_t i = 0; i < 4; i++) {
        for (size_t j = 0; j < 4; j++) {
            failure.since_s = times[i];
            assert_true(hf_failure_explain(&failure, times[j], room, sizeof room) > 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_expired_certificate),
        cmocka_unit_test(a_certificate_of_tomorrow),
        cmocka_unit_test(the_owner_of_what_is_the_certificates_own),
        cmocka_unit_test(wanted_got_where_and_hint),
        cmocka_unit_test(what_the_peer_said),
        cmocka_unit_test(other_clauses_get_their_owner_in_front),
        cmocka_unit_test(every_row_explains_itself),
        cmocka_unit_test(any_room_is_enough_to_be_safe),
        cmocka_unit_test(absurd_times_do_not_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
