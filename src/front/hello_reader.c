#include "front/hello_reader.h"

#include "base/reader.h"
#include "base/writer.h"
#include "seam/record.h"
#include "wire/message.h"

enum { HEADER = 4, LENGTH = 3 };

void hf_hello_reader_init(struct hf_hello_reader *reader, const struct hf_allocator *allocator, size_t max)
{
    reader->max = max;
    hf_buffer_init(&reader->message, allocator, HEADER + max + HF_RECORD_CONTENT_MAX);
}

void hf_hello_reader_release(struct hf_hello_reader *reader)
{
    hf_buffer_release(&reader->message);
}

/* By the message's header, once it is there. */
static enum hf_hello_reading judge(const struct hf_hello_reader *reader)
{
    const struct hf_span message = hf_buffer_span(&reader->message);
    struct hf_reader header = hf_reader_of(message);
    const bool is_hello = hf_reader_u8(&header) == hf_message_wire_type(HF_MESSAGE_client_hello);
    const size_t body_len = (size_t)hf_reader_uint(&header, LENGTH);
    if (message.len > 0 && message.data[0] != hf_message_wire_type(HF_MESSAGE_client_hello))
        return HF_HELLO_NONE;
    if (message.len < HEADER)
        return HF_HELLO_NEEDS_MORE;
    if (!is_hello || body_len > reader->max || message.len > HEADER + body_len)
        return HF_HELLO_NONE;
    return message.len == HEADER + body_len ? HF_HELLO_WHOLE : HF_HELLO_NEEDS_MORE;
}

/* One record. *ret_len 0: it is not whole. */
static enum hf_error take_record(struct hf_hello_reader *reader, struct hf_span wire, size_t *ret_len,
                                 enum hf_hello_reading *ret_reading)
{
    struct hf_reader record = hf_reader_of(wire);
    const uint8_t type = hf_reader_u8(&record);
    (void)hf_reader_u16(&record);
    const size_t len = hf_reader_u16(&record);
    *ret_len = 0;
    *ret_reading = HF_HELLO_NEEDS_MORE;
    if (wire.len > 0 && wire.data[0] != HF_CONTENT_HANDSHAKE)
        *ret_reading = HF_HELLO_NONE;
    if (wire.len < HF_HELLO_READER_HEADER || *ret_reading == HF_HELLO_NONE)
        return HF_OK;
    if (type != HF_CONTENT_HANDSHAKE || len == 0 || len > HF_RECORD_CONTENT_MAX) {
        *ret_reading = HF_HELLO_NONE;
        return HF_OK;
    }
    const struct hf_span content = hf_reader_bytes(&record, len);
    if (content.len < len)
        return HF_OK;
    if (!hf_buffer_append(&reader->message, content))
        return HF_ERR_no_memory;
    *ret_len = HF_HELLO_READER_HEADER + len;
    *ret_reading = judge(reader);
    return HF_OK;
}

enum hf_error hf_hello_reader_take(struct hf_hello_reader *reader, struct hf_span wire, size_t *ret_len,
                                   enum hf_hello_reading *ret_reading)
{
    size_t len;
    *ret_len = 0;
    do {
        HF_TRY(take_record(reader, hf_span_part(wire, *ret_len, SIZE_MAX), &len, ret_reading));
        *ret_len += len;
    } while (len > 0 && *ret_reading == HF_HELLO_NEEDS_MORE);
    return HF_OK;
}

struct hf_span hf_hello_reader_body(const struct hf_hello_reader *reader)
{
    return hf_span_part(hf_buffer_span(&reader->message), HEADER, SIZE_MAX);
}

static enum hf_error write_record(struct hf_span content, uint16_t version, struct hf_buffer *into)
{
    uint8_t room[HF_HELLO_READER_HEADER];
    struct hf_writer header = hf_writer_of(room, sizeof room);
    hf_writer_u8(&header, HF_CONTENT_HANDSHAKE);
    hf_writer_u16(&header, version);
    hf_writer_u16(&header, (uint16_t)content.len);
    if (!hf_writer_end(&header))
        return HF_ERR_internal;
    return hf_buffer_append(into, hf_writer_span(&header)) && hf_buffer_append(into, content) ? HF_OK
                                                                                              : HF_ERR_no_memory;
}

static enum hf_error write_message(struct hf_span body, struct hf_buffer *message)
{
    uint8_t room[HEADER];
    struct hf_writer header = hf_writer_of(room, sizeof room);
    hf_writer_u8(&header, hf_message_wire_type(HF_MESSAGE_client_hello));
    hf_writer_uint(&header, LENGTH, body.len);
    if (!hf_writer_end(&header))
        return HF_ERR_internal;
    return hf_buffer_append(message, hf_writer_span(&header)) && hf_buffer_append(message, body) ? HF_OK
                                                                                                 : HF_ERR_no_memory;
}

enum hf_error hf_hello_reader_write(struct hf_span body, uint16_t version, struct hf_buffer *into)
{
    struct hf_buffer message;
    hf_buffer_init(&message, into->allocator, HEADER + body.len);
    enum hf_error error = write_message(body, &message);
    const struct hf_span whole = hf_buffer_span(&message);
    for (size_t at = 0; error == HF_OK && at < whole.len; at += HF_RECORD_CONTENT_MAX)
        error = write_record(hf_span_part(whole, at, HF_RECORD_CONTENT_MAX), version, into);
    hf_buffer_release(&message);
    return error;
}
