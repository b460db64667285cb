/* What the hellos agree on: every group, every suite, key share or retry, ALPN, server names, versions. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "registry/group.h"
#include "registry/suite.h"
#include "support/lab_check.h"

static void run(struct lab_pair *pair, const struct lab_side *client, const struct lab_side *server)
{
    lab_pair_open(pair, client, server);
    (void)lab_pair_run(pair);
}

static void assert_negotiated(struct lab_pair *pair, const char *suite, const char *group)
{
    struct hf_session_info info;
    lab_assert_open(pair);
    hf_session_info(pair->client, &info);
    if (suite != NULL)
        assert_string_equal(info.suite, suite);
    if (group != NULL)
        assert_string_equal(info.group, group);
    lab_assert_data(pair, pair->client, pair->server);
    lab_assert_data(pair, pair->server, pair->client);
}

/* Whether this machine's libcrypto has a group: a config can be made with it. */
static bool has_group(const char *name)
{
    struct hf_failure failure;
    struct hf_config *config = lab_config(HF_CLIENT, &(struct lab_side){.groups = name}, &failure);
    if (config == NULL)
        assert_int_equal(failure.error, HF_ERR_unsupported_here);
    hf_config_drop(config);
    return config != NULL;
}

static void every_group_works_in_its_versions(void **state)
{
    (void)state;
    size_t runs = 0;
    for (size_t i = 0; i < hf_group_count(); i++) {
        const struct hf_group *group = hf_group_at(i);
        for (int v = 0; v < 2 && has_group(group->name) && !hf_key_exchange_has_field(group->key_exchange); v++) {
            if ((group->versions & (v == 0 ? HF_VERSION_BIT_12 : HF_VERSION_BIT_13)) == 0)
                continue;
            /* In 1.2 the curve of the certificate must be among the client's groups too (RFC 8422 5.1.1). */
            struct lab_side client = {.groups = group->name, .key = MAKE_KEY_RSA2048};
            struct lab_side server = {
                .groups = group->name, .min = lab_versions[v], .max = lab_versions[v], .key = MAKE_KEY_RSA2048};
            struct lab_pair pair;
            run(&pair, &client, &server);
            assert_negotiated(&pair, NULL, group->name);
            lab_pair_close(&pair);
            runs++;
        }
    }
    assert_true(runs >= 10);
}

static void every_suite_works(void **state)
{
    (void)state;
    for (size_t i = 0; i < hf_suite_count(); i++) {
        const struct hf_suite *suite = hf_suite_at(i);
        if (!hf_suite_is_current(suite))
            continue;
        bool of_rsa = strstr(suite->name, "_RSA_") != NULL;
        enum make_certificate_key key = of_rsa ? MAKE_KEY_RSA2048 : MAKE_KEY_P256;
        struct lab_pair pair;
        run(&pair, &(struct lab_side){.suites = suite->name}, &(struct lab_side){.suites = suite->name, .key = key});
        assert_negotiated(&pair, suite->name, NULL);
        lab_pair_close(&pair);
    }
}

static void another_group_takes_a_retry(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct hf_session_info info;
    run(&pair, &(struct lab_side){.groups = "x25519:secp384r1"}, &(struct lab_side){.groups = "secp384r1"});
    assert_negotiated(&pair, NULL, "secp384r1");
    hf_session_info(pair.client, &info);
    assert_true(info.hello_retried);
    lab_pair_close(&pair);
}

static void two_shares(struct hf_builder *builder)
{
    hf_builder_key_shares(builder, 2);
}

static void a_second_share_saves_the_retry(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct hf_session_info info;
    run(&pair, &(struct lab_side){.groups = "x25519:secp384r1", .more = two_shares},
        &(struct lab_side){.groups = "secp384r1"});
    assert_negotiated(&pair, NULL, "secp384r1");
    hf_session_info(pair.client, &info);
    assert_false(info.hello_retried);
    lab_pair_close(&pair);
}

static void assert_refused(const struct lab_side *client, const struct lab_side *server,
                           const struct lab_failure *server_says, enum hf_error client_thinks)
{
    struct lab_pair pair;
    run(&pair, client, server);
    lab_assert_failed(pair.server, server_says);
    lab_assert_failed(pair.client, &(struct lab_failure){client_thinks, HF_BY_PEER, server_says->alert});
    lab_pair_close(&pair);
}

