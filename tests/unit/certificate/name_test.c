/* Names: printed so that nothing can be mistaken, and compared as RFC 5280 7.1 asks. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "certificate/name.h"
#include "support/test_hex.h"

/* One attribute commonName of this string type. */
static struct hf_test_hex name(uint8_t tag, const char *value)
{
    struct hf_test_hex made = {0};
    size_t len = strlen(value);
    const uint8_t head[] = {
        0x30, (uint8_t)(len + 11), 0x31, (uint8_t)(len + 9), 0x30, (uint8_t)(len + 7), 0x06, 0x03, 0x55, 0x04, 0x03,
        tag,  (uint8_t)len};
    memcpy(made.bytes, head, sizeof(head));
    memcpy(made.bytes + sizeof(head), value, len);
    made.len = sizeof(head) + len;
    return made;
}

static void comparison_folds(void **state)
{
    (void)state;
    static const struct {
        uint8_t tag_a;
        const char *a;
        uint8_t tag_b;
        const char *b;
        bool equal;
    } cases[] = {
        {HF_DER_UTF8_STRING, "Lab Root", HF_DER_UTF8_STRING, "Lab Root", true},
        {HF_DER_UTF8_STRING, "Lab Root", HF_DER_PRINTABLE_STRING, "lab root", true},
        {HF_DER_UTF8_STRING, "  Lab   Root ", HF_DER_UTF8_STRING, "Lab Root", true},
        {HF_DER_UTF8_STRING, "LabRoot", HF_DER_UTF8_STRING, "Lab Root", false},
        {HF_DER_UTF8_STRING, "Lab Root", HF_DER_UTF8_STRING, "Lab Roo", false},
        {HF_DER_UTF8_STRING, "Lab Roo", HF_DER_UTF8_STRING, "Lab Root", false},
        {HF_DER_UTF8_STRING, "   ", HF_DER_UTF8_STRING, "", true},
        {HF_DER_UTF8_STRING, "\xc3\xa4", HF_DER_UTF8_STRING, "\xc3\x84", false}, /* only ASCII has its case folded */
        {HF_DER_TELETEX_STRING, "A", HF_DER_TELETEX_STRING, "A", true},
        {HF_DER_TELETEX_STRING, "A", HF_DER_TELETEX_STRING, "a", false},
        {HF_DER_TELETEX_STRING, "A", HF_DER_UTF8_STRING, "A", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct hf_test_hex a = name(cases[i].tag_a, cases[i].a);
        struct hf_test_hex b = name(cases[i].tag_b, cases[i].b);
        assert_true(hf_name_check(hf_test_hex_span(&a)) && hf_name_check(hf_test_hex_span(&b)));
        bool equal = hf_name_equal(hf_test_hex_span(&a), hf_test_hex_span(&b));
        if (equal != cases[i].equal)
            fail_msg("\"%s\" and \"%s\"", cases[i].a, cases[i].b);
        if (equal)
            assert_int_equal(hf_name_hash(hf_test_hex_span(&a)), hf_name_hash(hf_test_hex_span(&b)));
    }
}

static void printing_cannot_be_forged(void **state)
{
    (void)state;
    char line[64];
    struct hf_text text = hf_text_of(line, sizeof(line));
    struct hf_test_hex made = name(HF_DER_UTF8_STRING, "x, O=Bank\n\x1b[2J\\");
    hf_name_print(hf_test_hex_span(&made), &text);
    assert_string_equal(line, "CN=x\\, O\\=Bank\\x0a\\x1b[2J\\\\");
    text = hf_text_of(line, sizeof(line));
    hf_name_print(hf_span_of("\x30\x00", 2), &text);
    assert_string_equal(line, "(no name)");
    assert_true(hf_name_is_empty(hf_span_of("\x30\x00", 2)));
    assert_true(hf_name_is_within(hf_span_of("\x30\x00", 2), hf_test_hex_span(&made)));
    assert_false(hf_name_is_within(hf_test_hex_span(&made), hf_span_of("\x30\x00", 2)));
}

static void malformed_names_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "30", "3100", "30023100", "300431023000", "3001", "30053103300106"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct hf_test_hex hex = hf_test_hex_of(bad[i]);
        assert_false(hf_name_check(hf_test_hex_span(&hex)));
    }
}

/* libcrypto cannot read a certificate with others either. */
static void only_types_of_names_are_values(void **state)
{
    (void)state;
    static const struct {
        uint8_t tag;
        const char *value;
        bool fine;
    } cases[] = {
        {HF_DER_UTF8_STRING, "N1", true},
        {HF_DER_NUMERIC_STRING, "12", true},
        {HF_DER_TELETEX_STRING, "N1", true},
        {HF_DER_BIT_STRING, "\x01x", true},
        {HF_DER_BMP_STRING, "N1", true},
        {HF_DER_BMP_STRING, "N12", false},
        {HF_DER_UNIVERSAL_STRING, "N123", true},
        {HF_DER_UNIVERSAL_STRING, "N1", false},
        {HF_DER_UTF8_STRING, "\xc3\xa4", true},
        {HF_DER_UTF8_STRING, "\xf0\x9f\x94\x91x", true},
        {HF_DER_UTF8_STRING, "\xe4.lan", false},
        {HF_DER_UTF8_STRING, "x\xc3", false},
        {HF_DER_UTF8_STRING, "\xc1\xa1", false},
        {HF_DER_UTF8_STRING, "\xed\xa0\x80", false},
        {HF_DER_UTF8_STRING, "\xf4\x90\x80\x80", false},
        {HF_DER_UTF8_STRING, "\x80", false},
        {HF_DER_INTEGER, "N1", false},
        {HF_DER_OID, "N1", false},
        {HF_DER_CONTEXT_SET(12), "N1", false},
        {HF_DER_CONTEXT(12), "N1", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct hf_test_hex made = name(cases[i].tag, cases[i].value);
        assert_int_equal(hf_name_check(hf_test_hex_span(&made)), cases[i].fine);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comparison_folds),
        cmocka_unit_test(printing_cannot_be_forged),
        cmocka_unit_test(malformed_names_are_refused),
        cmocka_unit_test(only_types_of_names_are_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
