/* Keys of TLS 1.3 in the builder: what is refused, and that it says so. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <handfast/psk.h>

#include <string.h>

#include "base/must.h"
#include "support/lab.h"

static const char key[] = "a key of thirty-two random bytes";
static const char name[HF_PSK_NAME_MAX + 1];
static const char zeros[HF_PSK_KEY_MAX + 1];

#define PSK(...)                                                                                                       \
    {                                                                                                                  \
        .identity = "us", .identity_len = 2, .key = key, .key_len = 32, __VA_ARGS__                                    \
    }

static void assert_refused(struct hf_builder *builder, const char *wanted)
{
    struct hf_failure failure = {0};
    assert_null(hf_builder_finish(builder, LAB_NOW_S, &failure));
    assert_int_equal(failure.error, HF_ERR_setting_invalid);
    assert_non_null(strstr(failure.wanted, wanted));
}

static void wrong_keys_are_refused(void **state)
{
    static const struct {
        struct hf_psk psk;
        const char *wanted;
    } cases[] = {
        {{.identity = "", .key = key, .key_len = 32}, "1 to 1024"},
        {{.identity_len = 2, .key = key, .key_len = 32}, "1 to 1024"},
        {{.identity = name, .identity_len = sizeof name, .key = key, .key_len = 32}, "1 to 1024"},
        {{.identity = "us", .identity_len = 2, .key = key, .key_len = 15}, "16 to 64"},
        {{.identity = "us", .identity_len = 2, .key_len = 32}, "16 to 64"},
        {{.identity = "us", .identity_len = 2, .key = zeros, .key_len = sizeof zeros}, "16 to 64"},
        {PSK(.hash = (enum hf_psk_hash)2), "HF_PSK_SHA256"},
        {PSK(.context = "a", .context_len = 1), "not imported"},
        {PSK(.imported = true, .context = name, .context_len = sizeof name), "at most 1024"},
        {PSK(.imported = true, .context_len = 1), "at most 1024"},
    };
    (void)state;
    for (size_t i = 0; i < HF_COUNT(cases); i++) {
        struct hf_builder *builder = hf_builder_new(HF_CLIENT);
        hf_builder_psk13(builder, &cases[i].psk);
        assert_refused(builder, cases[i].wanted);
    }
}

static void each_name_stands_once(void **state)
{
    static const struct hf_psk one = PSK(.imported = true, .context = "a", .context_len = 1);
    static const struct hf_psk other = PSK(.imported = true, .context = "b", .context_len = 1);
    static const struct hf_psk plain = PSK(.hash = HF_PSK_SHA256);
    struct hf_failure failure = {0};
    (void)state;
    struct hf_builder *builder = hf_builder_new(HF_CLIENT);
    hf_builder_psk13(builder, &one);
    hf_builder_psk13(builder, &other);
    hf_builder_psk13(builder, &plain);
    struct hf_config *config = hf_builder_finish(builder, LAB_NOW_S, &failure);
    assert_non_null(config);
    assert_null(strstr(hf_config_suites(config), "ECDHE")); /* nothing of 1.2: it would have no proof there */
    hf_config_drop(config);
    builder = hf_builder_new(HF_CLIENT);
    hf_builder_psk13(builder, &one);
    hf_builder_psk13(builder, &one);
    assert_refused(builder, "each identity once");
}

static size_t find(void *context, const struct hf_psk *wanted, uint8_t into[HF_PSK_KEY_MAX], enum hf_psk_hash *ret_hash)
{
    (void)context, (void)wanted, (void)into, (void)ret_hash;
    return 0;
}

static void what_judges_certificates_does_not_go_beside(void **state)
{
    static const struct hf_psk plain = PSK(.hash = HF_PSK_SHA256);
    (void)state;
    struct hf_builder *builder = hf_builder_new(HF_SERVER);
    hf_builder_psk13(builder, &plain);
    hf_builder_admit(builder, "dns:*.lab");
    assert_refused(builder, "admission");
    builder = hf_builder_new(HF_SERVER);
    hf_builder_psk13_find(builder, find, NULL);
    hf_builder_verdict_outside(builder);
    assert_refused(builder, "verdict");
    builder = hf_builder_new(HF_CLIENT);
    hf_builder_psk13_find(builder, find, NULL);
    assert_refused(builder, "a server");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_keys_are_refused),
        cmocka_unit_test(each_name_stands_once),
        cmocka_unit_test(what_judges_certificates_does_not_go_beside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
