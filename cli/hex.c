#include "hex.h"

#include <string.h>

static const char digits[] = "0123456789abcdef";

static int digit_of(char c)
{
    const char *at = c == '\0' ? NULL : strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
    return at == NULL ? -1 : (int)(at - digits);
}

size_t hf_hex_read(const char *text, size_t len, unsigned char *into, size_t room)
{
    if (len % 2 != 0 || len / 2 > room)
        return 0;
    for (size_t i = 0; i < len / 2; i++) {
        int high = digit_of(text[2 * i]);
        int low = digit_of(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return 0;
        into[i] = (unsigned char)(high * 16 + low);
    }
    return len / 2;
}

void hf_hex_write(const unsigned char *bytes, size_t len, char *into)
{
    for (size_t i = 0; i < len; i++) {
        into[2 * i] = digits[bytes[i] >> 4];
        into[2 * i + 1] = digits[bytes[i] & 15];
    }
    into[2 * len] = '\0';
}
