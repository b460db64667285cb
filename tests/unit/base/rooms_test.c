/* Room is filled run by run, empty runs are stepped over, and no byte goes beyond. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "base/rooms.h"

static void test_fill(void **state)
{
    char first[3], second[4];
    const struct hf_room room[] = {{NULL, 0}, {first, 3}, {NULL, 0}, {second, 4}};
    struct hf_rooms rooms = {room, 4, 0};
    size_t len = 0;
    (void)state;
    assert_int_equal(hf_rooms_fill(&rooms, hf_span_of_text("ab")), 2);
    assert_ptr_equal(hf_rooms_front(&rooms, &len), first + 2);
    assert_int_equal(len, 1);
    assert_int_equal(hf_rooms_fill(&rooms, hf_span_of_text("cdefgh")), 5); /* h has no room */
    assert_memory_equal(first, "abc", 3);
    assert_memory_equal(second, "defg", 4);
    assert_null(hf_rooms_front(&rooms, &len));
    assert_int_equal(len, 0);
    assert_int_equal(hf_rooms_fill(&rooms, hf_span_of_text("z")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_fill)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
