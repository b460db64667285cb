/* PEM: blocks among text, line ends of all kinds, strict base64, and the line that is at fault. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "certificate/pem.h"

static void blocks_are_found(void **state)
{
    (void)state;
    struct hf_pem pem = hf_pem_of(hf_span_of_text("Bag Attributes\r\n  name: x\r\n"
                                                  "-----BEGIN CERTIFICATE-----\r\nAQID\r\n-----END CERTIFICATE-----\r\n"
                                                  "between\n"
                                                  "-----BEGIN RSA PRIVATE KEY-----\n"
                                                  "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nBAU=\n"
                                                  "-----END RSA PRIVATE KEY-----"));
    struct hf_pem_block block;
    struct hf_buffer buffer;
    unsigned line = 0;
    hf_buffer_init(&buffer, &hf_allocation_standard, 100);
    assert_int_equal(hf_pem_next(&pem, &block), HF_PEM_BLOCK);
    assert_true(hf_pem_has_label(&block, "CERTIFICATE") && !hf_pem_is_encrypted(&block));
    assert_int_equal(block.line, 3);
    assert_int_equal(hf_pem_decode(&block, &buffer, &line), HF_OK);
    assert_true(hf_span_equal(hf_buffer_span(&buffer), hf_span_of("\1\2\3", 3)));
    assert_int_equal(hf_pem_next(&pem, &block), HF_PEM_BLOCK);
    assert_true(hf_pem_has_label(&block, "RSA PRIVATE KEY") && hf_pem_is_encrypted(&block));
    assert_int_equal(hf_pem_decode(&block, &buffer, &line), HF_OK);
    assert_true(hf_span_equal(hf_buffer_span(&buffer), hf_span_of("\1\2\3\4\5", 5)));
    assert_int_equal(hf_pem_next(&pem, &block), HF_PEM_NONE);
    hf_buffer_release(&buffer);
}

static void broken_frames_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned line;
    } cases[] = {
        {"\n-----BEGIN A-----\nAAAA\n", 2},
        {"-----END A-----\n", 1},
        {"-----BEGIN A-----\nAAAA\n-----END B-----\n", 3},
        {"-----BEGIN A-----\nAAAA\n-----BEGIN A-----\nAAAA\n-----END A-----\n", 3},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct hf_pem pem = hf_pem_of(hf_span_of_text(cases[i].text));
        struct hf_pem_block block;
        assert_int_equal(hf_pem_next(&pem, &block), HF_PEM_FLAWED);
        assert_int_equal(pem.line, cases[i].line);
        assert_non_null(pem.flaw);
    }
    struct hf_pem pem = hf_pem_of(hf_span_of_text("no block -----BEGIN A-----\n"));
    struct hf_pem_block block;
    assert_int_equal(hf_pem_next(&pem, &block), HF_PEM_NONE);
}

static void base64_is_strict(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        unsigned line; /* 0: fine */
    } cases[] = {
        {"AQ==", 0},       {"AQI=", 0},     {"AQ\n==", 0},     {" A Q\tI = ", 0},
        {"AQIDBA==", 0},   {"AR==", 2}, /* unused bits */
        {"AQJ=", 2},       {"AQ=", 3},      {"AQ", 3},         {"A===", 2},
        {"====", 2},       {"AQ==AQ==", 2}, {"AQ==\nAQID", 3}, {"AQI-", 2},
        {"AQID\nAQ*D", 3}, {"", 3},         {"AQID\nA", 4},    {"AQ=A", 2},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[200];
        struct hf_pem_block block;
        struct hf_buffer buffer;
        unsigned line = 0;
        strcpy(text, "-----BEGIN A-----\n");
        strcat(strcat(text, cases[i].body), "\n-----END A-----\n");
        struct hf_pem pem = hf_pem_of(hf_span_of_text(text));
        hf_buffer_init(&buffer, &hf_allocation_standard, 100);
        assert_int_equal(hf_pem_next(&pem, &block), HF_PEM_BLOCK);
        enum hf_error error = hf_pem_decode(&block, &buffer, &line);
        if (error != (cases[i].line == 0 ? HF_OK : HF_ERR_file_malformed) || (error != HF_OK && line != cases[i].line))
            fail_msg("\"%s\": %s, line %u", cases[i].body, hf_error_name(error), line);
        if (error != HF_OK)
            assert_int_equal(hf_buffer_len(&buffer), 0);
        hf_buffer_release(&buffer);
    }
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    uint8_t bytes[200] = {0};
    for (size_t len = 1; len < sizeof(bytes); len++) {
        struct hf_buffer text;
        struct hf_buffer back;
        struct hf_pem_block block;
        bytes[len] = (uint8_t)(len * 37);
        hf_buffer_init(&text, &hf_allocation_standard, 1000);
        hf_buffer_init(&back, &hf_allocation_standard, len + 4);
        assert_int_equal(hf_pem_write("X Y", hf_span_of(bytes, len), &text), HF_OK);
        struct hf_pem pem = hf_pem_of(hf_buffer_span(&text));
        assert_int_equal(hf_pem_next(&pem, &block), HF_PEM_BLOCK);
        assert_int_equal(hf_pem_decode(&block, &back, NULL), HF_OK);
        assert_true(hf_span_equal(hf_buffer_span(&back), hf_span_of(bytes, len)));
        hf_buffer_release(&back);
        hf_buffer_init(&back, &hf_allocation_standard, len - 1);
        assert_int_equal(hf_pem_decode(&block, &back, NULL), HF_ERR_no_memory);
        hf_buffer_release(&back);
        hf_buffer_release(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_found),
        cmocka_unit_test(broken_frames_are_told),
        cmocka_unit_test(base64_is_strict),
        cmocka_unit_test(what_is_written_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
