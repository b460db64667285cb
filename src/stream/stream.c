/* TLS framing: joins input, assembler and output, and judges what each record's content means under the rules of the
 * version (RFC 9846 5.1, 5.4; RFC 5246 6.2.1, 7.1). A failure is kept: next says it again and nothing more comes up. */
#include "stream/stream.h"

#include "base/reader.h"
#include "record/plain.h"
#include "stream/assembler.h"
#include "stream/input.h"
#include "stream/output.h"
#include "stream/stranger.h"

struct stream {
    struct hf_framing framing; /* first: methods get this and mean the whole */
    const struct hf_allocator *allocator;
    struct hf_record_protection plain; /* of both directions before the first keys; of the failed, what seals nothing */
    struct hf_input input;
    struct hf_assembler assembler;
    struct hf_output output;
    enum hf_error failure;
    unsigned idle_records; /* that said nothing, since the last that did */
    bool has_message;      /* a handshake message came */
};

static struct stream *stream_of(struct hf_framing *framing)
{
    return (struct stream *)framing;
}

static const struct stream *const_stream_of(const struct hf_framing *framing)
{
    return (const struct stream *)framing;
}

static enum hf_error stream_feed(struct hf_framing *framing, struct hf_span wire, size_t *ret_taken)
{
    struct stream *stream = stream_of(framing);
    size_t taken = 0;

    if (stream->failure != HF_OK)
        return stream->failure;
    hf_assembler_rest(&stream->assembler);
    stream->failure = hf_input_feed(&stream->input, wire, &taken);
    HF_TRY(stream->failure);
    *ret_taken = taken;
    return HF_OK;
}

/* A record that says nothing: a few are let pass, a flood of them is an attack on our time. */
static enum hf_error count_idle(struct stream *stream)
{
    stream->idle_records++;
    return stream->idle_records > HF_STREAM_EMPTY_MAX ? HF_ERR_too_many_empty_records : HF_OK;
}

/* What must hold of any record, by its type and length. */
static enum hf_error check_record(struct stream *stream)
{
    const struct hf_input *input = &stream->input;

    /* RFC 9846 5.1: nothing may stand between the records of one message. */
    if (hf_assembler_is_inside(&stream->assembler) && input->type != HF_CONTENT_HANDSHAKE)
        return HF_ERR_unexpected_message;
    /* RFC 9846 5: an encrypted change_cipher_spec, and inner types that do not exist. */
    bool is_hidden = input->is_protected && input->reading->hides_type;
    if (is_hidden && input->type != HF_CONTENT_ALERT && input->type != HF_CONTENT_HANDSHAKE &&
        input->type != HF_CONTENT_APPLICATION_DATA)
        return HF_ERR_unexpected_message;
    /* RFC 9846 5.1, 5.4: only data may be empty, and there is no data, not even none, before the handshake's end. */
    if (input->content.len == 0 && (input->type != HF_CONTENT_APPLICATION_DATA || !input->is_handshake_over))
        return HF_ERR_unexpected_message;
    if (input->content.len == 0)
        return count_idle(stream);
    if (input->type != HF_CONTENT_CHANGE_CIPHER_SPEC && input->type != HF_CONTENT_ALERT) /* warnings are idle, too */
        stream->idle_records = 0;
    return HF_OK;
}

static enum hf_error next_message(struct stream *stream, struct hf_unit *ret_unit)
{
    struct hf_span whole;
    HF_TRY(hf_assembler_next(&stream->assembler, &stream->input.content, &whole));
    if (whole.len == 0)
        return HF_OK;
    struct hf_reader reader = hf_reader_of(whole);
    ret_unit->kind = HF_UNIT_HANDSHAKE;
    ret_unit->type = hf_reader_u8(&reader);
    (void)hf_reader_u24(&reader);
    ret_unit->body = hf_reader_rest(&reader);
    ret_unit->whole = whole;
    stream->has_message = true;
    return HF_OK;
}

/* RFC 9846 6: one alert fills a record. */
static enum hf_error next_alert(struct stream *stream, struct hf_unit *ret_unit)
{
    struct hf_reader reader = hf_reader_of(stream->input.content);
    ret_unit->alert_level = hf_reader_u8(&reader);
    ret_unit->alert = hf_reader_u8(&reader);
    if (!hf_reader_end(&reader))
        return HF_ERR_decode_error;
    ret_unit->kind = HF_UNIT_ALERT;
    stream->input.content = hf_span_of(NULL, 0);
    return HF_OK;
}

/* In 1.2 a unit. In 1.3 nothing, if it is the one of compatibility mode where it may stand (RFC 9846 5, E.4). */
static enum hf_error next_ccs(struct stream *stream, struct hf_unit *ret_unit)
{
    struct hf_input *input = &stream->input;
    bool is_one = input->content.len == 1 && input->content.data[0] == 1;

