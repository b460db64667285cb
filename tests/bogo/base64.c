#include "base64.h"

#include <string.h>

static int value_of(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c == '\0' ? NULL : strchr(digits, c);
    return at == NULL ? -1 : (int)(at - digits);
}

size_t bogo_base64_read(const char *text, uint8_t *bytes, size_t room, const char **ret_end)
{
    unsigned bits = 0;
    int count = 0;
    size_t len = 0;
    for (; *text != '-' && *text != '\0' && len < room; text++) {
        int value = value_of(*text);
        if (value < 0)
            continue;
        bits = bits << 6 | (unsigned)value;
        count += 6;
        if (count >= 8) {
            count -= 8;
            bytes[len++] = (uint8_t)(bits >> count);
        }
    }
    if (ret_end != NULL)
        *ret_end = text;
    return len;
}
