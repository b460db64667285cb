/* Spans: the raw calls on memory that are banned elsewhere, each with its lengths checked. */
#include "base/span.h"

#include <string.h>

struct hf_span hf_span_of(const void *data, size_t len)
{
    return (struct hf_span){.data = data, .len = len};
}

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

struct hf_span hf_span_part(struct hf_span span, size_t from, size_t len)
{
    if (from > span.len)
        from = span.len;
    if (len > span.len - from)
        len = span.len - from;
    return hf_span_of(span.data == NULL ? NULL : span.data + from, len);
}

bool hf_span_copy(struct hf_span span, void *into, size_t room)
{
    if (span.len > room)
        return false;
    if (span.len > 0)
        memmove(into, span.data, span.len);
    return true;
}
