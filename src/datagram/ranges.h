/* Which bytes of something are there: a few disjoint ranges, in order. For fragments that came, and for those that were
 * acknowledged. */
#ifndef HF_DATAGRAM_RANGES_H
#define HF_DATAGRAM_RANGES_H

#include "base/must.h"

#include <stdbool.h>
#include <stddef.h>

enum { HF_RANGES_MAX = 32 };

struct hf_range {
    size_t from;
    size_t to; /* one past its last byte */
};

/* Zeros: nothing. Invariant: ranges are not empty, ascend, and neither touch nor overlap. */
struct hf_ranges {
    struct hf_range range[HF_RANGES_MAX];
    size_t count;
};

/* Adds [from, to); false, and nothing is added, when that would make too many ranges. An empty one is fine. */
HF_MUST bool hf_ranges_add(struct hf_ranges *ranges, size_t from, size_t to);

/* Whether all of [from, to) is there. */
bool hf_ranges_cover(const struct hf_ranges *ranges, size_t from, size_t to);

/* The first range at or behind `from` and below `len` that is not there; false when there is none. */
bool hf_ranges_gap(const struct hf_ranges *ranges, size_t from, size_t len, struct hf_range *ret_gap);

#endif