    input->content = hf_span_of(NULL, 0);
    if (input->rules == HF_RULES_12) {
        ret_unit->kind = HF_UNIT_CHANGE_CIPHER_SPEC;
        return is_one ? HF_OK : HF_ERR_illegal_parameter; /* a value that the type does not have */
    }
    bool is_after_hello = stream->has_message || stream->output.has_sent;
    if (!is_one || input->is_handshake_over || !is_after_hello)
        return HF_ERR_unexpected_message;
    return count_idle(stream);
}

static enum hf_error next_data(struct stream *stream, struct hf_unit *ret_unit)
{
    ret_unit->kind = HF_UNIT_DATA;
    ret_unit->data = stream->input.content;
    stream->input.content = hf_span_of(NULL, 0);
    return HF_OK;
}

static enum hf_error next_of_record(struct stream *stream, struct hf_unit *ret_unit)
{
    ret_unit->is_protected = stream->input.is_protected;
    switch (stream->input.type) {
    case HF_CONTENT_HANDSHAKE:
        return next_message(stream, ret_unit);
    case HF_CONTENT_ALERT:
        return next_alert(stream, ret_unit);
    case HF_CONTENT_CHANGE_CIPHER_SPEC:
        return next_ccs(stream, ret_unit);
    case HF_CONTENT_APPLICATION_DATA:
        return next_data(stream, ret_unit);
    default:
        return HF_ERR_unexpected_message;
    }
}

static enum hf_error find_next(struct stream *stream, struct hf_unit *ret_unit)
{
    struct hf_input *input = &stream->input;
    for (;;) {
        if (input->is_open && input->content.len == 0)
            hf_input_close(input);
        if (!input->is_open) {
            HF_TRY(hf_input_open(input));
            if (!input->is_open)
                return HF_OK;
            HF_TRY(check_record(stream));
        }
        if (input->content.len > 0)
            HF_TRY(next_of_record(stream, ret_unit));
        if (ret_unit->kind != HF_UNIT_NONE)
            return HF_OK;
    }
}

static enum hf_error stream_next(struct hf_framing *framing, struct hf_unit *ret_unit)
{
    struct stream *stream = stream_of(framing);
    struct hf_unit unit = {0};

    if (stream->failure != HF_OK)
        return stream->failure;
    hf_assembler_rest(&stream->assembler);
    stream->failure = find_next(stream, &unit);
    HF_TRY(stream->failure);
    if (unit.kind == HF_UNIT_NONE)
        unit.is_protected = false;
    *ret_unit = unit;
    return HF_OK;
}

static bool stream_between_messages(const struct hf_framing *framing)
{
    const struct stream *stream = const_stream_of(framing);
    bool has_more =
        stream->input.is_open && stream->input.type == HF_CONTENT_HANDSHAKE && stream->input.content.len > 0;
    return !has_more && !hf_assembler_is_inside(&stream->assembler);
}

static enum hf_error stream_turn_read(struct hf_framing *framing, struct hf_record_protection *protection)
{
    struct stream *stream = stream_of(framing);
    if (!stream_between_messages(framing)) {
        hf_record_free(protection);
        stream->failure = HF_ERR_keys_change_inside_message;
        return stream->failure;
    }
    hf_input_turn(&stream->input, protection);
    return HF_OK;
}

static enum hf_error stream_turn_write(struct hf_framing *framing, struct hf_record_protection *protection)
{
    return hf_output_turn(&stream_of(framing)->output, protection);
}

static enum hf_error stream_send_message(struct hf_framing *framing, struct hf_span message)
{
    return hf_output_message(&stream_of(framing)->output, message);
}

static enum hf_error stream_send_ccs(struct hf_framing *framing)
{
    return hf_output_ccs(&stream_of(framing)->output);
}

static enum hf_error stream_send_alert(struct hf_framing *framing, uint8_t level, uint8_t alert)
{
    return hf_output_alert(&stream_of(framing)->output, level, alert);
}

static enum hf_error stream_send_data(struct hf_framing *framing, struct hf_span data, size_t *ret_taken)
{
    return hf_output_data(&stream_of(framing)->output, data, ret_taken);
}

static enum hf_error stream_seal_data(struct hf_framing *framing, struct hf_pieces *data, struct hf_writer *wire)
{
    return hf_output_data_into(&stream_of(framing)->output, data, wire);
}

/* One record; what turned out to be no data must hold like any other record. */
static enum hf_error open_one(struct stream *stream, struct hf_span *wire, struct hf_rooms *into, size_t *ret_len)
{
    struct hf_input_room room = {0};
    *ret_len = 0;
    if (hf_assembler_is_inside(&stream->assembler))
        return HF_OK;
    room.into = hf_rooms_front(into, &room.len);
    HF_TRY(hf_input_open_data(&stream->input, wire, room, ret_len));
    hf_rooms_advance(into, *ret_len);
    if (*ret_len > 0)
        stream->idle_records = 0;
    return stream->input.is_open ? check_record(stream) : HF_OK;
}

