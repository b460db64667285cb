/* Writing into fixed room. Every write goes through hf_writer_room, the only place that compares and moves; a writer
 * that ran out keeps what was written before and takes no more. */
#include "base/writer.h"

#include <string.h>

static void store(uint8_t *at, size_t width, uint64_t value)
{
    for (size_t i = width; i > 0; i--) {
        at[i - 1] = (uint8_t)(value & 0xff);
        value >>= 8;
    }
}

static bool fits(size_t width, uint64_t value)
{
    return width >= 8 || value >> (8 * width) == 0;
}

void hf_writer_uint(struct hf_writer *writer, size_t width, uint64_t value)
{
    if (!fits(width, value))
        writer->bad = true;
    uint8_t *at = hf_writer_room(writer, width);
    if (at != NULL)
        store(at, width, value);
}

void hf_writer_u24(struct hf_writer *writer, uint32_t value)
{
    hf_writer_uint(writer, 3, value);
}

void hf_writer_u32(struct hf_writer *writer, uint32_t value)
{
    hf_writer_uint(writer, 4, value);
}

void hf_writer_u64(struct hf_writer *writer, uint64_t value)
{
    hf_writer_uint(writer, 8, value);
}

void hf_writer_bytes(struct hf_writer *writer, struct hf_span bytes)
{
    uint8_t *at = hf_writer_room(writer, bytes.len);
    if (at != NULL && bytes.len > 0)
        memcpy(at, bytes.data, bytes.len);
}

void hf_writer_vector(struct hf_writer *writer, size_t prefix, struct hf_span bytes)
{
    hf_writer_uint(writer, prefix, bytes.len);
    hf_writer_bytes(writer, bytes);
}

size_t hf_writer_open(struct hf_writer *writer, size_t prefix)
{
    hf_writer_uint(writer, prefix, 0);
    return writer->len;
}

void hf_writer_close(struct hf_writer *writer, size_t mark, size_t prefix)
{
    if (writer->bad)
        return;
    size_t len = writer->len - mark;
    if (!fits(prefix, len))
        writer->bad = true;
    else
        store(writer->data + mark - prefix, prefix, len);
}

struct hf_span hf_writer_span(const struct hf_writer *writer)
{
    return hf_span_of(writer->data, writer->len);
}

bool hf_writer_end(const struct hf_writer *writer)
{
    return !writer->bad;
}
