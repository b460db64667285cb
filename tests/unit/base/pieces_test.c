/* Cursors over pieces: empty ones, ends, and what is asked for beyond what is there. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "base/pieces.h"

static const struct hf_bytes words[] = {{NULL, 0}, {"one", 3}, {"", 0}, {"and two", 7}, {NULL, 0}};

static void test_walk(void **state)
{
    struct hf_pieces pieces = {words, 5, 0};
    uint8_t all[10];
    (void)state;
    assert_int_equal(hf_pieces_left(&pieces, SIZE_MAX), 10);
    assert_int_equal(hf_pieces_left(&pieces, 4), 4);
    hf_pieces_gather(&pieces, all, 10);
    assert_memory_equal(all, "oneand two", 10);
    assert_true(hf_span_equal(hf_pieces_front(&pieces), hf_span_of_text("one")));
    hf_pieces_advance(&pieces, 5); /* over the border, into the next */
    assert_true(hf_span_equal(hf_pieces_front(&pieces), hf_span_of_text("d two")));
    assert_int_equal(hf_pieces_left(&pieces, SIZE_MAX), 5);
    hf_pieces_gather(&pieces, all, 5);
    assert_memory_equal(all, "d two", 5);
    hf_pieces_advance(&pieces, 5);
    assert_int_equal(hf_pieces_front(&pieces).len, 0);
    assert_int_equal(hf_pieces_left(&pieces, SIZE_MAX), 0);
}

static void test_beyond(void **state)
{
    struct hf_pieces pieces = {words, 2, 0};
    uint8_t all[4] = {0, 0, 0, 'x'};
    (void)state;
    hf_pieces_gather(&pieces, all, 4);
    assert_memory_equal(all, "onex", 4);
    hf_pieces_advance(&pieces, 100);
    assert_int_equal(hf_pieces_left(&pieces, SIZE_MAX), 0);
    pieces = (struct hf_pieces){NULL, 0, 0};
    assert_int_equal(hf_pieces_front(&pieces).len, 0);
    const struct hf_bytes vast[] = {{"", SIZE_MAX}, {"", SIZE_MAX}};
    pieces = (struct hf_pieces){vast, 2, 0};
    assert_true(hf_pieces_left(&pieces, SIZE_MAX) == SIZE_MAX); /* a sum that does not fit */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_walk), cmocka_unit_test(test_beyond)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
