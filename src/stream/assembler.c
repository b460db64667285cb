/* A message that one record holds whole is lent from there; only others are copied. */
#include "stream/assembler.h"

#include "base/reader.h"

#define HEADER_LEN 4 /* type, uint24 length: RFC 9846 4 */

void hf_assembler_init(struct hf_assembler *assembler, const struct hf_allocator *allocator, size_t body_max)
{
    *assembler = (struct hf_assembler){.body_max = body_max};
    hf_buffer_init(&assembler->partial, allocator, HEADER_LEN + body_max);
}

void hf_assembler_set_max(struct hf_assembler *assembler, size_t body_max)
{
    assembler->body_max = body_max;
    hf_buffer_set_max(&assembler->partial, HEADER_LEN + body_max);
}

bool hf_assembler_is_inside(const struct hf_assembler *assembler)
{
    return !assembler->is_lent && hf_buffer_len(&assembler->partial) > 0;
}

/* The whole length of the message that begins with `start`; 0 when its header is not complete. */
static size_t whole_len(struct hf_span start)
{
    struct hf_reader reader = hf_reader_of(start);
    if (start.len < HEADER_LEN)
        return 0;
    (void)hf_reader_u8(&reader);
    return HEADER_LEN + hf_reader_u24(&reader);
}

/* Moves up to `len` bytes from *content into the partial message. */
static enum hf_error take(struct hf_assembler *assembler, struct hf_span *content, size_t len)
{
    struct hf_span part = hf_span_part(*content, 0, len);
    if (!hf_buffer_append(&assembler->partial, part))
        return HF_ERR_no_memory;
    *content = hf_span_part(*content, part.len, content->len);
    return HF_OK;
}

static enum hf_error continue_partial(struct hf_assembler *assembler, struct hf_span *content,
                                      struct hf_span *ret_message)
{
    size_t held = hf_buffer_len(&assembler->partial);
    if (held < HEADER_LEN)
        HF_TRY(take(assembler, content, HEADER_LEN - held));
    size_t whole = whole_len(hf_buffer_span(&assembler->partial));
    if (whole == 0)
        return HF_OK;
    if (whole > HEADER_LEN + assembler->body_max)
        return HF_ERR_handshake_message_too_long;
    HF_TRY(take(assembler, content, whole - hf_buffer_len(&assembler->partial)));
    if (hf_buffer_len(&assembler->partial) == whole) {
        assembler->is_lent = true;
        *ret_message = hf_buffer_span(&assembler->partial);
    }
    return HF_OK;
}

enum hf_error hf_assembler_next(struct hf_assembler *assembler, struct hf_span *content, struct hf_span *ret_message)
{
    struct hf_span message = hf_span_of(NULL, 0);

    hf_assembler_rest(assembler);
    size_t whole = whole_len(*content);
    if (hf_buffer_len(&assembler->partial) > 0 || whole == 0 || whole > content->len) {
        HF_TRY(continue_partial(assembler, content, &message));
    } else {
        if (whole > HEADER_LEN + assembler->body_max)
            return HF_ERR_handshake_message_too_long;
        message = hf_span_part(*content, 0, whole);
        *content = hf_span_part(*content, whole, content->len);
    }
    *ret_message = message;
    return HF_OK;
}

void hf_assembler_rest(struct hf_assembler *assembler)
{
    if (assembler->is_lent || hf_buffer_len(&assembler->partial) == 0)
        hf_assembler_release(assembler);
}

void hf_assembler_release(struct hf_assembler *assembler)
{
    hf_buffer_release(&assembler->partial);
    assembler->is_lent = false;
}
