/* Stapled OCSP responses and SCTs through whole handshakes, in both versions and from both ends; and what becomes of a
 * certificate that promises a staple. RFC 6066 8, RFC 6962 3.3.1, RFC 7633, RFC 9846 4.5.1.1. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "support/lab_check.h"
#include "support/puppet.h"

#define OF_RSA     "TLS_RSA_WITH_AES_128_GCM_SHA256"
#define OF_RSA_PSK "TLS_RSA_PSK_WITH_AES_128_GCM_SHA256"

static const char leaf_response[] = "a response for the leaf";
static const char other_response[] = "a response for the intermediate";
static const uint8_t scts[] = {0, 9, 0, 3, 1, 2, 3, 0, 2, 4, 5};

static void staple(struct hf_builder *builder)
{
    hf_builder_identity_ocsp(builder, 0, leaf_response, sizeof leaf_response);
    hf_builder_identity_ocsp(builder, 1, other_response, sizeof other_response);
    hf_builder_identity_scts(builder, 0, scts, sizeof scts);
}

static void staple_and_ask(struct hf_builder *builder)
{
    staple(builder);
    hf_builder_ask_staples(builder, true);
    hf_builder_ask_scts(builder, true);
}

static void ask_nothing(struct hf_builder *builder)
{
    hf_builder_ask_staples(builder, false);
}

static void assert_paper(const uint8_t *got, size_t len, const void *wanted, size_t wanted_len)
{
    assert_int_equal(len, wanted_len);
    if (wanted_len == 0)
        assert_null(got);
    else
        assert_memory_equal(got, wanted, wanted_len);
}

static void assert_papers(const struct hf_connection *connection, bool of_leaf, bool of_intermediate)
{
    const struct hf_peer *peer = hf_peer(connection);
    size_t len;
    const uint8_t *got = hf_peer_ocsp(peer, 0, &len);
    assert_paper(got, len, leaf_response, of_leaf ? sizeof leaf_response : 0);
    got = hf_peer_scts(peer, 0, &len);
    assert_paper(got, len, scts, of_leaf ? sizeof scts : 0);
    got = hf_peer_ocsp(peer, 1, &len);
    assert_paper(got, len, other_response, of_intermediate ? sizeof other_response : 0);
    got = hf_peer_ocsp(peer, 2, &len); /* the anchor is ours */
    assert_paper(got, len, "", 0);
}

static void both_ends_staple_where_the_version_can(void **state)
{
    (void)state;
    for (int v = 0; v < 2; v++) {
        const bool is13 = lab_versions[v] == HF_TLS13;
        const struct lab_side side = {.max = lab_versions[v], .more = staple_and_ask};
        struct lab_pair pair;
        lab_pair_open(&pair, &side, &side);
        (void)lab_pair_run(&pair);
        lab_assert_open(&pair);
        assert_papers(pair.client, /* of_leaf= */ true, /* of_intermediate= */ is13);
        assert_papers(pair.server, /* of_leaf= */ is13, /* of_intermediate= */ is13);
        lab_pair_close(&pair);
    }
}

static void nothing_is_stapled_unasked(void **state)
{
    (void)state;
    for (int v = 0; v < 2; v++) {
        struct lab_pair pair;
        lab_pair_open(&pair, &(struct lab_side){.max = lab_versions[v], .more = ask_nothing},
                      &(struct lab_side){.more = staple});
        (void)lab_pair_run(&pair);
        lab_assert_open(&pair);
        assert_papers(pair.client, false, false);
        lab_pair_close(&pair);
    }
}

static void staple_good(struct hf_builder *builder, enum lab_who who, enum make_certificate_key key)
{
    struct hf_span response = lab_ocsp(who, key, /* revoked= */ false);
    hf_builder_identity_ocsp(builder, 0, response.data, response.len);
}

static void staple_good_server(struct hf_builder *builder)
{
    staple_good(builder, LAB_SERVER_STAPLES, MAKE_KEY_P256);
}

