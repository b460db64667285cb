#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "support/test_hex.h"

static int digit(char letter)
{
    if (letter >= '0' && letter <= '9')
        return letter - '0';
    if (letter >= 'a' && letter <= 'f')
        return letter - 'a' + 10;
    if (letter >= 'A' && letter <= 'F')
        return letter - 'A' + 10;
    fail_msg("not a hexadecimal digit: %c", letter);
    return 0;
}

struct hf_test_hex hf_test_hex_of(const char *digits)
{
    struct hf_test_hex hex = {.len = 0};
    for (const char *at = digits; *at != '\0'; at++) {
        if (*at == ' ')
            continue;
        assert_true(hex.len < sizeof hex.bytes && at[1] != '\0');
        hex.bytes[hex.len++] = (uint8_t)(digit(at[0]) * 16 + digit(at[1]));
        at++;
    }
    return hex;
}

struct hf_span hf_test_hex_span(const struct hf_test_hex *hex)
{
    return hf_span_of(hex->bytes, hex->len);
}

bool hf_test_hex_equal(struct hf_span bytes, const char *digits)
{
    struct hf_test_hex hex = hf_test_hex_of(digits);
    return hf_span_equal(bytes, hf_test_hex_span(&hex));
}
