/* base/secret.h: secrets are set whole or left empty, compared whole, and wiped whole. (That HF_WIPED wipes on
 * every way out is for the census of secrets in memory, tests/secrets, to show.) */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/secret.h"

#include <string.h>

static bool all_zero(const void *data, size_t len)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < len; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

static void sets_and_lends(void **state)
{
    (void)state;
    struct hf_secret secret;
    memset(&secret, 0xaa, sizeof secret);
    assert_true(hf_secret_set(&secret, hf_span_of_text("sesame")));
    assert_true(hf_span_equal(hf_secret_span(&secret), hf_span_of_text("sesame")));
    assert_true(all_zero(secret.bytes + 6, sizeof secret.bytes - 6));
}

static void takes_the_longest_and_no_longer(void **state)
{
    (void)state;
    uint8_t bytes[HF_SECRET_MAX + 1];
    memset(bytes, 7, sizeof bytes);
    struct hf_secret secret;
    assert_true(hf_secret_set(&secret, hf_span_of(bytes, HF_SECRET_MAX)));
    assert_int_equal(secret.len, HF_SECRET_MAX);
    assert_false(hf_secret_set(&secret, hf_span_of(bytes, HF_SECRET_MAX + 1)));
    assert_true(all_zero(&secret, sizeof secret));
    assert_true(hf_secret_set(&secret, hf_span_of(NULL, 0)));
    assert_int_equal(secret.len, 0);
}

static void may_be_set_from_its_own_bytes(void **state)
{
    (void)state;
    struct hf_secret secret;
    assert_true(hf_secret_set(&secret, hf_span_of_text("0123456789")));
    assert_true(hf_secret_set(&secret, hf_span_part(hf_secret_span(&secret), 2, 5)));
    assert_true(hf_span_equal(hf_secret_span(&secret), hf_span_of_text("23456")));
    assert_true(all_zero(secret.bytes + 5, sizeof secret.bytes - 5));
}

static void compares_every_byte(void **state)
{
    (void)state;
    uint8_t a[48], b[48];
    memset(a, 0x5a, sizeof a);
    memset(b, 0x5a, sizeof b);
    assert_true(hf_secret_equal(hf_span_of(a, 48), hf_span_of(b, 48)));
    assert_false(hf_secret_equal(hf_span_of(a, 48), hf_span_of(b, 47)));
    assert_true(hf_secret_equal(hf_span_of(NULL, 0), hf_span_of(a, 0)));
    for (size_t bit = 0; bit < 48 * 8; bit++) {
        b[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(hf_secret_equal(hf_span_of(a, 48), hf_span_of(b, 48)));
        b[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

static void wipes(void **state)
{
    (void)state;
    struct hf_secret secret;
    memset(&secret, 0xff, sizeof secret);
    hf_secret_wipe(&secret);
    assert_true(all_zero(&secret, sizeof secret));
    struct hf_premaster premaster;
    memset(&premaster, 0xff, sizeof premaster);
    hf_premaster_wipe(&premaster);
    assert_true(all_zero(&premaster, sizeof premaster));
    hf_wipe(NULL, 0);
    uint8_t bytes[3] = {1, 2, 3};
    hf_wipe(bytes + 1, 1);
    assert_memory_equal(bytes, "\x01\x00\x03", 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_and_lends),
        cmocka_unit_test(takes_the_longest_and_no_longer),
        cmocka_unit_test(may_be_set_from_its_own_bytes),
        cmocka_unit_test(compares_every_byte),
        cmocka_unit_test(wipes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
