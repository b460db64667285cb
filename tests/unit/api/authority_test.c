/* A private CA through its public functions: made, opened again, issuing, renewing, and what it refuses. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <handfast/inspect.h>

#include "support/private_ca.h"

enum { DAY_S = 86400 };

static struct hf_authority *lab;

static int set_up(void **state)
{
    (void)state;
    lab = hf_private_ca_new("lab", HF_AUTHORITY_P256);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    hf_authority_free(lab);
    return 0;
}

static struct hf_inspection *inspect(const char *pem)
{
    struct hf_inspection *inspection = NULL;
    struct hf_failure failure;
    assert_int_equal(hf_inspection_new(pem, strlen(pem), &inspection, &failure), HF_OK);
    return inspection;
}

/* As a peer would: the chain up to the root, for a purpose and a name. */
static enum hf_error check(const char *chain, const char *key, enum hf_inspect_purpose purpose, const char *name)
{
    const char *root = hf_authority_certificate_pem(lab, HF_AUTHORITY_ROOT);
    struct hf_inspect_question question = {.key = key,
                                           .key_len = key == NULL ? 0 : strlen(key),
                                           .ca = root,
                                           .ca_len = strlen(root),
                                           .purpose = purpose,
                                           .name = name,
                                           .now_s = HF_PRIVATE_CA_NOW + 60};
    struct hf_inspection *inspection = inspect(chain);
    struct hf_failure findings[4];
    size_t count = 0;
    assert_int_equal(hf_inspection_check(inspection, &question, findings, 4, &count), HF_OK);
    hf_inspection_free(inspection);
    return count == 0 ? HF_OK : findings[0].error;
}

static void test_the_three_parts(void **state)
{
    (void)state;
    static const char *const subjects[] = {"CN=lab Root CA", "CN=lab Server CA", "CN=lab Client CA"};
    static const char *const purposes[] = {NULL, "serverAuth", "clientAuth"};
    for (int role = 0; role < 3; role++) {
        struct hf_inspection *part = inspect(hf_authority_certificate_pem(lab, (enum hf_authority_role)role));
        const struct hf_inspected *one = hf_inspection_at(part, 0);
        assert_string_equal(one->subject, subjects[role]);
        assert_string_equal(one->issuer, "CN=lab Root CA");
        assert_true(one->is_ca);
        assert_int_equal(one->path_len, role == HF_AUTHORITY_ROOT ? 1 : 0);
        assert_int_equal(one->purposes_count, role == HF_AUTHORITY_ROOT ? 0 : 1);
        if (purposes[role] != NULL)
            assert_string_equal(one->purposes[0], purposes[role]);
        assert_int_equal(strlen(one->serial), 32);
        hf_inspection_free(part);
    }
    assert_string_equal(hf_authority_name(lab), "lab");
}

static void test_server_and_client(void **state)
{
    (void)state;
    const char *const names[] = {"10.0.0.5", "::1", "*.api.lan"};
    struct hf_authority_wish wish = {.role = HF_AUTHORITY_SERVER, .name = "api.lan", .names = names, .names_count = 3};
    struct hf_authority_issued server = hf_private_ca_issue_wish(lab, &wish, 0, 90);
    struct hf_authority_issued client = hf_private_ca_issue(lab, HF_AUTHORITY_CLIENT, "pay/billing", 0, 90);
    assert_string_equal(server.identity, "DNS:api.lan, IP:10.0.0.5, IP:::1, DNS:*.api.lan");
    assert_string_equal(client.identity, "URI:spiffe://lab/pay/billing");
    assert_int_equal(check(server.chain_pem, server.key_pem, HF_INSPECT_SERVER, "api.lan"), HF_OK);
    assert_int_equal(check(server.chain_pem, server.key_pem, HF_INSPECT_SERVER, "10.0.0.5"), HF_OK);
    assert_int_equal(check(server.chain_pem, NULL, HF_INSPECT_SERVER, "10.0.0.6"), HF_ERR_address_mismatch);
    assert_int_equal(check(server.chain_pem, NULL, HF_INSPECT_SERVER, "other.lan"), HF_ERR_name_mismatch);
    assert_int_equal(check(server.chain_pem, NULL, HF_INSPECT_CLIENT, NULL), HF_ERR_wrong_purpose);
    assert_int_equal(check(server.chain_pem, client.key_pem, HF_INSPECT_SERVER, NULL), HF_ERR_key_mismatch);
    assert_int_equal(check(client.chain_pem, client.key_pem, HF_INSPECT_CLIENT, NULL), HF_OK);
    assert_int_equal(check(client.chain_pem, NULL, HF_INSPECT_SERVER, NULL), HF_ERR_wrong_purpose);
    assert_string_not_equal(server.serial, client.serial);
    hf_authority_issued_wipe(&server);
    hf_authority_issued_wipe(&client);
    assert_null(server.chain_pem);
}

