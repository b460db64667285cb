/* Collects a record, checks its header twice - as soon as it is there, so that nonsense does not wait for its body, and
 * again when it is opened, because keys may have turned in between - and opens it in place. One that was fed whole is
 * opened from where it lies, and is copied nowhere before.
 *
 * Plaintext records under 1.3 keys: a compatibility change_cipher_spec, and an alert of a peer that failed before it
 * turned its keys. Only while the handshake runs: afterwards they would be an attacker's. RFC 9846 5, E.4. */
#include "stream/input.h"

#include "base/reader.h"
#include "base/secret.h"
#include "stream/stranger.h"

#define ALERT_LEN  2
#define CCS_LEN    1
#define VERSION_12 0x0303

void hf_input_init(struct hf_input *input, const struct hf_allocator *allocator, struct hf_record_protection *reading)
{
    *input = (struct hf_input){.reading = reading};
    hf_buffer_init(&input->record, allocator, HF_RECORD_HEADER_LEN + HF_RECORD_BODY_MAX12);
}

struct header {
    uint8_t type;
    uint16_t version;
    size_t body_len;
};

static struct header read_header_of(struct hf_span record)
{
    struct hf_reader reader = hf_reader_of(record);
    struct header header = {.type = hf_reader_u8(&reader)};
    header.version = hf_reader_u16(&reader);
    header.body_len = hf_reader_u16(&reader);
    return header;
}

/* The record in progress, as far as it came. */
static struct hf_span record_of(const struct hf_input *input)
{
    return input->lent.len > 0 ? input->lent : hf_buffer_span(&input->record);
}

static struct header read_header(const struct hf_input *input)
{
    return read_header_of(record_of(input));
}

static bool is_known_type(uint8_t type)
{
    return type >= HF_CONTENT_CHANGE_CIPHER_SPEC && type <= HF_CONTENT_APPLICATION_DATA;
}

/* Appends what is wanted of `wire` and moves on behind it. */
static enum hf_error take(struct hf_input *input, struct hf_span *wire, size_t wanted)
{
    struct hf_span part = hf_span_part(*wire, 0, wanted);
    if (!hf_buffer_append(&input->record, part))
        return HF_ERR_no_memory;
    *wire = hf_span_part(*wire, part.len, wire->len);
    return HF_OK;
}

/* The header is complete: how long is the record? What is no TLS record at all keeps a line for the explanation. */
static enum hf_error begin_record(struct hf_input *input, struct hf_span *wire)
{
    struct header header = read_header(input);
    bool is_tls = is_known_type(header.type) && header.version >> 8 == 3;

    if (!is_tls && !input->has_begun) {
        HF_TRY(take(input, wire, HF_STRANGER_KEEP - HF_RECORD_HEADER_LEN));
        return HF_ERR_not_tls;
    }
    if (!is_known_type(header.type)) /* RFC 9846 5 */
        return HF_ERR_unexpected_message;
    if (!is_tls)
        return HF_ERR_decode_error;
    if (header.body_len > HF_RECORD_BODY_MAX12)
        return HF_ERR_record_too_long;
    input->record_len = HF_RECORD_HEADER_LEN + header.body_len;
    return HF_OK;
}

/* Protected records that came whole, most of all data: these are opened from where they lie. Whether `wire` begins with
 * one. */
static bool is_lendable(const struct hf_input *input, struct hf_span wire, struct header *ret_header)
{
    if (wire.len < HF_RECORD_HEADER_LEN || input->reading->is_plain || hf_buffer_len(&input->record) > 0)
        return false;
    const struct header header = read_header_of(wire);
    *ret_header = header;
    return wire.len - HF_RECORD_HEADER_LEN >= header.body_len && header.type == HF_CONTENT_APPLICATION_DATA &&
           header.version >> 8 == 3 && header.body_len <= HF_RECORD_BODY_MAX12;
}

static bool lend(struct hf_input *input, struct hf_span *wire)
{
    struct header header;
    if (!is_lendable(input, *wire, &header))
        return false;
    input->record_len = HF_RECORD_HEADER_LEN + header.body_len;
    input->lent = hf_span_part(*wire, 0, input->record_len);
    *wire = hf_span_part(*wire, input->record_len, wire->len);
    return true;
}

