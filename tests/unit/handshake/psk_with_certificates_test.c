/* Certificates and a key shared beforehand in one handshake: both are proven, neither stands for the other, and who
 * asks for both opens with nobody who does not. RFC 8773bis. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <handfast/early.h>
#include <handfast/psk.h>
#include <handfast/session.h>

#include "base/must.h"
#include "engine/connection.h"
#include "support/lab.h"

/* What both ends' `more` give; one pair at a time. */
static bool imported, datagrams;

static void give_key(struct hf_builder *builder, const char *name, const char *key)
{
    hf_builder_psk13(
        builder,
        &(struct hf_psk){.identity = name, .identity_len = 2, .key = key, .key_len = 32, .imported = imported});
    if (datagrams)
        hf_builder_datagrams(builder);
}

static void key_alone(struct hf_builder *builder)
{
    give_key(builder, "us", "a key of thirty-two random bytes");
}

static void both(struct hf_builder *builder)
{
    key_alone(builder);
    hf_builder_psk13_with_certificates(builder);
}

static void both_by_another_name(struct hf_builder *builder)
{
    give_key(builder, "we", "a key of thirty-two random bytes");
    hf_builder_psk13_with_certificates(builder);
}

static void both_by_another_key(struct hf_builder *builder)
{
    give_key(builder, "us", "another thirty-two random bytes.");
    hf_builder_psk13_with_certificates(builder);
}

static void both_anyway(struct hf_builder *builder)
{
    both(builder);
    hf_builder_present_anyway(builder);
}

static void both_and_a_verdict(struct hf_builder *builder)
{
    both(builder);
    hf_builder_verdict_outside(builder);
}

static void run(struct lab_pair *pair, struct lab_side client, struct lab_side server)
{
    client.min = server.min = HF_TLS13;
    lab_pair_open(pair, &client, &server);
    (void)lab_pair_run(pair);
}

static void assert_opens_by_both(const struct hf_connection *connection)
{
    struct hf_session_info info;
    hf_session_info(connection, &info);
    assert_null(hf_failure(connection));
    assert_true(info.opened && !info.resumed);
    assert_int_equal(info.psk_identity_len, 2);
    assert_memory_equal(info.psk_identity, "us", 2);
    assert_non_null(hf_peer(connection));
    assert_true((connection->handshake.proofs.held & HF_PROOF_PSK) != 0);
    assert_true((connection->handshake.proofs.held & HF_PROOF_CHAIN) != 0);
    assert_true((connection->handshake.proofs.held & HF_PROOF_POSSESSION) != 0);
}

static void assert_fails(struct lab_side client, struct lab_side server, enum hf_role judge, enum hf_error error)
{
    struct lab_pair pair;
    run(&pair, client, server);
    const struct hf_failure *failure = hf_failure(judge == HF_CLIENT ? pair.client : pair.server);
    assert_non_null(failure);
    assert_int_equal(failure->error, error);
    assert_int_equal(failure->by, HF_BY_US);
    assert_null(hf_peer(pair.server)); /* whoever failed, nobody was believed */
    assert_null(hf_peer(pair.client));
    lab_pair_close(&pair);
}

static void both_are_proven(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 8; i++) {
        struct lab_pair pair;
        imported = (i & 1) != 0;
        datagrams = (i & 2) != 0;
        const char *groups = (i & 4) != 0 ? "secp256r1" : NULL; /* a HelloRetryRequest */
        run(&pair, (struct lab_side){.more = both, .groups = "x25519:secp256r1"},
            (struct lab_side){.more = both, .groups = groups});
        assert_opens_by_both(pair.client);
        assert_opens_by_both(pair.server);
        assert_int_equal(pair.client->handshake.hello_retried, groups != NULL);
        lab_pair_close(&pair);
    }
    imported = datagrams = false;
}

static void a_verdict_is_asked_for_as_ever(void **state)
{
    (void)state;
    struct lab_pair pair;
    run(&pair, (struct lab_side){.more = both}, (struct lab_side){.more = both_and_a_verdict});
    assert_true(lab_event(pair.server, HF_EVENT_NEEDS_VERDICT));
    assert_int_equal(hf_answer_verdict(pair.server, /* accept= */ true), HF_OK);
    (void)lab_pair_run(&pair);
    assert_opens_by_both(pair.client);
    assert_opens_by_both(pair.server);
    lab_pair_close(&pair);
}

