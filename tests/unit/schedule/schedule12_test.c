/* TLS 1.2: known answers for master, key block and Finished, and that the premaster is wiped whatever happens. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "schedule/schedule12.h"
#include "support/vector_page.h"

#include <stdio.h>
#include <stdlib.h>

static struct hf_vector_page page;
static struct hf_toolbox *toolbox;

static int setup(void **state)
{
    (void)state;
    page = hf_vector_page_open("tls12_prf.txt");
    return hf_toolbox_new(&hf_allocation_standard, &toolbox) == HF_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    hf_vector_page_free(&page);
    hf_toolbox_free(toolbox);
    return 0;
}

static void assert_is(struct hf_span got, const char *section, const char *name)
{
    struct hf_span wanted = hf_vector_page_get(&page, section, name);
    assert_true(hf_span_equal(got, wanted));
    free((void *)(uintptr_t)wanted.data);
}

static void init(struct hf_schedule12 *schedule, enum hf_hash_id hash, const char *section, const char *prefix)
{
    char names[2][32];
    (void)snprintf(names[0], sizeof names[0], "%sclient_random", prefix);
    (void)snprintf(names[1], sizeof names[1], "%sserver_random", prefix);
    struct hf_schedule12_hellos hellos = {hf_vector_page_get(&page, section, names[0]),
                                          hf_vector_page_get(&page, section, names[1])};
    assert_int_equal(hf_schedule12_init(schedule, toolbox, hash, &hellos), HF_OK);
    free((void *)(uintptr_t)hellos.client_random.data);
    free((void *)(uintptr_t)hellos.server_random.data);
}

static void load_premaster(struct hf_premaster *premaster)
{
    struct hf_span bytes = hf_vector_page_get(&page, "nist", "premaster");
    assert_true(hf_span_copy(bytes, premaster->bytes, sizeof premaster->bytes));
    premaster->len = bytes.len;
    free((void *)(uintptr_t)bytes.data);
}

static struct hf_digest counting(size_t len)
{
    struct hf_digest digest = {.len = len};
    for (size_t i = 0; i < len; i++)
        digest.bytes[i] = (uint8_t)i;
    return digest;
}

static void assert_wiped(const struct hf_premaster *premaster)
{
    assert_int_equal(premaster->len, 0);
    for (size_t i = 0; i < sizeof premaster->bytes; i++)
        assert_int_equal(premaster->bytes[i], 0);
}

static void master_and_finished(void **state)
{
    (void)state;
    HF_WIPED_SCHEDULE12 struct hf_schedule12 schedule = {0};
    struct hf_premaster premaster;
    struct hf_digest digest = counting(32);
    struct hf_digest verify_data;
    init(&schedule, HF_HASH_SHA256, "nist", "hello_");
    load_premaster(&premaster);
    assert_int_equal(hf_schedule12_finished(&schedule, HF_CLIENT, &digest, &verify_data), HF_ERR_wrong_call);
    assert_int_equal(hf_schedule12_master(&schedule, &premaster), HF_OK);
    assert_wiped(&premaster);
    assert_is(hf_secret_span(&schedule.master), "nist", "master");
    assert_int_equal(hf_schedule12_finished(&schedule, HF_CLIENT, &digest, &verify_data), HF_OK);
    assert_is(hf_digest_span(&verify_data), "nist", "client_finished");
    assert_int_equal(hf_schedule12_finished(&schedule, HF_SERVER, &digest, &verify_data), HF_OK);
    assert_is(hf_digest_span(&verify_data), "nist", "server_finished");
}

/* The sample's key block, cut as AES-256-GCM would, then as a MAC suite. */
static void key_block(void **state)
{
    (void)state;
    HF_WIPED_SCHEDULE12 struct hf_schedule12 schedule = {0};
    struct hf_secret master = {0};
    struct hf_span bytes = hf_vector_page_get(&page, "nist", "master");
    struct hf_span block = hf_vector_page_get(&page, "nist", "key_block");
    struct hf_traffic_keys client, server;
    struct hf_key_block_shape shape = {.key_len = 32, .iv_len = 4};
    assert_true(hf_secret_set(&master, bytes));
    init(&schedule, HF_HASH_SHA256, "nist", "");
    assert_int_equal(hf_schedule12_keys(&schedule, &shape, &client, &server), HF_ERR_wrong_call);
    assert_int_equal(hf_schedule12_resume(&schedule, &master, true), HF_OK);
    assert_int_equal(hf_schedule12_resume(&schedule, &master, true), HF_ERR_wrong_call);
    assert_int_equal(hf_schedule12_keys(&schedule, &shape, &client, &server), HF_OK);
    assert_true(hf_span_equal(hf_secret_span(&client.key), hf_span_part(block, 0, 32)));
    assert_true(hf_span_equal(hf_secret_span(&server.key), hf_span_part(block, 32, 32)));
    assert_true(hf_span_equal(hf_secret_span(&client.iv), hf_span_part(block, 64, 4)));
    assert_true(hf_span_equal(hf_secret_span(&server.iv), hf_span_part(block, 68, 4)));
    assert_int_equal(client.mac.len, 0);
    shape = (struct hf_key_block_shape){.mac_len = 32, .key_len = 16, .iv_len = 16};
    assert_int_equal(hf_schedule12_keys(&schedule, &shape, &client, &server), HF_OK);
    assert_true(hf_span_equal(hf_secret_span(&server.mac), hf_span_part(block, 32, 32)));
    assert_true(hf_span_equal(hf_secret_span(&server.iv), hf_span_part(block, 112, 16)));
    shape.key_len = 65;
    assert_int_equal(hf_schedule12_keys(&schedule, &shape, &client, &server), HF_ERR_wrong_call);
    free((void *)(uintptr_t)bytes.data);
    free((void *)(uintptr_t)block.data);
}

