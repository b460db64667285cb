/* Reading from a span. Every read goes through hf_reader_bytes, the only place that compares and moves; so one
 * check of the length covers all of them, and a bad reader has nothing left to give. */
#include "base/reader.h"

uint64_t hf_reader_uint(struct hf_reader *reader, size_t width)
{
    struct hf_span bytes = hf_reader_bytes(reader, width);
    uint64_t value = 0;
    for (size_t i = 0; i < bytes.len; i++)
        value = value << 8 | bytes.data[i];
    return value;
}

uint32_t hf_reader_u24(struct hf_reader *reader)
{
    return (uint32_t)hf_reader_uint(reader, 3);
}

uint32_t hf_reader_u32(struct hf_reader *reader)
{
    return (uint32_t)hf_reader_uint(reader, 4);
}

uint64_t hf_reader_u64(struct hf_reader *reader)
{
    return hf_reader_uint(reader, 8);
}

struct hf_span hf_reader_vector(struct hf_reader *reader, size_t prefix, size_t min, size_t max)
{
    size_t len = (size_t)hf_reader_uint(reader, prefix);
    if (len < min || len > max)
        hf_reader_spoil(reader);
    return hf_reader_bytes(reader, reader->bad ? 0 : len);
}

struct hf_span hf_reader_rest(struct hf_reader *reader)
{
    return hf_reader_bytes(reader, reader->left);
}

bool hf_reader_more(const struct hf_reader *reader)
{
    return !reader->bad && reader->left > 0;
}

bool hf_reader_end(const struct hf_reader *reader)
{
    return !reader->bad && reader->left == 0;
}
