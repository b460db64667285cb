#include "base/rooms.h"

#include <string.h>

uint8_t *hf_rooms_front(struct hf_rooms *rooms, size_t *ret_len)
{
    while (rooms->count > 0 && rooms->done == rooms->at->len) {
        rooms->at++;
        rooms->count--;
        rooms->done = 0;
    }
    *ret_len = rooms->count == 0 ? 0 : rooms->at->len - rooms->done;
    return rooms->count == 0 ? NULL : (uint8_t *)rooms->at->data + rooms->done;
}

void hf_rooms_advance(struct hf_rooms *rooms, size_t len)
{
    rooms->done += len;
}

size_t hf_rooms_fill(struct hf_rooms *rooms, struct hf_span bytes)
{
    size_t filled = 0, room = 0;
    for (uint8_t *into; filled < bytes.len && (into = hf_rooms_front(rooms, &room)) != NULL;) {
        struct hf_span part = hf_span_part(bytes, filled, room);
        if (part.len == 0)
            break;
        memcpy(into, part.data, part.len);
        hf_rooms_advance(rooms, part.len);
        filled += part.len;
    }
    return filled;
}
