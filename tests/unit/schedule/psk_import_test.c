/* Imported keys by known answers, which tests/tools/psk_import_test.py computes by other means. RFC 9258 5.1. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>

#include "schedule/psk_import.h"
#include "support/vector_page.h"

static void give_back(struct hf_span bytes)
{
    free((void *)(uintptr_t)bytes.data);
}

static const struct {
    const char *section;
    const char *prefix;
    enum hf_hash_id hash, target;
} cases[] = {
    {"tls sha256 to sha256", NULL, HF_HASH_SHA256, HF_HASH_SHA256},
    {"tls sha256 to sha384", NULL, HF_HASH_SHA256, HF_HASH_SHA384},
    {"tls sha384 to sha256", NULL, HF_HASH_SHA384, HF_HASH_SHA256},
    {"dtls sha256 to sha384", "dtls13", HF_HASH_SHA256, HF_HASH_SHA384},
};

static void the_known_answers_come_out(void **state)
{
    struct hf_vector_page page = hf_vector_page_open("psk_import.txt");
    struct hf_toolbox *toolbox;
    (void)state;
    assert_int_equal(hf_toolbox_new(&hf_allocation_standard, &toolbox), HF_OK);
    for (size_t i = 0; i < HF_COUNT(cases); i++) {
        struct hf_span external = hf_vector_page_get(&page, cases[i].section, "external");
        struct hf_span identity = hf_vector_page_get(&page, cases[i].section, "identity");
        struct hf_span imported = hf_vector_page_get(&page, cases[i].section, "imported");
        const struct hf_psk_import import = {
            .toolbox = toolbox,
            .prefix = cases[i].prefix,
            .hash = cases[i].hash,
            .target = cases[i].target,
            .identity = identity,
        };
        struct hf_secret from = {0}, key = {0};
        assert_true(hf_secret_set(&from, external));
        assert_int_equal(hf_psk_import_derive(&import, &from, &key), HF_OK);
        assert_int_equal(key.len, imported.len);
        assert_memory_equal(key.bytes, imported.data, imported.len);
        give_back(external);
        give_back(identity);
        give_back(imported);
    }
    hf_toolbox_free(toolbox);
    hf_vector_page_free(&page);
}

static void hashes_have_their_numbers(void **state)
{
    (void)state;
    assert_int_equal(hf_psk_import_kdf(HF_HASH_SHA256), 1);
    assert_int_equal(hf_psk_import_kdf(HF_HASH_SHA384), 2);
    assert_int_equal(hf_psk_import_hash(2), HF_HASH_SHA384);
    assert_int_equal(hf_psk_import_hash(0), HF_HASH_NONE);
    assert_int_equal(hf_psk_import_hash(3), HF_HASH_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_known_answers_come_out),
        cmocka_unit_test(hashes_have_their_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
