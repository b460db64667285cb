/* A text is a bounded, always NUL-terminated string being put together: explanations, names, lists.
 * What does not fit is cut and ends in "...". Bytes of peers go through hf_text_add_safe only. */
#ifndef HF_BASE_TEXT_H
#define HF_BASE_TEXT_H

#include "base/must.h"
#include "base/span.h"

#include <stdarg.h>

struct hf_text {
    char *at;
    size_t len;
    size_t room;
};

/* A text that writes into `room` bytes at `at` (room >= 1), empty. */
struct hf_text hf_text_of(char *at, size_t room);

void hf_text_add(struct hf_text *text, const char *format, ...) HF_PRINTF(2, 3);

/* The same for functions that take a format themselves. */
void hf_text_add_arguments(struct hf_text *text, const char *format, va_list arguments) HF_PRINTF(2, 0);

/* Adds bytes that a peer chose: anything but printable ASCII is written as \xNN, so no terminal is fooled. */
void hf_text_add_safe(struct hf_text *text, struct hf_span bytes);

/* Adds bytes as lower-case hexadecimal. */
void hf_text_add_hex(struct hf_text *text, struct hf_span bytes);

/* Adds `time_s` (seconds since 1970, UTC) as "2026-11-20 10:00 UTC". */
void hf_text_add_time(struct hf_text *text, int64_t time_s);

/* Adds a length of time as a person says it: "3 days", "2 hours", "40 seconds". Negative counts as its opposite. */
void hf_text_add_duration(struct hf_text *text, int64_t seconds);

#endif
