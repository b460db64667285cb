/* See hello_retry_request.c and gate.c for who asks. */
#include "extension/first_hello.h"

#include "base/reader.h"
#include "base/writer.h"
#include "wire/extension.h"
#include "wire/hello_cookie.h"

enum { TYPE_AND_LENGTH = 4, LENGTH_LEN = 2, LIST_MAX = 0xfffe };

enum hf_error hf_first_hello_digest(const struct hf_toolbox *toolbox, enum hf_hash_id id, struct hf_span body,
                                    struct hf_digest *ret_digest)
{
    uint8_t head_bytes[TYPE_AND_LENGTH];
    struct hf_writer head = hf_writer_of(head_bytes, sizeof head_bytes);
    hf_writer_u8(&head, hf_message_wire_type(HF_MESSAGE_client_hello));
    hf_writer_uint(&head, TYPE_AND_LENGTH - 1, body.len);
    const struct hf_span parts[] = {hf_writer_span(&head), body};
    return hf_hash_once(toolbox, id, parts, HF_COUNT(parts), ret_digest);
}

/* The extensions of a body over datagrams, without their length. */
static enum hf_error find_extensions(struct hf_span body, struct hf_span *ret_before, struct hf_span *ret_extensions)
{
    struct hf_hello_cookie parts;
    HF_TRY(hf_hello_cookie_cut(body, &parts));
    struct hf_reader reader = hf_reader_of(parts.after);
    (void)hf_reader_vector(&reader, 2, 2, LIST_MAX);
    (void)hf_reader_vector(&reader, 1, 1, UINT8_MAX);
    *ret_before = hf_span_part(body, 0, body.len - reader.left);
    *ret_extensions = hf_reader_vector(&reader, LENGTH_LEN, 0, UINT16_MAX);
    return hf_reader_end(&reader) ? HF_OK : HF_ERR_decode_error;
}

/* All extensions but the cookie. */
static bool copy_others(struct hf_span extensions, struct hf_buffer *into)
{
    struct hf_reader list = hf_reader_of(extensions);
    bool fits = true;
    while (fits && hf_reader_more(&list)) {
        struct hf_span from = hf_span_of(list.next, list.left);
        uint16_t type = hf_reader_u16(&list);
        (void)hf_reader_vector(&list, LENGTH_LEN, 0, UINT16_MAX);
        fits = type == HF_EXTENSION_cookie || hf_buffer_append(into, hf_span_part(from, 0, from.len - list.left));
    }
    return fits;
}

static enum hf_error write_first(struct hf_span before, struct hf_span others, struct hf_buffer *first)
{
    uint8_t length_bytes[LENGTH_LEN];
    struct hf_writer length = hf_writer_of(length_bytes, sizeof length_bytes);
    hf_writer_uint(&length, LENGTH_LEN, others.len);
    bool fits = hf_buffer_append(first, before) && hf_buffer_append(first, hf_writer_span(&length)) &&
                hf_buffer_append(first, others);
    return fits ? HF_OK : HF_ERR_no_memory;
}

enum hf_error hf_first_hello_rebuild(struct hf_span second, struct hf_buffer *first)
{
    struct hf_span before;
    struct hf_span extensions;
    struct hf_buffer others;
    HF_TRY(find_extensions(second, &before, &extensions));
    hf_buffer_init(&others, first->allocator, second.len);
    enum hf_error error =
        copy_others(extensions, &others) ? write_first(before, hf_buffer_span(&others), first) : HF_ERR_no_memory;
    hf_buffer_release(&others);
    return error;
}
