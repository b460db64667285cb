#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "datagram/ack.h"

static void numbers_go_out_ascending_and_once(void **state)
{
    (void)state;
    struct hf_ack ack = {0};
    hf_ack_note(&ack, 2, 7);
    hf_ack_note(&ack, 0, 3);
    hf_ack_note(&ack, 2, 5);
    hf_ack_note(&ack, 2, 7);
    hf_ack_note(&ack, 2, 6);
    uint8_t body[HF_ACK_BODY_MAX];
    struct hf_writer writer = hf_writer_of(body, sizeof body);
    hf_ack_write(&ack, sizeof body, &writer);
    assert_true(hf_writer_end(&writer));
    static const struct hf_record_number_pair expected[] = {{0, 3}, {2, 5}, {2, 6}, {2, 7}};
    struct hf_reader records;
    struct hf_record_number_pair record;
    assert_true(hf_ack_read(hf_writer_span(&writer), &records));
    for (size_t i = 0; i < 4; i++) {
        assert_true(hf_ack_read_next(&records, &record));
        assert_int_equal(record.epoch, expected[i].epoch);
        assert_int_equal(record.sequence, expected[i].sequence);
    }
    assert_false(hf_ack_read_next(&records, &record));
}

/* An ACK may be lost: what it said is said again, as far as there is room. */
static void what_was_said_is_said_again_the_newest_first(void **state)
{
    (void)state;
    struct hf_ack ack = {0};
    hf_ack_note(&ack, 2, 9);
    hf_ack_note(&ack, 2, 1);
    hf_ack_note(&ack, 2, 4);
    for (unsigned i = 0; i < 2; i++) {
        uint8_t body[HF_ACK_BODY_MAX];
        struct hf_writer writer = hf_writer_of(body, sizeof body);
        assert_int_equal(ack.has_news, i == 0);
        hf_ack_write(&ack, HF_ACK_HEAD_LEN + 3 * HF_ACK_RECORD_LEN - 1, &writer);
        assert_int_equal(writer.len, HF_ACK_HEAD_LEN + 2 * HF_ACK_RECORD_LEN);
        assert_int_equal(body[HF_ACK_HEAD_LEN + 15], 1);
        assert_int_equal(body[HF_ACK_HEAD_LEN + HF_ACK_RECORD_LEN + 15], 4);
    }
}

static void the_oldest_are_forgotten(void **state)
{
    (void)state;
    struct hf_ack ack = {0};
    for (uint64_t i = 0; i < HF_ACK_RECORDS_MAX + 3; i++)
        hf_ack_note(&ack, 1, i);
    assert_int_equal(ack.count, HF_ACK_RECORDS_MAX);
    assert_int_equal(ack.records[0].sequence, 3);
    hf_ack_clear(&ack);
    assert_int_equal(ack.count, 0);
}

/* What wolfSSL's CVE-2026-5264 was made of. */
static void malformed_ones_are_refused(void **state)
{
    (void)state;
    static const uint8_t bytes[2 + 32] = {0, 32};
    struct hf_reader records;
    assert_true(hf_ack_read(hf_span_of(bytes, sizeof bytes), &records));
    for (size_t len = 0; len < sizeof bytes; len++)
        assert_false(hf_ack_read(hf_span_of(bytes, len), &records));
    static const uint8_t half[2 + 15] = {0, 15};
    assert_false(hf_ack_read(hf_span_of(half, sizeof half), &records));
    static const uint8_t more[2 + 17] = {0, 16};
    assert_false(hf_ack_read(hf_span_of(more, sizeof more), &records));
    static const uint8_t none[2] = {0, 0};
    assert_true(hf_ack_read(hf_span_of(none, sizeof none), &records));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_go_out_ascending_and_once),
        cmocka_unit_test(what_was_said_is_said_again_the_newest_first),
        cmocka_unit_test(the_oldest_are_forgotten),
        cmocka_unit_test(malformed_ones_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
