/* TLS framing: the same units however the bytes are cut, every wrong length and order refused, floods bounded. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "support/test_allocator.h"
#include "unit/stream/ends.h"

/* A server's side of a handshake in small records, so that messages lie over and within records. */
static size_t write_story(uint8_t *into, size_t room)
{
    struct hf_framing *writer = new_stream();
    struct hf_framing_limits limits = {.send = 64};
    hf_framing_set_rules(writer, HF_RULES_13);
    hf_framing_set_limits(writer, &limits);
    send_message(writer, SERVER_HELLO, 90);
    assert_int_equal(hf_framing_send_ccs(writer), HF_OK);
    assert_int_equal(hf_framing_turn_write(writer, keys13(&hf_allocation_standard, HF_AEAD_SEAL)), HF_OK);
    send_message(writer, 8, 2);
    send_message(writer, 11, 150);
    send_message(writer, 15, 0);
    send_message(writer, 20, 32);
    send_data(writer, "application data");
    send_message(writer, 4, 130);
    send_data(writer, "more of it");
    assert_int_equal(hf_framing_send_alert(writer, 1, 0), HF_OK);
    struct hf_span out = hf_framing_output(writer);
    size_t len = out.len;
    assert_true(hf_span_copy(out, into, room));
    hf_framing_free(writer);
    return len;
}

static void every_cut_gives_the_same_units(void **state)
{
    (void)state;
    static uint8_t story[4096];
    static struct log whole, cut;
    size_t len = write_story(story, sizeof story);
    struct hf_framing *framing = new_stream();
    assert_int_equal(take_piece(framing, hf_span_of(story, len), &whole), HF_OK);
    assert_true(hf_framing_between_messages(framing));
    hf_framing_free(framing);
    for (size_t at = 0; at <= len; at++) {
        framing = new_stream();
        cut.len = 0;
        assert_int_equal(take_piece(framing, hf_span_of(story, at), &cut), HF_OK);
        hf_framing_rest(framing);
        assert_int_equal(take_piece(framing, hf_span_of(story + at, len - at), &cut), HF_OK);
        hf_framing_free(framing);
        assert_int_equal(cut.len, whole.len);
        assert_memory_equal(cut.bytes, whole.bytes, whole.len);
    }
    framing = new_stream();
    cut.len = 0;
    for (size_t at = 0; at < len; at++)
        assert_int_equal(take_piece(framing, hf_span_of(story + at, 1), &cut), HF_OK);
    hf_framing_free(framing);
    assert_int_equal(cut.len, whole.len);
    assert_memory_equal(cut.bytes, whole.bytes, whole.len);
}

static void every_corrupted_byte_is_noticed(void **state)
{
    (void)state;
    static uint8_t story[4096];
    static struct log whole, other;
    size_t len = write_story(story, sizeof story);
    struct hf_framing *framing = new_stream();
    whole.len = 0;
    assert_int_equal(take_piece(framing, hf_span_of(story, len), &whole), HF_OK);
    hf_framing_free(framing);
    for (size_t at = 0; at < len; at++) {
        /* Record versions in the clear are ignored by rule. */
        if (at == 2 || at == 101)
            continue;
        framing = new_stream();
        other.len = 0;
        story[at] ^= 1;
        enum hf_error error = take_piece(framing, hf_span_of(story, len), &other);
        story[at] ^= 1;
        hf_framing_free(framing);
        bool is_same = other.len == whole.len && memcmp(other.bytes, whole.bytes, whole.len) == 0;
        assert_false(error == HF_OK && is_same);
    }
}

/* ---- lengths ---- */

static enum hf_error body_of(struct hf_framing *framing, uint8_t type, size_t len)
{
    static uint8_t record[5 + 65535];
    struct hf_writer writer = hf_writer_of(record, sizeof record);
    hf_writer_u8(&writer, type);
    hf_writer_u16(&writer, 0x0303);
    hf_writer_u16(&writer, (uint16_t)len);
    return verdict(framing, record, 5 + len);
}