static void staple_good_client(struct hf_builder *builder)
{
    staple_good(builder, LAB_CLIENT_STAPLES, MAKE_KEY_P256);
}

static void assert_must_staple(const struct lab_side *client, const struct lab_side *server, bool by_client)
{
    struct lab_pair pair;
    lab_pair_open(&pair, client, server);
    (void)lab_pair_run(&pair);
    lab_assert_failed(by_client ? pair.client : pair.server,
                      &(struct lab_failure){HF_ERR_staple_missing, HF_BY_US, HF_ALERT_bad_certificate_status_response});
    lab_pair_close(&pair);
}

static void a_certificate_that_promises_a_staple_needs_one(void **state)
{
    (void)state;
    for (int v = 0; v < 2; v++) {
        const enum hf_version version = lab_versions[v];
        const struct lab_side bare = {.max = version, .who = LAB_SERVER_STAPLES};
        const struct lab_side stapled = {.max = version, .who = LAB_SERVER_STAPLES, .more = staple_good_server};
        const struct lab_side pretending = {.max = version, .who = LAB_SERVER_STAPLES, .more = staple};
        assert_must_staple(NULL, &bare, /* by_client= */ true);
        assert_must_staple(NULL, &pretending, /* by_client= */ true); /* anybody can staple something */
        lab_assert_talks(version, &(struct lab_side){0}, &stapled);
        lab_assert_talks(version, &(struct lab_side){.more = ask_nothing},
                         &bare); /* RFC 7633 4.2.2: it was not asked */
    }
    const struct lab_side asks = {.more = staple_and_ask};
    assert_must_staple(&(struct lab_side){.who = LAB_CLIENT_STAPLES}, &asks, /* by_client= */ false);
    lab_assert_talks(HF_TLS13, &(struct lab_side){.who = LAB_CLIENT_STAPLES, .more = staple_good_client}, &asks);
    lab_assert_talks(HF_TLS12, &(struct lab_side){.who = LAB_CLIENT_STAPLES}, &asks); /* where no client can */
}

/* ---- what a server announced and then leaves out: RFC 6066 8 ---- */

static void take_all(struct hf_builder *builder)
{
    static const char key[] = "sixteen bytes at least";
    hf_builder_historic(builder, HF_HISTORIC_RSA_KEY_EXCHANGE);
    hf_builder_psk(builder, "us", 2, key, sizeof key - 1);
}

static void take_all_and_judge(struct hf_builder *builder)
{
    hf_builder_historic(builder, HF_HISTORIC_RSA_KEY_EXCHANGE);
    hf_builder_verdict_outside(builder);
}

static void staple_all(struct hf_builder *builder)
{
    take_all(builder);
    staple_good(builder, LAB_SERVER_STAPLES, MAKE_KEY_RSA2048);
}

