/* Shared keys in whole handshakes: who may open, and what a wrong key, an unknown identity and a prefix of one look
 * like from outside: all the same. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include <handfast/authenticator.h>

#include "base/must.h"
#include "support/lab.h"

static const char right[] = "a key of thirty-two random bytes";
static const char wrong[] = "another thirty-two random bytes.";

struct owner {
    const char *identity;
    size_t identity_len;
    const char *key;
};

static struct hf_connection *make(enum hf_role role, const struct owner *owner, const char *hint)
{
    struct hf_failure failure;
    struct hf_builder *builder = hf_builder_new(role);
    hf_builder_psk(builder, owner->identity, owner->identity_len, owner->key, 32);
    if (hint != NULL)
        hf_builder_psk_hint(builder, hint);
    if (role == HF_CLIENT)
        hf_builder_any_server_name(builder);
    struct hf_config *config = hf_builder_finish(builder, LAB_NOW_S, &failure);
    assert_non_null(config);
    struct hf_connection *connection = hf_connection_new(config, NULL, LAB_NOW_MS, &failure);
    hf_config_drop(config);
    assert_non_null(connection);
    return connection;
}

static void open_pair(struct lab_pair *pair, const struct owner *client, const struct owner *server)
{
    pair->client = make(HF_CLIENT, client, NULL);
    pair->server = make(HF_SERVER, server, "take the usual one");
    (void)lab_pair_run(pair);
}

static void without_any_certificate(void **state)
{
    static const struct owner us = {"us", 2, right};
    struct lab_pair pair;
    struct hf_session_info info;
    (void)state;
    open_pair(&pair, &us, &us);
    hf_session_info(pair.server, &info);
    assert_true(info.opened && !info.asked_for_certificate);
    assert_int_equal(info.psk_identity_len, 2);
    assert_null(hf_peer(pair.server));
    assert_false(lab_event(pair.server, HF_EVENT_UNAUTHENTICATED));
    lab_pair_close(&pair);
}

/* RFC 4279 2: from no byte on; a peer of no name is not one of another. */
static void a_name_may_be_empty(void **state)
{
    static const struct owner nameless = {"", 0, right}, us = {"us", 2, right};
    struct lab_pair pair;
    struct hf_session_info info;
    (void)state;
    open_pair(&pair, &nameless, &nameless);
    hf_session_info(pair.server, &info);
    assert_true(info.opened && info.psk_identity != NULL);
    assert_int_equal(info.psk_identity_len, 0);
    lab_pair_close(&pair);
    open_pair(&pair, &nameless, &us);
    hf_session_info(pair.server, &info);
    assert_false(info.opened);
    lab_pair_close(&pair);
}

/* Nobody learns which identities there are, and a NUL ends none. */
static void wrong_keys_and_unknown_identities_look_alike(void **state)
{
    static const struct owner us = {"us\0er", 5, right};
    static const struct owner others[] = {
        {"us\0er", 5, wrong}, {"them", 4, right}, {"us", 2, right}, {"us\0ers", 6, right}, {"us\0eR", 5, right}};
    (void)state;
    for (size_t i = 0; i < HF_COUNT(others); i++) {
        struct lab_pair pair;
        open_pair(&pair, &others[i], &us);
        const struct hf_failure *failure = hf_failure(pair.server);
        assert_non_null(failure);
        assert_int_equal(failure->error, HF_ERR_bad_record);
        assert_int_equal(failure->alert, HF_ALERT_bad_record_mac);
        assert_non_null(hf_failure(pair.client));
        lab_pair_close(&pair);
    }
}

static void mixed(struct hf_builder *builder)
{
    hf_builder_psk(builder, "us", 2, right, 32);
}

/* With certificates and keys on both sides the suites' order decides; a client without a certificate but with the key
 * is let in, one with neither is not. */
static void beside_certificates(void **state)
{
    struct lab_pair pair;
    struct hf_session_info info;
    (void)state;
    lab_pair_open(&pair, &(struct lab_side){.max = HF_TLS12, .more = mixed}, &(struct lab_side){.more = mixed});
    (void)lab_pair_run(&pair);
    hf_session_info(pair.server, &info);
    assert_true(info.opened && info.psk_identity == NULL && hf_peer(pair.server) != NULL);
    lab_pair_close(&pair);
    lab_pair_open(
        &pair, &(struct lab_side){.anonymous = true, .more = mixed, .suites = "TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256"},
        &(struct lab_side){.more = mixed});
    (void)lab_pair_run(&pair);
    hf_session_info(pair.server, &info);
    assert_true(info.opened && info.psk_identity != NULL);
    lab_pair_close(&pair);
    lab_pair_open(&pair, &(struct lab_side){.anonymous = true, .max = HF_TLS12}, &(struct lab_side){.more = mixed});
    (void)lab_pair_run(&pair);
    assert_non_null(hf_failure(pair.server));
    assert_int_equal(hf_failure(pair.server)->error, HF_ERR_certificate_missing);
    lab_pair_close(&pair);
}

/* Beside a shared key a server may prove itself by an authenticator, whose key signs whatever the suite is for. */
static void authenticators_sign_beside_any_suite(void **state)
{
    struct lab_pair pair;
    uint8_t request[8192], made[16384];
    size_t len;
    struct hf_failure failure;
    struct hf_peer *peer = NULL;
    const struct hf_authenticator_wish wish = {.server_name = "server.lab"};
    struct hf_authenticator_bytes bytes = {made, sizeof made, 0};
    (void)state;
    lab_pair_open(
        &pair, &(struct lab_side){.anonymous = true, .more = mixed, .suites = "TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256"},
        &(struct lab_side){.more = mixed});
    (void)lab_pair_run(&pair);
    assert_int_equal(hf_authenticator_request(pair.client, &wish, request, sizeof request, &len), HF_OK);
    const struct hf_authenticator_making making = {request, len, HF_AUTHENTICATOR_FITTING};
    assert_int_equal(hf_authenticator_make(pair.server, &making, &bytes, NULL), HF_OK);
    const struct hf_authenticator_checking checking = {request, len, made, bytes.len, "server.lab"};
    assert_int_equal(hf_authenticator_check(pair.client, &checking, &peer, &failure), HF_OK);
    hf_authenticator_peer_free(peer);
    lab_pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_any_certificate),
        cmocka_unit_test(a_name_may_be_empty),
        cmocka_unit_test(wrong_keys_and_unknown_identities_look_alike),
        cmocka_unit_test(beside_certificates),
        cmocka_unit_test(authenticators_sign_beside_any_suite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
