/* Switches and shared keys: what a builder takes, what it refuses and how it says so. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/must.h"
#include "record/compression.h"
#include "support/lab.h"

static const char key[] = "sixteen bytes at least, of a key";

static void assert_refused(enum hf_role role, void (*more)(struct hf_builder *builder), const char *suites,
                           const char *wanted)
{
    struct hf_failure failure = {.error = HF_OK};
    assert_null(lab_config(role, &(struct lab_side){.more = more, .suites = suites}, &failure));
    assert_int_equal(failure.error, HF_ERR_setting_invalid);
    if (strstr(failure.wanted, wanted) == NULL)
        fail_msg("wanted says: %s", failure.wanted);
}

static void forbidden_ciphers_are_refused_by_name(void **state)
{
    static const struct {
        const char *name;
        const char *wanted;
    } suites[] = {
        {"TLS_RSA_WITH_RC4_128_SHA", "RFC 7465"},
        {"ECDHE-RSA-RC4-SHA", "RFC 7465"},
        {"rc4-md5", "RFC 7465"},
        {"TLS_RSA_WITH_DES_CBC_SHA", "names like"},
    };
    (void)state;
    for (size_t i = 0; i < HF_COUNT(suites); i++)
        assert_refused(HF_CLIENT, NULL, suites[i].name, suites[i].wanted);
}

static void a_suite_names_the_switches_that_it_lacks(void **state)
{
    (void)state;
    assert_refused(HF_SERVER, NULL, "TLS_RSA_WITH_AES_128_CBC_SHA", "HF_HISTORIC_RSA_KEY_EXCHANGE HF_HISTORIC_CBC");
    assert_refused(HF_CLIENT, NULL, "TLS_SHA256_SHA256", "HF_HISTORIC_NULL_ENCRYPTION");
    assert_refused(HF_CLIENT, NULL, "ECDHE-RSA-DES-CBC3-SHA", "HF_HISTORIC_CBC HF_HISTORIC_3DES");
    assert_refused(HF_CLIENT, NULL, "TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256", "shared key");
}

static void unknown_switch(struct hf_builder *builder)
{
    hf_builder_historic(builder, 1u << 30);
}

static void short_key(struct hf_builder *builder)
{
    hf_builder_psk(builder, "us", 2, key, 15);
}

static void long_key(struct hf_builder *builder)
{
    static const char zeros[65];
    hf_builder_psk(builder, "us", 2, zeros, sizeof zeros);
}

static void long_identity(struct hf_builder *builder)
{
    static const char zeros[257];
    hf_builder_psk(builder, zeros, sizeof zeros, key, 32);
}

static void same_identity(struct hf_builder *builder)
{
    hf_builder_psk(builder, "us", 2, key, 32);
    hf_builder_psk(builder, "us", 2, key, 16);
}

static void sign_as_clients_do(struct hf_builder *builder)
{
    hf_builder_historic(builder, HF_HISTORIC_PKCS1_CLIENTS);
    hf_builder_identity_schemes(builder, "rsa_pkcs1_sha256_legacy");
}

static void with_rules(struct hf_builder *builder)
{
    hf_builder_admit(builder, "dns:*.lab");
    hf_builder_psk(builder, "us", 2, key, 32);
}

static void with_verdict(struct hf_builder *builder)
{
    hf_builder_psk(builder, "us", 2, key, 32);
    hf_builder_verdict_outside(builder);
}

static void wrong_settings_are_refused(void **state)
{
    (void)state;
    assert_refused(HF_CLIENT, unknown_switch, NULL, "enum hf_historic");
    assert_refused(HF_CLIENT, short_key, NULL, "16 to 64");
    assert_refused(HF_CLIENT, long_key, NULL, "16 to 64");
    assert_refused(HF_CLIENT, long_identity, NULL, "0 to 256");
    assert_refused(HF_SERVER, same_identity, NULL, "each identity once");
    assert_refused(HF_SERVER, sign_as_clients_do, NULL, "RFC 9963");
    assert_refused(HF_SERVER, with_rules, NULL, "admission");
    assert_refused(HF_SERVER, with_verdict, NULL, "verdict");
}

static void retired_schemes_need_their_switch(void **state)
{
    struct hf_failure failure = {.error = HF_OK};
    (void)state;
    assert_null(lab_config(HF_CLIENT, &(struct lab_side){.schemes = "rsa_pkcs1_sha1"}, &failure));
    assert_int_equal(failure.error, HF_ERR_setting_invalid);
    assert_non_null(strstr(failure.wanted, "HF_HISTORIC_SHA1_SIGNATURES"));
    assert_null(lab_config(HF_CLIENT, &(struct lab_side){.schemes = "rsa_pkcs1_sha512_legacy"}, &failure));
    assert_non_null(strstr(failure.wanted, "HF_HISTORIC_PKCS1_CLIENTS"));
}

static struct hf_config *only_key(enum hf_role role)
{
    struct hf_failure failure;
    struct hf_builder *builder = hf_builder_new(role);
    hf_builder_psk(builder, "us", 2, key, 32);
    struct hf_config *config = hf_builder_finish(builder, LAB_NOW_S, &failure);
    assert_non_null(config);
    return config;
}

/* A side with nothing but a key has no way to meet a peer that does not hold it. */
static void a_side_with_only_a_key_has_only_its_suites(void **state)
{
    (void)state;
    for (int role = 0; role < 2; role++) {
        struct hf_config *config = only_key(role == 0 ? HF_CLIENT : HF_SERVER);
        const char *names = hf_config_suites(config);
        assert_non_null(strstr(names, "TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256"));
        assert_null(strstr(names, "_RSA_"));
        assert_null(strstr(names, "TLS_AES"));
        assert_null(strstr(names, "TLS_PSK_WITH")); /* no forward secrecy: a switch of its own */
        hf_config_drop(config);
    }
}