static const struct {
    const char *suite;
    void (*more)(struct hf_builder *builder);
    enum hf_client_auth client_auth;
} ways[] = {
    {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", take_all, HF_CLIENT_AUTH_REQUIRE},
    {OF_RSA, take_all, HF_CLIENT_AUTH_REQUIRE},
    {OF_RSA, take_all, HF_CLIENT_AUTH_NONE},
    {OF_RSA_PSK, take_all, HF_CLIENT_AUTH_NONE},
    {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", take_all_and_judge, HF_CLIENT_AUTH_REQUIRE},
    {OF_RSA, take_all_and_judge, HF_CLIENT_AUTH_REQUIRE},
    {OF_RSA, take_all_and_judge, HF_CLIENT_AUTH_NONE},
};

static void run_judged(struct lab_pair *pair)
{
    (void)lab_pair_run(pair);
    if (lab_event(pair->client, HF_EVENT_NEEDS_VERDICT))
        assert_int_equal(hf_answer_verdict(pair->client, true), HF_OK);
    (void)lab_pair_run(pair);
}

/* The client takes it as said in ServerHello, by the hand of the test, before the Certificate comes. */
static void an_announced_status_may_be_left_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(ways); i++) {
        const struct lab_side client = {.suites = ways[i].suite, .max = HF_TLS12, .more = ways[i].more};
        const struct lab_side server = {.suites = ways[i].suite,
                                        .max = HF_TLS12,
                                        .key = MAKE_KEY_RSA2048,
                                        .client_auth = ways[i].client_auth,
                                        .more = take_all};
        struct lab_pair pair;
        lab_pair_open(&pair, &client, &server);
        (void)lab_move(pair.client, pair.server, 16384);
        enum { SERVER_HELLO_WIRE = 5 };
        uint8_t wire[16384];
        size_t len = 0;
        hf_drain(pair.server, wire, sizeof wire, &len);
        size_t hello_len = SERVER_HELLO_WIRE + (size_t)(wire[3] << 8 | wire[4]);
        assert_int_equal(hf_feed(pair.client, wire, hello_len, LAB_NOW_MS), HF_OK);
        if (pair.client->handshake.state == HF_STATE_C12_WAIT_CERTIFICATE)
            pair.client->handshake.work->choice.status_request = true;
        assert_int_equal(hf_feed(pair.client, wire + hello_len, len - hello_len, LAB_NOW_MS), HF_OK);
        run_judged(&pair);
        assert_null(hf_failure(pair.client));
        lab_assert_data(&pair, pair.client, pair.server);
        lab_pair_close(&pair);
    }
}

static void a_status_works_with_every_key_exchange(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(ways); i++) {
        struct lab_pair pair;
        lab_pair_open(&pair, &(struct lab_side){.suites = ways[i].suite, .max = HF_TLS12, .more = ways[i].more},
                      &(struct lab_side){.suites = ways[i].suite,
                                         .max = HF_TLS12,
                                         .key = MAKE_KEY_RSA2048,
                                         .who = LAB_SERVER_STAPLES,
                                         .client_auth = ways[i].client_auth,
                                         .more = staple_all});
        run_judged(&pair);
        assert_null(hf_failure(pair.client));
        size_t len;
        const uint8_t *got = hf_peer_ocsp(hf_peer(pair.client), 0, &len);
        struct hf_span sent = lab_ocsp(LAB_SERVER_STAPLES, MAKE_KEY_RSA2048, /* revoked= */ false);
        assert_paper(got, len, sent.data, sent.len);
        lab_pair_close(&pair);
    }
}

static void assert_refuses(const uint8_t *body, size_t len, enum hf_error error, unsigned alert)
{
    struct lab_pair pair;
    lab_pair_open(&pair, &(struct lab_side){.max = HF_TLS12}, &(struct lab_side){.more = staple});
    struct puppet *puppet = puppet_take(pair.server);
    puppet_stop_before(puppet, HF_MESSAGE_certificate_status);
    (void)lab_pair_run(&pair);
    assert_int_equal(pair.client->handshake.state, HF_STATE_C12_WAIT_STATUS);
    puppet_send_message(puppet, 22, hf_span_of(body, len));
    (void)lab_move(pair.server, pair.client, 16384);
    lab_assert_failed(pair.client, &(struct lab_failure){error, HF_BY_US, alert});
    lab_pair_close(&pair);
}

static void another_type_and_an_empty_response_are_refused(void **state)
{
    (void)state;
    static const uint8_t other_type[] = {2, 0, 0, 1, 'x'};
    static const uint8_t empty[] = {1, 0, 0, 0};
    assert_refuses(other_type, sizeof other_type, HF_ERR_illegal_parameter, HF_ALERT_illegal_parameter);
    assert_refuses(empty, sizeof empty, HF_ERR_decode_error, HF_ALERT_decode_error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ends_staple_where_the_version_can),
        cmocka_unit_test(nothing_is_stapled_unasked),
        cmocka_unit_test(a_certificate_that_promises_a_staple_needs_one),
        cmocka_unit_test(an_announced_status_may_be_left_out),
        cmocka_unit_test(a_status_works_with_every_key_exchange),
        cmocka_unit_test(another_type_and_an_empty_response_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
