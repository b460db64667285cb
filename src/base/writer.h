/* A writer puts big-endian integers and vectors into a buffer of fixed room.
 * A write that does not fit spoils the writer and writes nothing more; hf_writer_end tells. */
#ifndef HF_BASE_WRITER_H
#define HF_BASE_WRITER_H

#include "base/must.h"
#include "base/span.h"

struct hf_writer {
    uint8_t *data;
    size_t len;
    size_t room;
    bool bad;
};

static inline struct hf_writer hf_writer_of(void *data, size_t room)
{
    return (struct hf_writer){.data = (uint8_t *)data, .len = 0, .room = room, .bad = false};
}

/* `len` bytes of room to be filled by the caller, or NULL when they do not fit. */
static inline uint8_t *hf_writer_room(struct hf_writer *writer, size_t len)
{
    if (writer->bad || len > writer->room - writer->len) {
        writer->bad = true;
        return NULL;
    }
    uint8_t *room = writer->len == 0 ? writer->data : writer->data + writer->len;
    writer->len += len;
    return room;
}

static inline void hf_writer_u8(struct hf_writer *writer, uint8_t value)
{
    uint8_t *at = hf_writer_room(writer, 1);
    if (at != NULL)
        at[0] = value;
}

static inline void hf_writer_u16(struct hf_writer *writer, uint16_t value)
{
    uint8_t *at = hf_writer_room(writer, 2);
    if (at == NULL)
        return;
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)(value & 0xff);
}

void hf_writer_u24(struct hf_writer *writer, uint32_t value);
void hf_writer_u32(struct hf_writer *writer, uint32_t value);
void hf_writer_u64(struct hf_writer *writer, uint64_t value);

/* An unsigned integer of `width` bytes (1 to 8); bad when the value does not fit into them. */
void hf_writer_uint(struct hf_writer *writer, size_t width, uint64_t value);

void hf_writer_bytes(struct hf_writer *writer, struct hf_span bytes);

/* A length of `prefix` bytes, then the bytes; bad when the length does not fit into the prefix. */
void hf_writer_vector(struct hf_writer *writer, size_t prefix, struct hf_span bytes);

/* Opens a vector whose length is not known yet; give the returned mark to hf_writer_close. They nest. */
size_t hf_writer_open(struct hf_writer *writer, size_t prefix);
void hf_writer_close(struct hf_writer *writer, size_t mark, size_t prefix);

/* What was written so far. */
struct hf_span hf_writer_span(const struct hf_writer *writer);

/* Whether everything fitted. */
HF_MUST bool hf_writer_end(const struct hf_writer *writer);

#endif
