/* Published vectors are texts of hexadecimal digits: this turns them into bytes. */
#ifndef HF_TESTS_TEST_HEX_H
#define HF_TESTS_TEST_HEX_H

#include "base/span.h"

#define HF_TEST_HEX_MAX 4096

struct hf_test_hex {
    uint8_t bytes[HF_TEST_HEX_MAX];
    size_t len;
};

/* Digits in pairs; spaces are passed over. The test fails on anything else. */
struct hf_test_hex hf_test_hex_of(const char *digits);

struct hf_span hf_test_hex_span(const struct hf_test_hex *hex);

/* Whether the bytes are those that the digits say. */
bool hf_test_hex_equal(struct hf_span bytes, const char *digits);

#endif
