/* Every record is sealed directly into the output buffer: content is not copied before, except handshake messages,
 * which wait so that those of one flight share records. */
#include "stream/output.h"

#include "base/secret.h"
#include "base/writer.h"
#include "stream/stream.h"

#define OUTPUT_HARD           (1 << 20) /* nobody drained us: a defect of the caller, bounded */
#define VERSION_FIRST_HELLO   0x0301    /* RFC 9846 5.1: for servers that fear newer numbers */
#define LEGACY_RECORD_VERSION 0x0303

void hf_output_init(struct hf_output *output, const struct hf_allocator *allocator,
                    struct hf_record_protection *writing)
{
    *output = (struct hf_output){.writing = writing};
    hf_buffer_init(&output->flight, allocator, OUTPUT_HARD);
    hf_buffer_init(&output->wire, allocator, OUTPUT_HARD);
}

static size_t content_max(const struct hf_output *output)
{
    size_t limit = output->writing->is_plain ? output->send_plain_limit : output->send_limit;
    return limit != 0 && limit < HF_RECORD_CONTENT_MAX ? limit : HF_RECORD_CONTENT_MAX;
}

static size_t record_room(const struct hf_output *output, size_t content_len)
{
    return HF_RECORD_HEADER_LEN + content_len + output->writing->overhead;
}

/* Seals one record to the end of what waits. */
static enum hf_error seal(struct hf_output *output, uint8_t type, struct hf_span bytes)
{
    struct hf_record_content content = {.type = type, .version = LEGACY_RECORD_VERSION, .bytes = bytes};
    if (output->rules == HF_RULES_HELLO && type == HF_CONTENT_HANDSHAKE)
        content.version = VERSION_FIRST_HELLO;

    size_t room = record_room(output, bytes.len);
    uint8_t *at = hf_buffer_reserve(&output->wire, room);
    if (at == NULL)
        return HF_ERR_no_memory;
    struct hf_writer writer = hf_writer_of(at, room);
    HF_TRY(hf_record_seal(output->writing, &content, &writer));
    hf_buffer_grew(&output->wire, writer.len);
    output->has_sent = true;
    return HF_OK;
}

/* Seals the first `len` bytes of the flight. */
static enum hf_error seal_flight(struct hf_output *output, size_t len)
{
    HF_TRY(seal(output, HF_CONTENT_HANDSHAKE, hf_span_part(hf_buffer_span(&output->flight), 0, len)));
    hf_buffer_consume(&output->flight, len);
    return HF_OK;
}

enum hf_error hf_output_message(struct hf_output *output, struct hf_span message)
{
    if (!hf_buffer_append(&output->flight, message))
        return HF_ERR_no_memory;
    while (hf_buffer_len(&output->flight) >= content_max(output))
        HF_TRY(seal_flight(output, content_max(output)));
    return HF_OK;
}

enum hf_error hf_output_flush(struct hf_output *output)
{
    size_t len = hf_buffer_len(&output->flight);
    return len == 0 ? HF_OK : seal_flight(output, len);
}

enum hf_error hf_output_ccs(struct hf_output *output)
{
    static const uint8_t one[] = {1};
    static const uint8_t clear[] = {HF_CONTENT_CHANGE_CIPHER_SPEC, 3, 3, 0, 1, 1};

    HF_TRY(hf_output_flush(output));
    if (output->rules == HF_RULES_12)
        return seal(output, HF_CONTENT_CHANGE_CIPHER_SPEC, hf_span_of(one, sizeof one));
    return hf_buffer_append(&output->wire, hf_span_of(clear, sizeof clear)) ? HF_OK : HF_ERR_no_memory;
}

enum hf_error hf_output_alert(struct hf_output *output, uint8_t level, uint8_t alert)
{
    const uint8_t body[] = {level, alert};
    enum hf_error flushed = hf_output_flush(output);
    if (flushed != HF_OK && flushed != HF_ERR_usage_limit_reached) /* the alert has a record of its own */
        return flushed;
    return seal(output, HF_CONTENT_ALERT, hf_span_of(body, sizeof body));
}

/* How many bytes of `data` go now: whole records until enough waits. */
static size_t data_to_take(const struct hf_output *output, size_t len)
{
    size_t waits = hf_buffer_len(&output->wire);
    size_t whole = record_room(output, content_max(output));
    if (waits >= HF_STREAM_OUTPUT_SOFT)
        return 0;
    size_t records = (HF_STREAM_OUTPUT_SOFT - waits + whole - 1) / whole;
    return len < records * content_max(output) ? len : records * content_max(output);
}

