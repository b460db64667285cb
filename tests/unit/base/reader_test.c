/* base/reader.h: values, vectors with their limits, and the promise that bad stays bad. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/reader.h"

static struct hf_reader over(const char *bytes, size_t len)
{
    return hf_reader_of(hf_span_of(bytes, len));
}

static void reads_each_width(void **state)
{
    (void)state;
    struct hf_reader reader = over("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x10\x11\x12\x13\x14\x15\x16\x17", 18);
    assert_int_equal(hf_reader_u8(&reader), 0x01);
    assert_int_equal(hf_reader_u16(&reader), 0x0203);
    assert_int_equal(hf_reader_u24(&reader), 0x040506);
    assert_int_equal(hf_reader_u32(&reader), 0x0708090a);
    assert_true(hf_reader_u64(&reader) == 0x1011121314151617);
    assert_true(hf_reader_end(&reader));
    assert_false(hf_reader_more(&reader));
}

static void reads_odd_widths(void **state)
{
    (void)state;
    struct hf_reader reader = over("\xff\xfe\xfd\xfc\xfb\xfa", 6);
    assert_true(hf_reader_uint(&reader, 6) == 0xfffefdfcfbfa);
    assert_true(hf_reader_end(&reader));
}

static void every_truncation_is_bad_and_zero(void **state)
{
    (void)state;
    for (size_t width = 1; width <= 8; width++) {
        for (size_t len = 0; len < width; len++) {
            struct hf_reader reader = over("\xff\xff\xff\xff\xff\xff\xff", len);
            assert_true(hf_reader_uint(&reader, width) == 0);
            assert_true(reader.bad);
            assert_false(hf_reader_end(&reader));
        }
    }
}

static void bad_stays_bad(void **state)
{
    (void)state;
    struct hf_reader reader = over("\x01\x02\x03", 3);
    assert_int_equal(hf_reader_u32(&reader), 0);
    assert_int_equal(hf_reader_u8(&reader), 0);
    assert_int_equal(hf_reader_bytes(&reader, 0).len, 0);
    assert_int_equal(hf_reader_rest(&reader).len, 0);
    assert_int_equal(hf_reader_vector(&reader, 1, 0, 255).len, 0);
    assert_false(hf_reader_more(&reader));
    assert_false(hf_reader_end(&reader));
}

static void what_is_left_is_not_the_end(void **state)
{
    (void)state;
    struct hf_reader reader = over("\x01\x02", 2);
    hf_reader_u8(&reader);
    assert_true(hf_reader_more(&reader));
    assert_false(hf_reader_end(&reader));
    assert_int_equal(hf_reader_rest(&reader).len, 1);
    assert_true(hf_reader_end(&reader));
}

static void spoiling_ends_it(void **state)
{
    (void)state;
    struct hf_reader reader = over("\x01\x02", 2);
    hf_reader_spoil(&reader);
    assert_int_equal(hf_reader_u8(&reader), 0);
    assert_false(hf_reader_end(&reader));
}

static void the_empty_span_is_at_its_end(void **state)
{
    (void)state;
    struct hf_reader reader = hf_reader_of(hf_span_of(NULL, 0));
    assert_int_equal(hf_reader_bytes(&reader, 0).len, 0);
    assert_int_equal(hf_reader_rest(&reader).len, 0);
    assert_true(hf_reader_end(&reader));
    hf_reader_u8(&reader);
    assert_false(hf_reader_end(&reader));
}

static void reads_vectors_of_each_prefix(void **state)
{
    (void)state;
    static const char *const bytes[] = {"\x02xy", "\x00\x02xy", "\x00\x00\x02xy", "\x00\x00\x00\x02xy"};
    for (size_t prefix = 1; prefix <= 4; prefix++) {
        struct hf_reader reader = over(bytes[prefix - 1], prefix + 2);
        struct hf_span vector = hf_reader_vector(&reader, prefix, 0, 2);
        assert_true(hf_span_equal(vector, hf_span_of_text("xy")));
        assert_true(hf_reader_end(&reader));
    }
}

static void vectors_obey_their_limits(void **state)
{
    (void)state;
    static const struct {
        size_t min, max;
        bool fine;
    } cases[] = {{0, 255, true}, {3, 3, true}, {3, 4, true}, {2, 3, true}, {4, 255, false}, {0, 2, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct hf_reader reader = over("\x03xyz", 4);
        struct hf_span vector = hf_reader_vector(&reader, 1, cases[i].min, cases[i].max);
        assert_int_equal(hf_reader_end(&reader), cases[i].fine);
        assert_int_equal(vector.len, cases[i].fine ? 3 : 0);
    }
}

static void vectors_longer_than_what_is_there_are_bad(void **state)
{
    (void)state;
    struct hf_reader one_short = over("\x03xy", 3);
    assert_int_equal(hf_reader_vector(&one_short, 1, 0, 255).len, 0);
    assert_false(hf_reader_end(&one_short));
    struct hf_reader huge = over("\xff\xff\xff\xffxy", 6);
    assert_int_equal(hf_reader_vector(&huge, 4, 0, SIZE_MAX).len, 0);
    assert_false(hf_reader_end(&huge));
    struct hf_reader no_prefix = over("\x00", 1);
    assert_int_equal(hf_reader_vector(&no_prefix, 2, 0, 255).len, 0);
    assert_false(hf_reader_end(&no_prefix));
}

static void an_overlong_read_takes_nothing(void **state)
{
    (void)state;
    struct hf_reader reader = over("abc", 3);
    struct hf_span bytes = hf_reader_bytes(&reader, SIZE_MAX);
    assert_null(bytes.data);
    assert_int_equal(bytes.len, 0);
    assert_true(reader.bad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_each_width),
        cmocka_unit_test(reads_odd_widths),
        cmocka_unit_test(every_truncation_is_bad_and_zero),
        cmocka_unit_test(bad_stays_bad),
        cmocka_unit_test(what_is_left_is_not_the_end),
        cmocka_unit_test(spoiling_ends_it),
        cmocka_unit_test(the_empty_span_is_at_its_end),
        cmocka_unit_test(reads_vectors_of_each_prefix),
        cmocka_unit_test(vectors_obey_their_limits),
        cmocka_unit_test(vectors_longer_than_what_is_there_are_bad),
        cmocka_unit_test(an_overlong_read_takes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
