/* Keys encrypted for a file and opened again, by the right pass phrase only (RFC 5958, RFC 8018). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "crypto/key_wrap.h"

enum { TEXT_MAX = 65536 };

static struct hf_toolbox *toolbox;
static const struct hf_allocator *const standard = &hf_allocation_standard;

static int set_up(void **state)
{
    (void)state;
    return hf_toolbox_new(standard, &toolbox) == HF_OK ? 0 : 1;
}

static int tear_down(void **state)
{
    (void)state;
    hf_toolbox_free(toolbox);
    return 0;
}

static void test_there_and_back(void **state)
{
    (void)state;
    static const enum hf_key_type types[] = {HF_KEY_P256, HF_KEY_ED25519};
    for (size_t i = 0; i < HF_COUNT(types); i++) {
        struct hf_private_key *key = NULL;
        assert_int_equal(hf_private_key_generate(toolbox, standard, types[i], 0, &key), HF_OK);
        struct hf_buffer text;
        struct hf_buffer before;
        struct hf_buffer after;
        hf_buffer_init(&text, standard, TEXT_MAX);
        hf_buffer_init(&before, standard, TEXT_MAX);
        hf_buffer_init(&after, standard, TEXT_MAX);
        assert_int_equal(hf_key_wrap_pem(standard, key, hf_span_of_text("correct horse"), &text), HF_OK);
        struct hf_private_key *again = NULL;
        struct hf_span none = hf_span_of(NULL, 0);
        assert_int_equal(hf_private_key_read_pem(toolbox, standard, hf_buffer_span(&text), none, &again),
                         HF_ERR_key_encrypted);
        assert_int_equal(
            hf_private_key_read_pem(toolbox, standard, hf_buffer_span(&text), hf_span_of_text("wrong"), &again),
            HF_ERR_pass_phrase_wrong);
        assert_int_equal(
            hf_private_key_read_pem(toolbox, standard, hf_buffer_span(&text), hf_span_of_text("correct horse"), &again),
            HF_OK);
        assert_int_equal(hf_private_key_write_pem(key, &before), HF_OK);
        assert_int_equal(hf_private_key_write_pem(again, &after), HF_OK);
        assert_true(hf_span_equal(hf_buffer_span(&before), hf_buffer_span(&after)));
        hf_private_key_free(again);
        hf_private_key_free(key);
        hf_buffer_release(&text);
        hf_buffer_release(&before);
        hf_buffer_release(&after);
    }
}

static void test_refused(void **state)
{
    (void)state;
    static const uint8_t long_pass[1025] = {1};
    struct hf_private_key *key = NULL;
    assert_int_equal(hf_private_key_generate(toolbox, standard, HF_KEY_P256, 0, &key), HF_OK);
    struct hf_buffer text;
    hf_buffer_init(&text, standard, TEXT_MAX);
    assert_int_equal(hf_key_wrap_pem(standard, key, hf_span_of(NULL, 0), &text), HF_ERR_setting_invalid);
    assert_int_equal(hf_key_wrap_pem(standard, key, hf_span_of(long_pass, sizeof(long_pass)), &text),
                     HF_ERR_setting_invalid);
    struct hf_buffer small;
    hf_buffer_init(&small, standard, 16);
    assert_int_equal(hf_key_wrap_pem(standard, key, hf_span_of_text("x"), &small), HF_ERR_no_memory);
    assert_int_equal(hf_buffer_len(&text), 0);
    assert_int_equal(hf_buffer_len(&small), 0);
    hf_buffer_release(&text);
    hf_buffer_release(&small);
    hf_private_key_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_there_and_back), cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