static void test_expired_and_other_ca(void **state)
{
    (void)state;
    struct hf_authority_issued expired = hf_private_ca_issue(lab, HF_AUTHORITY_CLIENT, "old", -30, -3);
    assert_int_equal(check(expired.chain_pem, expired.key_pem, HF_INSPECT_CLIENT, NULL),
                     HF_ERR_own_certificate_expired);
    struct hf_authority *other = hf_private_ca_new("other", HF_AUTHORITY_P256);
    struct hf_authority_issued stranger = hf_private_ca_issue(other, HF_AUTHORITY_CLIENT, "x", 0, 90);
    assert_int_not_equal(check(stranger.chain_pem, stranger.key_pem, HF_INSPECT_CLIENT, NULL), HF_OK);
    hf_authority_issued_wipe(&expired);
    hf_authority_issued_wipe(&stranger);
    hf_authority_free(other);
}

static void test_key_kinds(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *told;
    } kinds[] = {{"p256", "ECDSA P-256"},
                 {"p384", "ECDSA P-384"},
                 {"p521", "ECDSA P-521"},
                 {"ed25519", "Ed25519"},
                 {"rsa2048", "RSA 2048"}};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        enum hf_authority_key key;
        assert_int_equal(hf_authority_key_by_name(kinds[i].name, &key), 0);
        struct hf_authority *ca = hf_private_ca_new("kind", key);
        struct hf_authority_wish wish = {.role = HF_AUTHORITY_CLIENT, .name = "c", .key = key};
        struct hf_authority_issued issued = hf_private_ca_issue_wish(ca, &wish, 0, 1);
        struct hf_inspection *inspection = inspect(issued.chain_pem);
        assert_string_equal(hf_inspection_at(inspection, 0)->key, kinds[i].told);
        assert_string_equal(hf_inspection_at(inspection, 1)->key, kinds[i].told);
        hf_inspection_free(inspection);
        hf_authority_issued_wipe(&issued);
        hf_authority_free(ca);
    }
    enum hf_authority_key key;
    assert_int_equal(hf_authority_key_by_name("dsa", &key), -1);
}

/* Dates are cut to the issuer's; a validity outside of it is refused. */
static void test_validity_stays_within_the_issuers(void **state)
{
    (void)state;
    struct hf_authority_issued issued = hf_private_ca_issue(lab, HF_AUTHORITY_CLIENT, "long", -4000, 40000);
    assert_true(issued.not_before_s == HF_PRIVATE_CA_NOW - (int64_t)365 * DAY_S);
    assert_true(issued.not_after_s == HF_PRIVATE_CA_NOW + (int64_t)9 * 365 * DAY_S);
    hf_authority_issued_wipe(&issued);
    struct hf_authority_wish wish = {.role = HF_AUTHORITY_CLIENT, .name = "late", .validity = {1, 2}};
    struct hf_failure failure;
    assert_int_equal(hf_authority_issue(lab, &wish, &issued, &failure), HF_ERR_setting_invalid);
    struct hf_authority_validity days = hf_authority_validity_days(1000000, 2);
    assert_true(days.not_before_s == 1000000 - 300 && days.not_after_s == 1000000 + 2 * DAY_S);
}

