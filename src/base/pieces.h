/* Several runs of bytes that count as one: what an application gives to be sent. A cursor moves over them; they are
 * borrowed. */
#ifndef HF_BASE_PIECES_H
#define HF_BASE_PIECES_H

#include <handfast/pieces.h>

#include "base/must.h"
#include "base/span.h"

struct hf_pieces {
    const struct hf_bytes *at;
    size_t count;
    size_t done; /* of the piece at `at` */
};

/* What is left in all; at most `max`. Most calls of an application have one piece: that case stands inline. */
HF_MUST size_t hf_pieces_left_of_many(const struct hf_pieces *pieces, size_t max);

static inline HF_MUST size_t hf_pieces_left(const struct hf_pieces *pieces, size_t max)
{
    if (pieces->count != 1)
        return hf_pieces_left_of_many(pieces, max);
    const size_t left = pieces->at->len - pieces->done;
    return left < max ? left : max;
}

/* The run of bytes that comes next, up to the end of its piece; empty when nothing is left. */
HF_MUST struct hf_span hf_pieces_front(struct hf_pieces *pieces);

/* Copies the next `len` bytes, which must be left, into `into`, and does not move. */
void hf_pieces_gather(const struct hf_pieces *pieces, uint8_t *into, size_t len);

/* Moves over `len` bytes, which must be left. */
void hf_pieces_advance(struct hf_pieces *pieces, size_t len);

#endif
