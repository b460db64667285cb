/* The type behind the content, by a truth table. RFC 9846 5.4. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "record/inner_plaintext.h"

static void the_last_byte_that_is_not_zero_is_the_type(void **state)
{
    (void)state;
    static const struct {
        uint8_t bytes[5];
        size_t len;
        enum hf_error error;
        uint8_t type;
        size_t content_len, padding;
    } cases[] = {
        {{0}, 0, HF_ERR_inner_plaintext_empty, 0, 0, 0},
        {{0, 0, 0}, 3, HF_ERR_inner_plaintext_empty, 0, 0, 0},
        {{23}, 1, HF_OK, 23, 0, 0},
        {{1, 2, 23}, 3, HF_OK, 23, 2, 0},
        {{1, 0, 22, 0, 0}, 5, HF_OK, 22, 2, 2},
        {{0, 0, 21, 0}, 4, HF_OK, 21, 2, 1},
    };
    for (size_t i = 0; i < HF_COUNT(cases); i++) {
        struct hf_record_content content = {.sequence = 7};
        struct hf_span inner = hf_span_of(cases[i].bytes, cases[i].len);
        assert_int_equal(hf_inner_plaintext_read(inner, &content), cases[i].error);
        assert_int_equal(content.type, cases[i].type);
        assert_int_equal(content.bytes.len, cases[i].content_len);
        assert_int_equal(content.padding, cases[i].padding);
        assert_int_equal(content.sequence, 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_byte_that_is_not_zero_is_the_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