static void longest_records(void **state)
{
    (void)state;
    assert_int_equal(body_of(new_stream(), 22, 16384), HF_OK); /* 4096 messages without a body */
    assert_int_equal(body_of(new_stream(), 22, 16385), HF_ERR_record_too_long);
    assert_int_equal(body_of(new_stream(), 22, 65535), HF_ERR_record_too_long);
    assert_int_equal(body_of(reader13(), 23, 16384 + 256), HF_ERR_bad_record);
    assert_int_equal(body_of(reader13(), 23, 16384 + 257), HF_ERR_record_too_long);
    assert_int_equal(body_of(reader12(), 23, 16384 + 24), HF_ERR_bad_record);
    assert_int_equal(body_of(reader12(), 23, 16384 + 25), HF_ERR_record_too_long);
    assert_int_equal(body_of(reader12(), 23, 16384 + 2049), HF_ERR_record_too_long);
    assert_int_equal(body_of(reader13(), 23, 0), HF_ERR_bad_record);
    assert_int_equal(body_of(reader12(), 23, 0), HF_ERR_bad_record);
}

/* Our record_size_limit: content of exactly the limit passes, one more is refused. */
static void receive_limit(void **state)
{
    (void)state;
    for (size_t version = 12; version <= 13; version++) {
        for (size_t len = 99; len <= 101; len++) {
            struct hf_framing *writer = new_stream();
            struct hf_framing *reader = version == 13 ? reader13() : reader12();
            struct hf_framing_limits sent = {.send = len};
            struct hf_framing_limits received = {.receive = 100};
            hf_framing_set_rules(writer, version == 13 ? HF_RULES_13 : HF_RULES_12);
            hf_framing_set_limits(writer, &sent);
            hf_framing_set_limits(reader, &received);
            assert_int_equal(hf_framing_turn_write(writer, version == 13 ? keys13(&hf_allocation_standard, HF_AEAD_SEAL)
                                                                         : keys12(HF_AEAD_SEAL)),
                             HF_OK);
            send_message(writer, 20, 300);
            assert_int_equal(hf_framing_flush(writer), HF_OK);
            struct hf_span out = hf_framing_output(writer);
            assert_int_equal(verdict(reader, out.data, out.len), len > 100 ? HF_ERR_record_too_long : HF_OK);
            hf_framing_free(writer);
        }
    }
}

static void longest_message(void **state)
{
    (void)state;
    static const uint8_t at_limit[] = {22, 3, 3, 0, 4, 11, 2, 0, 0};
    static const uint8_t past_limit[] = {22, 3, 3, 0, 4, 11, 2, 0, 1};
    static const uint8_t split[] = {22, 3, 3, 0, 3, 11, 2, 0, 22, 3, 3, 0, 1, 1};
    static const uint8_t small[] = {22, 3, 3, 0, 6, 11, 0, 0, 2, 5, 5};
    assert_int_equal(verdict(new_stream(), at_limit, sizeof at_limit), HF_OK);
    assert_int_equal(verdict(new_stream(), past_limit, sizeof past_limit), HF_ERR_handshake_message_too_long);
    assert_int_equal(verdict(new_stream(), split, sizeof split), HF_ERR_handshake_message_too_long);
    for (size_t limit = 1; limit <= 2; limit++) {
        struct hf_framing *framing = new_stream();
        struct hf_framing_limits limits = {.message = limit};
        hf_framing_set_limits(framing, &limits);
        assert_int_equal(verdict(framing, small, sizeof small), limit == 2 ? HF_OK : HF_ERR_handshake_message_too_long);
    }
}

/* ---- what may not stand where it stands ---- */

struct plain_case {
    const char *bytes;
    size_t len;
    enum hf_framing_rules rules;
    enum hf_error wanted;
};

#define HELLO_MESSAGE "\x16\3\3\0\4\1\0\0\0"
#define CASE(bytes, rules, wanted)                                                                                     \
    {                                                                                                                  \
        bytes, sizeof bytes - 1, rules, wanted                                                                         \
    }

