/* The suites' rows against a second table, written by hand from RFC 9846 B.4, RFC 5289, 7905 and 7251. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include <handfast/config.h>

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
    size_t current = 0;
    for (size_t i = 0; i < hf_suite_count(); i++)
        current += hf_suite_is_current(hf_suite_at(i)) ? 1 : 0;
    assert_int_equal(current, HF_COUNT(expected));
    for (size_t i = 0; i < HF_COUNT(expected); i++) {
        const struct hf_suite *suite = hf_suite_find(expected[i].id);
        assert_non_null(suite);
        assert_true(hf_suite_is_current(suite));
        assert_int_equal(hf_aead_key_len(suite->aead), expected[i].key_len);
        assert_int_equal(hf_aead_tag_len(suite->aead), expected[i].tag_len);
        assert_int_equal(hf_hash_len(suite->hash), expected[i].hash_len);
        assert_int_equal(suite->versions, expected[i].for_13 ? HF_VERSION_BIT_13 : HF_VERSION_BIT_12);
        assert_int_equal(letters[suite->auth], expected[i].auth);
        assert_int_equal(suite->key_exchange,
                         expected[i].for_13 ? HF_SUITE_KEY_EXCHANGE_NONE : HF_SUITE_KEY_EXCHANGE_ECDHE);
    }
}

/* What the names say, against the columns: RFC 5246 A.5 and the RFCs of suites_on_request.def give no suite a name that
 * its parts do not make. */
static void test_names_of_historic_rows(void **state)
{
    static const struct {
        const char *name;
        struct hf_suite_traits traits;
    } exchanges[] = {
        {"TLS_RSA_WITH_", {.decrypts = true}},
        {"TLS_RSA_PSK_WITH_", {.decrypts = true, .has_psk = true}},
        {"TLS_DHE_RSA_WITH_", {.signs = true, .has_field = true}},
        {"TLS_DHE_PSK_WITH_", {.has_field = true, .has_psk = true}},
        {"TLS_PSK_DHE_WITH_", {.has_field = true, .has_psk = true}},
        {"TLS_ECDHE_RSA_WITH_", {.signs = true, .has_curve = true}},
        {"TLS_ECDHE_ECDSA_WITH_", {.signs = true, .has_curve = true}},
        {"TLS_ECDHE_PSK_WITH_", {.has_curve = true, .has_psk = true}},
        {"TLS_PSK_WITH_", {.has_psk = true}},
        {"TLS_SHA", {.signs = true}},
    };
    size_t seen = 0;
    (void)state;
    for (size_t i = 0; i < hf_suite_count(); i++) {
        const struct hf_suite *suite = hf_suite_at(i);
        const struct hf_suite_traits *traits = hf_suite_traits_of(suite);
        for (size_t j = 0; j < HF_COUNT(exchanges) && !hf_suite_is_current(suite); j++) {
            if (strncmp(suite->name, exchanges[j].name, strlen(exchanges[j].name)) != 0)
                continue;
            assert_memory_equal(traits, &exchanges[j].traits, sizeof *traits);
            seen++;
        }
        bool is_null = strstr(suite->name, "_NULL_") != NULL || strncmp(suite->name, "TLS_SHA", 7) == 0;
        bool is_cbc = strstr(suite->name, "_CBC_") != NULL;
        assert_int_equal((suite->switches & HF_HISTORIC_NULL_ENCRYPTION) != 0, is_null);
        const bool is_3des = strstr(suite->name, "_3DES_") != NULL;
        assert_int_equal((suite->switches & HF_HISTORIC_CBC) != 0, is_cbc);
        assert_int_equal((suite->switches & HF_HISTORIC_3DES) != 0, is_3des);
        assert_int_equal((suite->switches & HF_HISTORIC_RSA_KEY_EXCHANGE) != 0, traits->decrypts);
        assert_int_equal((suite->switches & HF_HISTORIC_DHE) != 0, traits->has_field);
        assert_int_equal(suite->block != HF_BLOCK_CIPHER_NONE, is_cbc);
        assert_int_equal(suite->mac != HF_HASH_NONE, is_cbc || is_null);
        assert_int_equal(suite->aead == HF_AEAD_NONE, is_cbc || is_null);
        assert_int_equal(hf_suite_is_readable(suite), is_null);
        assert_int_equal(hf_suite_key_len(suite), is_null                                ? 0
                                                  : is_3des                              ? 24
                                                  : strstr(suite->name, "_128_") != NULL ? 16
                                                                                         : 32);
    }
    assert_int_equal(seen, 93);
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
        cmocka_unit_test(test_names_of_historic_rows),
        cmocka_unit_test(test_find),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
