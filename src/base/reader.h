/* A reader takes big-endian integers and vectors off a span.
 * A bad read stays bad and yields zeros, so a parser reads straight through and asks once, at the end:
 * hf_reader_end catches short, long and out of range. */
#ifndef HF_BASE_READER_H
#define HF_BASE_READER_H

#include "base/must.h"
#include "base/span.h"

struct hf_reader {
    const uint8_t *next;
    size_t left;
    bool bad;
};

static inline struct hf_reader hf_reader_of(struct hf_span span)
{
    return (struct hf_reader){.next = span.data, .left = span.len, .bad = false};
}

/* Marks the reader bad: for values that are well-formed but out of range. */
static inline void hf_reader_spoil(struct hf_reader *reader)
{
    reader->bad = true;
    reader->left = 0;
}

/* Exactly `len` bytes, borrowed from what is being read. */
static inline struct hf_span hf_reader_bytes(struct hf_reader *reader, size_t len)
{
    if (reader->bad || len > reader->left) {
        hf_reader_spoil(reader);
        return hf_span_of(NULL, 0);
    }
    struct hf_span taken = hf_span_of(reader->next, len);
    if (len > 0)
        reader->next += len;
    reader->left -= len;
    return taken;
}

static inline uint8_t hf_reader_u8(struct hf_reader *reader)
{
    struct hf_span bytes = hf_reader_bytes(reader, 1);
    if (bytes.data == NULL)
        return 0;
    return bytes.data[0];
}

static inline uint16_t hf_reader_u16(struct hf_reader *reader)
{
    struct hf_span bytes = hf_reader_bytes(reader, 2);
    if (bytes.data == NULL)
        return 0;
    return (uint16_t)(bytes.data[0] << 8 | bytes.data[1]);
}

uint32_t hf_reader_u24(struct hf_reader *reader);
uint32_t hf_reader_u32(struct hf_reader *reader);
uint64_t hf_reader_u64(struct hf_reader *reader);

/* An unsigned integer of `width` bytes, 1 to 8. */
uint64_t hf_reader_uint(struct hf_reader *reader, size_t width);

/* A vector: a length of `prefix` bytes (1 to 4), then that many bytes. Bad unless min <= length <= max. */
struct hf_span hf_reader_vector(struct hf_reader *reader, size_t prefix, size_t min, size_t max);

/* All that is left. */
struct hf_span hf_reader_rest(struct hf_reader *reader);

/* Whether more can be read: not bad, and not at the end. For loops over lists. */
bool hf_reader_more(const struct hf_reader *reader);

/* Whether everything was read, exactly, and nothing was bad. */
HF_MUST bool hf_reader_end(const struct hf_reader *reader);

#endif
