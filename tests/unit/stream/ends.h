/* What the tests of stream/ share: framings under the test keys, and a log of the units that come up. */
#ifndef HF_TESTS_STREAM_ENDS_H
#define HF_TESTS_STREAM_ENDS_H

#include "record/tls12.h"
#include "record/tls13.h"
#include "stream/stream.h"

#include <string.h>

#define SERVER_HELLO 2 /* the test's readers turn to keys after it */

static struct hf_toolbox *toolbox;

static inline int setup(void **state)
{
    (void)state;
    return hf_toolbox_new(&hf_allocation_standard, &toolbox) == HF_OK ? 0 : -1;
}

static inline int teardown(void **state)
{
    (void)state;
    hf_toolbox_free(toolbox);
    return 0;
}

static inline struct hf_record_protection *keys13(const struct hf_allocator *allocator,
                                                  enum hf_aead_direction direction)
{
    static const struct hf_traffic_keys keys = {.key = {.bytes = {7}, .len = 16}, .iv = {.bytes = {9}, .len = 12}};
    struct hf_record_protection *made = NULL;
    if (hf_tls13_new(toolbox, allocator, HF_AEAD_AES_128_GCM, direction, &keys, &made) != HF_OK)
        return NULL;
    return made;
}

static inline struct hf_record_protection *keys12(enum hf_aead_direction direction)
{
    static const struct hf_traffic_keys keys = {.key = {.bytes = {7}, .len = 16}, .iv = {.bytes = {9}, .len = 4}};
    struct hf_record_protection *made = NULL;
    assert_int_equal(hf_tls12_new(toolbox, &hf_allocation_standard, HF_AEAD_AES_128_GCM, direction, &keys, &made),
                     HF_OK);
    return made;
}

static inline struct hf_framing *new_stream(void)
{
    struct hf_framing *framing = NULL;
    assert_int_equal(hf_stream_new(&hf_allocation_standard, &framing), HF_OK);
    return framing;
}

static inline struct hf_framing *reader13(void)
{
    struct hf_framing *framing = new_stream();
    hf_framing_set_rules(framing, HF_RULES_13);
    assert_int_equal(hf_framing_turn_read(framing, keys13(&hf_allocation_standard, HF_AEAD_OPEN)), HF_OK);
    return framing;
}

static inline struct hf_framing *reader12(void)
{
    struct hf_framing *framing = new_stream();
    hf_framing_set_rules(framing, HF_RULES_12);
    assert_int_equal(hf_framing_turn_read(framing, keys12(HF_AEAD_OPEN)), HF_OK);
    return framing;
}

struct log {
    uint8_t bytes[80000];
    size_t len;
};

static inline void log_unit(struct log *log, const struct hf_unit *unit)
{
    struct hf_writer writer = hf_writer_of(log->bytes + log->len, sizeof log->bytes - log->len);
    hf_writer_u8(&writer, (uint8_t)unit->kind);
    hf_writer_u8(&writer, unit->is_protected);
    hf_writer_u8(&writer, unit->type);
    hf_writer_u8(&writer, unit->alert_level);
    hf_writer_u8(&writer, unit->alert);
    hf_writer_vector(&writer, 3, unit->whole);
    hf_writer_vector(&writer, 3, unit->data);
    assert_true(hf_writer_end(&writer));
    if (unit->kind == HF_UNIT_HANDSHAKE)
        assert_int_equal(unit->whole.len, unit->body.len + 4);
    log->len += writer.len;
}

/* Feeds one piece and takes all units; turns to 1.3 keys after a ServerHello. Gives the first failure. */
static inline enum hf_error take_piece(struct hf_framing *framing, struct hf_span piece, struct log *log)
{
    for (;;) {
        struct hf_unit unit;
        HF_TRY(hf_framing_next(framing, &unit));
        if (unit.kind == HF_UNIT_NONE && piece.len == 0)
            return HF_OK;
        if (unit.kind == HF_UNIT_NONE) {
            size_t taken = 0;
            HF_TRY(hf_framing_feed(framing, piece, &taken));
            assert_true(taken >= 1);
            piece = hf_span_part(piece, taken, piece.len);
            continue;
        }
        log_unit(log, &unit);
        if (unit.kind == HF_UNIT_HANDSHAKE && unit.type == SERVER_HELLO) {
            hf_framing_set_rules(framing, HF_RULES_13);
            HF_TRY(hf_framing_turn_read(framing, keys13(&hf_allocation_standard, HF_AEAD_OPEN)));
        }
    }
}

static inline enum hf_error take(struct hf_framing *framing, const void *bytes, size_t len)
{
    static struct log log;
    log.len = 0;
    return take_piece(framing, hf_span_of(bytes, len), &log);
}

/* Feeds to a fresh framing and frees it. */
static inline enum hf_error verdict(struct hf_framing *framing, const void *bytes, size_t len)
{
    enum hf_error error = take(framing, bytes, len);
    struct hf_unit unit;
    size_t taken;
    if (error != HF_OK) { /* and it stays failed */
        assert_int_equal(hf_framing_next(framing, &unit), error);
        assert_int_equal(hf_framing_feed(framing, hf_span_of("x", 1), &taken), error);
    }
    hf_framing_free(framing);
    return error;
}

static inline struct hf_span message(uint8_t type, size_t body_len)
{
    static uint8_t bytes[200000];
    struct hf_writer writer = hf_writer_of(bytes, sizeof bytes);
    hf_writer_u8(&writer, type);
    hf_writer_u24(&writer, (uint32_t)body_len);
    for (size_t i = 0; i < body_len; i++)
        hf_writer_u8(&writer, (uint8_t)(i * 7 + type));
    return hf_writer_span(&writer);
}

static inline void send_message(struct hf_framing *framing, uint8_t type, size_t body_len)
{
    assert_int_equal(hf_framing_send_message(framing, message(type, body_len)), HF_OK);
}

static inline void send_data(struct hf_framing *framing, const char *text)
{
    size_t taken = 0;
    assert_int_equal(hf_framing_send_data(framing, hf_span_of_text(text), &taken), HF_OK);
    assert_int_equal(taken, strlen(text));
}

#endif
