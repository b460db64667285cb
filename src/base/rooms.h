/* Room in several runs of bytes that count as one: where an application wants what comes. A cursor moves over them;
 * they are borrowed. */
#ifndef HF_BASE_ROOMS_H
#define HF_BASE_ROOMS_H

#include <handfast/pieces.h>

#include "base/must.h"
#include "base/span.h"

struct hf_rooms {
    const struct hf_room *at;
    size_t count;
    size_t done; /* of the run at `at` */
};

/* The next room, up to the end of its piece; *ret_len is 0, and NULL is returned, when none is left. */
HF_MUST uint8_t *hf_rooms_front(struct hf_rooms *rooms, size_t *ret_len);

/* Moves over `len` bytes of the front. */
void hf_rooms_advance(struct hf_rooms *rooms, size_t len);

/* Fills from `bytes` as far as there is room, and moves; returns how much went. */
HF_MUST size_t hf_rooms_fill(struct hf_rooms *rooms, struct hf_span bytes);

#endif
