/* A buffer owns bytes and grows up to the maximum it was born with. Buffers hold handshake
 * messages and plaintext, so memory that held something is wiped before it is given back, and no later. */
#ifndef HF_BASE_BUFFER_H
#define HF_BASE_BUFFER_H

#include "base/allocation.h"

struct hf_buffer {
    const struct hf_allocator *allocator;
    uint8_t *memory;
    uint32_t from;    /* first byte still held */
    uint32_t to;      /* one past the last byte held */
    uint32_t touched; /* one past the last byte that was ever held in this memory */
    uint32_t room;
    uint32_t max;
};

/* An empty buffer that will never hold more than `max` bytes, nor 4 GiB; allocates nothing yet. */
void hf_buffer_init(struct hf_buffer *buffer, const struct hf_allocator *allocator, size_t max);

/* The bytes held. Valid until the next call that changes the buffer. */
static inline size_t hf_buffer_len(const struct hf_buffer *buffer)
{
    return buffer->to - buffer->from;
}

static inline struct hf_span hf_buffer_span(const struct hf_buffer *buffer)
{
    return buffer->memory == NULL ? hf_span_of(NULL, 0)
                                  : hf_span_of(buffer->memory + buffer->from, hf_buffer_len(buffer));
}

/* Makes `len` bytes of room behind what is held and returns where they begin; NULL when they would pass the maximum
 * or there is no memory. They count only after hf_buffer_grew. */
HF_MUST uint8_t *hf_buffer_reserve(struct hf_buffer *buffer, size_t len);
void hf_buffer_grew(struct hf_buffer *buffer, size_t len);

/* Appends; false when it would pass the maximum or there is no memory, and then nothing was appended. */
HF_MUST bool hf_buffer_append(struct hf_buffer *buffer, struct hf_span bytes);

/* Drops the first `len` bytes, at most what is held. What lay there is wiped with the memory. */
void hf_buffer_consume(struct hf_buffer *buffer, size_t len);

/* Wipes and gives back the memory; the buffer is empty and may be used again. */
void hf_buffer_release(struct hf_buffer *buffer);

/* Another maximum; what is held already stays legal. */
void hf_buffer_set_max(struct hf_buffer *buffer, size_t max);

#endif
