#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "datagram/reassemble.h"

#include <string.h>

#include "support/test_allocator.h"

enum { LEN = 100, MAX = 1000 };

static uint8_t body[MAX];

static struct hf_fragment fragment(uint16_t message_seq, size_t message_len, size_t from, size_t to)
{
    return (struct hf_fragment){
        .type = 11,
        .message_len = message_len,
        .message_seq = message_seq,
        .offset = from,
        .bytes = hf_span_of(body + from, to - from),
    };
}

static enum hf_reassembled add(struct hf_reassemble *reassemble, uint16_t message_seq, size_t from, size_t to)
{
    enum hf_reassembled reassembled;
    const struct hf_fragment one = fragment(message_seq, LEN, from, to);
    assert_int_equal(hf_reassemble_add(reassemble, &one, &reassembled), HF_OK);
    return reassembled;
}

static void set_up(struct hf_reassemble *reassemble)
{
    for (size_t i = 0; i < MAX; i++)
        body[i] = (uint8_t)(i * 7);
    hf_reassemble_init(reassemble, &hf_allocation_standard, MAX, 0);
}

static void expect_message(struct hf_reassemble *reassemble, size_t len)
{
    struct hf_span whole = hf_reassemble_next(reassemble);
    assert_int_equal(whole.len, HF_FRAGMENT_HEADER_LEN + len);
    assert_memory_equal(whole.data + HF_FRAGMENT_HEADER_LEN, body, len);
    assert_int_equal(whole.data[0], 11);
    assert_memory_equal(whole.data + 6, "\0\0\0", 3);       /* as one fragment: offset 0 */
    assert_memory_equal(whole.data + 1, whole.data + 9, 3); /* ... of all its length */
}

static void fragments_of_any_overlap_and_order(void **state)
{
    (void)state;
    uint32_t random = 3;
    for (size_t round = 0; round < 300; round++) {
        struct hf_reassemble reassemble;
        set_up(&reassemble);
        size_t tries = 0;
        while (hf_reassemble_next(&reassemble).len == 0) {
            random = random * 1664525 + 1013904223;
            size_t from = (random >> 20) % LEN;
            size_t to = from + 1 + (random >> 8) % (LEN - from);
            assert_int_not_equal(add(&reassemble, 0, from, to), HF_REASSEMBLED_OLD);
            assert_true(++tries < 10000);
        }
        assert_int_equal(add(&reassemble, 0, 0, LEN), HF_REASSEMBLED_OLD);
        assert_int_equal(hf_reassemble_next(&reassemble).len, 0);
        hf_reassemble_release(&reassemble);
        assert_int_equal(reassemble.held, 0);
    }
}

/* Every second byte first: as many gaps as there can be. */
static void fragments_of_a_byte_each_in_the_worst_order(void **state)
{
    (void)state;
    struct hf_reassemble reassemble;
    set_up(&reassemble);
    for (size_t first = 0; first < 2; first++)
        for (size_t at = 1 - first; at < LEN; at += 2) {
            assert_int_equal(hf_reassemble_next(&reassemble).len, 0);
            assert_int_equal(add(&reassemble, 0, at, at + 1), HF_REASSEMBLED_NEW);
            assert_int_equal(add(&reassemble, 0, at, at + 1), HF_REASSEMBLED_KNOWN);
        }
    assert_false(hf_reassemble_has_gap(&reassemble));
    assert_true(hf_reassemble_is_begun(&reassemble));
    struct hf_span whole = hf_reassemble_next(&reassemble);
    assert_memory_equal(whole.data + HF_FRAGMENT_HEADER_LEN, body, LEN);
    assert_false(hf_reassemble_is_begun(&reassemble)); /* what is lent is not waiting */
    hf_reassemble_release(&reassemble);
}

