/* TLS 1.2 AEAD records: known records of every AEAD, corruption, truncation, wrong keys. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "record/tls12.h"
#include "unit/record/known_records.h"

static struct hf_toolbox *toolbox;

static int setup(void **state)
{
    (void)state;
    return hf_toolbox_new(&hf_allocation_standard, &toolbox) == HF_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    hf_toolbox_free(toolbox);
    return 0;
}

static void known_records(void **state)
{
    (void)state;
    for (enum hf_aead_id aead = HF_AEAD_NONE + 1; aead < HF_AEAD_COUNT; aead++)
        check_section(hf_tls12_new, toolbox, "tls12", aead, hf_tls12_iv_len(aead), 0);
}

static void wrong_lengths_are_refused(void **state)
{
    (void)state;
    struct hf_record_protection *made = NULL;
    struct hf_traffic_keys keys = known_keys(HF_AEAD_AES_128_GCM, 12);
    assert_int_equal(hf_tls12_new(toolbox, &hf_allocation_standard, HF_AEAD_AES_128_GCM, HF_AEAD_SEAL, &keys, &made),
                     HF_ERR_wrong_call);
    keys = known_keys(HF_AEAD_AES_256_GCM, 4);
    assert_int_equal(hf_tls12_new(toolbox, &hf_allocation_standard, HF_AEAD_AES_128_GCM, HF_AEAD_SEAL, &keys, &made),
                     HF_ERR_wrong_call);
    assert_null(made);
    assert_int_equal(hf_tls12_iv_len(HF_AEAD_NONE), 0);
    assert_int_equal(hf_tls12_iv_len(HF_AEAD_CHACHA20_POLY1305), 12);
}

static void content_too_long_is_refused(void **state)
{
    (void)state;
    static uint8_t room[20000];
    static const uint8_t body[16384 + 25];
    static const uint8_t header[] = {23, 3, 3, 0x40, 25};
    struct hf_record_protection *made = NULL;
    struct hf_traffic_keys keys = known_keys(HF_AEAD_AES_128_GCM, 4);
    struct hf_record_content opened;
    struct hf_record_content content = {.type = 23, .bytes = hf_span_of(body, HF_RECORD_CONTENT_MAX + 1)};
    struct hf_record_wire wire = {.header = hf_span_of(header, 5), .body = hf_span_of(body, sizeof body)};
    assert_int_equal(hf_tls12_new(toolbox, &hf_allocation_standard, HF_AEAD_AES_128_GCM, HF_AEAD_OPEN, &keys, &made),
                     HF_OK);
    assert_int_equal(hf_record_open(made, &wire, room, &opened), HF_ERR_record_too_long);
    wire.body.len--;
    assert_int_equal(hf_record_open(made, &wire, room, &opened), HF_ERR_bad_record);
    hf_record_free(made);
    assert_int_equal(hf_tls12_new(toolbox, &hf_allocation_standard, HF_AEAD_AES_128_GCM, HF_AEAD_SEAL, &keys, &made),
                     HF_OK);
    struct hf_writer writer = hf_writer_of(room, sizeof room);
    assert_int_equal(hf_record_seal(made, &content, &writer), HF_ERR_internal);
    content.bytes.len = HF_RECORD_CONTENT_MAX;
    writer.room = HF_RECORD_CONTENT_MAX + 5 + 24 - 1;
    assert_int_equal(hf_record_seal(made, &content, &writer), HF_ERR_internal);
    assert_int_equal(writer.len, 0);
    writer.room++;
    assert_int_equal(hf_record_seal(made, &content, &writer), HF_OK);
    hf_record_free(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_records),
        cmocka_unit_test(wrong_lengths_are_refused),
        cmocka_unit_test(content_too_long_is_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
