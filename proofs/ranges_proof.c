/* Any sound set of up to COUNT ranges, any range added: the set stays sound, holds every byte that it held, every byte
 * that was added, and no other. COUNT is below the table's own bound; that bound is met by the unit test.
 * sources: datagram/ranges.c
 * unwind: 4
 * unwindset: memcpy.0:800 */
#include "prove.h"

#include "datagram/ranges.h"

enum { COUNT = 2 };

static bool is_sound(const struct hf_ranges *ranges)
{
    if (ranges->count > HF_RANGES_MAX)
        return false;
    for (size_t i = 0; i < ranges->count; i++) {
        if (ranges->range[i].from >= ranges->range[i].to)
            return false;
        if (i > 0 && ranges->range[i].from <= ranges->range[i - 1].to)
            return false;
    }
    return true;
}

int main(void)
{
    struct hf_ranges ranges = {0};
    ranges.count = nondet_size();
    PROVE_ASSUME(ranges.count <= COUNT);
    for (size_t i = 0; i < COUNT; i++)
        ranges.range[i] = (struct hf_range){nondet_size(), nondet_size()};
    PROVE_ASSUME(is_sound(&ranges));
    size_t from = nondet_size();
    size_t to = nondet_size();
    size_t byte = nondet_size();
    PROVE_ASSUME(byte < SIZE_MAX);
    bool was_there = hf_ranges_cover(&ranges, byte, byte + 1);
    bool is_added = from <= byte && byte < to;
    PROVE_ASSERT(hf_ranges_add(&ranges, from, to));
    PROVE_ASSERT(is_sound(&ranges));
    PROVE_ASSERT(hf_ranges_cover(&ranges, byte, byte + 1) == (was_there || is_added));
    struct hf_range gap = {0};
    size_t len = nondet_size();
    size_t begin = nondet_size();
    if (hf_ranges_gap(&ranges, begin, len, &gap)) {
        PROVE_ASSERT(begin <= gap.from && gap.from < gap.to && gap.to <= len);
        if (gap.from <= byte && byte < gap.to)
            PROVE_ASSERT(!hf_ranges_cover(&ranges, byte, byte + 1));
    }
    return 0;
}
