/* The constant-time padding check against a plain one, over every padding length and wrong byte. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/constant_time.h"
#include "record/cbc_padding.h"

#define LEN_MAX 640

/* RFC 5246 6.2.3.2, with branches. */
static bool plain_strip(struct hf_span plaintext, size_t mac_len, size_t *ret_content_len)
{
    size_t padding = (size_t)plaintext.data[plaintext.len - 1] + 1;
    *ret_content_len = plaintext.len - mac_len;
    if (padding + mac_len > plaintext.len)
        return false;
    for (size_t i = 1; i <= padding; i++)
        if (plaintext.data[plaintext.len - i] != padding - 1)
            return false;
    *ret_content_len -= padding;
    return true;
}

static void assert_same(struct hf_span plaintext, size_t mac_len)
{
    size_t wanted_len = 0;
    bool good = plain_strip(plaintext, mac_len, &wanted_len);
    struct hf_cbc_padding found = hf_cbc_padding_strip(plaintext, mac_len);
    assert_int_equal(found.good, good ? SIZE_MAX : 0);
    assert_int_equal(found.content_len, wanted_len);
    uint8_t mac[HF_DIGEST_MAX];
    hf_cbc_padding_take_mac(plaintext, found.content_len, mac_len, mac);
    assert_memory_equal(mac, plaintext.data + found.content_len, mac_len);
}

static void every_padding_and_every_wrong_byte_of_it(void **state)
{
    static const size_t mac_lens[] = {20, 32, 48};
    static const size_t lens[] = {32, 64, 80, 256, 272, 320, 512, 640};
    (void)state;
    for (size_t m = 0; m < sizeof mac_lens / sizeof mac_lens[0]; m++)
        for (size_t l = 0; l < sizeof lens / sizeof lens[0]; l++)
            for (size_t padding = 0; padding < 256 && lens[l] > mac_lens[m]; padding += padding % 16 == 14 ? 1 : 5) {
                uint8_t bytes[LEN_MAX];
                for (size_t i = 0; i < lens[l]; i++)
                    bytes[i] = (uint8_t)(i * 7 + 3);
                for (size_t i = 0; i <= padding && i < lens[l]; i++)
                    bytes[lens[l] - 1 - i] = (uint8_t)padding;
                assert_same(hf_span_of(bytes, lens[l]), mac_lens[m]);
                for (size_t at = 1; at <= padding && at < lens[l]; at += 3) {
                    bytes[lens[l] - 1 - at] ^= 0x80;
                    assert_same(hf_span_of(bytes, lens[l]), mac_lens[m]);
                    bytes[lens[l] - 1 - at] ^= 0x80;
                }
            }
}

static void masks(void **state)
{
    static const size_t values[] = {0, 1, 2, 15, 16, 17, 255, 256, 65535, SIZE_MAX / 4};
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        for (size_t j = 0; j < sizeof values / sizeof values[0]; j++) {
            assert_int_equal(hf_constant_time_less(values[i], values[j]), values[i] < values[j] ? SIZE_MAX : 0);
            assert_int_equal(hf_constant_time_equal(values[i], values[j]), values[i] == values[j] ? SIZE_MAX : 0);
        }
    assert_int_equal(hf_constant_time_select(SIZE_MAX, 3, 5), 3);
    assert_int_equal(hf_constant_time_select(0, 3, 5), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_padding_and_every_wrong_byte_of_it),
        cmocka_unit_test(masks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