static void nothing_in_common_is_told_at_both_ends(void **state)
{
    (void)state;
    static const struct lab_failure group = {HF_ERR_no_common_group, HF_BY_US, HF_ALERT_handshake_failure};
    static const struct lab_failure suite = {HF_ERR_no_common_suite, HF_BY_US, HF_ALERT_handshake_failure};
    static const struct lab_failure scheme = {HF_ERR_no_common_signature_scheme, HF_BY_US, HF_ALERT_handshake_failure};
    static const struct lab_failure version = {HF_ERR_no_common_version, HF_BY_US, HF_ALERT_protocol_version};
    static const struct lab_failure protocol = {HF_ERR_no_application_protocol, HF_BY_US,
                                                HF_ALERT_no_application_protocol};
    assert_refused(&(struct lab_side){.groups = "x25519"}, &(struct lab_side){.groups = "secp384r1", .min = HF_TLS13},
                   &group, HF_ERR_peer_no_common_parameters);
    assert_refused(&(struct lab_side){.suites = "TLS_AES_128_GCM_SHA256"},
                   &(struct lab_side){.suites = "TLS_AES_256_GCM_SHA384"}, &suite, HF_ERR_peer_no_common_parameters);
    assert_refused(&(struct lab_side){.schemes = "ed25519", .min = HF_TLS13, .key = MAKE_KEY_ED25519}, NULL, &scheme,
                   HF_ERR_peer_no_common_parameters);
    assert_refused(&(struct lab_side){.min = HF_TLS13}, &(struct lab_side){.max = HF_TLS12}, &version,
                   HF_ERR_peer_version);
    assert_refused(&(struct lab_side){.max = HF_TLS12}, &(struct lab_side){.min = HF_TLS13}, &version,
                   HF_ERR_peer_version);
    assert_refused(&(struct lab_side){.alpn = "h2"}, &(struct lab_side){.alpn = "http/1.1"}, &protocol,
                   HF_ERR_peer_no_application_protocol);
}

static void the_servers_first_protocol_is_taken(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct lab_pair pair;
        struct hf_session_info info;
        run(&pair, &(struct lab_side){.alpn = "http/1.1,h2", .max = lab_versions[i]},
            &(struct lab_side){.alpn = "h3,h2,http/1.1"});
        lab_assert_open(&pair);
        hf_session_info(pair.client, &info);
        assert_string_equal(info.alpn, "h2");
        lab_pair_close(&pair);
        run(&pair, &(struct lab_side){.alpn = "h2", .max = lab_versions[i]}, NULL);
        lab_assert_open(&pair);
        hf_session_info(pair.server, &info);
        assert_string_equal(info.alpn, "");
        lab_pair_close(&pair);
    }
}

/* A second identity of the server, for another name. */
static void add_wild(struct hf_builder *builder)
{
    static struct make_certificate *root, *leaf;
    static char *chain, *key;
    if (leaf == NULL) {
        root = make_certificate(&(struct make_certificate_of){.subject = "CN=Lab Root", .ca = true});
        leaf = make_certificate(&(struct make_certificate_of){
            .subject = "CN=other.lab", .issuer = root, .ekus = "serverAuth", .sans = "DNS:other.lab"});
        chain = make_certificate_pem(leaf);
        key = make_certificate_key_pem(leaf);
    }
    hf_builder_identity_pem(builder, chain, strlen(chain), key, strlen(key));
}

static void the_name_asked_for_chooses_the_identity(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *subject;
    } cases[] = {
        {"server.lab", "CN=server.lab"}, {"other.lab", "CN=other.lab"},  {"OTHER.lab.", "CN=other.lab"},
        {"a.wild.lab", "CN=server.lab"}, {"127.0.0.1", "CN=server.lab"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int v = 0; v < 2; v++) {
            struct lab_pair pair;
            run(&pair, &(struct lab_side){.name = cases[i].name, .max = lab_versions[v]},
                &(struct lab_side){.more = add_wild});
            lab_assert_open(&pair);
            assert_string_equal(hf_peer_subject(hf_peer(pair.client)), cases[i].subject);
            lab_pair_close(&pair);
        }
}

static void another_name_is_refused_by_the_client(void **state)
{
    (void)state;
    static const struct lab_failure by_client = {HF_ERR_name_mismatch, HF_BY_US, HF_ALERT_bad_certificate};
    static const struct lab_failure address = {HF_ERR_address_mismatch, HF_BY_US, HF_ALERT_bad_certificate};
    struct lab_pair pair;
    run(&pair, &(struct lab_side){.name = "elsewhere.lab"}, NULL);
    lab_assert_failed(pair.client, &by_client);
    lab_assert_failed(pair.server,
                      &(struct lab_failure){HF_ERR_peer_finds_name_wrong, HF_BY_PEER, HF_ALERT_bad_certificate});
    lab_pair_close(&pair);
    run(&pair, &(struct lab_side){.name = "10.0.0.1"}, NULL);
    lab_assert_failed(pair.client, &address);
    lab_pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_group_works_in_its_versions),
        cmocka_unit_test(every_suite_works),
        cmocka_unit_test(another_group_takes_a_retry),
        cmocka_unit_test(a_second_share_saves_the_retry),
        cmocka_unit_test(nothing_in_common_is_told_at_both_ends),
        cmocka_unit_test(the_servers_first_protocol_is_taken),
        cmocka_unit_test(the_name_asked_for_chooses_the_identity),
        cmocka_unit_test(another_name_is_refused_by_the_client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
