/* Bytes as hexadecimal: keys and sessions in files. */
#ifndef HF_CLI_HEX_H
#define HF_CLI_HEX_H

#include <stddef.h>

/* Reads `len` digits; returns how many bytes that is, 0 when it is no hexadecimal, or more than `room`. */
size_t hf_hex_read(const char *text, size_t len, unsigned char *into, size_t room);

/* Writes 2 * len digits and a NUL. */
void hf_hex_write(const unsigned char *bytes, size_t len, char *into);

#endif
