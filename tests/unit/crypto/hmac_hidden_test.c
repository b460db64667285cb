/* The HMAC over a hidden length against the plain one, over every length that a padding leaves. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "crypto/hmac.h"
#include "crypto/hmac_hidden.h"

static void agrees_with_the_plain_one(void **state)
{
    static const enum hf_hash_id hashes[] = {HF_HASH_SHA1, HF_HASH_SHA256, HF_HASH_SHA384};
    struct hf_toolbox *toolbox;
    uint8_t message[512];
    uint8_t header[HF_HMAC_HIDDEN_HEADER_LEN] = {0, 0, 0, 0, 0, 0, 0, 1, 23, 3, 3, 0, 0};
    (void)state;
    assert_int_equal(hf_toolbox_new(&hf_allocation_standard, &toolbox), HF_OK);
    for (size_t i = 0; i < sizeof message; i++)
        message[i] = (uint8_t)(i * 11);
    for (size_t h = 0; h < sizeof hashes / sizeof hashes[0]; h++)
        for (size_t len = sizeof message - hf_hash_len(hashes[h]) - 256; len + hf_hash_len(hashes[h]) < sizeof message;
             len++) {
            struct hf_digest hidden;
            struct hf_digest plain;
            header[11] = (uint8_t)(len >> 8);
            header[12] = (uint8_t)len;
            const struct hf_hmac_hidden_input input = {
                .key = hf_span_of(message, 20),
                .header = hf_span_of(header, sizeof header),
                .message = hf_span_of(message, sizeof message),
                .hidden_len = len,
            };
            const struct hf_span parts[] = {input.header, hf_span_of(message, len)};
            assert_int_equal(hf_hmac_hidden(toolbox, hashes[h], &input, &hidden), HF_OK);
            assert_int_equal(hf_hmac_once(toolbox, hashes[h], input.key, parts, 2, &plain), HF_OK);
            assert_true(hf_span_equal(hf_digest_span(&hidden), hf_digest_span(&plain)));
        }
    hf_toolbox_free(toolbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_the_plain_one)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