static void let_ask(struct hf_builder *builder)
{
    hf_builder_historic(builder, HF_HISTORIC_RENEGOTIATION_ASK);
}

static void let_follow(struct hf_builder *builder)
{
    hf_builder_historic(builder, HF_HISTORIC_RENEGOTIATION_FOLLOW);
}

static void let_follow_over_datagrams(struct hf_builder *builder)
{
    let_follow(builder);
    hf_builder_datagrams(builder);
}

static void let_follow_with_a_key(struct hf_builder *builder)
{
    let_follow(builder);
    hf_builder_psk(builder, "us", 2, "sixteen bytes and more", 22);
}

static void let_follow_too_often(struct hf_builder *builder)
{
    let_follow(builder);
    hf_builder_max_renegotiations(builder, 9);
}

static void renegotiation_has_its_place(void **state)
{
    (void)state;
    static const struct {
        enum hf_role role;
        void (*more)(struct hf_builder *builder);
        const char *where;
    } wrong[] = {
        {HF_CLIENT, let_ask, "HF_HISTORIC_RENEGOTIATION_ASK"},
        {HF_SERVER, let_follow, "HF_HISTORIC_RENEGOTIATION_FOLLOW"},
        {HF_CLIENT, let_follow_over_datagrams, "HF_HISTORIC_RENEGOTIATION_FOLLOW"},
        {HF_CLIENT, let_follow_with_a_key, "HF_HISTORIC_RENEGOTIATION_FOLLOW"},
        {HF_CLIENT, let_follow_too_often, "hf_builder_max_renegotiations"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct hf_failure failure;
        const struct lab_side side = {.more = wrong[i].more};
        assert_null(lab_config(wrong[i].role, &side, &failure));
        assert_int_equal(failure.error, HF_ERR_setting_invalid);
        assert_string_equal(failure.where, wrong[i].where);
    }
}

static void deflate_datagrams(struct hf_builder *builder)
{
    hf_builder_historic(builder, HF_HISTORIC_COMPRESSION);
    hf_builder_datagrams(builder);
}

static void cbc_with_connection_ids(struct hf_builder *builder)
{
    hf_builder_historic(builder, HF_HISTORIC_CBC);
    hf_builder_datagrams(builder);
    hf_builder_connection_ids(builder, 8);
}

static void connection_ids_are_for_aead(void **state)
{
    (void)state;
    struct hf_failure failure;
    assert_null(lab_config(HF_SERVER, &(struct lab_side){.more = cbc_with_connection_ids}, &failure));
    assert_int_equal(failure.error, HF_ERR_setting_invalid);
    assert_string_equal(failure.where, "connection IDs");
}

static void compression_is_for_streams(void **state)
{
    (void)state;
    struct hf_failure failure;
    assert_null(lab_config(HF_CLIENT, &(struct lab_side){.more = deflate_datagrams}, &failure));
    assert_string_equal(failure.where, "HF_HISTORIC_COMPRESSION");
    if (!hf_record_compression_available())
        skip();
    assert_int_equal(failure.error, HF_ERR_setting_invalid);
    assert_string_equal(failure.got, "datagrams");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forbidden_ciphers_are_refused_by_name),
        cmocka_unit_test(a_suite_names_the_switches_that_it_lacks),
        cmocka_unit_test(wrong_settings_are_refused),
        cmocka_unit_test(retired_schemes_need_their_switch),
        cmocka_unit_test(renegotiation_has_its_place),
        cmocka_unit_test(compression_is_for_streams),
        cmocka_unit_test(connection_ids_are_for_aead),
        cmocka_unit_test(a_side_with_only_a_key_has_only_its_suites),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
