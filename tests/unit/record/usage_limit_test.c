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
    assert_true(usage.limit <= 23726566); /* 2^24.5, RFC 9846 5.5 */
    assert_int_equal(hf_usage_limit_judge(&usage), HF_USAGE_FINE);
    usage.sequence = usage.soon - 2;
    assert_int_equal(hf_usage_limit_count(&usage), HF_USAGE_FINE);
    assert_int_equal(hf_usage_limit_count(&usage), HF_USAGE_REKEY_SOON);
    usage.sequence = usage.limit - 2;
    assert_int_equal(hf_usage_limit_count(&usage), HF_USAGE_REKEY_SOON);
    assert_int_equal(hf_usage_limit_count(&usage), HF_USAGE_EXHAUSTED);
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
        cmocka_unit_test(opening_asks_for_keys_and_goes_on),
        cmocka_unit_test(numbers_never_wrap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
