/* Certificates of both ends: required, asked for, not asked for; and what is refused, as both ends tell it. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "support/lab_check.h"

static void run(struct lab_pair *pair, const struct lab_side *client, const struct lab_side *server)
{
    lab_pair_open(pair, client, server);
    (void)lab_pair_run(pair);
}

static void one_way_opens_and_shows_nobody(void **state)
{
    (void)state;
    for (int v = 0; v < 2; v++) {
        struct lab_pair pair;
        run(&pair, &(struct lab_side){.max = lab_versions[v]}, &(struct lab_side){.client_auth = HF_CLIENT_AUTH_NONE});
        lab_assert_open(&pair);
        assert_null(hf_peer(pair.server));
        assert_true(lab_event(pair.client, HF_EVENT_ACCEPTED));
        lab_assert_data(&pair, pair.client, pair.server);
        lab_pair_close(&pair);
    }
}

static void a_client_without_one_goes_on_where_it_may(void **state)
{
    (void)state;
    for (int v = 0; v < 2; v++) {
        struct lab_pair pair;
        struct hf_certificate_request_info info;
        run(&pair, &(struct lab_side){.anonymous = true, .max = lab_versions[v]},
            &(struct lab_side){.client_auth = HF_CLIENT_AUTH_REQUEST});
        lab_assert_open(&pair);
        assert_null(hf_peer(pair.server));
        assert_true(lab_event(pair.server, HF_EVENT_UNAUTHENTICATED));
        assert_true(lab_event(pair.client, HF_EVENT_CERTIFICATE_REQUESTED));
        hf_certificate_request(pair.client, &info);
        assert_true(info.asked);
        assert_false(info.answered);
        lab_assert_data(&pair, pair.client, pair.server);
        lab_pair_close(&pair);
    }
}

struct refusal {
    struct lab_side client, server;
    bool by_server;
    struct lab_failure found; /* by whom refuses */
    enum hf_error thought;    /* by whom is refused */
};

static void assert_refused(const struct refusal *refusal, enum hf_version version)
{
    struct lab_pair pair;
    struct lab_side server = refusal->server;
    struct lab_failure found = refusal->found;
    server.min = version;
    server.max = version;
    if (found.error == HF_ERR_certificate_missing && version == HF_TLS12)
        found.alert = HF_ALERT_handshake_failure;
    run(&pair, &refusal->client, &server);
    struct hf_connection *refuser = refusal->by_server ? pair.server : pair.client;
    struct hf_connection *refused = refusal->by_server ? pair.client : pair.server;
    lab_assert_failed(refuser, &found);
    assert_int_equal(hf_failure(refuser)->of, refusal->by_server ? HF_OF_CLIENT : HF_OF_SERVER);
    lab_assert_failed(refused, &(struct lab_failure){refusal->thought, HF_BY_PEER, found.alert});
    lab_pair_close(&pair);
}

static void only_other_tenants(struct hf_builder *builder)
{
    hf_builder_admit(builder, "spiffe://lab/shipping");
}

/* Else the client would see that its certificate does not fit, and present none. */
static void names_no_authorities(struct hf_builder *builder)
{
    hf_builder_send_authorities(builder, /* send= */ false);
}

static void what_is_wrong_is_told_at_both_ends(void **state)
{
    (void)state;
    static const struct refusal refusals[] = {
        {.client = {.anonymous = true},
         .by_server = true,
         .found = {HF_ERR_certificate_missing, HF_BY_US, HF_ALERT_certificate_required},
         .thought = HF_ERR_peer_wants_certificate},
        {.client = {.who = LAB_CLIENT_STRANGER},
         .server = {.more = names_no_authorities},
         .by_server = true,
         .found = {HF_ERR_unknown_issuer, HF_BY_US, HF_ALERT_unknown_ca},
         .thought = HF_ERR_peer_knows_not_our_issuer},
        {.server = {.who = LAB_SERVER_EXPIRED},
         .found = {HF_ERR_certificate_expired, HF_BY_US, HF_ALERT_certificate_expired},
         .thought = HF_ERR_peer_finds_us_expired},
        {.client = {.trusts_other = true},
         .found = {HF_ERR_unknown_issuer, HF_BY_US, HF_ALERT_unknown_ca},
         .thought = HF_ERR_peer_distrusts_us},
        {.server = {.more = only_other_tenants},
         .by_server = true,
         .found = {HF_ERR_not_admitted, HF_BY_US, HF_ALERT_access_denied},
         .thought = HF_ERR_peer_admits_us_not},
    };
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        for (int v = 0; v < 2; v++)
            assert_refused(&refusals[i], lab_versions[v]);
}

/* By the server's clock the client's certificate is over; by the client's own it is not, so it is presented. */
static void an_expired_client_is_refused(void **state)
{
    (void)state;
    static const uint64_t later_ms = LAB_NOW_MS + UINT64_C(100) * 86400 * 1000;
    for (int v = 0; v < 2; v++) {
        struct lab_pair pair;
        lab_pair_open(&pair, &(struct lab_side){.max = lab_versions[v]}, NULL);
        lab_pair_run_at(&pair, LAB_NOW_MS, later_ms);
        lab_assert_failed(pair.server,
                          &(struct lab_failure){HF_ERR_certificate_expired, HF_BY_US, HF_ALERT_certificate_expired});
        assert_int_equal(hf_failure(pair.server)->depth, 0);
        assert_string_equal(hf_failure(pair.server)->subject, "CN=billing");
        lab_assert_failed(
            pair.client, &(struct lab_failure){HF_ERR_peer_finds_us_expired, HF_BY_PEER, HF_ALERT_certificate_expired});
        lab_pair_close(&pair);
    }
}

/* In 1.3 the client is open before the server has judged it; it is told that it is not accepted yet. */
static void opened_is_not_accepted_in_13(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct hf_session_info info;
    lab_pair_open(&pair, NULL, &(struct lab_side){.more = only_other_tenants});
    (void)lab_move(pair.client, pair.server, 16384);
    (void)lab_move(pair.server, pair.client, 16384);
    hf_session_info(pair.client, &info);
    assert_true(info.opened);
    assert_false(info.accepted);
    assert_false(lab_event(pair.client, HF_EVENT_ACCEPTED));
    (void)lab_pair_run(&pair);
    lab_assert_failed(pair.client,
                      &(struct lab_failure){HF_ERR_peer_admits_us_not, HF_BY_PEER, HF_ALERT_access_denied});
    lab_pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_way_opens_and_shows_nobody),
        cmocka_unit_test(a_client_without_one_goes_on_where_it_may),
        cmocka_unit_test(what_is_wrong_is_told_at_both_ends),
        cmocka_unit_test(an_expired_client_is_refused),
        cmocka_unit_test(opened_is_not_accepted_in_13),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
