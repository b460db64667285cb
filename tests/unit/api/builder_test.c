/* Every setting that is not possible is told: which, where, what was wanted. And the lists that a config works with. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "support/lab.h"
#include "support/test_allocator.h"

static struct hf_builder *builder_of(enum hf_role role)
{
    struct hf_builder *builder = hf_builder_new(role);
    const struct lab_identity *identity = lab_identity(role == HF_SERVER ? LAB_SERVER : LAB_CLIENT, MAKE_KEY_P256);
    assert_non_null(builder);
    hf_builder_identity_pem(builder, identity->chain, strlen(identity->chain), identity->key, strlen(identity->key));
    hf_builder_trust_pem(builder, lab_root(), strlen(lab_root()));
    return builder;
}

static void assert_refused(struct hf_builder *builder, enum hf_error error, const char *where)
{
    struct hf_failure failure = {0};
    char text[1024];
    assert_null(hf_builder_finish(builder, LAB_NOW_S, &failure));
    assert_string_equal(hf_error_name(failure.error), hf_error_name(error));
    assert_int_equal(failure.by, HF_BY_SETTINGS);
    assert_int_equal(failure.alert, HF_ALERT_none);
    if (strstr(failure.where, where) == NULL)
        print_error("where: '%s', not '%s'\n", failure.where, where);
    assert_non_null(strstr(failure.where, where));
    assert_true(hf_failure_explain(&failure, LAB_NOW_S, text, sizeof text) > 0);
}

struct bad_text {
    void (*set)(struct hf_builder *builder, const char *text);
    const char *text;
    const char *where;
};

static void unknown_names_are_told(void **state)
{
    (void)state;
    static const struct bad_text cases[] = {
        {hf_builder_suites, "TLS_AES_128_GCM_SHA256:NONSENSE", "cipher suites"},
        {hf_builder_suites, "", "cipher suites"},
        {hf_builder_groups, "x25519:curve42", "groups"},
        {hf_builder_groups, "", "groups"},
        {hf_builder_groups, "x25519:P-256:x25519", "groups"},
        {hf_builder_signature_schemes, "rsa_md5", "signature schemes"},
        {hf_builder_signature_schemes, "rsa_pkcs1_sha1", "signature schemes"},
        {hf_builder_signature_schemes, " , :", "signature schemes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct hf_builder *builder = builder_of(HF_CLIENT);
        cases[i].set(builder, cases[i].text);
        assert_refused(builder, HF_ERR_setting_invalid, cases[i].where);
    }
}

struct bad_number {
    void (*set)(struct hf_builder *builder, size_t number);
    size_t number;
    const char *where;
};

static void numbers_out_of_range_are_told(void **state)
{
    (void)state;
    static const struct bad_number cases[] = {
        {hf_builder_key_shares, 0, "key shares"},
        {hf_builder_key_shares, 4, "key shares"},
        {hf_builder_record_size_limit, 63, "record size limit"},
        {hf_builder_record_max, 63, "hf_builder_record_max"},
        {hf_builder_record_max, 16385, "hf_builder_record_max"},
        {hf_builder_record_size_limit, 16386, "record size limit"},
        {hf_builder_max_fragment_length, 513, "max fragment length"},
        {hf_builder_max_fragment_length, 8192, "max fragment length"},
        {hf_builder_max_handshake_message, 1023, "max handshake message"},
        {hf_builder_max_handshake_message, 1048577, "max handshake message"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct hf_builder *builder = builder_of(HF_CLIENT);
        cases[i].set(builder, cases[i].number);
        assert_refused(builder, HF_ERR_setting_invalid, cases[i].where);
    }
}

static void versions_go_upward(void **state)
{
    (void)state;
    struct hf_builder *builder = builder_of(HF_SERVER);
    hf_builder_versions(builder, HF_TLS13, HF_TLS12);
    assert_refused(builder, HF_ERR_setting_invalid, "versions");
}

static void protocol_names_fit(void **state)
{
    (void)state;
    char name[300];
    (void)memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    struct hf_builder *builder = builder_of(HF_SERVER);
    hf_builder_alpn(builder, name);
    assert_refused(builder, HF_ERR_setting_invalid, "ALPN");
}

static void who_we_are_must_be_said(void **state)
{
    (void)state;
    struct hf_builder *builder = hf_builder_new(HF_SERVER);
    hf_builder_trust_pem(builder, lab_root(), strlen(lab_root()));
    assert_refused(builder, HF_ERR_no_server_identity, "");
    builder = hf_builder_new(HF_CLIENT);
    hf_builder_trust_pem(builder, lab_root(), strlen(lab_root()));
    assert_refused(builder, HF_ERR_setting_invalid, "identity");
}

static void a_server_says_whom_it_believes(void **state)
{
    (void)state;
    const struct lab_identity *identity = lab_identity(LAB_SERVER, MAKE_KEY_P256);
    struct hf_builder *builder = hf_builder_new(HF_SERVER);
    hf_builder_identity_pem(builder, identity->chain, strlen(identity->chain), identity->key, strlen(identity->key));
    assert_refused(builder, HF_ERR_no_trust_anchors, "");
}

static void keys_and_files_are_looked_at(void **state)
{
    (void)state;
    const struct lab_identity *server = lab_identity(LAB_SERVER, MAKE_KEY_P256);
    const struct lab_identity *other = lab_identity(LAB_CLIENT, MAKE_KEY_P384);
    struct hf_builder *builder = hf_builder_new(HF_SERVER);
    hf_builder_identity_pem(builder, server->chain, strlen(server->chain), other->key, strlen(other->key));
    assert_refused(builder, HF_ERR_key_mismatch, "");
    builder = builder_of(HF_CLIENT);
    hf_builder_identity_files(builder, "/nonexistent/chain.pem", "/nonexistent/key.pem");
    assert_refused(builder, HF_ERR_file_unreadable, "/nonexistent/chain.pem");
    builder = builder_of(HF_CLIENT);
    hf_builder_trust_file(builder, "/nonexistent/ca.pem");
    assert_refused(builder, HF_ERR_file_unreadable, "/nonexistent/ca.pem");
    builder = builder_of(HF_CLIENT);
    hf_builder_trust_pem(builder, "no PEM at all", 13);
    assert_refused(builder, HF_ERR_file_malformed, "hf_builder_trust_pem");
}

/* The first thing that is wrong is told, whatever comes after it. */
/* A file without an end: what was read of it is given back. */
static void files_that_are_too_long_leave_nothing(void **state)
{
    (void)state;
    struct hf_test_allocator test;
    struct hf_failure failure;
    hf_test_allocator_init(&test, 0);
    struct hf_builder *builder = hf_builder_new_with(HF_CLIENT, &test.allocator);
    hf_builder_identity_files(builder, "/dev/zero", "/dev/null");
    assert_null(hf_builder_finish(builder, LAB_NOW_S, &failure));
    assert_string_equal(hf_error_name(failure.error), "file_malformed");
    assert_string_equal(failure.where, "/dev/zero");
    assert_int_equal(test.live, 0);
}

