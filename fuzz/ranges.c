/* Which bytes of a message the peer has, against a table of bytes: what is told of them is true after any adds, and an
 * add that would scatter them too much changes nothing. The input: pairs of places, from and to. RFC 9147 7.2. */
#include "datagram/ranges.h"
#include "support/demand.h"

enum { LEN = 256 };

static bool all(const bool *has, size_t from, size_t to)
{
    for (size_t at = from; at < to; at++)
        if (!has[at])
            return false;
    return true;
}

static void check_gap(const struct hf_ranges *ranges, const bool *has, size_t from)
{
    struct hf_range gap;
    const bool is_found = hf_ranges_gap(ranges, from, LEN, &gap);
    demand(is_found == !all(has, from, LEN));
    if (!is_found)
        return;
    demand(gap.from >= from && gap.from < gap.to && gap.to <= LEN);
    demand(all(has, from, gap.from) && (gap.to == LEN || has[gap.to]));
    for (size_t at = gap.from; at < gap.to; at++)
        demand(!has[at]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hf_ranges ranges = {0};
    bool has[LEN] = {false};
    for (size_t i = 0; i + 1 < size; i += 2) {
        const size_t from = data[i], to = data[i + 1];
        if (hf_ranges_add(&ranges, from, to))
            for (size_t at = from; at < to; at++)
                has[at] = true;
        demand(ranges.count <= HF_RANGES_MAX);
        demand(hf_ranges_cover(&ranges, from, to) == all(has, from, to));
        check_gap(&ranges, has, 0);
        check_gap(&ranges, has, to);
    }
    return 0;
}
