/* Names compare byte by byte without regard to ASCII case, never by locale. */
#include "registry/row_name.h"

static uint8_t lower(uint8_t letter)
{
    return letter >= 'A' && letter <= 'Z' ? (uint8_t)(letter + ('a' - 'A')) : letter;
}

static bool same(struct hf_span a, struct hf_span b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.data[i]) != lower(b.data[i]))
            return false;
    }
    return true;
}

bool hf_row_name_is(struct hf_span name, const char *list)
{
    struct hf_span all = hf_span_of_text(list);
    size_t start = 0;
    for (size_t i = 0; i <= all.len && name.len > 0; i++) {
        if (i < all.len && all.data[i] != ',')
            continue;
        if (same(name, hf_span_part(all, start, i - start)))
            return true;
        start = i + 1;
    }
    return false;
}
