/* Mutual handshakes by ML-DSA certificates of our own private CA, of all three sizes: chains, names and signatures as
 * with any other key, in TLS 1.3 alone. draft-ietf-tls-mldsa 3; RFC 9881. Nothing, where libcrypto is older than 3.5.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/must.h"
#include "support/lab_check.h"
#include "support/private_ca.h"
#include "support/resume_lab.h"

enum { YEAR = 365 };

static const uint64_t NOW_MS = (uint64_t)HF_PRIVATE_CA_NOW * 1000;

static const enum hf_authority_key keys[] = {HF_AUTHORITY_MLDSA44, HF_AUTHORITY_MLDSA65, HF_AUTHORITY_MLDSA87};
static const char *const schemes[] = {"mldsa44", "mldsa65", "mldsa87"};

struct side {
    const struct hf_authority *authority;
    struct hf_authority_issued issued;
    enum hf_version max;
    bool datagrams;
};

static struct hf_connection *make(enum hf_role role, const struct side *side)
{
    struct hf_failure failure = {0};
    struct hf_builder *builder = hf_builder_new(role);
    const char *issuer = hf_authority_certificate_pem(side->authority, HF_AUTHORITY_ROOT);
    hf_builder_identity_pem(builder, side->issued.chain_pem, strlen(side->issued.chain_pem), side->issued.key_pem,
                            strlen(side->issued.key_pem));
    hf_builder_trust_pem(builder, issuer, strlen(issuer));
    if (side->datagrams)
        hf_builder_datagrams(builder);
    if (side->max != 0)
        hf_builder_versions(builder, HF_TLS12, side->max);
    struct hf_config *config = hf_builder_finish(builder, HF_PRIVATE_CA_NOW, &failure);
    if (config == NULL)
        print_message("%s: wanted %s, got %s\n", hf_error_name(failure.error), failure.wanted, failure.got);
    assert_non_null(config);
    struct hf_connection *connection =
        hf_connection_new(config, role == HF_CLIENT ? "server.lan" : NULL, NOW_MS, &failure);
    hf_config_drop(config);
    assert_non_null(connection);
    return connection;
}

/* The CA of one size; NULL where there is no ML-DSA. */
static struct hf_authority *authority_of(enum hf_authority_key key)
{
    struct hf_failure failure = {0};
    struct hf_authority *authority = NULL;
    const struct hf_authority_settings settings = {
        .name = "lab", .key = key, .validity = hf_authority_validity_days(HF_PRIVATE_CA_NOW, YEAR)};
    enum hf_error error = hf_authority_new(&settings, &authority, &failure);
    if (error != HF_OK)
        print_message("no ML-DSA in this libcrypto: %s\n", hf_error_name(error));
    return error == HF_OK ? authority : NULL;
}

static struct hf_authority_issued issue(const struct hf_authority *authority, enum hf_authority_role role,
                                        enum hf_authority_key key)
{
    const struct hf_authority_wish wish = {
        .role = role, .name = role == HF_AUTHORITY_SERVER ? "server.lan" : "billing", .key = key};
    return hf_private_ca_issue_wish(authority, &wish, -1, 30);
}

static void assert_by(const struct hf_connection *connection, const char *scheme)
{
    struct hf_session_info info;
    hf_session_info(connection, &info);
    if (hf_failure(connection) != NULL)
        print_message("%s at %s: %s\n", hf_error_name(hf_failure(connection)->error), hf_failure(connection)->where,
                      hf_failure(connection)->got);
    assert_true(info.opened);
    assert_string_equal(info.peer_scheme, scheme);
    assert_string_equal(info.own_scheme, scheme);
}

static void both_ends_sign_by_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * HF_COUNT(keys); i++) {
        struct hf_authority *authority = authority_of(keys[i / 2]);
        if (authority == NULL)
            skip();
        struct side client = {.authority = authority, .datagrams = i % 2 != 0};
        struct side server = client;
        client.issued = issue(authority, HF_AUTHORITY_CLIENT, keys[i / 2]);
        server.issued = issue(authority, HF_AUTHORITY_SERVER, keys[i / 2]);
        struct lab_pair pair = {.client = make(HF_CLIENT, &client), .server = make(HF_SERVER, &server)};
        resume_lab_run(&pair, NOW_MS);
        assert_by(pair.client, schemes[i / 2]);
        assert_by(pair.server, schemes[i / 2]);
        assert_non_null(hf_peer(pair.server));
        lab_pair_close(&pair);
        hf_authority_issued_wipe(&client.issued);
        hf_authority_issued_wipe(&server.issued);
        hf_authority_free(authority);
    }
}

/* TLS 1.2 has no suite for such a key. */
static void not_in_12(void **state)
{
    (void)state;
    struct hf_authority *authority = authority_of(HF_AUTHORITY_MLDSA65);
    if (authority == NULL)
        skip();
    struct side client = {.authority = authority, .max = HF_TLS12};
    struct side server = {.authority = authority};
    client.issued = issue(authority, HF_AUTHORITY_CLIENT, HF_AUTHORITY_P256);
    server.issued = issue(authority, HF_AUTHORITY_SERVER, HF_AUTHORITY_MLDSA65);
    struct lab_pair pair = {.client = make(HF_CLIENT, &client), .server = make(HF_SERVER, &server)};
    resume_lab_run(&pair, NOW_MS);
    assert_non_null(hf_failure(pair.server));
    assert_int_equal(hf_failure(pair.server)->alert, HF_ALERT_handshake_failure);
    lab_pair_close(&pair);
    hf_authority_issued_wipe(&client.issued);
    hf_authority_issued_wipe(&server.issued);
    hf_authority_free(authority);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ends_sign_by_it),
        cmocka_unit_test(not_in_12),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