static void extended_master_and_exporter(void **state)
{
    (void)state;
    HF_WIPED_SCHEDULE12 struct hf_schedule12 schedule = {0};
    struct hf_premaster premaster;
    struct hf_digest session_hash = counting(48);
    struct hf_export_request request = {.label = hf_span_of_text("EXPORTER-test")};
    uint8_t out[40];
    init(&schedule, HF_HASH_SHA384, "extended", "");
    load_premaster(&premaster);
    assert_int_equal(hf_schedule12_extended_master(&schedule, &premaster, &session_hash), HF_OK);
    assert_wiped(&premaster);
    assert_is(hf_secret_span(&schedule.master), "extended", "master");
    assert_int_equal(hf_schedule12_export(&schedule, &request, out, sizeof out), HF_OK);
    assert_is(hf_span_of(out, sizeof out), "extended", "export_absent");
    request.has_context = true;
    assert_int_equal(hf_schedule12_export(&schedule, &request, out, sizeof out), HF_OK);
    assert_is(hf_span_of(out, sizeof out), "extended", "export_empty");
    request.context = hf_span_of_text("abc");
    assert_int_equal(hf_schedule12_export(&schedule, &request, out, sizeof out), HF_OK);
    assert_is(hf_span_of(out, sizeof out), "extended", "export_context");
}

static void nothing_is_exported_without_extended_master(void **state)
{
    (void)state;
    HF_WIPED_SCHEDULE12 struct hf_schedule12 schedule = {0};
    struct hf_premaster premaster;
    struct hf_export_request request = {.label = hf_span_of_text("EXPORTER-test")};
    uint8_t out[4] = {1, 2, 3, 4};
    init(&schedule, HF_HASH_SHA256, "nist", "hello_");
    load_premaster(&premaster);
    assert_int_equal(hf_schedule12_master(&schedule, &premaster), HF_OK);
    assert_int_equal(hf_schedule12_export(&schedule, &request, out, sizeof out), HF_ERR_wrong_call);
    assert_int_equal(out[0] | out[1] | out[2] | out[3], 0);
}

static void premaster_is_wiped_on_failure(void **state)
{
    (void)state;
    HF_WIPED_SCHEDULE12 struct hf_schedule12 schedule = {0};
    struct hf_premaster premaster;
    load_premaster(&premaster);
    assert_int_equal(hf_schedule12_master(&schedule, &premaster), HF_ERR_wrong_call); /* before init */
    assert_wiped(&premaster);
    struct hf_schedule12_hellos hellos = {hf_span_of("x", 1), hf_span_of("y", 1)};
    assert_int_equal(hf_schedule12_init(&schedule, toolbox, HF_HASH_SHA256, &hellos), HF_ERR_wrong_call);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(master_and_finished),           cmocka_unit_test(key_block),
        cmocka_unit_test(extended_master_and_exporter),  cmocka_unit_test(nothing_is_exported_without_extended_master),
        cmocka_unit_test(premaster_is_wiped_on_failure),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