enum hf_error hf_input_feed(struct hf_input *input, struct hf_span wire, size_t *ret_taken)
{
    struct hf_span left = wire;

    if (input->is_open && input->content.len == 0)
        hf_input_close(input);
    if (!input->is_open && input->record_len == 0 && !lend(input, &left)) {
        HF_TRY(take(input, &left, HF_RECORD_HEADER_LEN - hf_buffer_len(&input->record)));
        if (hf_buffer_len(&input->record) == HF_RECORD_HEADER_LEN)
            HF_TRY(begin_record(input, &left));
    }
    if (!input->is_open && input->record_len != 0 && input->lent.len == 0)
        HF_TRY(take(input, &left, input->record_len - hf_buffer_len(&input->record)));
    *ret_taken = wire.len - left.len;
    return HF_OK;
}

/* The longest body that the reading protection may meet. Limits of record_size_limit and max_fragment_length are for
 * protected records only (RFC 8449 4), and not for early data: it was sealed before the client could know them. */
static size_t body_max(const struct hf_input *input, uint8_t type)
{
    if (type == HF_CONTENT_APPLICATION_DATA && input->skip_left > 0)
        return HF_RECORD_BODY_MAX13;
    if (input->reading->is_plain)
        return HF_RECORD_CONTENT_MAX;
    if (input->receive_limit != 0)
        return input->receive_limit + input->reading->overhead;
    return input->rules == HF_RULES_13 ? HF_RECORD_BODY_MAX13 : HF_RECORD_BODY_MAX12;
}

/* A record that came in the clear although the reading keys hide all types. */
static bool is_clear_under_keys(const struct hf_input *input, uint8_t type)
{
    return input->reading->hides_type && type != HF_CONTENT_APPLICATION_DATA;
}

static enum hf_error check_clear_under_keys(const struct hf_input *input, const struct header *header)
{
    if (input->is_handshake_over)
        return HF_ERR_unexpected_message;
    if (header->type == HF_CONTENT_CHANGE_CIPHER_SPEC && header->body_len == CCS_LEN)
        return HF_OK;
    if (header->type == HF_CONTENT_ALERT && header->body_len == ALERT_LEN)
        return HF_OK;
    return HF_ERR_unexpected_message;
}

static enum hf_error check_header(const struct hf_input *input, const struct header *header)
{
    if (input->rules == HF_RULES_12 && header->version != VERSION_12) /* RFC 5246 6.2.1; 1.3 ignores it: RFC 9846 5.1 */
        return HF_ERR_illegal_parameter;
    if (is_clear_under_keys(input, header->type))
        return check_clear_under_keys(input, header);
    if (header->body_len > body_max(input, header->type))
        return HF_ERR_record_too_long;
    if (input->reading->is_plain && header->type == HF_CONTENT_APPLICATION_DATA && input->skip_left == 0)
        return HF_ERR_unexpected_message;
    return HF_OK;
}

/* Whether a record that does not open may be dropped as refused early data; counts it, header included, so that empty
 * ones are not free. RFC 9846 4.3.10. */
static bool may_skip(struct hf_input *input, const struct header *header)
{
    if (header->type != HF_CONTENT_APPLICATION_DATA || input->record_len > input->skip_left)
        return false;
    input->skip_left -= input->record_len;
    hf_input_close(input);
    return true;
}

static enum hf_error open_protected(struct hf_input *input, const struct header *header)
{
    struct hf_span whole = record_of(input);
    struct hf_record_wire wire = {
        .header = hf_span_part(whole, 0, HF_RECORD_HEADER_LEN),
        .body = hf_span_part(whole, HF_RECORD_HEADER_LEN, whole.len),
    };
    struct hf_record_content content = {0};
    if (input->lent.len > 0) {
        if (hf_buffer_reserve(&input->record, whole.len) == NULL)
            return HF_ERR_no_memory;
        hf_buffer_grew(&input->record, whole.len);
        input->lent = hf_span_of(NULL, 0);
    }
    /* wire.body, ours to change; or room of the same length for what is opened from where it lies */
    uint8_t *into = input->record.memory + input->record.from + HF_RECORD_HEADER_LEN;

