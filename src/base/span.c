/* Spans: the raw calls on memory that are banned elsewhere, each with its lengths checked. */
#include "base/span.h"

#include <string.h>

struct hf_span hf_span_of_text(const char *text)
{
    return hf_span_of(text, text == NULL ? 0 : strlen(text));
}

bool hf_span_equal(struct hf_span a, struct hf_span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

bool hf_span_equal_folded(struct hf_span a, struct hf_span b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.data[i]) != lower(b.data[i]))
            return false;
    return true;
}

bool hf_span_copy(struct hf_span span, void *into, size_t room)
{
    if (span.len > room)
        return false;
    if (span.len > 0)
        memmove(into, span.data, span.len);
    return true;
}
