/* A growing buffer. Held bytes lie in [from, to) of memory; growing at least doubles the room, up to the maximum, and
 * moves what is held to the front. Invariant: from <= to <= touched <= room <= max; nothing was ever held in [touched,
 * room), so wiping [0, touched) before the memory goes wipes all. Wiping what is dropped at once would cost a record's
 * path another pass, and win nothing: the next record overwrites it. */
#include "base/buffer.h"

#include <string.h>

enum { ROUND = 256 };

void hf_buffer_init(struct hf_buffer *buffer, const struct hf_allocator *allocator, size_t max)
{
    *buffer = (struct hf_buffer){.allocator = allocator};
    hf_buffer_set_max(buffer, max);
}

void hf_buffer_set_max(struct hf_buffer *buffer, size_t max)
{
    buffer->max = max < UINT32_MAX ? (uint32_t)max : UINT32_MAX;
    if (buffer->max < buffer->room)
        buffer->max = buffer->room;
}

static void move_to_front(struct hf_buffer *buffer)
{
    uint32_t len = buffer->to - buffer->from;
    memmove(buffer->memory, buffer->memory + buffer->from, len);
    buffer->from = 0;
    buffer->to = len;
}

static void give_back(struct hf_buffer *buffer)
{
    hf_allocation_wipe(buffer->allocator, buffer->memory, buffer->touched);
}

static bool grow(struct hf_buffer *buffer, size_t need)
{
    uint32_t len = buffer->to - buffer->from;
    size_t room = 2 * (size_t)buffer->room;
    if (room < need)
        room = need + (ROUND - need % ROUND) % ROUND;
    if (room > buffer->max)
        room = buffer->max;
    if (room == 0)
        return false;
    uint8_t *memory = hf_allocation_bytes(buffer->allocator, room);
    if (memory == NULL)
        return false;
    if (buffer->memory != NULL)
        memcpy(memory, buffer->memory + buffer->from, len);
    give_back(buffer);
    buffer->memory = memory;
    buffer->room = (uint32_t)room;
    buffer->from = 0;
    buffer->to = buffer->touched = len;
    return true;
}

uint8_t *hf_buffer_reserve(struct hf_buffer *buffer, size_t len)
{
    size_t held = hf_buffer_len(buffer);
    if (len > buffer->max - held)
        return NULL;
    if (held + len > buffer->room || buffer->memory == NULL) {
        if (!grow(buffer, held + len))
            return NULL;
    } else if (buffer->to + len > buffer->room) {
        move_to_front(buffer);
    }
    return buffer->memory + buffer->to;
}

void hf_buffer_grew(struct hf_buffer *buffer, size_t len)
{
    buffer->to += (uint32_t)len;
    if (buffer->to > buffer->touched)
        buffer->touched = buffer->to;
}

bool hf_buffer_append(struct hf_buffer *buffer, struct hf_span bytes)
{
    if (bytes.len == 0)
        return true;
    uint8_t *at = hf_buffer_reserve(buffer, bytes.len);
    if (at == NULL)
        return false;
    memcpy(at, bytes.data, bytes.len);
    hf_buffer_grew(buffer, bytes.len);
    return true;
}

void hf_buffer_consume(struct hf_buffer *buffer, size_t len)
{
    if (len > hf_buffer_len(buffer))
        len = hf_buffer_len(buffer);
    if (len == 0)
        return;
    buffer->from += (uint32_t)len;
    if (buffer->from == buffer->to)
        buffer->from = buffer->to = 0;
}

void hf_buffer_release(struct hf_buffer *buffer)
{
    if (buffer->memory == NULL)
        return;
    give_back(buffer);
    buffer->memory = NULL;
    buffer->room = buffer->from = buffer->to = buffer->touched = 0;
}