static void plain_records(void **state)
{
    (void)state;
    static const struct plain_case cases[] = {
        CASE(HELLO_MESSAGE, HF_RULES_HELLO, HF_OK),
        CASE("\x16\3\1\0\4\1\0\0\0", HF_RULES_HELLO, HF_OK),
        CASE("\x16\3\0\0\4\1\0\0\0", HF_RULES_HELLO, HF_OK),
        CASE("\x16\2\1\0\4\1\0\0\0", HF_RULES_HELLO, HF_ERR_not_tls),
        CASE("\x18\3\3\0\4\1\0\0\0", HF_RULES_HELLO, HF_ERR_not_tls),
        CASE(HELLO_MESSAGE "\x18\3\3\0\1\1", HF_RULES_13, HF_ERR_unexpected_message),
        CASE(HELLO_MESSAGE "\x13\3\3\0\1\1", HF_RULES_12, HF_ERR_unexpected_message),
        CASE(HELLO_MESSAGE "\x16\4\3\0\1\1", HF_RULES_12, HF_ERR_decode_error),
        /* empty records, RFC 9846 5.1 */
        CASE("\x16\3\3\0\0", HF_RULES_HELLO, HF_ERR_unexpected_message),
        CASE("\x15\3\3\0\0", HF_RULES_HELLO, HF_ERR_unexpected_message),
        CASE(HELLO_MESSAGE "\x14\3\3\0\0", HF_RULES_12, HF_ERR_unexpected_message),
        CASE(HELLO_MESSAGE "\x16\3\3\0\0", HF_RULES_12, HF_ERR_unexpected_message),
        /* alerts */
        CASE("\x15\3\3\0\2\2\50", HF_RULES_HELLO, HF_OK),
        CASE("\x15\3\3\0\1\2", HF_RULES_HELLO, HF_ERR_decode_error),
        CASE("\x15\3\3\0\3\2\50\0", HF_RULES_HELLO, HF_ERR_decode_error),
        CASE("\x15\3\3\0\4\2\50\2\50", HF_RULES_12, HF_ERR_decode_error),
        /* change_cipher_spec */
        CASE("\x14\3\3\0\1\1", HF_RULES_HELLO, HF_ERR_unexpected_message),
        CASE(HELLO_MESSAGE "\x14\3\3\0\1\1", HF_RULES_HELLO, HF_OK),
        CASE(HELLO_MESSAGE "\x14\3\3\0\1\1", HF_RULES_13, HF_OK),
        CASE(HELLO_MESSAGE "\x14\3\3\0\1\1", HF_RULES_12, HF_OK),
        CASE(HELLO_MESSAGE "\x14\3\3\0\1\2", HF_RULES_13, HF_ERR_unexpected_message),
        CASE(HELLO_MESSAGE "\x14\3\3\0\2\1\1", HF_RULES_13, HF_ERR_unexpected_message),
        CASE(HELLO_MESSAGE "\x14\3\3\0\1\2", HF_RULES_12, HF_ERR_illegal_parameter),
        CASE(HELLO_MESSAGE "\x14\3\3\0\2\1\1", HF_RULES_12, HF_ERR_illegal_parameter),
        /* application data without keys */
        CASE("\x17\3\3\0\1\1", HF_RULES_HELLO, HF_ERR_unexpected_message),
        CASE(HELLO_MESSAGE "\x17\3\3\0\0", HF_RULES_12, HF_ERR_unexpected_message),
        /* between the parts of a message, RFC 9846 5.1 */
        CASE("\x16\3\3\0\2\1\0"
             "\x15\3\3\0\2\2\50",
             HF_RULES_HELLO, HF_ERR_unexpected_message),
        CASE("\x16\3\3\0\2\1\0"
             "\x14\3\3\0\1\1",
             HF_RULES_13, HF_ERR_unexpected_message),
        CASE("\x16\3\3\0\2\1\0"
             "\x14\3\3\0\1\1",
             HF_RULES_12, HF_ERR_unexpected_message),
        CASE("\x16\3\3\0\2\1\0"
             "\x16\3\3\0\2\0\0",
             HF_RULES_12, HF_OK),
    };
    for (size_t i = 0; i < HF_COUNT(cases); i++) {
        struct hf_framing *framing = new_stream();
        hf_framing_set_rules(framing, cases[i].rules);
        enum hf_error got = verdict(framing, cases[i].bytes, cases[i].len);
        if (got != cases[i].wanted)
            fail_msg("case %zu: %s, wanted %s", i, hf_error_name(got), hf_error_name(cases[i].wanted));
    }
}