    enum hf_error error = hf_record_open(input->reading, &wire, into, &content);
    if (error == HF_ERR_bad_record && may_skip(input, header))
        return HF_OK;
    HF_TRY(error);
    if (content.type != HF_CONTENT_CHANGE_CIPHER_SPEC) /* a decoy may stand between: RFC 9846 E.4 */
        input->skip_left = 0;
    input->is_open = true;
    input->is_protected = !input->reading->is_plain;
    input->type = content.type;
    input->content = content.bytes;
    return HF_OK;
}

enum hf_error hf_input_open(struct hf_input *input)
{
    if (input->record_len == 0)
        return HF_OK;
    struct header header = read_header(input);
    HF_TRY(check_header(input, &header));
    if (record_of(input).len < input->record_len)
        return HF_OK;
    input->has_begun = true;
    if (is_clear_under_keys(input, header.type)) {
        input->is_open = true;
        input->is_protected = false;
        input->type = header.type;
        input->content = hf_span_part(hf_buffer_span(&input->record), HF_RECORD_HEADER_LEN, header.body_len);
        return HF_OK;
    }
    if (input->reading->is_plain && header.type == HF_CONTENT_APPLICATION_DATA)
        return may_skip(input, &header) ? HF_OK : HF_ERR_unexpected_message;
    return open_protected(input, &header);
}

/* A record that was opened into the caller's room and is no data, none at all, or more than the room takes, moves to
 * where others are opened. */
static enum hf_error take_back(struct hf_input *input, const struct hf_record_content *content)
{
    enum hf_error error = HF_OK;
    if (!hf_buffer_append(&input->record, content->bytes))
        error = HF_ERR_no_memory;
    hf_wipe((uint8_t *)(uintptr_t)content->bytes.data, content->bytes.len);
    input->record_len = content->bytes.len;
    input->is_open = true;
    input->is_protected = true;
    input->type = content->type;
    input->content = hf_buffer_span(&input->record);
    return error;
}

enum hf_error hf_input_open_data(struct hf_input *input, struct hf_span *wire, struct hf_input_room room,
                                 size_t *ret_len)
{
    struct hf_record_content content = {0};
    struct header header;
    *ret_len = 0;
    if (input->is_open && input->content.len == 0)
        hf_input_close(input);
    if (input->is_open || input->record_len != 0 || !input->is_handshake_over || !is_lendable(input, *wire, &header))
        return HF_OK;
    if (room.len == 0 || header.body_len > room.len + input->reading->open_less)
        return HF_OK;
    const struct hf_record_wire record = {
        .header = hf_span_part(*wire, 0, HF_RECORD_HEADER_LEN),
        .body = hf_span_part(*wire, HF_RECORD_HEADER_LEN, header.body_len),
        .room = room.len,
    };
    HF_TRY(check_header(input, &header));
    HF_TRY(hf_record_open(input->reading, &record, room.into, &content));
    *wire = hf_span_part(*wire, HF_RECORD_HEADER_LEN + header.body_len, wire->len);
    /* What was inflated may be longer than the room that its record fits in. */
    if (content.type != HF_CONTENT_APPLICATION_DATA || content.bytes.len == 0 || content.bytes.len > room.len)
        return take_back(input, &content);
    if (content.bytes.data != room.into && !hf_span_copy(content.bytes, room.into, room.len))
        return HF_ERR_internal;
    *ret_len = content.bytes.len;
    return HF_OK;
}

void hf_input_close(struct hf_input *input)
{
    hf_buffer_consume(&input->record, input->record_len);
    input->lent = hf_span_of(NULL, 0);
    input->record_len = 0;
    input->is_open = false;
    input->content = hf_span_of(NULL, 0);
}

void hf_input_turn(struct hf_input *input, struct hf_record_protection *reading)
{
    hf_record_free(input->reading);
    input->reading = reading;
}

void hf_input_rest(struct hf_input *input)
{
    if (input->is_open && input->content.len == 0)
        hf_input_close(input);
    if (hf_buffer_len(&input->record) == 0)
        hf_buffer_release(&input->record);
}

void hf_input_release(struct hf_input *input)
{
    input->lent = hf_span_of(NULL, 0);
    hf_record_free(input->reading);
    input->reading = NULL;
    hf_buffer_release(&input->record);
}
