/* base/buffer.h: growth up to the maximum and no further, order kept, what leaves is wiped, failure changes nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/buffer.h"
#include "support/test_allocator.h"

#include <stdlib.h>
#include <string.h>

static struct hf_span letters(size_t len)
{
    static uint8_t bytes[4096];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)('a' + i % 26);
    return hf_span_of(bytes, len);
}

static void starts_empty_and_allocates_nothing(void **state)
{
    (void)state;
    struct hf_test_allocator test;
    struct hf_buffer buffer;
    hf_test_allocator_init(&test, 0);
    hf_buffer_init(&buffer, &test.allocator, 100);
    assert_int_equal(hf_buffer_len(&buffer), 0);
    assert_int_equal(hf_buffer_span(&buffer).len, 0);
    hf_buffer_consume(&buffer, 5);
    assert_true(hf_buffer_append(&buffer, hf_span_of(NULL, 0)));
    hf_buffer_release(&buffer);
    assert_int_equal(test.count, 0);
}

static void grows_to_its_maximum_and_no_further(void **state)
{
    (void)state;
    struct hf_test_allocator test;
    struct hf_buffer buffer;
    hf_test_allocator_init(&test, 0);
    hf_buffer_init(&buffer, &test.allocator, 1000);
    for (size_t i = 0; i < 1000; i++)
        assert_true(hf_buffer_append(&buffer, hf_span_part(letters(1000), i, 1)));
    assert_false(hf_buffer_append(&buffer, letters(1)));
    assert_null(hf_buffer_reserve(&buffer, 1));
    assert_null(hf_buffer_reserve(&buffer, SIZE_MAX));
    assert_true(hf_span_equal(hf_buffer_span(&buffer), letters(1000)));
    assert_int_equal(test.live_bytes, 1000);
    hf_buffer_consume(&buffer, 400);
    assert_true(hf_buffer_append(&buffer, letters(400)));
    assert_false(hf_buffer_append(&buffer, letters(1)));
    hf_buffer_release(&buffer);
    assert_int_equal(test.live, 0);
    assert_true(hf_buffer_append(&buffer, letters(9))); /* and may be used again */
    hf_buffer_release(&buffer);
    assert_int_equal(test.live, 0);
}

static void small_and_zero_maxima(void **state)
{
    (void)state;
    struct hf_test_allocator test;
    struct hf_buffer buffer;
    hf_test_allocator_init(&test, 0);
    hf_buffer_init(&buffer, &test.allocator, 3);
    assert_true(hf_buffer_append(&buffer, letters(3)));
    assert_int_equal(test.live_bytes, 3);
    assert_false(hf_buffer_append(&buffer, letters(1)));
    hf_buffer_release(&buffer);
    hf_buffer_init(&buffer, &test.allocator, 0);
    assert_null(hf_buffer_reserve(&buffer, 0));
    assert_false(hf_buffer_append(&buffer, letters(1)));
    hf_buffer_release(&buffer);
    assert_int_equal(test.live, 0);
}

static void room_that_was_reserved_counts_only_when_said(void **state)
{
    (void)state;
    struct hf_buffer buffer;
    hf_buffer_init(&buffer, &hf_allocation_standard, 64);
    uint8_t *at = hf_buffer_reserve(&buffer, 64);
    assert_non_null(at);
    memset(at, 'x', 64);
    assert_int_equal(hf_buffer_len(&buffer), 0);
    hf_buffer_grew(&buffer, 2);
    assert_true(hf_span_equal(hf_buffer_span(&buffer), hf_span_of_text("xx")));
    hf_buffer_release(&buffer);
}

/* Memory is looked at as it goes back: no letter may be left in it. */
static void *give(void *context, size_t size)
{
    (void)context;
    return calloc(1, size < 512 ? 512 : size);
}

static void assert_wiped(void *context, void *memory)
{
    size_t *given_back = context;
    for (size_t i = 0; i < 512; i++)
        assert_int_equal(((uint8_t *)memory)[i], 0);
    (*given_back)++;
    free(memory);
}

static void what_goes_back_is_wiped(void **state)
{
    (void)state;
    struct hf_buffer buffer;
    size_t given_back = 0;
    const struct hf_allocator allocator = {give, assert_wiped, &given_back};
    hf_buffer_init(&buffer, &allocator, 512);
    assert_true(hf_buffer_append(&buffer, letters(200)));
    hf_buffer_consume(&buffer, 150);
    assert_true(hf_buffer_append(&buffer, letters(100))); /* moves to the front */
    assert_int_equal(buffer.from, 0);
    assert_true(hf_span_equal(hf_span_part(hf_buffer_span(&buffer), 0, 50), hf_span_part(letters(200), 150, 50)));
    assert_true(hf_span_equal(hf_span_part(hf_buffer_span(&buffer), 50, 100), letters(100)));
    hf_buffer_consume(&buffer, 10);
    assert_true(hf_buffer_append(&buffer, letters(300))); /* grows */
    assert_int_equal(given_back, 1);
    assert_int_equal(hf_buffer_len(&buffer), 440);
    hf_buffer_consume(&buffer, 99999);
    assert_int_equal(hf_buffer_len(&buffer), 0);
    hf_buffer_release(&buffer);
    assert_int_equal(given_back, 2);
}

static void a_failed_allocation_changes_nothing(void **state)
{
    (void)state;
    struct hf_test_allocator test;
    struct hf_buffer buffer;
    hf_test_allocator_init(&test, 2);
    hf_buffer_init(&buffer, &test.allocator, 4096);
    assert_true(hf_buffer_append(&buffer, letters(100)));
    assert_false(hf_buffer_append(&buffer, letters(1000)));
    assert_true(hf_span_equal(hf_buffer_span(&buffer), letters(100)));
    assert_true(hf_buffer_append(&buffer, letters(1000))); /* memory is back */
    assert_int_equal(hf_buffer_len(&buffer), 1100);
    hf_buffer_release(&buffer);
    assert_int_equal(test.live, 0);
}

/* A queue that is filled and emptied for long, against a model: each byte must come out once and in order. */
static void works_as_a_queue(void **state)
{
    (void)state;
    struct hf_buffer buffer;
    uint8_t in = 0, out = 0;
    uint32_t dice = 12345;
    hf_buffer_init(&buffer, &hf_allocation_standard, 700);
    for (int turn = 0; turn < 3000; turn++) {
        dice = dice * 1664525 + 1013904223;
        size_t len = dice >> 24;
        uint8_t *at = hf_buffer_reserve(&buffer, len);
        assert_int_equal(at != NULL, len <= 700 - hf_buffer_len(&buffer));
        for (size_t i = 0; at != NULL && i < len; i++)
            at[i] = in++;
        if (at != NULL)
            hf_buffer_grew(&buffer, len);
        size_t take = (dice >> 12 & 0xff) % (hf_buffer_len(&buffer) + 1);
        for (size_t i = 0; i < take; i++)
            assert_int_equal(hf_buffer_span(&buffer).data[i], out++);
        hf_buffer_consume(&buffer, take);
    }
    hf_buffer_release(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_empty_and_allocates_nothing),
        cmocka_unit_test(grows_to_its_maximum_and_no_further),
        cmocka_unit_test(small_and_zero_maxima),
        cmocka_unit_test(room_that_was_reserved_counts_only_when_said),
        cmocka_unit_test(what_goes_back_is_wiped),
        cmocka_unit_test(a_failed_allocation_changes_nothing),
        cmocka_unit_test(works_as_a_queue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