/* One record with any content under the 1.3 test keys. */
static enum hf_error inner(uint8_t type, struct hf_span bytes, bool is_over)
{
    uint8_t record[128];
    struct hf_record_protection *sealer = keys13(&hf_allocation_standard, HF_AEAD_SEAL);
    struct hf_framing *framing = reader13();
    struct hf_writer writer = hf_writer_of(record, sizeof record);
    struct hf_record_content content = {.type = type, .bytes = bytes};
    assert_int_equal(hf_record_seal(sealer, &content, &writer), HF_OK);
    hf_record_free(sealer);
    if (is_over)
        hf_framing_end_handshake(framing);
    return verdict(framing, record, writer.len);
}

static void inner_types(void **state)
{
    (void)state;
    struct hf_span one = hf_span_of("\1", 1);
    struct hf_span none = hf_span_of(NULL, 0);
    assert_int_equal(inner(20, one, false), HF_ERR_unexpected_message);
    assert_int_equal(inner(24, one, false), HF_ERR_unexpected_message);
    assert_int_equal(inner(255, one, false), HF_ERR_unexpected_message);
    assert_int_equal(inner(22, none, false), HF_ERR_unexpected_message);
    assert_int_equal(inner(21, none, false), HF_ERR_unexpected_message);
    assert_int_equal(inner(23, none, false), HF_ERR_unexpected_message);
    assert_int_equal(inner(23, none, true), HF_OK);
    assert_int_equal(inner(23, one, true), HF_OK);
    assert_int_equal(inner(21, hf_span_of("\2\50", 2), true), HF_OK);
    assert_int_equal(inner(21, hf_span_of("\2\50\0", 3), true), HF_ERR_decode_error);
}

/* A peer that failed before it turned its keys says so in the clear; a hint while the handshake runs, else refused. */
static void unprotected_alert_under_keys(void **state)
{
    (void)state;
    static const uint8_t alert[] = {21, 3, 3, 0, 2, 2, 40};
    static const uint8_t longer[] = {21, 3, 3, 0, 3, 2, 40, 0};
    struct hf_framing *framing = reader13();
    struct hf_unit unit;
    size_t taken;
    assert_int_equal(hf_framing_feed(framing, hf_span_of(alert, sizeof alert), &taken), HF_OK);
    assert_int_equal(hf_framing_next(framing, &unit), HF_OK);
    assert_int_equal(unit.kind, HF_UNIT_ALERT);
    assert_false(unit.is_protected);
    assert_int_equal(unit.alert, 40);
    hf_framing_free(framing);
    framing = reader13();
    hf_framing_end_handshake(framing);
    assert_int_equal(verdict(framing, alert, sizeof alert), HF_ERR_unexpected_message);
    assert_int_equal(verdict(reader13(), longer, sizeof longer), HF_ERR_unexpected_message);
    assert_int_equal(verdict(reader13(), HELLO_MESSAGE, 9), HF_ERR_unexpected_message);
    assert_int_equal(verdict(reader12(), alert, sizeof alert), HF_ERR_bad_record);
}

static void compatibility_ccs_ends_with_the_handshake(void **state)
{
    (void)state;
    static const uint8_t story[] = {22, 3, 3, 0, 4, 1, 0, 0, 0, 20, 3, 3, 0, 1, 1};
    struct hf_framing *framing = new_stream();
    hf_framing_set_rules(framing, HF_RULES_13);
    assert_int_equal(take(framing, story, sizeof story), HF_OK);
    hf_framing_end_handshake(framing);
    assert_int_equal(verdict(framing, story + 9, 6), HF_ERR_unexpected_message);
}

