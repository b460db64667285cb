/* What somebody who does not speak TLS seems to speak instead, by its first bytes (docs/FAILURES.md, H25). */
#ifndef HF_CLI_PLAIN_TEXT_H
#define HF_CLI_PLAIN_TEXT_H

#include <stddef.h>
#include <stdint.h>

enum { HF_PLAIN_TEXT_BYTES = 48 };

struct hf_plain_text {
    uint8_t bytes[HF_PLAIN_TEXT_BYTES];
    size_t len;
};

/* Looks at what waits on a socket, without taking it, unless something was seen before. */
void hf_plain_text_peek(struct hf_plain_text *seen, int fd);

/* A static sentence: what these bytes look like, and what to do; "" when nothing comes to mind. */
const char *hf_plain_text_guess(const struct hf_plain_text *seen);

/* Writes the bytes as a text that is safe to print, in quotes, into `into` and returns it. */
const char *hf_plain_text_show(const struct hf_plain_text *seen, char *into, size_t room);

#endif