static void test_names_refused(void **state)
{
    (void)state;
    static const struct {
        enum hf_authority_role role;
        const char *name;
        const char *more;
    } bad[] = {
        {HF_AUTHORITY_SERVER, "", NULL},     {HF_AUTHORITY_SERVER, "a b", NULL}, {HF_AUTHORITY_SERVER, "a.lan", "x..y"},
        {HF_AUTHORITY_CLIENT, "", NULL},     {HF_AUTHORITY_CLIENT, "a b", NULL}, {HF_AUTHORITY_CLIENT, "a//b", NULL},
        {HF_AUTHORITY_CLIENT, "../b", NULL}, {HF_AUTHORITY_CLIENT, "a", "b"},    {HF_AUTHORITY_ROOT, "a", NULL},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct hf_authority_wish wish = {.role = bad[i].role,
                                         .name = bad[i].name,
                                         .names = &bad[i].more,
                                         .names_count = bad[i].more == NULL ? 0 : 1,
                                         .validity = {HF_PRIVATE_CA_NOW, HF_PRIVATE_CA_NOW + DAY_S}};
        struct hf_authority_issued issued = {.chain_pem = NULL};
        struct hf_failure failure;
        assert_int_equal(hf_authority_issue(lab, &wish, &issued, &failure), HF_ERR_setting_invalid);
        assert_true(failure.wanted[0] != '\0');
        assert_null(issued.chain_pem);
    }
}

static void test_settings_refused(void **state)
{
    (void)state;
    const char *const bad_permit[] = {"10.0.0.0/40"};
    const struct hf_authority_settings bad[] = {
        {.name = NULL, .validity = {0, 1000}},
        {.name = "With Blank", .validity = {0, 1000}},
        {.name = "back", .validity = {1000, 1000}},
        {.name = "range", .validity = {0, 1000}, .permitted = bad_permit, .permitted_count = 1},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct hf_authority *authority = NULL;
        struct hf_failure failure;
        assert_int_equal(hf_authority_new(&bad[i], &authority, &failure), HF_ERR_setting_invalid);
        assert_null(authority);
    }
}

/* What the CA itself could not verify is not handed out. */
static void test_name_constraints_hold(void **state)
{
    (void)state;
    const char *const permitted[] = {"lan", "10.0.0.0/8"};
    struct hf_authority_settings settings = {.name = "narrow",
                                             .validity = {HF_PRIVATE_CA_NOW, HF_PRIVATE_CA_NOW + 100 * DAY_S},
                                             .permitted = permitted,
                                             .permitted_count = 2};
    struct hf_authority *narrow = NULL;
    struct hf_failure failure;
    assert_int_equal(hf_authority_new(&settings, &narrow, &failure), HF_OK);
    static const struct {
        const char *name;
        enum hf_error error;
    } cases[] = {{"db.lan", HF_OK},
                 {"lan", HF_OK},
                 {"10.200.0.1", HF_OK},
                 {"db.wan", HF_ERR_name_constraint},
                 {"badlan", HF_ERR_name_constraint},
                 {"192.168.0.1", HF_ERR_name_constraint},
                 {"::1", HF_ERR_name_constraint}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct hf_authority_wish wish = {.role = HF_AUTHORITY_SERVER,
                                         .name = cases[i].name,
                                         .validity = {HF_PRIVATE_CA_NOW, HF_PRIVATE_CA_NOW + DAY_S}};
        struct hf_authority_issued issued = {.chain_pem = NULL};
        enum hf_error error = hf_authority_issue(narrow, &wish, &issued, &failure);
        if (error != cases[i].error)
            fail_msg("%s: %s", cases[i].name, hf_error_name(error));
        hf_authority_issued_wipe(&issued);
    }
    hf_authority_free(narrow);
}

static struct hf_authority_pair part_of(enum hf_authority_role role, const char *key, const char *pass)
{
    const char *certificate = hf_authority_certificate_pem(lab, role);
    return (struct hf_authority_pair){.certificate = certificate,
                                      .certificate_len = strlen(certificate),
                                      .key = key,
                                      .key_len = strlen(key),
                                      .pass = pass};
}

