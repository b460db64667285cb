/* Limits of use: the last record before, the first at, and the first past each threshold. RFC 9846 5.5. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "record/usage_limit.h"

static void sealing(void **state)
{
    (void)state;
    struct hf_usage_limit usage;
    hf_usage_limit_init(&usage, HF_AEAD_AES_128_GCM, HF_AEAD_SEAL);
    assert_true(usage.limit + 1 <= 23726566); /* 2^24.5, RFC 9846 5.5 */
    assert_int_equal(hf_usage_limit_judge(&usage), HF_USAGE_FINE);
    usage.sequence = usage.soon - 2;
    assert_int_equal(hf_usage_limit_count(&usage), HF_USAGE_FINE);
    assert_int_equal(hf_usage_limit_count(&usage), HF_USAGE_REKEY_SOON);
    usage.sequence = usage.limit - 2;
    assert_int_equal(hf_usage_limit_count(&usage), HF_USAGE_REKEY_SOON);
    assert_int_equal(hf_usage_limit_count(&usage), HF_USAGE_EXHAUSTED);
}

/* So that the end can be told: the alert may have the number that the limit leaves, and nothing has one after it. */
static void the_last_record_is_an_alerts(void **state)
{
    static const enum hf_aead_id aeads[] = {HF_AEAD_AES_128_GCM, HF_AEAD_CHACHA20_POLY1305, HF_AEAD_NONE};
    (void)state;
    for (size_t i = 0; i < sizeof aeads / sizeof aeads[0]; i++) {
        struct hf_usage_limit usage;
        hf_usage_limit_init(&usage, aeads[i], HF_AEAD_SEAL);
        usage.sequence = usage.limit - 1;
        assert_true(hf_usage_limit_may_seal(&usage, HF_CONTENT_APPLICATION_DATA));
        assert_int_equal(hf_usage_limit_count(&usage), HF_USAGE_EXHAUSTED);
        assert_false(hf_usage_limit_may_seal(&usage, HF_CONTENT_APPLICATION_DATA));
        assert_false(hf_usage_limit_may_seal(&usage, HF_CONTENT_HANDSHAKE));
        assert_true(hf_usage_limit_may_seal(&usage, HF_CONTENT_ALERT));
        (void)hf_usage_limit_count(&usage);
        assert_false(hf_usage_limit_may_seal(&usage, HF_CONTENT_ALERT));
    }
}

static void opening_asks_for_keys_and_goes_on(void **state)
{
    (void)state;
    struct hf_usage_limit usage;
    hf_usage_limit_init(&usage, HF_AEAD_AES_128_GCM, HF_AEAD_OPEN);
    usage.sequence = 23726566;
    assert_int_equal(hf_usage_limit_count(&usage), HF_USAGE_REKEY_SOON);
    usage.sequence = UINT64_MAX - 1;
    assert_int_equal(hf_usage_limit_count(&usage), HF_USAGE_EXHAUSTED);
}

static void numbers_never_wrap(void **state)
{
    (void)state;
    struct hf_usage_limit usage;
    hf_usage_limit_init(&usage, HF_AEAD_CHACHA20_POLY1305, HF_AEAD_SEAL);
    usage.sequence = (uint64_t)1 << 60;
    assert_int_equal(hf_usage_limit_count(&usage), HF_USAGE_FINE);
    usage.sequence = UINT64_MAX;
    assert_int_equal(hf_usage_limit_judge(&usage), HF_USAGE_EXHAUSTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sealing),
        cmocka_unit_test(the_last_record_is_an_alerts),
        cmocka_unit_test(opening_asks_for_keys_and_goes_on),
        cmocka_unit_test(numbers_never_wrap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
