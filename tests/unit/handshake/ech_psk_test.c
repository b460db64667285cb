/* Encrypted Client Hello beside keys shared beforehand, where the server cannot open it: the client learns that, and
 * other configurations, and not that its key was not taken, of which the server saw nothing. RFC 9849 6.1.6, RFC
 * 8773bis 5. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <handfast/ech.h>
#include <handfast/psk.h>

#include <string.h>

#include "base/must.h"
#include "engine/connection.h"
#include "support/ech_lab.h"
#include "support/lab.h"

static enum ech_lab_key offered;
static bool over_datagrams;

static void has_key(struct hf_builder *builder)
{
    const struct hf_psk psk = {
        .identity = "us", .identity_len = 2, .key = "a key of thirty-two random bytes", .key_len = 32};
    hf_builder_psk13(builder, &psk);
    if (over_datagrams)
        hf_builder_datagrams(builder);
}

static void encrypts(struct hf_builder *builder)
{
    const struct hf_span list = ech_lab_list(offered);
    has_key(builder);
    hf_builder_ech_configs(builder, list.data, list.len);
}

static void encrypts_and_wants_both(struct hf_builder *builder)
{
    encrypts(builder);
    hf_builder_psk13_with_certificates(builder);
}

static void opens(struct hf_builder *builder)
{
    has_key(builder);
    hf_builder_ech_pem(builder, ech_lab_pem(ECH_LAB_OTHER), strlen(ech_lab_pem(ECH_LAB_OTHER)), /* retry= */ true);
}

static void opens_and_wants_both(struct hf_builder *builder)
{
    opens(builder);
    hf_builder_psk13_with_certificates(builder);
}

static void run(struct lab_pair *pair, struct lab_side client, struct lab_side server)
{
    client.min = server.min = HF_TLS13;
    lab_pair_open(pair, &client, &server);
    (void)lab_pair_run(pair);
}

static void assert_rejected(struct lab_pair *pair, bool has_retry)
{
    struct hf_ech_info info;
    assert_non_null(hf_failure(pair->client));
    assert_string_equal(hf_error_name(hf_failure(pair->client)->error), hf_error_name(HF_ERR_ech_rejected));
    assert_int_equal(hf_failure(pair->client)->by, HF_BY_US);
    hf_ech_info(pair->client, &info);
    assert_int_equal(info.state, HF_ECH_REJECTED);
    assert_int_equal(info.retry_configs_len > 0, has_retry);
    assert_null(hf_peer(pair->client));
    assert_non_null(hf_failure(pair->server));
    assert_null(hf_peer(pair->server));
}

static void who_wants_both_opens_where_the_hello_does(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        struct lab_pair pair;
        over_datagrams = (i & 1) != 0;
        offered = ECH_LAB_OTHER;
        run(&pair, (struct lab_side){.who = LAB_CLIENT, .more = encrypts_and_wants_both, .groups = "x25519:secp256r1"},
            (struct lab_side){.more = opens_and_wants_both, .groups = (i & 2) != 0 ? "secp256r1" : NULL});
        assert_null(hf_failure(pair.client));
        assert_null(hf_failure(pair.server));
        assert_non_null(hf_peer(pair.server));
        assert_true((pair.server->handshake.proofs.held & HF_PROOF_PSK) != 0);
        lab_pair_close(&pair);
    }
}

static void who_wants_both_learns_other_configurations(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        struct lab_pair pair;
        over_datagrams = (i & 1) != 0;
        offered = ECH_LAB_PUBLIC;
        run(&pair, (struct lab_side){.who = LAB_CLIENT, .more = encrypts_and_wants_both, .groups = "x25519:secp256r1"},
            (struct lab_side){.more = opens_and_wants_both,
                              .client_auth = HF_CLIENT_AUTH_REQUEST,
                              .groups = (i & 2) != 0 ? "secp256r1" : NULL});
        assert_rejected(&pair, /* has_retry= */ true);
        assert_int_equal(hf_failure(pair.server)->error, HF_ERR_psk_with_certificate_missing);
        lab_pair_close(&pair);
    }
}

/* A server that does not know ECH at all, nor of both. */
static void who_wants_both_learns_that_there_are_none(void **state)
{
    (void)state;
    struct lab_pair pair;
    over_datagrams = false;
    offered = ECH_LAB_PUBLIC;
    run(&pair, (struct lab_side){.who = LAB_CLIENT, .more = encrypts_and_wants_both},
        (struct lab_side){.client_auth = HF_CLIENT_AUTH_REQUEST});
    assert_rejected(&pair, /* has_retry= */ false);
    lab_pair_close(&pair);
}

/* Nothing opens without the key, whatever was said of ECH: the client of this server encrypts nothing. */
static void such_a_server_opens_with_nobody_else(void **state)
{
    (void)state;
    struct lab_pair pair;
    over_datagrams = false;
    run(&pair, (struct lab_side){.who = LAB_CLIENT}, (struct lab_side){.more = opens_and_wants_both});
    assert_int_equal(hf_failure(pair.server)->error, HF_ERR_psk_with_certificate_missing);
    assert_null(hf_peer(pair.server));
    lab_pair_close(&pair);
}

static void who_has_a_key_only_learns_why_it_was_not_taken(void **state)
{
    (void)state;
    struct lab_pair pair;
    over_datagrams = false;
    offered = ECH_LAB_PUBLIC;
    const struct lab_side client = {.min = HF_TLS13, .more = encrypts, .anonymous = true};
    const struct lab_side server = {.min = HF_TLS13, .more = opens, .client_auth = HF_CLIENT_AUTH_NONE};
    lab_pair_open(&pair, &client, &server);
    pair.client->handshake.config->psk13_only = true; /* as of one that trusts no CA; the lab's all do */
    (void)lab_pair_run(&pair);
    assert_rejected(&pair, /* has_retry= */ false);
    assert_string_equal(hf_failure(pair.client)->where, "ServerHello");
    lab_pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_wants_both_opens_where_the_hello_does),
        cmocka_unit_test(who_wants_both_learns_other_configurations),
        cmocka_unit_test(who_wants_both_learns_that_there_are_none),
        cmocka_unit_test(such_a_server_opens_with_nobody_else),
        cmocka_unit_test(who_has_a_key_only_learns_why_it_was_not_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