static void test_opened_again(void **state)
{
    (void)state;
    const char *root = hf_authority_certificate_pem(lab, HF_AUTHORITY_ROOT);
    struct hf_authority *opened = NULL;
    struct hf_failure failure;
    assert_int_equal(hf_authority_open(root, strlen(root), &opened, &failure), HF_OK);
    assert_string_equal(hf_authority_name(opened), "lab");
    struct hf_authority_wish wish = {
        .role = HF_AUTHORITY_CLIENT, .name = "late", .validity = {HF_PRIVATE_CA_NOW, HF_PRIVATE_CA_NOW + DAY_S}};
    struct hf_authority_issued issued;
    assert_int_equal(hf_authority_issue(opened, &wish, &issued, &failure), HF_ERR_setting_invalid);
    char *key = NULL;
    assert_int_equal(hf_authority_key_pem(opened, HF_AUTHORITY_ROOT, NULL, &key), HF_ERR_wrong_call);
    assert_int_equal(hf_authority_key_pem(lab, HF_AUTHORITY_CLIENT, "open sesame", &key), HF_OK);
    struct hf_authority_pair pair = part_of(HF_AUTHORITY_CLIENT, key, NULL);
    assert_int_equal(hf_authority_add_issuer(opened, &pair, &failure), HF_ERR_key_encrypted);
    pair.pass = "wrong";
    assert_int_equal(hf_authority_add_issuer(opened, &pair, &failure), HF_ERR_pass_phrase_wrong);
    pair.pass = "open sesame";
    assert_int_equal(hf_authority_add_issuer(opened, &pair, &failure), HF_OK);
    assert_int_equal(hf_authority_issue(opened, &wish, &issued, &failure), HF_OK);
    assert_int_equal(check(issued.chain_pem, issued.key_pem, HF_INSPECT_CLIENT, NULL), HF_OK);
    hf_authority_issued_wipe(&issued);
    pair = part_of(HF_AUTHORITY_SERVER, key, "open sesame");
    assert_int_equal(hf_authority_add_issuer(opened, &pair, &failure), HF_ERR_key_mismatch);
    hf_authority_text_free(key);
    hf_authority_free(opened);
}

/* The root, or another CA's issuer, is no issuer of this CA. */
static void test_strange_issuers_refused(void **state)
{
    (void)state;
    struct hf_authority *other = hf_private_ca_new("other", HF_AUTHORITY_P256);
    struct hf_failure failure;
    for (int role = 0; role < 2; role++) {
        char *key = NULL;
        assert_int_equal(hf_authority_key_pem(lab, (enum hf_authority_role)role, NULL, &key), HF_OK);
        struct hf_authority_pair pair = part_of((enum hf_authority_role)role, key, NULL);
        assert_int_equal(hf_authority_add_issuer(other, &pair, &failure), HF_ERR_setting_invalid);
        if (role == HF_AUTHORITY_ROOT)
            assert_int_equal(hf_authority_add_issuer(lab, &pair, &failure), HF_ERR_setting_invalid);
        hf_authority_text_free(key);
    }
    struct hf_authority *opened = NULL;
    const char *issuer = hf_authority_certificate_pem(lab, HF_AUTHORITY_CLIENT);
    assert_int_equal(hf_authority_open(issuer, strlen(issuer), &opened, &failure), HF_ERR_setting_invalid);
    assert_int_equal(hf_authority_open("", 0, &opened, &failure), HF_ERR_file_malformed);
    hf_authority_free(other);
}

static struct hf_authority_pair pair_of(const struct hf_authority_issued *issued, bool with_key)
{
    return (struct hf_authority_pair){.certificate = issued->chain_pem,
                                      .certificate_len = strlen(issued->chain_pem),
                                      .key = with_key ? issued->key_pem : NULL,
                                      .key_len = with_key ? strlen(issued->key_pem) : 0};
}

