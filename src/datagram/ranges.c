/* Adding merges with all that it touches. The count is small, so that walking is fine, and bounded, so that a peer
 * which sends every second byte costs nothing. */
#include "datagram/ranges.h"

bool hf_ranges_add(struct hf_ranges *ranges, size_t from, size_t to)
{
    if (from >= to)
        return true;
    struct hf_ranges merged = {0};
    struct hf_range added = {from, to};
    bool placed = false;
    for (size_t i = 0; i < ranges->count; i++) {
        struct hf_range one = ranges->range[i];
        if (one.to >= added.from && one.from <= added.to) {
            added.from = one.from < added.from ? one.from : added.from;
            added.to = one.to > added.to ? one.to : added.to;
            continue;
        }
        if (!placed && one.from > added.to) {
            if (merged.count == HF_RANGES_MAX)
                return false;
            merged.range[merged.count++] = added;
            placed = true;
        }
        if (merged.count == HF_RANGES_MAX)
            return false;
        merged.range[merged.count++] = one;
    }
    if (!placed) {
        if (merged.count == HF_RANGES_MAX)
            return false;
        merged.range[merged.count++] = added;
    }
    *ranges = merged;
    return true;
}

bool hf_ranges_cover(const struct hf_ranges *ranges, size_t from, size_t to)
{
    if (from >= to)
        return true;
    for (size_t i = 0; i < ranges->count; i++)
        if (ranges->range[i].from <= from && to <= ranges->range[i].to)
            return true;
    return false;
}

bool hf_ranges_gap(const struct hf_ranges *ranges, size_t from, size_t len, struct hf_range *ret_gap)
{
    size_t at = from;
    for (size_t i = 0; i < ranges->count; i++) {
        const struct hf_range *one = &ranges->range[i];
        if (one->to <= at)
            continue;
        if (one->from > at) {
            size_t to = one->from < len ? one->from : len;
            *ret_gap = (struct hf_range){at, to};
            return at < to;
        }
        at = one->to;
    }
    *ret_gap = (struct hf_range){at, len};
    return at < len;
}
