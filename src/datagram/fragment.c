/* One fragment read or written. RFC 9147 5.2, 5.5. */
#include "datagram/fragment.h"

bool hf_fragment_read(struct hf_reader *content, struct hf_fragment *ret_fragment)
{
    struct hf_fragment fragment = {.type = hf_reader_u8(content)};
    fragment.message_len = hf_reader_u24(content);
    fragment.message_seq = hf_reader_u16(content);
    fragment.offset = hf_reader_u24(content);
    size_t len = hf_reader_u24(content);
    fragment.bytes = hf_reader_bytes(content, len);
    bool is_within = fragment.offset <= fragment.message_len && len <= fragment.message_len - fragment.offset;
    if (content->bad || !is_within)
        return false;
    *ret_fragment = fragment;
    return true;
}

void hf_fragment_write(struct hf_writer *content, const struct hf_fragment *fragment)
{
    hf_writer_u8(content, fragment->type);
    hf_writer_uint(content, 3, fragment->message_len);
    hf_writer_u16(content, fragment->message_seq);
    hf_writer_uint(content, 3, fragment->offset);
    hf_writer_vector(content, 3, fragment->bytes);
}