static void test_renewed(void **state)
{
    (void)state;
    struct hf_authority_issued old = hf_private_ca_issue(lab, HF_AUTHORITY_SERVER, "api.lan", -90, -1);
    struct hf_authority_wish wish = {.validity = {HF_PRIVATE_CA_NOW, HF_PRIVATE_CA_NOW + 90 * DAY_S}};
    struct hf_authority_issued renewed;
    struct hf_failure failure;
    struct hf_authority_pair pair = pair_of(&old, /* with_key */ true);
    assert_int_equal(hf_authority_renew(lab, &pair, &wish, &renewed, &failure), HF_OK);
    assert_null(renewed.key_pem);
    assert_string_equal(renewed.subject, old.subject);
    assert_string_equal(renewed.identity, old.identity);
    assert_string_not_equal(renewed.serial, old.serial);
    assert_int_equal(check(renewed.chain_pem, old.key_pem, HF_INSPECT_SERVER, "api.lan"), HF_OK);
    hf_authority_issued_wipe(&renewed);
    pair = pair_of(&old, /* with_key */ false);
    assert_int_equal(hf_authority_renew(lab, &pair, &wish, &renewed, &failure), HF_OK);
    assert_int_equal(check(renewed.chain_pem, renewed.key_pem, HF_INSPECT_SERVER, "api.lan"), HF_OK);
    assert_int_equal(check(renewed.chain_pem, old.key_pem, HF_INSPECT_SERVER, "api.lan"), HF_ERR_key_mismatch);
    hf_authority_issued_wipe(&renewed);
    struct hf_authority *rebuilt = hf_private_ca_new("lab", HF_AUTHORITY_P256); /* the same name, new keys (H4) */
    assert_int_not_equal(hf_authority_renew(rebuilt, &pair, &wish, &renewed, &failure), HF_OK);
    hf_authority_free(rebuilt);
    hf_authority_issued_wipe(&old);
}

/* The chain of `issued` with the certificate that its issuer has now. Free it. */
static char *chain_of_now(const struct hf_authority *authority, const struct hf_authority_issued *issued)
{
    static const char end[] = "-----END CERTIFICATE-----\n";
    const char *issuer = hf_authority_certificate_pem(authority, HF_AUTHORITY_SERVER);
    size_t leaf_len = (size_t)(strstr(issued->chain_pem, end) - issued->chain_pem) + sizeof end - 1;
    char *chain = malloc(leaf_len + strlen(issuer) + 1);
    assert_non_null(chain);
    memcpy(chain, issued->chain_pem, leaf_len);
    memcpy(chain + leaf_len, issuer, strlen(issuer) + 1);
    return chain;
}

/* The key stays, so what it issued is proven by whichever certificate of it is sent, or is not. */
static void test_issuer_renewed(void **state)
{
    (void)state;
    static const char *const corp[] = {"corp.example"};
    static const char *const lan[] = {"lan"};
    static const struct {
        struct hf_authority_settings settings;
        enum hf_error error;
    } cases[] = {
        {{.validity = {HF_PRIVATE_CA_NOW - 9 * DAY_S, HF_PRIVATE_CA_NOW - DAY_S}}, HF_ERR_own_certificate_expired},
        {{.validity = {HF_PRIVATE_CA_NOW, HF_PRIVATE_CA_NOW + DAY_S}, .permitted = corp, .permitted_count = 1},
         HF_ERR_name_constraint},
        {{.validity = {HF_PRIVATE_CA_NOW, HF_PRIVATE_CA_NOW + DAY_S}, .permitted = lan, .permitted_count = 1}, HF_OK},
        {{.validity = {HF_PRIVATE_CA_NOW, HF_PRIVATE_CA_NOW + DAY_S}}, HF_OK},
    };
    struct hf_authority *own = lab;
    lab = hf_private_ca_new("renewed", HF_AUTHORITY_P256); /* check() asks by it */
    struct hf_authority_issued issued = hf_private_ca_issue(lab, HF_AUTHORITY_SERVER, "api.lan", 0, 90);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct hf_failure failure;
        assert_int_equal(hf_authority_renew_issuer(lab, HF_AUTHORITY_SERVER, &cases[i].settings, &failure), HF_OK);
        char *chain = chain_of_now(lab, &issued);
        assert_int_equal(check(chain, NULL, HF_INSPECT_SERVER, "api.lan"), cases[i].error);
        free(chain);
    }
    hf_authority_issued_wipe(&issued);
    hf_authority_free(lab);
    lab = own;
}

