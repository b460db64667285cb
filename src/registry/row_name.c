/* Names compare byte by byte without regard to ASCII case, never by locale. */
#include "registry/row_name.h"

bool hf_row_name_is(struct hf_span name, const char *list)
{
    struct hf_span all = hf_span_of_text(list);
    size_t start = 0;
    for (size_t i = 0; i <= all.len && name.len > 0; i++) {
        if (i < all.len && all.data[i] != ',')
            continue;
        if (hf_span_equal_folded(name, hf_span_part(all, start, i - start)))
            return true;
        start = i + 1;
    }
    return false;
}