static enum hf_error stream_open_data(struct hf_framing *framing, struct hf_span *wire, struct hf_rooms *into,
                                      size_t *ret_len)
{
    struct stream *stream = stream_of(framing);
    size_t len = 0;
    *ret_len = 0;
    do {
        if (stream->failure == HF_OK)
            stream->failure = open_one(stream, wire, into, &len);
        HF_TRY(stream->failure);
        *ret_len += len;
    } while (len > 0 && wire->len > 0);
    return HF_OK;
}

static enum hf_error stream_flush(struct hf_framing *framing)
{
    return hf_output_flush(&stream_of(framing)->output);
}

static struct hf_span stream_output(const struct hf_framing *framing)
{
    return hf_buffer_span(&const_stream_of(framing)->output.wire);
}

static void stream_consumed(struct hf_framing *framing, size_t len)
{
    hf_buffer_consume(&stream_of(framing)->output.wire, len);
}

static void stream_set_rules(struct hf_framing *framing, enum hf_framing_rules rules)
{
    stream_of(framing)->input.rules = rules;
    stream_of(framing)->output.rules = rules;
}

static void stream_set_limits(struct hf_framing *framing, const struct hf_framing_limits *limits)
{
    struct stream *stream = stream_of(framing);
    stream->output.send_limit = limits->send;
    stream->output.send_plain_limit = limits->send_plain;
    stream->input.receive_limit = limits->receive < HF_RECORD_CONTENT_MAX ? limits->receive : 0;
    hf_assembler_set_max(&stream->assembler, limits->message == 0 ? HF_STREAM_MESSAGE_MAX : limits->message);
}

static void stream_skip_early_data(struct hf_framing *framing, size_t max)
{
    stream_of(framing)->input.skip_left = max;
}

static void stream_end_handshake(struct hf_framing *framing)
{
    stream_of(framing)->input.is_handshake_over = true;
}

static enum hf_usage stream_usage(const struct hf_framing *framing, bool of_writing)
{
    const struct stream *stream = const_stream_of(framing);
    return of_writing ? stream->output.writing->usage : stream->input.reading->usage;
}

static void stream_forget_keys(struct hf_framing *framing)
{
    struct stream *stream = stream_of(framing);
    if (stream->failure == HF_OK)
        stream->failure = HF_ERR_wrong_call;
    hf_input_release(&stream->input);
    hf_assembler_release(&stream->assembler);
    hf_output_forget_keys(&stream->output, &stream->plain);
}

static void stream_rest(struct hf_framing *framing)
{
    struct stream *stream = stream_of(framing);
    hf_input_rest(&stream->input);
    hf_assembler_rest(&stream->assembler);
    hf_output_rest(&stream->output);
}

/* What is kept for speed only. */
static void stream_quiet(struct hf_framing *framing)
{
    hf_record_rest(stream_of(framing)->input.reading);
    hf_record_rest(stream_of(framing)->output.writing);
}

static void stream_describe(const struct hf_framing *framing, struct hf_text *ret_text)
{
    hf_stranger_describe(hf_buffer_span(&const_stream_of(framing)->input.record), ret_text);
}

static void stream_free(struct hf_framing *framing)
{
    struct stream *stream = stream_of(framing);
    hf_input_release(&stream->input);
    hf_assembler_release(&stream->assembler);
    hf_output_release(&stream->output);
    hf_allocation_wipe(stream->allocator, stream, sizeof *stream);
}

static const struct hf_framing_methods stream_methods = {
    .feed = stream_feed,
    .next = stream_next,
    .send_message = stream_send_message,
    .send_ccs = stream_send_ccs,
    .send_alert = stream_send_alert,
    .send_data = stream_send_data,
    .flush = stream_flush,
    .seal_data = stream_seal_data,
    .open_data = stream_open_data,
    .output = stream_output,
    .consumed = stream_consumed,
    .turn_read = stream_turn_read,
    .turn_write = stream_turn_write,
    .set_rules = stream_set_rules,
    .set_limits = stream_set_limits,
    .skip_early_data = stream_skip_early_data,
    .end_handshake = stream_end_handshake,
    .between_messages = stream_between_messages,
    .usage = stream_usage,
    .forget_keys = stream_forget_keys,
    .rest = stream_rest,
    .quiet = stream_quiet,
    .describe = stream_describe,
    .free = stream_free,
};

enum hf_error hf_stream_new(const struct hf_allocator *allocator, struct hf_framing **ret_framing)
{
    struct stream *stream = hf_allocation_new(allocator, sizeof *stream);
    if (stream == NULL)
        return HF_ERR_no_memory;
    hf_plain_init(&stream->plain);
    stream->framing.methods = &stream_methods;
    stream->allocator = allocator;
    hf_input_init(&stream->input, allocator, &stream->plain);
    hf_assembler_init(&stream->assembler, allocator, HF_STREAM_MESSAGE_MAX);
    hf_output_init(&stream->output, allocator, &stream->plain);
    *ret_framing = &stream->framing;
    return HF_OK;
}