static void keys_may_not_change_inside_a_message(void **state)
{
    (void)state;
    static const uint8_t part[] = {22, 3, 3, 0, 2, 1, 0};
    static const uint8_t two[] = {22, 3, 3, 0, 8, 1, 0, 0, 0, 2, 0, 0, 0};
    struct hf_framing *framing = new_stream();
    assert_true(hf_framing_between_messages(framing));
    assert_int_equal(take(framing, part, sizeof part), HF_OK);
    assert_false(hf_framing_between_messages(framing));
    assert_int_equal(hf_framing_turn_read(framing, keys13(&hf_allocation_standard, HF_AEAD_OPEN)),
                     HF_ERR_keys_change_inside_message);
    hf_framing_free(framing);

    struct hf_unit unit;
    size_t taken;
    framing = new_stream();
    assert_int_equal(hf_framing_feed(framing, hf_span_of(two, sizeof two), &taken), HF_OK);
    assert_int_equal(hf_framing_next(framing, &unit), HF_OK);
    assert_false(hf_framing_between_messages(framing));
    assert_int_equal(hf_framing_feed(framing, hf_span_of(two, sizeof two), &taken), HF_OK);
    assert_int_equal(taken, 0);
    assert_int_equal(hf_framing_next(framing, &unit), HF_OK);
    assert_true(hf_framing_between_messages(framing));
    hf_framing_free(framing);
}

/* ---- floods ---- */

static enum hf_error flood(size_t count, const char *record, size_t len, bool is_protected)
{
    struct hf_framing *writer = new_stream();
    struct hf_framing *reader = is_protected ? reader13() : new_stream();
    enum hf_error error = HF_OK;
    if (!is_protected) {
        hf_framing_set_rules(reader, HF_RULES_13);
        assert_int_equal(take(reader, HELLO_MESSAGE, 9), HF_OK);
    }
    if (is_protected)
        hf_framing_end_handshake(reader);
    struct hf_record_protection *sealer = keys13(&hf_allocation_standard, HF_AEAD_SEAL);
    for (size_t i = 0; i < count && error == HF_OK; i++) {
        uint8_t wire[64];
        struct hf_writer out = hf_writer_of(wire, sizeof wire);
        struct hf_record_content content = {.type = 23};
        if (is_protected)
            assert_int_equal(hf_record_seal(sealer, &content, &out), HF_OK);
        else
            hf_writer_bytes(&out, hf_span_of(record, len));
        error = take(reader, wire, out.len);
    }
    hf_record_free(sealer);
    hf_framing_free(writer);
    hf_framing_free(reader);
    return error;
}

static void floods_of_nothing_are_bounded(void **state)
{
    (void)state;
    assert_int_equal(flood(HF_STREAM_EMPTY_MAX, "", 0, true), HF_OK);
    assert_int_equal(flood(HF_STREAM_EMPTY_MAX + 1, "", 0, true), HF_ERR_too_many_empty_records);
    assert_int_equal(flood(HF_STREAM_EMPTY_MAX, "\x14\3\3\0\1\1", 6, false), HF_OK);
    assert_int_equal(flood(HF_STREAM_EMPTY_MAX + 1, "\x14\3\3\0\1\1", 6, false), HF_ERR_too_many_empty_records);
}

/* ---- early data that was refused ---- */

static void refused_early_data_is_skipped(void **state)
{
    (void)state;
    static uint8_t story[4096];
    static const uint8_t early[] = {23, 3,  3,  0,  20, 1,  2,  3,  4,  5,  6,  7, 8,
                                    9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20};
    struct hf_framing *writer = new_stream();
    hf_framing_set_rules(writer, HF_RULES_13);
    assert_int_equal(hf_framing_turn_write(writer, keys13(&hf_allocation_standard, HF_AEAD_SEAL)), HF_OK);
    send_message(writer, 20, 32);
    assert_int_equal(hf_framing_flush(writer), HF_OK);
    struct hf_writer out = hf_writer_of(story, sizeof story);
    hf_writer_bytes(&out, hf_span_of(early, sizeof early));
    hf_writer_bytes(&out, hf_span_of(early, sizeof early));
    hf_writer_bytes(&out, hf_framing_output(writer));
    size_t good_len = out.len;
    hf_writer_bytes(&out, hf_span_of(early, sizeof early)); /* after the first that opened: no more */
    hf_framing_free(writer);

    for (size_t max = 49; max <= 51; max++) {
        struct hf_framing *reader = reader13();
        hf_framing_skip_early_data(reader, max);
        assert_int_equal(verdict(reader, story, good_len), max < 50 ? HF_ERR_bad_record : HF_OK);
    }
    struct hf_framing *reader = reader13();
    hf_framing_skip_early_data(reader, 1000);
    assert_int_equal(verdict(reader, story, out.len), HF_ERR_bad_record);
    /* After a HelloRetryRequest: in the clear until the second ClientHello. */
    reader = new_stream();
    hf_framing_set_rules(reader, HF_RULES_13);
    assert_int_equal(take(reader, HELLO_MESSAGE, 9), HF_OK);
    hf_framing_skip_early_data(reader, 25);
    assert_int_equal(take(reader, early, sizeof early), HF_OK);
    assert_int_equal(take(reader, HELLO_MESSAGE, 9), HF_OK);
    assert_int_equal(verdict(reader, early, sizeof early), HF_ERR_unexpected_message);
}

