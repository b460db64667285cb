/* base/writer.h: what is written, nesting, and that a write which does not fit writes nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/reader.h"
#include "base/writer.h"

static void expect(const struct hf_writer *writer, const char *bytes, size_t len)
{
    assert_true(hf_writer_end(writer));
    struct hf_span written = hf_writer_span(writer);
    assert_int_equal(written.len, len);
    assert_memory_equal(written.data, bytes, len);
}

static void writes_each_width(void **state)
{
    (void)state;
    uint8_t room[18];
    struct hf_writer writer = hf_writer_of(room, sizeof room);
    hf_writer_u8(&writer, 1);
    hf_writer_u16(&writer, 0x0203);
    hf_writer_u24(&writer, 0x040506);
    hf_writer_u32(&writer, 0x0708090a);
    hf_writer_u64(&writer, 0x1011121314151617);
    expect(&writer, "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x10\x11\x12\x13\x14\x15\x16\x17", 18);
}

static void refuses_values_that_do_not_fit(void **state)
{
    (void)state;
    for (size_t width = 1; width < 8; width++) {
        uint8_t room[8];
        struct hf_writer most = hf_writer_of(room, sizeof room);
        hf_writer_uint(&most, width, ((uint64_t)1 << (8 * width)) - 1);
        assert_true(hf_writer_end(&most));
        struct hf_writer more = hf_writer_of(room, sizeof room);
        hf_writer_uint(&more, width, (uint64_t)1 << (8 * width));
        assert_false(hf_writer_end(&more));
        assert_int_equal(hf_writer_span(&more).len, 0);
    }
    uint8_t room[8];
    struct hf_writer whole = hf_writer_of(room, sizeof room);
    hf_writer_uint(&whole, 8, UINT64_MAX);
    assert_true(hf_writer_end(&whole));
}

static void overflow_writes_nothing_more(void **state)
{
    (void)state;
    uint8_t room[4] = {0, 0, 0, 0xee};
    struct hf_writer writer = hf_writer_of(room, 3);
    hf_writer_u16(&writer, 0x0102);
    hf_writer_u16(&writer, 0x0304);
    assert_false(hf_writer_end(&writer));
    hf_writer_u8(&writer, 5); /* would fit; but bad stays bad */
    hf_writer_bytes(&writer, hf_span_of("", 0));
    assert_null(hf_writer_room(&writer, 0));
    assert_false(hf_writer_end(&writer));
    assert_int_equal(hf_writer_span(&writer).len, 2);
    assert_memory_equal(room, "\x01\x02\x00\xee", 4);
}

static void an_absurd_length_does_not_wrap(void **state)
{
    (void)state;
    uint8_t room[4];
    struct hf_writer writer = hf_writer_of(room, sizeof room);
    hf_writer_u8(&writer, 1);
    assert_null(hf_writer_room(&writer, SIZE_MAX));
    assert_false(hf_writer_end(&writer));
}

static void a_writer_without_room(void **state)
{
    (void)state;
    struct hf_writer writer = hf_writer_of(NULL, 0);
    hf_writer_bytes(&writer, hf_span_of(NULL, 0));
    assert_true(hf_writer_end(&writer));
    hf_writer_u8(&writer, 0);
    assert_false(hf_writer_end(&writer));
}

static void gives_room_to_fill(void **state)
{
    (void)state;
    uint8_t room[3];
    struct hf_writer writer = hf_writer_of(room, sizeof room);
    hf_writer_u8(&writer, 9);
    uint8_t *at = hf_writer_room(&writer, 2);
    assert_ptr_equal(at, room + 1);
    at[0] = at[1] = 7;
    expect(&writer, "\x09\x07\x07", 3);
}

static void writes_vectors(void **state)
{
    (void)state;
    uint8_t room[300];
    struct hf_writer writer = hf_writer_of(room, sizeof room);
    hf_writer_vector(&writer, 2, hf_span_of_text("ab"));
    hf_writer_vector(&writer, 1, hf_span_of(NULL, 0));
    expect(&writer,
           "\x00\x02"
           "ab\x00",
           5);
    static const uint8_t long_one[256];
    hf_writer_vector(&writer, 1, hf_span_of(long_one, 256));
    assert_false(hf_writer_end(&writer));
}

static void vectors_nest(void **state)
{
    (void)state;
    uint8_t room[32];
    struct hf_writer writer = hf_writer_of(room, sizeof room);
    size_t outer = hf_writer_open(&writer, 3);
    size_t inner = hf_writer_open(&writer, 1);
    hf_writer_bytes(&writer, hf_span_of_text("abc"));
    hf_writer_close(&writer, inner, 1);
    size_t empty = hf_writer_open(&writer, 2);
    hf_writer_close(&writer, empty, 2);
    hf_writer_close(&writer, outer, 3);
    expect(&writer,
           "\x00\x00\x06\x03"
           "abc\x00\x00",
           9);
}

static void a_nested_vector_too_long_for_its_prefix_is_bad(void **state)
{
    (void)state;
    uint8_t room[300];
    for (size_t len = 255; len <= 256; len++) {
        struct hf_writer writer = hf_writer_of(room, sizeof room);
        size_t mark = hf_writer_open(&writer, 1);
        assert_non_null(hf_writer_room(&writer, len));
        hf_writer_close(&writer, mark, 1);
        assert_int_equal(hf_writer_end(&writer), len == 255);
    }
}

static void closing_a_vector_that_never_fitted_is_harmless(void **state)
{
    (void)state;
    uint8_t room[1];
    struct hf_writer writer = hf_writer_of(room, sizeof room);
    size_t mark = hf_writer_open(&writer, 2);
    hf_writer_close(&writer, mark, 2);
    assert_false(hf_writer_end(&writer));
}

static void what_is_written_reads_back(void **state)
{
    (void)state;
    for (size_t width = 1; width <= 8; width++) {
        uint8_t room[8];
        uint64_t value = 0x8877665544332211 >> (8 * (8 - width));
        struct hf_writer writer = hf_writer_of(room, sizeof room);
        hf_writer_uint(&writer, width, value);
        struct hf_reader reader = hf_reader_of(hf_writer_span(&writer));
        assert_true(hf_reader_uint(&reader, width) == value);
        assert_true(hf_reader_end(&reader));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_each_width),
        cmocka_unit_test(refuses_values_that_do_not_fit),
        cmocka_unit_test(overflow_writes_nothing_more),
        cmocka_unit_test(an_absurd_length_does_not_wrap),
        cmocka_unit_test(a_writer_without_room),
        cmocka_unit_test(gives_room_to_fill),
        cmocka_unit_test(writes_vectors),
        cmocka_unit_test(vectors_nest),
        cmocka_unit_test(a_nested_vector_too_long_for_its_prefix_is_bad),
        cmocka_unit_test(closing_a_vector_that_never_fitted_is_harmless),
        cmocka_unit_test(what_is_written_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
