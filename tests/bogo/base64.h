/* Base64, as flags and PEM files have it. */
#ifndef HF_BOGO_BASE64_H
#define HF_BOGO_BASE64_H

#include <stddef.h>
#include <stdint.h>

/* Reads up to the first '-' or the text's end, passing over what is no digit; *ret_end is where it stopped, NULL
 * allowed. Returns how many bytes there were, at most `room`. */
size_t bogo_base64_read(const char *text, uint8_t *bytes, size_t room, const char **ret_end);

#endif
