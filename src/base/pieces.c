#include "base/pieces.h"

#include <string.h>

size_t hf_pieces_left_of_many(const struct hf_pieces *pieces, size_t max)
{
    size_t left = 0;
    for (size_t i = 0; i < pieces->count && left < max; i++) {
        size_t here = pieces->at[i].len - (i == 0 ? pieces->done : 0);
        left = here < max - left ? left + here : max;
    }
    return left;
}

struct hf_span hf_pieces_front(struct hf_pieces *pieces)
{
    while (pieces->count > 0 && pieces->done == pieces->at->len) {
        pieces->at++;
        pieces->count--;
        pieces->done = 0;
    }
    return pieces->count == 0 ? hf_span_of(NULL, 0)
                              : hf_span_part(hf_span_of(pieces->at->data, pieces->at->len), pieces->done, SIZE_MAX);
}

void hf_pieces_gather(const struct hf_pieces *pieces, uint8_t *into, size_t len)
{
    struct hf_pieces cursor = *pieces;
    while (len > 0) {
        struct hf_span part = hf_span_part(hf_pieces_front(&cursor), 0, len);
        if (part.len == 0)
            return;
        memcpy(into, part.data, part.len);
        hf_pieces_advance(&cursor, part.len);
        into += part.len;
        len -= part.len;
    }
}

void hf_pieces_advance(struct hf_pieces *pieces, size_t len)
{
    while (len > 0) {
        size_t here = hf_span_part(hf_pieces_front(pieces), 0, len).len;
        if (here == 0)
            return;
        pieces->done += here;
        len -= here;
    }
}
