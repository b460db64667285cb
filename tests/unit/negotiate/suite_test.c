/* Suites: our order, the key's kind in TLS 1.2, and the client's check. RFC 9846 4.2.3, RFC 8422 2.1. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "negotiate/suite.h"
#include "support/hello_bodies.h"

static struct hf_config config;
static struct hf_failure failure;

static int set_up(void **state)
{
    (void)state;
    hello_config(&config);
    return 0;
}

static const struct hf_suite *choose(const char *suites, size_t len, enum hf_version_bit generation,
                                     enum hf_suite_auth auth, enum hf_error *ret_error)
{
    const struct hf_client_hello_facts hello = {.suites = hf_span_of(suites, len)};
    const struct hf_negotiate_suite_wish wish = {.generation = generation, .auth = auth};
    const struct hf_suite *suite = NULL;
    *ret_error = hf_negotiate_suite_choose(&config, &hello, &wish, &suite, &failure);
    return suite;
}

static void test_our_order(void **state)
{
    (void)state;
    enum hf_error error;
    assert_int_equal(choose("\x13\x03\x13\x02\x13\x01", 6, HF_VERSION_BIT_13, HF_SUITE_AUTH_NONE, &error)->id, 0x1301);
    const struct hf_suite *first = config.suites[0];
    config.suites[0] = hf_suite_find(0x1303);
    config.suites[2] = first;
    assert_int_equal(choose("\x13\x01\x13\x03", 4, HF_VERSION_BIT_13, HF_SUITE_AUTH_NONE, &error)->id, 0x1303);
}

/* 0x1301, then 0x1302 and 0x1303 that are equal to us. */
static void test_the_clients_order_among_equals(void **state)
{
    (void)state;
    static const struct {
        const char *offered;
        size_t len;
        uint16_t wanted;
    } cases[] = {
        {"\x13\x02\x13\x03", 4, 0x1302},         {"\x13\x03\x13\x02", 4, 0x1303},         {"\x13\x03", 2, 0x1303},
        {"\x13\x03\x13\x02\x13\x01", 6, 0x1301}, {"\x00\xff\x13\x03\x13\x02", 6, 0x1303},
    };
    enum hf_error error;
    config.suites[0] = hf_suite_find(0x1301);
    config.suites[1] = hf_suite_find(0x1302);
    config.suites[2] = hf_suite_find(0x1303);
    config.suite_count = 3;
    config.suite_joined[2] = true;
    for (size_t i = 0; i < HF_COUNT(cases); i++)
        assert_int_equal(choose(cases[i].offered, cases[i].len, HF_VERSION_BIT_13, HF_SUITE_AUTH_NONE, &error)->id,
                         cases[i].wanted);
    assert_null(choose("\xc0\x2b", 2, HF_VERSION_BIT_13, HF_SUITE_AUTH_NONE, &error));
}

static void test_generations_do_not_mix(void **state)
{
    (void)state;
    enum hf_error error;
    assert_null(choose("\xc0\x2f\x00\xff", 4, HF_VERSION_BIT_13, HF_SUITE_AUTH_NONE, &error));
    assert_int_equal(error, HF_ERR_no_common_suite);
    assert_non_null(strstr(failure.wanted, "TLS_AES_128_GCM_SHA256"));
    assert_null(strstr(failure.wanted, "ECDHE"));
    assert_string_equal(failure.got, "the client offers TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, 0x00ff");
    assert_null(choose("\x13\x01", 2, HF_VERSION_BIT_12, HF_SUITE_AUTH_RSA, &error));
    assert_int_equal(error, HF_ERR_no_common_suite);
}

static void test_key_kind(void **state)
{
    (void)state;
    enum hf_error error;
    assert_int_equal(choose("\xc0\x2b\xc0\x2f", 4, HF_VERSION_BIT_12, HF_SUITE_AUTH_RSA, &error)->id, 0xc02f);
    assert_int_equal(choose("\xc0\x2f\xc0\x2b", 4, HF_VERSION_BIT_12, HF_SUITE_AUTH_ECDSA, &error)->id, 0xc02b);
    assert_null(choose("\xc0\x2f", 2, HF_VERSION_BIT_12, HF_SUITE_AUTH_ECDSA, &error));
    assert_int_equal(error, HF_ERR_no_common_suite);
    assert_non_null(strstr(failure.hint, "RSA certificate"));
    assert_int_equal(hf_negotiate_suite_auth(HF_KEY_ED25519), HF_SUITE_AUTH_ECDSA);
    assert_int_equal(hf_negotiate_suite_auth(HF_KEY_P521), HF_SUITE_AUTH_ECDSA);
    assert_int_equal(hf_negotiate_suite_auth(HF_KEY_RSA_PSS), HF_SUITE_AUTH_RSA);
    assert_int_equal(hf_negotiate_suite_auth(HF_KEY_NONE), HF_SUITE_AUTH_NONE);
}

static void test_check(void **state)
{
    (void)state;
    const struct hf_suite *suite = NULL;
    assert_int_equal(hf_negotiate_suite_check(&config, HF_VERSION_BIT_13, 0x1302, &suite, &failure), HF_OK);
    assert_int_equal(suite->id, 0x1302);
    assert_int_equal(hf_negotiate_suite_check(&config, HF_VERSION_BIT_12, 0x1302, &suite, &failure),
                     HF_ERR_illegal_parameter);
    assert_int_equal(hf_negotiate_suite_check(&config, HF_VERSION_BIT_13, 0xc02f, &suite, &failure),
                     HF_ERR_illegal_parameter);
    assert_int_equal(hf_negotiate_suite_check(&config, HF_VERSION_BIT_12, 0x00ff, &suite, &failure),
                     HF_ERR_illegal_parameter);
    assert_int_equal(hf_negotiate_suite_check(&config, HF_VERSION_BIT_12, 0x5600, &suite, &failure),
                     HF_ERR_illegal_parameter);
    config.suite_count = 1; /* known, and not offered */
    assert_int_equal(hf_negotiate_suite_check(&config, HF_VERSION_BIT_13, 0x1302, &suite, &failure),
                     HF_ERR_illegal_parameter);
    assert_non_null(strstr(failure.got, "TLS_AES_256_GCM_SHA384"));
}

static void test_check_key(void **state)
{
    (void)state;
    assert_int_equal(hf_negotiate_suite_check_key(hf_suite_find(0xc02f), HF_KEY_RSA, &failure), HF_OK);
    assert_int_equal(hf_negotiate_suite_check_key(hf_suite_find(0xc02b), HF_KEY_ED25519, &failure), HF_OK);
    assert_int_equal(hf_negotiate_suite_check_key(hf_suite_find(0x1301), HF_KEY_RSA, &failure), HF_OK);
    assert_int_equal(hf_negotiate_suite_check_key(hf_suite_find(0xc02f), HF_KEY_P256, &failure),
                     HF_ERR_illegal_parameter);
    assert_string_equal(failure.got, "P-256");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_our_order, set_up),
        cmocka_unit_test_setup(test_the_clients_order_among_equals, set_up),
        cmocka_unit_test_setup(test_generations_do_not_mix, set_up),
        cmocka_unit_test_setup(test_key_kind, set_up),
        cmocka_unit_test_setup(test_check, set_up),
        cmocka_unit_test_setup(test_check_key, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
