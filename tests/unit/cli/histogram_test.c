/* Percentiles of the load generator, beside sorted values. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>

#include "histogram.h"

enum { COUNT = 10000 };

static int compare(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

/* Of many sizes, the same each time. */
static void fill(uint64_t *values)
{
    uint64_t state = 1;
    for (size_t i = 0; i < COUNT; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        values[i] = (state >> 40) >> (state >> 33) % 24;
    }
}

static void nothing_has_no_percentiles(void **state)
{
    (void)state;
    static struct hf_histogram histogram;
    assert_int_equal(hf_histogram_at(&histogram, 500), 0);
    assert_int_equal(hf_histogram_mean(&histogram), 0);
}

static void small_values_are_exact(void **state)
{
    (void)state;
    static struct hf_histogram histogram;
    for (uint64_t value = 1; value <= 100; value++)
        hf_histogram_add(&histogram, value);
    assert_int_equal(hf_histogram_at(&histogram, 0), 1);
    assert_int_equal(hf_histogram_at(&histogram, 10), 1);
    assert_int_equal(hf_histogram_at(&histogram, 11), 2);
    assert_int_equal(hf_histogram_at(&histogram, 500), 50);
    assert_int_equal(hf_histogram_at(&histogram, 900), 90);
    assert_int_equal(hf_histogram_at(&histogram, 990), 99);
    assert_int_equal(hf_histogram_at(&histogram, 1000), 100);
    assert_int_equal(histogram.max, 100);
    assert_int_equal(hf_histogram_mean(&histogram), 50);
}

static void percentiles_are_near_those_of_sorted_values(void **state)
{
    (void)state;
    static struct hf_histogram histogram;
    static uint64_t values[COUNT];
    fill(values);
    for (size_t i = 0; i < COUNT; i++)
        hf_histogram_add(&histogram, values[i]);
    qsort(values, COUNT, sizeof values[0], compare);
    for (unsigned permille = 1; permille <= 1000; permille++) {
        uint64_t exact = values[(COUNT * permille + 999) / 1000 - 1];
        uint64_t told = hf_histogram_at(&histogram, permille);
        assert_true(told >= exact);
        assert_true(told <= exact + exact / HF_HISTOGRAM_FINE);
    }
    assert_int_equal(hf_histogram_at(&histogram, 1000), values[COUNT - 1]);
}

static void joined_ones_are_as_one(void **state)
{
    (void)state;
    static struct hf_histogram parts[2];
    static struct hf_histogram whole;
    static uint64_t values[COUNT];
    fill(values);
    for (size_t i = 0; i < COUNT; i++) {
        hf_histogram_add(&parts[i % 2], values[i]);
        hf_histogram_add(&whole, values[i]);
    }
    hf_histogram_join(&parts[0], &parts[1]);
    assert_memory_equal(&parts[0], &whole, sizeof whole);
}

static void beyond_all_bins_the_greatest_is_told(void **state)
{
    (void)state;
    static struct hf_histogram histogram;
    hf_histogram_add(&histogram, UINT64_MAX);
    hf_histogram_add(&histogram, (uint64_t)1 << 40);
    assert_int_equal(hf_histogram_at(&histogram, 1000), UINT64_MAX);
    assert_int_equal(histogram.count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_has_no_percentiles),
        cmocka_unit_test(small_values_are_exact),
        cmocka_unit_test(percentiles_are_near_those_of_sorted_values),
        cmocka_unit_test(joined_ones_are_as_one),
        cmocka_unit_test(beyond_all_bins_the_greatest_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
