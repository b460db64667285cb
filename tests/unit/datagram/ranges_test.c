#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "datagram/ranges.h"

#include <string.h>

enum { LEN = 64 };

static void all_adds_agree_with_a_map(void **state)
{
    (void)state;
    uint32_t random = 7;
    for (size_t round = 0; round < 500; round++) {
        struct hf_ranges ranges = {0};
        bool map[LEN] = {false};
        for (size_t i = 0; i < 12; i++) {
            random = random * 1664525 + 1013904223;
            size_t from = (random >> 20) % LEN;
            size_t to = from + (random >> 10) % (LEN + 1 - from);
            assert_true(hf_ranges_add(&ranges, from, to));
            memset(map + from, true, to - from);
            for (size_t at = 0; at < LEN; at++)
                assert_int_equal(hf_ranges_cover(&ranges, at, at + 1), map[at]);
            struct hf_range gap;
            size_t at = 0;
            while (at < LEN && map[at])
                at++;
            assert_int_equal(hf_ranges_gap(&ranges, 0, LEN, &gap), at < LEN);
            if (at < LEN)
                assert_int_equal(gap.from, at);
        }
    }
}

static void too_many_are_refused_and_nothing_changes(void **state)
{
    (void)state;
    struct hf_ranges ranges = {0};
    for (size_t i = 0; i < HF_RANGES_MAX; i++)
        assert_true(hf_ranges_add(&ranges, 2 * i, 2 * i + 1));
    const struct hf_ranges before = ranges;
    assert_false(hf_ranges_add(&ranges, 1000, 1001));
    assert_memory_equal(&before, &ranges, sizeof ranges);
    assert_true(hf_ranges_add(&ranges, 0, 1001));
    assert_int_equal(ranges.count, 1);
    assert_true(hf_ranges_cover(&ranges, 0, 1001));
    assert_false(hf_ranges_cover(&ranges, 0, 1002));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_adds_agree_with_a_map),
        cmocka_unit_test(too_many_are_refused_and_nothing_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
