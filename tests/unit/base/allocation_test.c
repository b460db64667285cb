/* base/allocation.h, and the tests' own allocator that counts and fails. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/allocation.h"
#include "support/test_allocator.h"

#include <stdlib.h>
#include <string.h>

static void memory_comes_zeroed(void **state)
{
    (void)state;
    uint8_t *memory = hf_allocation_new(&hf_allocation_standard, 4096);
    assert_non_null(memory);
    for (size_t i = 0; i < 4096; i++)
        assert_int_equal(memory[i], 0);
    memset(memory, 0xff, 4096);
    hf_allocation_wipe(&hf_allocation_standard, memory, 4096);
    memory = hf_allocation_array(&hf_allocation_standard, 64, 64);
    assert_non_null(memory);
    for (size_t i = 0; i < 4096; i++)
        assert_int_equal(memory[i], 0);
    hf_allocation_free(&hf_allocation_standard, memory);
}

static void arrays_that_overflow_are_refused(void **state)
{
    (void)state;
    struct hf_test_allocator test;
    hf_test_allocator_init(&test, 0);
    assert_null(hf_allocation_array(&test.allocator, SIZE_MAX / 2, 3));
    assert_null(hf_allocation_array(&test.allocator, 3, SIZE_MAX / 2));
    assert_null(
        hf_allocation_array(&test.allocator, (size_t)1 << (sizeof(size_t) * 4), (size_t)1 << (sizeof(size_t) * 4)));
    assert_int_equal(test.count, 0);
}

static void an_array_of_nothing_is_no_failure(void **state)
{
    (void)state;
    struct hf_test_allocator test;
    hf_test_allocator_init(&test, 0);
    void *none = hf_allocation_array(&test.allocator, 0, 8);
    void *nothing = hf_allocation_array(&test.allocator, 8, 0);
    assert_non_null(none);
    assert_non_null(nothing);
    assert_int_equal(test.live_bytes, 2);
    hf_allocation_free(&test.allocator, none);
    hf_allocation_free(&test.allocator, nothing);
    assert_int_equal(test.live, 0);
}

static void copies(void **state)
{
    (void)state;
    struct hf_test_allocator test;
    hf_test_allocator_init(&test, 0);
    uint8_t *copy = hf_allocation_copy(&test.allocator, hf_span_of_text("abc"));
    assert_memory_equal(copy, "abc", 3);
    uint8_t *empty = hf_allocation_copy(&test.allocator, hf_span_of(NULL, 0));
    assert_int_equal(*empty, 0);
    char *text = hf_allocation_text(&test.allocator, "words");
    assert_string_equal(text, "words");
    char *silent = hf_allocation_text(&test.allocator, "");
    assert_string_equal(silent, "");
    hf_allocation_free(&test.allocator, copy);
    hf_allocation_free(&test.allocator, empty);
    hf_allocation_free(&test.allocator, text);
    hf_allocation_free(&test.allocator, silent);
    hf_allocation_free(&test.allocator, NULL);
    hf_allocation_wipe(&test.allocator, NULL, 9);
    assert_int_equal(test.live, 0);
}

static void failure_is_null(void **state)
{
    (void)state;
    struct hf_test_allocator test;
    hf_test_allocator_init(&test, 1);
    test.fail_after_too = true;
    assert_null(hf_allocation_new(&test.allocator, 1));
    assert_null(hf_allocation_array(&test.allocator, 2, 2));
    assert_null(hf_allocation_copy(&test.allocator, hf_span_of_text("abc")));
    assert_null(hf_allocation_text(&test.allocator, "abc"));
    assert_true(hf_test_allocator_failed(&test));
    assert_int_equal(test.count, 4);
    assert_int_equal(test.live, 0);
}

/* A release that looks at what it is given, to see whether the bytes were wiped. */
static void *keep(void *context, size_t size)
{
    (void)size;
    return context;
}

static void look(void *context, void *memory)
{
    assert_ptr_equal(context, memory);
}

static void wiping_frees_only_zeros(void **state)
{
    (void)state;
    uint8_t bytes[32];
    struct hf_allocator looking = {keep, look, bytes};
    uint8_t *memory = hf_allocation_new(&looking, sizeof bytes);
    assert_ptr_equal(memory, bytes);
    memset(memory, 0x77, sizeof bytes);
    hf_allocation_wipe(&looking, memory, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        assert_int_equal(bytes[i], 0);
}

static void the_test_allocator_counts_and_fails_once(void **state)
{
    (void)state;
    struct hf_test_allocator test;
    hf_test_allocator_init(&test, 2);
    void *first = hf_allocation_new(&test.allocator, 10);
    assert_non_null(first);
    assert_false(hf_test_allocator_failed(&test));
    assert_null(hf_allocation_new(&test.allocator, 10));
    assert_true(hf_test_allocator_failed(&test));
    void *third = hf_allocation_new(&test.allocator, 30);
    assert_non_null(third);
    assert_int_equal(test.live, 2);
    assert_int_equal(test.live_bytes, 40);
    hf_allocation_free(&test.allocator, first);
    hf_allocation_free(&test.allocator, third);
    assert_int_equal(test.live, 0);
    assert_int_equal(test.peak_bytes, 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_comes_zeroed),
        cmocka_unit_test(arrays_that_overflow_are_refused),
        cmocka_unit_test(an_array_of_nothing_is_no_failure),
        cmocka_unit_test(copies),
        cmocka_unit_test(failure_is_null),
        cmocka_unit_test(wiping_frees_only_zeros),
        cmocka_unit_test(the_test_allocator_counts_and_fails_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
