/* The reader and the writer under a program made of the input: the first byte of each step says what to read. What was
 * read goes into a writer of small room; a bad reader or writer must stay bad, and lengths must add up.
 * The invariant is that of base/reader.h and base/writer.h. */
#include "base/reader.h"
#include "base/writer.h"
#include "support/demand.h"

static void step(struct hf_reader *reader, struct hf_writer *writer, uint8_t what)
{
    size_t width = 1 + (what >> 4) % 8;
    size_t prefix = 1 + (what >> 4) % 4;
    size_t mark;
    switch (what % 4) {
    case 0:
        hf_writer_uint(writer, width, hf_reader_uint(reader, width));
        break;
    case 1:
        hf_writer_vector(writer, prefix, hf_reader_vector(reader, prefix, what >> 6, 300));
        break;
    case 2:
        hf_writer_bytes(writer, hf_reader_bytes(reader, what >> 3));
        break;
    default:
        mark = hf_writer_open(writer, prefix);
        hf_writer_bytes(writer, hf_reader_bytes(reader, what >> 2));
        hf_writer_close(writer, mark, prefix);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t room[200];
    struct hf_reader reader = hf_reader_of(hf_span_of(data, size));
    struct hf_writer writer = hf_writer_of(room, sizeof room);
    while (hf_reader_more(&reader)) {
        size_t left = reader.left;
        bool writer_bad = writer.bad;
        step(&reader, &writer, hf_reader_u8(&reader));
        demand(reader.left < left && writer.len <= sizeof room);
        demand(!writer_bad || writer.bad);
    }
    demand(reader.bad || reader.left == 0);
    demand(!reader.bad || !hf_reader_end(&reader));
    return 0;
}
