#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/writer.h"
#include "datagram/inbox.h"

static void write_plain(struct hf_writer *writer, uint8_t type, uint16_t epoch, uint64_t sequence, const char *body)
{
    hf_writer_u8(writer, type);
    hf_writer_u16(writer, 0xfefd);
    hf_writer_u16(writer, epoch);
    hf_writer_uint(writer, 6, sequence);
    hf_writer_vector(writer, 2, hf_span_of_text(body));
}

static void records_are_cut_off_one_by_one(void **state)
{
    (void)state;
    uint8_t bytes[200];
    struct hf_writer writer = hf_writer_of(bytes, sizeof bytes);
    write_plain(&writer, 22, 0, 1, "hello");
    write_plain(&writer, 23, 1, 0x010203040506, "");
    hf_writer_bytes(&writer, hf_span_of("\x2e\1\2\0\3abc", 8)); /* S, L, epoch bits 2 */
    hf_writer_bytes(&writer, hf_span_of("\x23\1rest", 6));      /* short number, no length, epoch bits 3 */
    struct hf_inbox inbox;
    struct hf_inbox_record record;
    hf_inbox_init(&inbox, &hf_allocation_standard);
    hf_inbox_add(&inbox, hf_writer_span(&writer), 0);
    assert_true(hf_inbox_next(&inbox, &record));
    assert_false(record.is_unified);
    assert_int_equal(record.type, 22);
    assert_int_equal(record.sequence, 1);
    assert_true(hf_span_equal(record.body, hf_span_of_text("hello")));
    assert_true(hf_inbox_next(&inbox, &record));
    assert_int_equal(record.epoch, 1);
    assert_true(record.sequence == 0x010203040506);
    assert_true(hf_inbox_next(&inbox, &record));
    assert_true(record.is_unified);
    assert_int_equal(record.epoch, 2);
    assert_int_equal(record.header.len, 5);
    assert_int_equal(record.body.len, 3);
    hf_inbox_keep_early(&inbox, &record);
    assert_true(hf_inbox_next(&inbox, &record));
    assert_int_equal(record.epoch, 3);
    assert_int_equal(record.header.len, 2);
    assert_true(hf_span_equal(record.body, hf_span_of_text("rest")));
    assert_false(hf_inbox_next(&inbox, &record));
    hf_inbox_retry_early(&inbox);
    assert_true(hf_inbox_next(&inbox, &record));
    assert_int_equal(record.epoch, 2);
    assert_int_equal(record.body.len, 3);
    assert_false(hf_inbox_next(&inbox, &record));
    hf_inbox_release(&inbox);
}

static void every_cut_is_dropped(void **state)
{
    (void)state;
    uint8_t bytes[64];
    struct hf_writer writer = hf_writer_of(bytes, sizeof bytes);
    write_plain(&writer, 22, 0, 1, "hello");
    struct hf_inbox inbox;
    struct hf_inbox_record record;
    hf_inbox_init(&inbox, &hf_allocation_standard);
    for (size_t len = 0; len < writer.len; len++) {
        hf_inbox_add(&inbox, hf_span_of(bytes, len), 0);
        assert_false(hf_inbox_next(&inbox, &record));
    }
    hf_inbox_add(&inbox, hf_span_of("\x3e\1\2\0\3abc", 8), 0); /* a connection ID nobody agreed on */
    assert_false(hf_inbox_next(&inbox, &record));
    bytes[1] = 3; /* a TLS version */
    hf_inbox_add(&inbox, hf_writer_span(&writer), 0);
    assert_false(hf_inbox_next(&inbox, &record));
    hf_inbox_release(&inbox);
}

/* RFC 9147 4, RFC 9146 4: no record tells how long its ID is; that is agreed on. */
static void ids_are_cut_at_their_length(void **state)
{
    (void)state;
    static const uint8_t unified[] = {0x3e, 0xa1, 0xa2, 0xa3, 0, 1, 0, 2, 'h', 'i'};
    static const uint8_t of12[] = {25, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 9, 0xa1, 0xa2, 0xa3, 0, 2, 'h', 'i'};
    const struct hf_span datagrams[] = {hf_span_of(unified, sizeof unified), hf_span_of(of12, sizeof of12)};
    struct hf_inbox inbox;
    struct hf_inbox_record record;
    hf_inbox_init(&inbox, &hf_allocation_standard);
    inbox.id_len = 3;
    for (size_t i = 0; i < 2; i++) {
        hf_inbox_add(&inbox, datagrams[i], 77);
        assert_true(hf_inbox_next(&inbox, &record));
        assert_true(hf_span_equal(record.id, hf_span_of("\xa1\xa2\xa3", 3)));
        assert_true(hf_span_equal(record.body, hf_span_of("hi", 2)));
        assert_int_equal(record.header.len, datagrams[i].len - 2);
        assert_int_equal(record.path, 77);
        assert_false(hf_inbox_next(&inbox, &record));
        for (size_t len = 0; len < datagrams[i].len; len++) {
            hf_inbox_add(&inbox, hf_span_part(datagrams[i], 0, len), 0);
            assert_false(hf_inbox_next(&inbox, &record));
        }
    }
    inbox.id_len = 0;
    for (size_t i = 0; i < 2; i++) {
        hf_inbox_add(&inbox, datagrams[i], 0);
        assert_false(hf_inbox_next(&inbox, &record));
    }
    hf_inbox_release(&inbox);
}

static void a_flood_is_bounded(void **state)
{
    (void)state;
    static const uint8_t bytes[60000];
    struct hf_inbox inbox;
    hf_inbox_init(&inbox, &hf_allocation_standard);
    for (size_t i = 0; i < 20; i++)
        hf_inbox_add(&inbox, hf_span_of(bytes, sizeof bytes), 0);
    assert_true(inbox.waiting.held <= HF_INBOX_BYTES_MAX);
    hf_inbox_release(&inbox);
    assert_int_equal(inbox.waiting.held, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_cut_off_one_by_one),
        cmocka_unit_test(every_cut_is_dropped),
        cmocka_unit_test(ids_are_cut_at_their_length),
        cmocka_unit_test(a_flood_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