/* The key does not stand for the certificate. */
static void certificates_are_judged_as_ever(void **state)
{
    (void)state;
    const struct lab_side server = {.more = both};
    assert_fails((struct lab_side){.more = both_anyway, .who = LAB_CLIENT_EXPIRED}, server, HF_SERVER,
                 HF_ERR_certificate_expired);
    assert_fails((struct lab_side){.more = both, .anonymous = true}, server, HF_SERVER, HF_ERR_certificate_missing);
    assert_fails((struct lab_side){.more = both}, (struct lab_side){.more = both, .who = LAB_SERVER_EXPIRED}, HF_CLIENT,
                 HF_ERR_certificate_expired);
    struct lab_pair pair;
    struct hf_session_info info;
    run(&pair, (struct lab_side){.more = both, .anonymous = true},
        (struct lab_side){.more = both, .client_auth = HF_CLIENT_AUTH_NONE});
    hf_session_info(pair.server, &info);
    assert_true(info.opened && info.psk_identity_len == 2 && hf_peer(pair.server) == NULL);
    assert_opens_by_both(pair.client);
    lab_pair_close(&pair);
}

/* Nor the certificate for the key. */
static void keys_are_judged_as_ever(void **state)
{
    (void)state;
    const struct lab_side server = {.more = both};
    assert_fails((struct lab_side){.more = both_by_another_name}, server, HF_SERVER,
                 HF_ERR_psk_with_certificate_missing);
    assert_fails((struct lab_side){.more = both_by_another_key}, server, HF_SERVER, HF_ERR_psk_binder_wrong);
}

static void nobody_opens_with_half(void **state)
{
    (void)state;
    const struct lab_side whole = {.more = both};
    assert_fails((struct lab_side){.more = key_alone}, whole, HF_SERVER, HF_ERR_psk_with_certificate_missing);
    assert_fails((struct lab_side){0}, whole, HF_SERVER, HF_ERR_psk_with_certificate_missing);
    assert_fails(whole, (struct lab_side){.more = key_alone}, HF_CLIENT, HF_ERR_psk_with_certificate_missing);
    assert_fails(whole, (struct lab_side){0}, HF_CLIENT, HF_ERR_psk_with_certificate_missing);
}

/* ---- settings ---- */

static void both_and_psk_ke(struct hf_builder *builder)
{
    both(builder);
    hf_builder_historic(builder, HF_HISTORIC_PSK_WITHOUT_KEY_EXCHANGE);
}

static void both_and_sessions(struct hf_builder *builder)
{
    both(builder);
    hf_builder_session_tickets(builder);
}

static void both_and_early_data(struct hf_builder *builder)
{
    both(builder);
    hf_builder_early_data(builder, 100);
}

static void no_key(struct hf_builder *builder)
{
    hf_builder_psk13_with_certificates(builder);
}

static void what_does_not_go_with_it_is_refused(void **state)
{
    (void)state;
    const struct lab_side sides[] = {
        {.min = HF_TLS13, .more = both_and_psk_ke},
        {.min = HF_TLS13, .more = both_and_sessions},
        {.min = HF_TLS13, .more = both_and_early_data},
        {.min = HF_TLS13, .more = no_key},
        {.min = HF_TLS12, .more = both},
    };
    for (size_t i = 0; i < HF_COUNT(sides); i++) {
        struct hf_failure failure = {0};
        assert_null(lab_config(HF_CLIENT, &sides[i], &failure));
        assert_int_equal(failure.error, HF_ERR_setting_invalid);
        assert_string_equal(failure.where, "hf_builder_psk13_with_certificates");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_are_proven),
        cmocka_unit_test(a_verdict_is_asked_for_as_ever),
        cmocka_unit_test(certificates_are_judged_as_ever),
        cmocka_unit_test(keys_are_judged_as_ever),
        cmocka_unit_test(nobody_opens_with_half),
        cmocka_unit_test(what_does_not_go_with_it_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
