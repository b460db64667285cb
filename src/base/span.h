/* A span is a borrowed run of bytes: it owns nothing and must not outlive what it points at.
 * Nobody outside base/ does arithmetic on bytes that came from a peer; they read spans through hf_reader.
 * What every record passes through several times stands inline, here and in reader.h and writer.h. */
#ifndef HF_BASE_SPAN_H
#define HF_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hf_span {
    const uint8_t *data;
    size_t len;
};

/* The span over `len` bytes at `data`; data may be NULL when len is 0. */
static inline struct hf_span hf_span_of(const void *data, size_t len)
{
    return (struct hf_span){.data = (const uint8_t *)data, .len = len};
}

/* The span over a C string, without its final NUL. NULL gives the empty span. */
struct hf_span hf_span_of_text(const char *text);

/* Whether two spans hold the same bytes. Variable time: never for secrets (see hf_secret_equal). */
bool hf_span_equal(struct hf_span a, struct hf_span b);

/* The same without regard to the case of ASCII letters, whatever the locale: for DNS names and our own words. */
bool hf_span_equal_folded(struct hf_span a, struct hf_span b);

/* The part of `span` from `from` on, `len` bytes; clipped to what is there. */
static inline struct hf_span hf_span_part(struct hf_span span, size_t from, size_t len)
{
    if (from > span.len)
        from = span.len;
    if (len > span.len - from)
        len = span.len - from;
    return span.data == NULL ? hf_span_of(NULL, 0) : hf_span_of(span.data + from, len);
}

/* Copies the span into `into`, which has `room` bytes and may overlap it. Returns false, and copies nothing, when it
 * does not fit. */
bool hf_span_copy(struct hf_span span, void *into, size_t room);

#endif
