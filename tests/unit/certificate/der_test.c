/* DER: what may be read, and the forms that BER allows and DER does not. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "certificate/der.h"
#include "certificate/oid.h"
#include "support/test_hex.h"

static void lengths_are_shortest(void **state)
{
    (void)state;
    static const char *const bad[] = {"0480", "0481 00", "0481 7f", "0482 00ff", "0483 00ffff", "0484 00000001 00",
                                      "04ff", "0401",    "0402 00", "04",        "1f0100",      "df8100"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct hf_test_hex hex = hf_test_hex_of(bad[i]);
        struct hf_der der = hf_der_of(hf_test_hex_span(&hex));
        uint8_t tag = 0;
        struct hf_span content = {0};
        struct hf_span whole = {0};
        if (hf_der_element(&der, &tag, &content, &whole) || hf_der_end(&der))
            fail_msg("%s", bad[i]);
    }
    uint8_t bytes[3 + 128] = {0x04, 0x81, 0x80};
    struct hf_der der = hf_der_of(hf_span_of(bytes, sizeof(bytes)));
    assert_int_equal(hf_der_take(&der, HF_DER_OCTET_STRING).len, 128);
    assert_true(hf_der_end(&der));
}

static void integers(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        bool fine;
        uint32_t value;
    } cases[] = {{"020100", true, 0},
                 {"02017f", true, 127},
                 {"02020080", true, 128},
                 {"0203010000", true, 65536},
                 {"020500ffffffff", true, INT32_MAX},
                 {"0209008000000000000000", true, INT32_MAX},
                 {"0200", false, 0},
                 {"02020001", false, 0},
                 {"020180", false, 0},
                 {"0202ff80", false, 0},
                 {"030100", false, 0}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct hf_test_hex hex = hf_test_hex_of(cases[i].hex);
        struct hf_der der = hf_der_of(hf_test_hex_span(&hex));
        uint32_t value = hf_der_small(&der);
        if (hf_der_end(&der) != cases[i].fine || (cases[i].fine && value != cases[i].value))
            fail_msg("%s: %u", cases[i].hex, (unsigned)value);
    }
}

static void times(void **state)
{
    (void)state;
    static const struct {
        uint8_t tag;
        const char *text;
        bool fine;
        int64_t value;
    } cases[] = {
        {HF_DER_UTC_TIME, "700101000000Z", true, 0},
        {HF_DER_UTC_TIME, "261123120000Z", true, 1795435200},
        {HF_DER_UTC_TIME, "500101000000Z", true, -631152000},
        {HF_DER_UTC_TIME, "491231235959Z", true, 2524607999},
        {HF_DER_UTC_TIME, "240229000000Z", true, 1709164800},
        {HF_DER_GENERALIZED_TIME, "20500101000000Z", true, 2524608000},
        {HF_DER_GENERALIZED_TIME, "99991231235959Z", true, 253402300799},
        {HF_DER_GENERALIZED_TIME, "20000229000000Z", true, 951782400},
        {HF_DER_GENERALIZED_TIME, "21000229000000Z", false, 0},
        {HF_DER_UTC_TIME, "250229000000Z", false, 0},
        {HF_DER_UTC_TIME, "250431000000Z", false, 0},
        {HF_DER_UTC_TIME, "251301000000Z", false, 0},
        {HF_DER_UTC_TIME, "250001000000Z", false, 0},
        {HF_DER_UTC_TIME, "250100000000Z", false, 0},
        {HF_DER_UTC_TIME, "250101240000Z", false, 0},
        {HF_DER_UTC_TIME, "250101006000Z", false, 0},
        {HF_DER_UTC_TIME, "250101000060Z", false, 0},
        {HF_DER_UTC_TIME, "2501010000Z", false, 0},
        {HF_DER_UTC_TIME, "250101000000+0100", false, 0},
        {HF_DER_UTC_TIME, "250101000000", false, 0},
        {HF_DER_UTC_TIME, "25010100000aZ", false, 0},
        {HF_DER_GENERALIZED_TIME, "20250101000000.5Z", false, 0},
        {HF_DER_IA5_STRING, "250101000000Z", false, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct hf_span text = hf_span_of_text(cases[i].text);
        uint8_t bytes[32] = {cases[i].tag, (uint8_t)text.len};
        assert_true(hf_span_copy(text, bytes + 2, sizeof(bytes) - 2));
        struct hf_der der = hf_der_of(hf_span_of(bytes, text.len + 2));
        int64_t value = hf_der_time(&der);
        if (hf_der_end(&der) != cases[i].fine || (cases[i].fine && value != cases[i].value))
            fail_msg("%s: %lld", cases[i].text, (long long)value);
    }
}

static void depth_and_oids(void **state)
{
    (void)state;
    uint8_t nested[2 * (HF_DER_DEPTH_MAX + 1)];
    for (size_t i = 0; i < HF_DER_DEPTH_MAX + 1; i++) {
        nested[2 * i] = 0x30;
        nested[2 * i + 1] = (uint8_t)(sizeof(nested) - 2 * (i + 1));
    }
    struct hf_der der = hf_der_of(hf_span_of(nested, sizeof(nested)));
    for (size_t i = 0; i < HF_DER_DEPTH_MAX; i++) {
        der = hf_der_enter(&der, HF_DER_SEQUENCE);
        assert_true(hf_der_more(&der));
    }
    der = hf_der_enter(&der, HF_DER_SEQUENCE);
    assert_false(hf_der_end(&der));
    char line[64];
    struct hf_text text = hf_text_of(line, sizeof(line));
    hf_oid_print(HF_OID("\x2a\x86\x48\xce\x3d\x04\x03\x02"), &text);
    hf_text_add(&text, " ");
    hf_oid_print(HF_OID("\x88\x37\x03"), &text);
    assert_string_equal(line, "1.2.840.10045.4.3.2 2.999.3");
    assert_false(hf_oid_check(HF_OID("\x2a\x86")));
    assert_false(hf_oid_check(HF_OID("\x2a\x80\x01")));
    assert_false(hf_oid_check(hf_span_of(NULL, 0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_are_shortest),
        cmocka_unit_test(integers),
        cmocka_unit_test(times),
        cmocka_unit_test(depth_and_oids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