/* ---- life ---- */

static void an_idle_stream_holds_little(void **state)
{
    (void)state;
    static uint8_t story[4096];
    static struct log log;
    struct hf_test_allocator test;
    struct hf_framing *framing = NULL;
    hf_test_allocator_init(&test, 0);
    assert_int_equal(hf_stream_new(&test.allocator, &framing), HF_OK);
    size_t empty = test.live_bytes;
    assert_true(empty < 1000);
    size_t len = write_story(story, sizeof story);
    log.len = 0;
    assert_int_equal(take_piece(framing, hf_span_of(story, 5 + 94), &log), HF_OK);
    send_message(framing, 1, 10000);
    assert_int_equal(hf_framing_flush(framing), HF_OK);
    assert_true(test.live_bytes > empty + 10000);
    hf_framing_consumed(framing, hf_framing_output(framing).len);
    hf_framing_rest(framing);
    assert_true(test.live_bytes <= empty);
    assert_int_equal(take_piece(framing, hf_span_of(story + 99, len - 99), &log), HF_OK);
    hf_framing_free(framing);
    assert_int_equal(test.live, 0);
}

static enum hf_error read_and_write(const struct hf_allocator *allocator, struct hf_span story)
{
    static struct log log;
    struct hf_framing *framing = NULL;
    log.len = 0;
    HF_TRY(hf_stream_new(allocator, &framing));
    enum hf_error error = take_piece(framing, story, &log);
    if (error == HF_OK)
        error = hf_framing_send_message(framing, message(1, 20000));
    if (error == HF_OK)
        error = hf_framing_flush(framing);
    hf_framing_free(framing);
    return error;
}

static void failed_allocations(void **state)
{
    (void)state;
    static uint8_t story[4096];
    size_t len = write_story(story, sizeof story);
    for (size_t n = 1;; n++) {
        struct hf_test_allocator test;
        hf_test_allocator_init(&test, n);
        enum hf_error error = read_and_write(&test.allocator, hf_span_of(story, len));
        assert_int_equal(test.live, 0);
        if (!hf_test_allocator_failed(&test)) {
            assert_int_equal(error, HF_OK);
            break;
        }
        assert_int_equal(error, HF_ERR_no_memory);
    }
}

static void strangers_are_named(void **state)
{
    (void)state;
    struct hf_framing *framing = new_stream();
    char room[200];
    struct hf_text text = hf_text_of(room, sizeof room);
    static const char request[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    assert_int_equal(take(framing, request, sizeof request - 1), HF_ERR_not_tls);
    hf_framing_rest(framing);
    hf_framing_describe(framing, &text);
    assert_string_equal(room, "an HTTP request: GET / HTTP/1.1");
    hf_framing_free(framing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cut_gives_the_same_units),
        cmocka_unit_test(every_corrupted_byte_is_noticed),
        cmocka_unit_test(longest_records),
        cmocka_unit_test(receive_limit),
        cmocka_unit_test(longest_message),
        cmocka_unit_test(plain_records),
        cmocka_unit_test(inner_types),
        cmocka_unit_test(unprotected_alert_under_keys),
        cmocka_unit_test(compatibility_ccs_ends_with_the_handshake),
        cmocka_unit_test(keys_may_not_change_inside_a_message),
        cmocka_unit_test(floods_of_nothing_are_bounded),
        cmocka_unit_test(refused_early_data_is_skipped),
        cmocka_unit_test(an_idle_stream_holds_little),
        cmocka_unit_test(failed_allocations),
        cmocka_unit_test(strangers_are_named),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