static void the_first_fault_is_kept(void **state)
{
    (void)state;
    struct hf_builder *builder = builder_of(HF_CLIENT);
    hf_builder_groups(builder, "curve42");
    hf_builder_suites(builder, "NONSENSE");
    hf_builder_alpn(builder, "h2");
    hf_builder_versions(builder, HF_TLS13, HF_TLS12);
    hf_builder_key_shares(builder, 99);
    hf_builder_trust_file(builder, "/nonexistent/ca.pem");
    hf_builder_admit(builder, "");
    assert_refused(builder, HF_ERR_setting_invalid, "groups");
}

static void lists_are_kept_in_their_order(void **state)
{
    (void)state;
    struct hf_failure failure;
    struct hf_builder *builder = builder_of(HF_CLIENT);
    hf_builder_groups(builder, "P-384, x25519");
    hf_builder_suites(builder, "TLS_CHACHA20_POLY1305_SHA256 TLS_AES_128_GCM_SHA256");
    hf_builder_signature_schemes(builder, "ed25519:ecdsa_secp256r1_sha256");
    struct hf_config *config = hf_builder_finish(builder, LAB_NOW_S, &failure);
    assert_non_null(config);
    assert_string_equal(hf_config_groups(config), "secp384r1:x25519");
    assert_string_equal(hf_config_suites(config), "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256");
    assert_string_equal(hf_config_signature_schemes(config), "ed25519:ecdsa_secp256r1_sha256");
    hf_config_drop(config);
}

static void nothing_is_fine_too(void **state)
{
    (void)state;
    struct hf_failure failure = {0};
    hf_builder_free(NULL);
    assert_null(hf_builder_finish(NULL, LAB_NOW_S, &failure));
    assert_int_equal(failure.error, HF_ERR_no_memory);
    hf_config_drop(NULL);
    hf_connection_free(NULL);
    hf_builder_free(builder_of(HF_CLIENT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_names_are_told),       cmocka_unit_test(numbers_out_of_range_are_told),
        cmocka_unit_test(versions_go_upward),           cmocka_unit_test(protocol_names_fit),
        cmocka_unit_test(who_we_are_must_be_said),      cmocka_unit_test(a_server_says_whom_it_believes),
        cmocka_unit_test(keys_and_files_are_looked_at), cmocka_unit_test(files_that_are_too_long_leave_nothing),
        cmocka_unit_test(the_first_fault_is_kept),      cmocka_unit_test(lists_are_kept_in_their_order),
        cmocka_unit_test(nothing_is_fine_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