/* Not without the root's key, not the root itself, not for no time at all: and then all is as it was. */
static void test_issuer_not_renewed(void **state)
{
    (void)state;
    const struct hf_authority_settings good = {.validity = {HF_PRIVATE_CA_NOW, HF_PRIVATE_CA_NOW + DAY_S}};
    const struct hf_authority_settings empty = {.validity = {HF_PRIVATE_CA_NOW, HF_PRIVATE_CA_NOW}};
    const char *before = hf_authority_certificate_pem(lab, HF_AUTHORITY_CLIENT);
    struct hf_authority *opened = NULL;
    struct hf_failure failure;
    const char *root = hf_authority_certificate_pem(lab, HF_AUTHORITY_ROOT);
    assert_int_equal(hf_authority_renew_issuer(lab, HF_AUTHORITY_ROOT, &good, &failure), HF_ERR_setting_invalid);
    assert_int_equal(hf_authority_renew_issuer(lab, HF_AUTHORITY_CLIENT, &empty, &failure), HF_ERR_setting_invalid);
    assert_ptr_equal(hf_authority_certificate_pem(lab, HF_AUTHORITY_CLIENT), before);
    assert_int_equal(hf_authority_open(root, strlen(root), &opened, &failure), HF_OK);
    char *key = NULL;
    assert_int_equal(hf_authority_key_pem(lab, HF_AUTHORITY_CLIENT, NULL, &key), HF_OK);
    struct hf_authority_pair pair = part_of(HF_AUTHORITY_CLIENT, key, NULL);
    assert_int_equal(hf_authority_renew_issuer(opened, HF_AUTHORITY_CLIENT, &good, &failure), HF_ERR_setting_invalid);
    assert_int_equal(hf_authority_add_issuer(opened, &pair, &failure), HF_OK);
    assert_int_equal(hf_authority_renew_issuer(opened, HF_AUTHORITY_CLIENT, &good, &failure), HF_ERR_setting_invalid);
    assert_true(failure.wanted[0] != '\0');
    hf_authority_text_free(key);
    hf_authority_free(opened);
}

/* Made for tests of clients only: a server's certificate with a common name and no other. */
static void test_unfit_without_names(void **state)
{
    (void)state;
    const struct hf_authority_wish wish = {.role = HF_AUTHORITY_SERVER, .name = "api.lan", .unfit_without_names = true};
    struct hf_authority_issued issued = hf_private_ca_issue_wish(lab, &wish, 0, 90);
    assert_string_equal(issued.subject, "CN=api.lan");
    assert_string_equal(issued.identity, "");
    assert_int_equal(check(issued.chain_pem, NULL, HF_INSPECT_SERVER, "api.lan"), HF_ERR_no_subject_alt_name);
    assert_int_equal(check(issued.chain_pem, NULL, HF_INSPECT_SERVER, NULL), HF_OK);
    hf_authority_issued_wipe(&issued);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_three_parts),
        cmocka_unit_test(test_server_and_client),
        cmocka_unit_test(test_expired_and_other_ca),
        cmocka_unit_test(test_key_kinds),
        cmocka_unit_test(test_validity_stays_within_the_issuers),
        cmocka_unit_test(test_names_refused),
        cmocka_unit_test(test_settings_refused),
        cmocka_unit_test(test_name_constraints_hold),
        cmocka_unit_test(test_opened_again),
        cmocka_unit_test(test_strange_issuers_refused),
        cmocka_unit_test(test_renewed),
        cmocka_unit_test(test_issuer_renewed),
        cmocka_unit_test(test_issuer_not_renewed),
        cmocka_unit_test(test_unfit_without_names),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