enum hf_error hf_output_data(struct hf_output *output, struct hf_span data, size_t *ret_taken)
{
    size_t max = content_max(output);
    if (output->writing->is_plain)
        return HF_ERR_wrong_call;
    HF_TRY(hf_output_flush(output));
    struct hf_span left = hf_span_part(data, 0, data_to_take(output, data.len));
    size_t records = (left.len + max - 1) / max;
    size_t taken = left.len;
    /* One growth for all of them. */
    if (records > 0 && hf_buffer_reserve(&output->wire, records * record_room(output, 0) + left.len) == NULL)
        return HF_ERR_no_memory;
    while (left.len > 0) {
        struct hf_span part = hf_span_part(left, 0, max);
        enum hf_error error = seal(output, HF_CONTENT_APPLICATION_DATA, part);
        if (error == HF_ERR_usage_limit_reached && left.len < taken)
            break; /* the keys ended on the way: what went, went */
        HF_TRY(error);
        left = hf_span_part(left, part.len, left.len);
    }
    *ret_taken = taken - left.len;
    return HF_OK;
}

/* How much the next record takes of what is left: as much as a record may have. One that would be shorter only because
 * the room ends waits for more room, unless it would be the first. */
static size_t next_content_len(const struct hf_output *output, const struct hf_pieces *data,
                               const struct hf_writer *wire)
{
    size_t room = wire->room - wire->len;
    size_t len = hf_pieces_left(data, content_max(output));
    if (record_room(output, len) <= room)
        return len;
    return wire->len > 0 || record_room(output, 1) > room ? 0 : room - record_room(output, 0);
}

/* The next record's content, from where it lies in one piece; else gathered first, behind the room that the record will
 * take. Empty when there is no more, or no more room. */
static struct hf_span next_content(const struct hf_output *output, struct hf_pieces *data, const struct hf_writer *wire)
{
    size_t len = next_content_len(output, data, wire);
    struct hf_span front = hf_span_part(hf_pieces_front(data), 0, len);
    if (front.len == len)
        return front;
    size_t half = (wire->room - wire->len - record_room(output, 0)) / 2;
    if (len > half)
        len = wire->len > 0 ? 0 : half;
    uint8_t *gathered = wire->data + wire->room - len;
    hf_pieces_gather(data, gathered, len);
    return hf_span_of(gathered, len);
}

enum hf_error hf_output_data_into(struct hf_output *output, struct hf_pieces *data, struct hf_writer *wire)
{
    const size_t before = wire->len;
    if (output->writing->is_plain)
        return HF_ERR_wrong_call;
    for (;;) {
        struct hf_record_content content = {.type = HF_CONTENT_APPLICATION_DATA, .version = LEGACY_RECORD_VERSION};
        content.bytes = next_content(output, data, wire);
        if (content.bytes.len == 0)
            return HF_OK;
        enum hf_error error = hf_record_seal(output->writing, &content, wire);
        if (content.bytes.data != hf_pieces_front(data).data)
            hf_wipe((uint8_t *)(uintptr_t)content.bytes.data, content.bytes.len);
        if (error == HF_ERR_usage_limit_reached && wire->len > before)
            return HF_OK; /* the keys ended on the way: what went, went */
        HF_TRY(error);
        hf_pieces_advance(data, content.bytes.len);
        output->has_sent = true;
        if (hf_pieces_left(data, 1) == 0)
            return HF_OK;
    }
}

enum hf_error hf_output_turn(struct hf_output *output, struct hf_record_protection *writing)
{
    enum hf_error error = hf_output_flush(output);
    if (error != HF_OK) {
        hf_record_free(writing);
        return error;
    }
    hf_record_free(output->writing);
    output->writing = writing;
    return HF_OK;
}

static enum hf_error ended_seal(struct hf_record_protection *protection, const struct hf_record_content *content,
                                struct hf_writer *into)
{
    (void)protection, (void)content, (void)into;
    return HF_ERR_wrong_call;
}

static void ended_free(struct hf_record_protection *protection)
{
    (void)protection; /* a part of the stream */
}

void hf_output_forget_keys(struct hf_output *output, struct hf_record_protection *ended)
{
    static const struct hf_record_methods methods = {.seal = ended_seal, .free = ended_free};
    hf_record_free(output->writing);
    *ended = (struct hf_record_protection){.methods = &methods, .is_plain = true};
    output->writing = ended;
    hf_buffer_release(&output->flight);
}

void hf_output_rest(struct hf_output *output)
{
    if (hf_buffer_len(&output->flight) == 0)
        hf_buffer_release(&output->flight);
    if (hf_buffer_len(&output->wire) == 0)
        hf_buffer_release(&output->wire);
}

void hf_output_release(struct hf_output *output)
{
    hf_record_free(output->writing);
    output->writing = NULL;
    hf_buffer_release(&output->flight);
    hf_buffer_release(&output->wire);
}
