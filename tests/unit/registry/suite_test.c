/* The suites' rows against a second table, written by hand from RFC 9846 B.4, RFC 5289, 7905 and 7251. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/must.h"
#include "registry/suite.h"

struct expected {
    uint16_t id;
    size_t key_len;
    size_t tag_len;
    size_t hash_len;
    bool for_13;
    char auth; /* R, E or - */
};

static const struct expected expected[] = {
    {0x1301, 16, 16, 32, true, '-'},  {0x1302, 32, 16, 48, true, '-'},  {0x1303, 32, 16, 32, true, '-'},
    {0x1304, 16, 16, 32, true, '-'},  {0x1305, 16, 8, 32, true, '-'},   {0xc02b, 16, 16, 32, false, 'E'},
    {0xc02c, 32, 16, 48, false, 'E'}, {0xc02f, 16, 16, 32, false, 'R'}, {0xc030, 32, 16, 48, false, 'R'},
    {0xcca8, 32, 16, 32, false, 'R'}, {0xcca9, 32, 16, 32, false, 'E'}, {0xc0ac, 16, 16, 32, false, 'E'},
    {0xc0ad, 32, 16, 32, false, 'E'}, {0xc0ae, 16, 8, 32, false, 'E'},  {0xc0af, 32, 8, 32, false, 'E'},
};

static void test_rows(void **state)
{
    static const char letters[] = {'-', 'R', 'E'};
    (void)state;
    assert_int_equal(hf_suite_count(), HF_COUNT(expected));
    for (size_t i = 0; i < HF_COUNT(expected); i++) {
        const struct hf_suite *suite = hf_suite_find(expected[i].id);
        assert_non_null(suite);
        assert_int_equal(hf_aead_key_len(suite->aead), expected[i].key_len);
        assert_int_equal(hf_aead_tag_len(suite->aead), expected[i].tag_len);
        assert_int_equal(hf_hash_len(suite->hash), expected[i].hash_len);
        assert_int_equal(suite->versions, expected[i].for_13 ? HF_VERSION_BIT_13 : HF_VERSION_BIT_12);
        assert_int_equal(letters[suite->auth], expected[i].auth);
        assert_int_equal(suite->key_exchange,
                         expected[i].for_13 ? HF_SUITE_KEY_EXCHANGE_NONE : HF_SUITE_KEY_EXCHANGE_ECDHE);
    }
}

static void test_find(void **state)
{
    (void)state;
    for (size_t i = 0; i < hf_suite_count(); i++) {
        const struct hf_suite *suite = hf_suite_at(i);
        assert_ptr_equal(hf_suite_find(suite->id), suite);
        assert_ptr_equal(hf_suite_find_name(hf_span_of_text(suite->name)), suite);
        assert_ptr_equal(hf_suite_find_name(hf_span_of_text(suite->alias)), suite);
    }
    assert_null(hf_suite_at(hf_suite_count()));
    assert_null(hf_suite_find(0x0005)); /* RC4 */
    assert_null(hf_suite_find(0x00ff)); /* a signalling value, not a suite */
    assert_null(hf_suite_find_name(hf_span_of(NULL, 0)));
    assert_null(hf_suite_find_name(hf_span_of_text("TLS_AES_128_GCM")));
    assert_int_equal(hf_suite_find_name(hf_span_of_text("ecdhe-rsa-aes128-gcm-sha256"))->id, 0xc02f);
    assert_int_equal(hf_suite_find_name(hf_span_of_text("tls_aes_256_gcm_sha384"))->id, 0x1302);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_find),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