static void messages_come_up_in_their_order(void **state)
{
    (void)state;
    struct hf_reassemble reassemble;
    set_up(&reassemble);
    assert_int_equal(add(&reassemble, 1, 0, LEN), HF_REASSEMBLED_NEW);
    assert_true(hf_reassemble_has_gap(&reassemble));
    assert_int_equal(hf_reassemble_next(&reassemble).len, 0);
    assert_int_equal(add(&reassemble, 1, 10, 20), HF_REASSEMBLED_KNOWN);
    assert_int_equal(add(&reassemble, HF_REASSEMBLE_AHEAD, 0, LEN), HF_REASSEMBLED_DROPPED);
    assert_int_equal(add(&reassemble, 0, 0, 50), HF_REASSEMBLED_NEW);
    assert_int_equal(add(&reassemble, 0, 50, LEN), HF_REASSEMBLED_NEW);
    expect_message(&reassemble, LEN);
    expect_message(&reassemble, LEN);
    assert_int_equal(hf_reassemble_next(&reassemble).len, 0);
    assert_false(hf_reassemble_has_gap(&reassemble));
    hf_reassemble_release(&reassemble);
}

/* Only what is missing before something that came is a gap, which RFC 9147 7.1 has acknowledged at once. */
static void whole_messages_and_a_beginning_are_no_gap(void **state)
{
    (void)state;
    struct hf_reassemble reassemble;
    set_up(&reassemble);
    assert_false(hf_reassemble_has_gap(&reassemble));
    for (uint16_t message_seq = 0; message_seq < 3; message_seq++) {
        assert_int_equal(add(&reassemble, message_seq, 0, LEN), HF_REASSEMBLED_NEW);
        assert_false(hf_reassemble_has_gap(&reassemble));
    }
    assert_int_equal(add(&reassemble, 3, 0, 40), HF_REASSEMBLED_NEW);
    assert_false(hf_reassemble_has_gap(&reassemble));
    assert_int_equal(add(&reassemble, 3, 60, 70), HF_REASSEMBLED_NEW);
    assert_true(hf_reassemble_has_gap(&reassemble));
    assert_int_equal(add(&reassemble, 3, 40, 60), HF_REASSEMBLED_NEW);
    assert_false(hf_reassemble_has_gap(&reassemble));
    assert_int_equal(add(&reassemble, 4, 0, 10), HF_REASSEMBLED_NEW);
    assert_true(hf_reassemble_has_gap(&reassemble));
    hf_reassemble_release(&reassemble);
}

/* What GnuTLS CVE-2026-33846 was made of: totals that disagree. */
static void totals_and_types_that_disagree_are_refused(void **state)
{
    (void)state;
    struct hf_reassemble reassemble;
    enum hf_reassembled reassembled = HF_REASSEMBLED_OLD;
    set_up(&reassemble);
    assert_int_equal(add(&reassemble, 0, 0, 10), HF_REASSEMBLED_NEW);
    struct hf_fragment other = fragment(0, LEN + 1, 90, 101);
    assert_int_equal(hf_reassemble_add(&reassemble, &other, &reassembled), HF_ERR_illegal_parameter);
    other = fragment(0, LEN - 1, 90, 99);
    assert_int_equal(hf_reassemble_add(&reassemble, &other, &reassembled), HF_ERR_illegal_parameter);
    other = fragment(0, LEN, 90, 100);
    other.type = 12;
    assert_int_equal(hf_reassemble_add(&reassemble, &other, &reassembled), HF_ERR_illegal_parameter);
    other = fragment(0, MAX + 1, 0, 10);
    assert_int_equal(hf_reassemble_add(&reassemble, &other, &reassembled), HF_ERR_handshake_message_too_long);
    assert_int_equal(add(&reassemble, 0, 10, LEN), HF_REASSEMBLED_NEW);
    expect_message(&reassemble, LEN);
    hf_reassemble_release(&reassemble);
}

