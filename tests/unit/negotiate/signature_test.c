/* Signature schemes: lists made small, and what a peer may sign with. RFC 9846 4.3.3, 4.5.2; RFC 5246 7.4.1.4.1. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "negotiate/signature.h"
#include "support/hello_bodies.h"

static struct hf_config config;
static struct hf_failure failure;

static int set_up(void **state)
{
    (void)state;
    hello_config(&config);
    return 0;
}

static void test_list(void **state)
{
    (void)state;
    static const uint8_t list[] = {0x1a, 0x1a, 0x04, 0x03, 0x04, 0x03, 0x02, 0x03, 0x08, 0x04, 0x7f, 0x7f};
    struct hf_negotiate_schemes schemes;
    hf_negotiate_signature_list(NULL, hf_span_of(list, sizeof list), &schemes);
    assert_int_equal(schemes.count, 3);
    assert_int_equal(schemes.items[0], 0x0403);
    assert_int_equal(schemes.items[1], 0x0203); /* SHA-1: known */
    assert_int_equal(schemes.items[2], 0x0804);
    hf_negotiate_signature_list(&config, hf_span_of(list, sizeof list), &schemes);
    assert_int_equal(schemes.count, 2); /* and not of our policy */
    hf_negotiate_signature_list(&config, (struct hf_span){0}, &schemes);
    assert_int_equal(schemes.count, 0);
    hf_negotiate_signature_list_default12(NULL, &schemes);
    assert_int_equal(schemes.count, 2);
    hf_negotiate_signature_list_default12(&config, &schemes); /* SHA-1 is not of the policy */
    assert_int_equal(schemes.count, 0);
}

static const struct {
    enum hf_version_bit generation;
    uint16_t scheme;
    enum hf_key_type key;
    bool fine;
} cases[] = {
    {HF_VERSION_BIT_13, 0x0403, HF_KEY_P256, true},
    {HF_VERSION_BIT_13, 0x0403, HF_KEY_P384, false}, /* the curve is bound in 1.3 */
    {HF_VERSION_BIT_12, 0x0403, HF_KEY_P384, true},  /* and not in 1.2 */
    {HF_VERSION_BIT_12, 0x0503, HF_KEY_P256, true},
    {HF_VERSION_BIT_13, 0x0804, HF_KEY_RSA, true},
    {HF_VERSION_BIT_13, 0x0804, HF_KEY_RSA_PSS, false},
    {HF_VERSION_BIT_13, 0x0809, HF_KEY_RSA_PSS, true},
    {HF_VERSION_BIT_13, 0x0809, HF_KEY_RSA, false},
    {HF_VERSION_BIT_13, 0x0401, HF_KEY_RSA, false}, /* PKCS#1 in 1.3 */
    {HF_VERSION_BIT_12, 0x0401, HF_KEY_RSA, true},
    {HF_VERSION_BIT_12, 0x0401, HF_KEY_RSA_PSS, false},
    {HF_VERSION_BIT_12, 0x0201, HF_KEY_RSA, false}, /* SHA-1: not offered */
    {HF_VERSION_BIT_13, 0x0203, HF_KEY_P256, false},
    {HF_VERSION_BIT_13, 0x0807, HF_KEY_ED25519, true},
    {HF_VERSION_BIT_13, 0x0807, HF_KEY_P256, false},
    {HF_VERSION_BIT_12, 0x0807, HF_KEY_ED25519, true},
    {HF_VERSION_BIT_13, 0x1a1a, HF_KEY_P256, false},
    {HF_VERSION_BIT_12, 0x0000, HF_KEY_RSA, false},
};

static void test_check(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(cases); i++) {
        struct hf_signature_kind kind;
        const enum hf_error error =
            hf_negotiate_signature_check(&config, cases[i].generation, cases[i].scheme, cases[i].key, &kind, &failure);
        if (error != (cases[i].fine ? HF_OK : HF_ERR_wrong_signature_scheme))
            fail_msg("case %zu: %s", i, hf_error_name(error));
        if (error == HF_OK)
            assert_int_equal(kind.key, cases[i].key);
    }
}

static void test_not_offered(void **state)
{
    (void)state;
    struct hf_signature_kind kind;
    config.scheme_count = 1; /* ecdsa_secp256r1_sha256 */
    assert_int_equal(hf_negotiate_signature_check(&config, HF_VERSION_BIT_13, 0x0804, HF_KEY_RSA, &kind, &failure),
                     HF_ERR_wrong_signature_scheme);
    assert_non_null(strstr(failure.got, "rsa_pss_rsae_sha256"));
    assert_non_null(strstr(failure.wanted, "ecdsa_secp256r1_sha256"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_list, set_up),
        cmocka_unit_test_setup(test_check, set_up),
        cmocka_unit_test_setup(test_not_offered, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
