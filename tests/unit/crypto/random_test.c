/* The system's random source fills what it is given, and not twice alike. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "crypto/random.h"

static void test_fill(void **state)
{
    uint8_t a[32] = {0};
    uint8_t b[33] = {0};
    (void)state;
    assert_int_equal(hf_random_system.fill(hf_random_system.context, a, sizeof a), HF_OK);
    assert_int_equal(hf_random_system.fill(hf_random_system.context, b, sizeof b - 1), HF_OK);
    assert_false(hf_span_equal(hf_span_of(a, sizeof a), hf_span_of(b, sizeof b - 1)));
    assert_int_equal(b[32], 0);
    assert_int_equal(hf_random_system.fill(hf_random_system.context, a, 0), HF_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_fill)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
