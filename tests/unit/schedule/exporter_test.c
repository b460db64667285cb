/* Exporters: known answers in 1.3, and the labels and lengths that are refused. 1.2's answers: schedule12_test.c. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "schedule/exporter.h"
#include "support/vector_page.h"

#include <stdlib.h>

static void known_answers13(void **state)
{
    (void)state;
    struct hf_vector_page page = hf_vector_page_open("exporter13.txt");
    struct hf_toolbox *toolbox = NULL;
    struct hf_secret secret = {0};
    struct hf_export_request request = {.label = hf_span_of_text("EXPORTER-test")};
    struct hf_span bytes = hf_vector_page_get(&page, "sha256", "secret");
    struct hf_span empty = hf_vector_page_get(&page, "sha256", "empty");
    struct hf_span context = hf_vector_page_get(&page, "sha256", "context");
    uint8_t out[40];
    assert_int_equal(hf_toolbox_new(&hf_allocation_standard, &toolbox), HF_OK);
    assert_true(hf_secret_set(&secret, bytes));
    assert_int_equal(hf_exporter13(toolbox, HF_HASH_SHA256, &secret, &request, out, sizeof out), HF_OK);
    assert_true(hf_span_equal(hf_span_of(out, sizeof out), empty));
    request.has_context = true; /* empty and absent are the same in 1.3 */
    assert_int_equal(hf_exporter13(toolbox, HF_HASH_SHA256, &secret, &request, out, sizeof out), HF_OK);
    assert_true(hf_span_equal(hf_span_of(out, sizeof out), empty));
    request.context = hf_span_of_text("abc");
    assert_int_equal(hf_exporter13(toolbox, HF_HASH_SHA256, &secret, &request, out, sizeof out), HF_OK);
    assert_true(hf_span_equal(hf_span_of(out, sizeof out), context));
    uint8_t label[250] = {'a'};
    request.label = hf_span_of(label, sizeof label);
    assert_int_equal(hf_exporter13(toolbox, HF_HASH_SHA256, &secret, &request, out, sizeof out), HF_ERR_wrong_call);
    assert_int_equal(out[0], 0);
    free((void *)(uintptr_t)bytes.data);
    free((void *)(uintptr_t)empty.data);
    free((void *)(uintptr_t)context.data);
    hf_toolbox_free(toolbox);
    hf_vector_page_free(&page);
}

static void refused12(void **state)
{
    (void)state;
    static const char *const labels[] = {"client finished", "server finished", "master secret",
                                         "extended master secret", "key expansion"};
    static const uint8_t random[32];
    static uint8_t long_bytes[65536];
    struct hf_toolbox *toolbox = NULL;
    struct hf_secret master = {.len = 48};
    struct hf_exporter12_source source = {&master, hf_span_of(random, 32), hf_span_of(random, 32)};
    uint8_t out[4];
    assert_int_equal(hf_toolbox_new(&hf_allocation_standard, &toolbox), HF_OK);
    for (size_t i = 0; i < HF_COUNT(labels); i++) {
        struct hf_export_request request = {.label = hf_span_of_text(labels[i])};
        assert_int_equal(hf_exporter12(toolbox, HF_HASH_SHA256, &source, &request, out, 4), HF_ERR_wrong_call);
    }
    struct hf_export_request request = {.label = hf_span_of_text("")}; /* RFC 5705 4 asks for none in particular */
    assert_int_equal(hf_exporter12(toolbox, HF_HASH_SHA256, &source, &request, out, 4), HF_OK);
    request.label = hf_span_of_text("EXPORTER-x");
    assert_int_equal(hf_exporter12(toolbox, HF_HASH_SHA256, &source, &request, out, 4), HF_OK);
    request.has_context = true;
    request.context = hf_span_of(long_bytes, sizeof long_bytes);
    assert_int_equal(hf_exporter12(toolbox, HF_HASH_SHA256, &source, &request, out, 4), HF_ERR_wrong_call);
    request = (struct hf_export_request){.label = hf_span_of("a\0b", 3)};
    assert_int_equal(hf_exporter12(toolbox, HF_HASH_SHA256, &source, &request, out, 4), HF_ERR_wrong_call);
    request.label = hf_span_of(long_bytes, 129);
    assert_int_equal(hf_exporter12(toolbox, HF_HASH_SHA256, &source, &request, out, 4), HF_ERR_wrong_call);
    hf_toolbox_free(toolbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(known_answers13), cmocka_unit_test(refused12)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
