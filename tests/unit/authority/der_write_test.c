/* DER written, byte for byte (X.690 8 and 10, RFC 5280 4.1.2.5), and read again by the strict reader. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "authority/der_write.h"

static uint8_t bytes[70000];

static struct hf_writer fresh(void)
{
    return hf_writer_of(bytes, sizeof(bytes));
}

static void expect(const struct hf_writer *writer, const char *wanted, size_t len)
{
    assert_true(hf_writer_end(writer));
    assert_int_equal(writer->len, len);
    assert_memory_equal(writer->data, wanted, len);
}

static void test_lengths_are_shortest(void **state)
{
    (void)state;
    static const size_t lens[] = {0, 1, 127, 128, 255, 256, 65000};
    static const size_t heads[] = {2, 2, 2, 3, 3, 4, 4};
    static uint8_t content[65000];
    for (size_t i = 0; i < HF_COUNT(lens); i++) {
        for (size_t j = 0; j < lens[i]; j++)
            content[j] = (uint8_t)(j * 7 + 1);
        struct hf_writer writer = fresh();
        size_t mark = hf_der_write_open(&writer, HF_DER_SEQUENCE);
        hf_writer_bytes(&writer, hf_span_of(content, lens[i]));
        hf_der_write_close(&writer, mark);
        assert_int_equal(writer.len, lens[i] + heads[i]);
        struct hf_der der = hf_der_of(hf_writer_span(&writer));
        struct hf_span inside = hf_der_take(&der, HF_DER_SEQUENCE);
        assert_true(hf_der_end(&der));
        assert_true(hf_span_equal(inside, hf_span_of(content, lens[i])));
    }
}

static void test_values(void **state)
{
    (void)state;
    struct hf_writer writer = fresh();
    hf_der_write_small(&writer, 0);
    hf_der_write_small(&writer, 127);
    hf_der_write_small(&writer, 128);
    hf_der_write_unsigned(&writer, hf_span_of("\x00\x00\x81\x02", 4));
    hf_der_write_true(&writer);
    hf_der_write_bit_bytes(&writer, hf_span_of("\xaa", 1));
    expect(&writer, "\x02\x01\x00\x02\x01\x7f\x02\x02\x00\x80\x02\x03\x00\x81\x02\x01\x01\xff\x03\x02\x00\xaa", 22);
}

static void test_named_bits(void **state)
{
    (void)state;
    struct hf_writer writer = fresh();
    hf_der_write_named_bits(&writer, 0);
    hf_der_write_named_bits(&writer, 1 << 0);
    hf_der_write_named_bits(&writer, (1 << 5) | (1 << 6));
    hf_der_write_named_bits(&writer, 1 << 8);
    expect(&writer, "\x03\x01\x00\x03\x02\x07\x80\x03\x02\x01\x06\x03\x03\x07\x00\x80", 16);
}

static void expect_time(int64_t time_s, const char *wanted, size_t len)
{
    struct hf_writer writer = fresh();
    hf_der_write_time(&writer, time_s);
    expect(&writer, wanted, len);
    struct hf_der der = hf_der_of(hf_writer_span(&writer));
    assert_int_equal(hf_der_time(&der), time_s);
}

static void test_times(void **state)
{
    (void)state;
    expect_time(0,
                "\x17\x0d"
                "700101000000Z",
                15);
    expect_time(-1,
                "\x17\x0d"
                "691231235959Z",
                15);
    expect_time(1800000059,
                "\x17\x0d"
                "270115080059Z",
                15);
    expect_time(2524607999,
                "\x17\x0d"
                "491231235959Z",
                15);
    expect_time(2524608000,
                "\x18\x0f"
                "20500101000000Z",
                17);
    expect_time(253402300799,
                "\x18\x0f"
                "99991231235959Z",
                17);
    struct hf_writer writer = fresh();
    hf_der_write_time(&writer, 253402300800); /* the year 10000 */
    assert_false(hf_writer_end(&writer));
}

static void test_too_little_room_spoils(void **state)
{
    (void)state;
    for (size_t room = 0; room < 9; room++) {
        struct hf_writer writer = hf_writer_of(bytes, room);
        size_t mark = hf_der_write_open(&writer, HF_DER_SEQUENCE);
        hf_der_write_small(&writer, 5);
        hf_der_write_close(&writer, mark);
        assert_int_equal(hf_writer_end(&writer), room >= 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lengths_are_shortest),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_named_bits),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_too_little_room_spoils),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