static void what_is_held_is_bounded(void **state)
{
    (void)state;
    struct hf_reassemble reassemble;
    set_up(&reassemble);
    enum hf_reassembled reassembled;
    for (uint16_t i = 1; i < HF_REASSEMBLE_AHEAD; i++) {
        const struct hf_fragment long_one = fragment(i, MAX, 0, 1);
        assert_int_equal(hf_reassemble_add(&reassemble, &long_one, &reassembled), HF_OK);
        assert_true(reassemble.held <= 2 * MAX);
    }
    const struct hf_fragment next = fragment(0, MAX, 0, MAX);
    assert_int_equal(hf_reassemble_add(&reassemble, &next, &reassembled), HF_OK);
    assert_int_equal(reassembled, HF_REASSEMBLED_NEW); /* the next one always finds room */
    expect_message(&reassemble, MAX);
    hf_reassemble_release(&reassemble);
}

/* What was taken may be acknowledged, and would not come again: RFC 9147 7. */
static void what_was_taken_stays(void **state)
{
    (void)state;
    enum hf_reassembled reassembled;
    for (size_t len = 1; len <= MAX; len += 9) {
        struct hf_reassemble reassemble;
        bool is_taken[HF_REASSEMBLE_AHEAD];
        set_up(&reassemble);
        for (uint16_t i = 1; i < HF_REASSEMBLE_AHEAD; i++) {
            const struct hf_fragment later = fragment(i, len, 0, len);
            assert_int_equal(hf_reassemble_add(&reassemble, &later, &reassembled), HF_OK);
            is_taken[i] = reassembled == HF_REASSEMBLED_NEW;
        }
        assert_true(is_taken[1] || len > MAX / 2);
        const struct hf_fragment next = fragment(0, MAX, 0, MAX);
        assert_int_equal(hf_reassemble_add(&reassemble, &next, &reassembled), HF_OK);
        assert_int_equal(reassembled, HF_REASSEMBLED_NEW);
        expect_message(&reassemble, MAX);
        for (uint16_t i = 1; i < HF_REASSEMBLE_AHEAD && is_taken[i]; i++)
            expect_message(&reassemble, len);
        hf_reassemble_release(&reassemble);
    }
}

static void nothing_of_an_older_epoch_is_left(void **state)
{
    (void)state;
    struct hf_reassemble reassemble;
    set_up(&reassemble);
    assert_int_equal(add(&reassemble, 0, 0, LEN), HF_REASSEMBLED_NEW);
    assert_int_equal(add(&reassemble, 1, 0, LEN), HF_REASSEMBLED_NEW);
    assert_int_equal(add(&reassemble, 2, 0, 10), HF_REASSEMBLED_NEW);
    struct hf_span lent = hf_reassemble_next(&reassemble);
    hf_reassemble_turn(&reassemble);
    assert_memory_equal(lent.data + HF_FRAGMENT_HEADER_LEN, body, LEN); /* still lent */
    assert_int_equal(hf_reassemble_next(&reassemble).len, 0);
    assert_int_equal(reassemble.held, 0);
    assert_int_equal(add(&reassemble, 1, 0, LEN), HF_REASSEMBLED_NEW);
    expect_message(&reassemble, LEN);
    hf_reassemble_release(&reassemble);
}

static void empty_messages_come_up(void **state)
{
    (void)state;
    struct hf_reassemble reassemble;
    enum hf_reassembled reassembled;
    set_up(&reassemble);
    const struct hf_fragment empty = fragment(0, 0, 0, 0);
    assert_int_equal(hf_reassemble_add(&reassemble, &empty, &reassembled), HF_OK);
    assert_int_equal(reassembled, HF_REASSEMBLED_NEW);
    expect_message(&reassemble, 0);
    hf_reassemble_release(&reassemble);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fragments_of_any_overlap_and_order),
        cmocka_unit_test(fragments_of_a_byte_each_in_the_worst_order),
        cmocka_unit_test(messages_come_up_in_their_order),
        cmocka_unit_test(whole_messages_and_a_beginning_are_no_gap),
        cmocka_unit_test(totals_and_types_that_disagree_are_refused),
        cmocka_unit_test(what_is_held_is_bounded),
        cmocka_unit_test(what_was_taken_stays),
        cmocka_unit_test(nothing_of_an_older_epoch_is_left),
        cmocka_unit_test(empty_messages_come_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
