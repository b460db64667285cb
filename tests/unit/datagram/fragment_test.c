#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "datagram/fragment.h"

static const struct {
    const char *bytes;
    size_t len;
    bool is_fine;
} lines[] = {
    {"\1\0\0\5\0\7\0\0\2\0\0\3abc", 15, true},
    {"\1\0\0\0\0\7\0\0\0\0\0\0", 12, true},           /* an empty message */
    {"\1\0\0\5\0\7\0\0\2\0\0\0", 12, true},           /* an empty part of one: of no use, and harmless */
    {"\1\0\0\5\0\7\0\0\3\0\0\3abc", 15, false},       /* beyond its end */
    {"\1\0\0\5\0\7\0\0\6\0\0\0", 12, false},          /* begins behind it */
    {"\1\0\0\5\0\7\0\0\2\0\0\3ab", 14, false},        /* cut */
    {"\1\0\0\5\0\7\377\377\377\0\0\3abc", 15, false}, /* offset and length wrap nothing */
    {"\1\0\0\5\0\7\0\0\2\0\0", 11, false},
};

static void fragments_lie_within_their_message(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct hf_reader reader = hf_reader_of(hf_span_of(lines[i].bytes, lines[i].len));
        struct hf_fragment fragment;
        assert_int_equal(hf_fragment_read(&reader, &fragment), lines[i].is_fine);
    }
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    uint8_t bytes[64];
    struct hf_writer writer = hf_writer_of(bytes, sizeof bytes);
    const struct hf_fragment one = {
        .type = 20, .message_len = 70000, .message_seq = 513, .offset = 69996, .bytes = hf_span_of("last", 4)};
    hf_fragment_write(&writer, &one);
    assert_true(hf_writer_end(&writer));
    struct hf_reader reader = hf_reader_of(hf_writer_span(&writer));
    struct hf_fragment again;
    assert_true(hf_fragment_read(&reader, &again));
    assert_int_equal(again.type, one.type);
    assert_int_equal(again.message_len, one.message_len);
    assert_int_equal(again.message_seq, one.message_seq);
    assert_int_equal(again.offset, one.offset);
    assert_true(hf_span_equal(again.bytes, one.bytes));
    assert_true(hf_reader_end(&reader));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fragments_lie_within_their_message),
        cmocka_unit_test(what_is_written_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
