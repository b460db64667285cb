/* Everything here was written by somebody who has shown nothing yet: readers only, nothing kept. */
#include "listener/peek.h"

#include "base/reader.h"
#include "datagram/fragment.h"
#include "record/dtls13.h"
#include "seam/record.h"
#include "wire/extension.h"
#include "wire/message.h"

enum { VERSION_MAJOR = 0xfe, VERSION_LEN = 2, EPOCH_LEN = 2, SEQUENCE_LEN = 6, LIST_MAX = 0xfffe };

/* The content of the first record, if it is a handshake message in the clear. */
static bool read_record(struct hf_span datagram, uint64_t *ret_sequence, struct hf_span *ret_content)
{
    struct hf_reader reader = hf_reader_of(datagram);
    uint8_t type = hf_reader_u8(&reader);
    uint16_t version = hf_reader_u16(&reader);
    uint16_t epoch = hf_reader_u16(&reader);
    *ret_sequence = hf_reader_uint(&reader, SEQUENCE_LEN);
    *ret_content = hf_reader_vector(&reader, 2, 1, HF_RECORD_CONTENT_MAX);
    return !reader.bad && type == HF_CONTENT_HANDSHAKE && version >> 8 == VERSION_MAJOR && epoch == 0;
}

static struct hf_span read_payload(struct hf_span data, size_t prefix)
{
    struct hf_reader payload = hf_reader_of(data);
    struct hf_span list = hf_reader_vector(&payload, prefix, 1, UINT16_MAX);
    return hf_reader_end(&payload) ? list : hf_span_of(NULL, 0);
}

/* The body may end anywhere: of an extension that is not wholly here no more than its type is seen. */
static void read_extensions(struct hf_reader *after_lists, struct hf_peek *peek)
{
    (void)hf_reader_u16(after_lists);
    while (hf_reader_more(after_lists)) {
        uint16_t type = hf_reader_u16(after_lists);
        struct hf_span data = hf_reader_vector(after_lists, 2, 0, UINT16_MAX);
        peek->has_shares = peek->has_shares || type == HF_EXTENSION_key_share;
        if (after_lists->bad)
            return;
        if (type == HF_EXTENSION_cookie)
            peek->retry_cookie = read_payload(data, 2);
        else if (type == HF_EXTENSION_supported_versions)
            peek->versions = read_payload(data, 1);
    }
}

static bool read_front(struct hf_peek *peek)
{
    if (hf_hello_cookie_cut(peek->body, &peek->parts) != HF_OK)
        return false;
    peek->random = hf_span_part(peek->body, VERSION_LEN, HF_MESSAGE_RANDOM_LEN);
    struct hf_reader reader = hf_reader_of(peek->parts.after);
    (void)hf_reader_vector(&reader, 2, 2, LIST_MAX);
    (void)hf_reader_vector(&reader, 1, 1, UINT8_MAX);
    if (reader.bad)
        return false;
    peek->lists = hf_span_part(peek->parts.after, 0, peek->parts.after.len - reader.left);
    read_extensions(&reader, peek);
    return true;
}

bool hf_peek_next_cookie(struct hf_span piece, size_t *at, struct hf_span *ret_cookie)
{
    for (; *at < piece.len; (*at)++) {
        struct hf_reader reader = hf_reader_of(hf_span_part(piece, *at, piece.len));
        uint16_t type = hf_reader_u16(&reader);
        struct hf_span data = hf_reader_vector(&reader, 2, 1, UINT16_MAX);
        struct hf_span cookie = read_payload(data, 2);
        if (reader.bad || type != HF_EXTENSION_cookie || cookie.len == 0)
            continue;
        (*at)++;
        *ret_cookie = cookie;
        return true;
    }
    return false;
}

bool hf_peek_hello(struct hf_span datagram, struct hf_peek *ret_peek)
{
    struct hf_peek peek = {.sequence = 0};
    struct hf_fragment fragment;
    struct hf_span content;
    if (!read_record(datagram, &peek.sequence, &content))
        return false;
    struct hf_reader reader = hf_reader_of(content);
    if (!hf_fragment_read(&reader, &fragment) || fragment.type != hf_message_wire_type(HF_MESSAGE_client_hello))
        return false;
    peek.message_seq = fragment.message_seq;
    peek.body = fragment.bytes;
    peek.is_front = fragment.offset == 0 && read_front(&peek);
    peek.is_whole = peek.is_front && fragment.bytes.len == fragment.message_len;
    *ret_peek = peek;
    return true;
}

bool hf_peek_id(struct hf_span datagram, size_t id_len, struct hf_span *ret_id)
{
    struct hf_reader reader = hf_reader_of(datagram);
    uint8_t first = hf_reader_u8(&reader);
    bool is_unified = (first & HF_DTLS13_FIXED_MASK) == HF_DTLS13_FIXED;
    if (id_len == 0 || (is_unified ? (first & HF_DTLS13_HAS_ID) == 0 : first != HF_CONTENT_TLS12_CID))
        return false;
    if (!is_unified)
        (void)hf_reader_bytes(&reader, VERSION_LEN + EPOCH_LEN + SEQUENCE_LEN);
    *ret_id = hf_reader_bytes(&reader, id_len);
    return !reader.bad;
}
