/* TLS 1.3 records: known records of every AEAD, corruption, truncation, padding, limits of length and of use. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "record/tls13.h"
#include "record/nonce.h"
#include "support/test_allocator.h"
#include "unit/record/known_records.h"

static struct hf_toolbox *toolbox;
static uint8_t room[20000];

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
        check_section(hf_tls13_new, toolbox, "tls13", aead, HF_TLS13_IV_LEN, 3);
}

static struct hf_record_protection *end(enum hf_aead_direction direction)
{
    struct hf_record_protection *made = NULL;
    struct hf_traffic_keys keys = known_keys(HF_AEAD_AES_128_GCM, HF_TLS13_IV_LEN);
    assert_int_equal(hf_tls13_new(toolbox, &hf_allocation_standard, HF_AEAD_AES_128_GCM, direction, &keys, &made),
                     HF_OK);
    return made;
}

/* An inner plaintext sealed as it is, whatever stands in it: the first record under the known keys. */
static struct hf_span seal_inner(struct hf_span inner)
{
    struct hf_traffic_keys keys = known_keys(HF_AEAD_AES_128_GCM, HF_TLS13_IV_LEN);
    struct hf_aead_setup raw = {HF_AEAD_AES_128_GCM, HF_AEAD_SEAL, hf_secret_span(&keys.key)};
    struct hf_aead aead;
    struct hf_writer writer = hf_writer_of(room, sizeof room);
    hf_writer_u8(&writer, 23);
    hf_writer_u16(&writer, 0x0303);
    hf_writer_u16(&writer, (uint16_t)(inner.len + 16));
    assert_int_equal(hf_aead_init(&aead, toolbox, &hf_allocation_standard, &raw), HF_OK);
    assert_int_equal(hf_aead_seal(&aead, keys.iv.bytes, hf_span_of(room, 5), inner, room + 5), HF_OK);
    hf_aead_wipe(&aead);
    return hf_span_of(room, 5 + inner.len + 16);
}

static enum hf_error open_inner(struct hf_span inner, struct hf_record_content *ret_content)
{
    struct hf_record_protection *opener = end(HF_AEAD_OPEN);
    struct hf_record_wire wire = wire_of(seal_inner(inner));
    enum hf_error error = hf_record_open(opener, &wire, room + 5, ret_content);
    hf_record_free(opener);
    return error;
}

static void inner_plaintexts(void **state)
{
    (void)state;
    static uint8_t inner[HF_RECORD_CONTENT_MAX + 2];
    struct hf_record_content content;
    assert_int_equal(open_inner(hf_span_of(inner, 1), &content), HF_ERR_inner_plaintext_empty);
    assert_int_equal(open_inner(hf_span_of(inner, 1000), &content), HF_ERR_inner_plaintext_empty);
    inner[0] = 22;
    assert_int_equal(open_inner(hf_span_of(inner, 1), &content), HF_OK);
    assert_int_equal(content.bytes.len, 0);
    assert_int_equal(content.type, 22);
    assert_int_equal(open_inner(hf_span_of(inner, HF_RECORD_CONTENT_MAX + 1), &content), HF_OK);
    assert_int_equal(content.padding, HF_RECORD_CONTENT_MAX);
    assert_int_equal(open_inner(hf_span_of(inner, HF_RECORD_CONTENT_MAX + 2), &content), HF_ERR_record_too_long);
}

/* The same where `into` ends with the content: not a byte behind it is touched, and the meaning is the same. */
static enum hf_error open_tight(struct hf_span inner, struct hf_record_content *ret_content)
{
    static uint8_t tight[HF_RECORD_CONTENT_MAX + 2];
    struct hf_record_protection *opener = end(HF_AEAD_OPEN);
    struct hf_record_wire wire = wire_of(seal_inner(inner));
    wire.room = wire.body.len - opener->open_less;
    assert_int_equal(wire.room, inner.len - 1);
    tight[wire.room] = 0xee;
    enum hf_error error = hf_record_open(opener, &wire, tight, ret_content);
    assert_int_equal(tight[wire.room], 0xee);
    hf_record_free(opener);
    return error;
}

static void tight_room(void **state)
{
    (void)state;
    static uint8_t inner[HF_RECORD_CONTENT_MAX + 2];
    struct hf_record_content content;
    memset(inner, 0, sizeof inner);
    assert_int_equal(open_tight(hf_span_of(inner, 2), &content), HF_ERR_inner_plaintext_empty);
    assert_int_equal(open_tight(hf_span_of(inner, 1000), &content), HF_ERR_inner_plaintext_empty);
    inner[0] = 1;
    inner[1] = 22;
    for (size_t len = 2; len <= HF_RECORD_CONTENT_MAX + 1; len += len < 10 ? 1 : 5461) {
        assert_int_equal(open_tight(hf_span_of(inner, len), &content), HF_OK);
        assert_int_equal(content.type, 22);
        assert_int_equal(content.bytes.len, 1);
        assert_int_equal(content.bytes.data[0], 1);
        assert_int_equal(content.padding, len - 2);
    }
    inner[HF_RECORD_CONTENT_MAX] = 23;
    assert_int_equal(open_tight(hf_span_of(inner, HF_RECORD_CONTENT_MAX + 1), &content), HF_OK);
    assert_int_equal(content.bytes.len, HF_RECORD_CONTENT_MAX);
    assert_int_equal(content.type, 23);
    assert_int_equal(open_tight(hf_span_of(inner, HF_RECORD_CONTENT_MAX + 2), &content), HF_ERR_record_too_long);
}

static void limits_of_sealing(void **state)
{
    (void)state;
    static const uint8_t content_bytes[HF_RECORD_CONTENT_MAX + 1];
    struct hf_record_protection *sealer = end(HF_AEAD_SEAL);
    struct hf_record_content content = {.type = 23, .bytes = hf_span_of(content_bytes, sizeof content_bytes)};
    struct hf_writer writer = hf_writer_of(room, sizeof room);
    assert_int_equal(hf_record_seal(sealer, &content, &writer), HF_ERR_internal);
    content.bytes.len = HF_RECORD_CONTENT_MAX;
    content.padding = 1;
    assert_int_equal(hf_record_seal(sealer, &content, &writer), HF_ERR_internal);
    content.padding = 0;
    writer.room = 5u + HF_RECORD_CONTENT_MAX + sealer->overhead - 1;
    assert_int_equal(hf_record_seal(sealer, &content, &writer), HF_ERR_internal);
    assert_int_equal(writer.len, 0);
    assert_false(writer.bad);
    writer.room++;
    assert_int_equal(hf_record_seal(sealer, &content, &writer), HF_OK);
    assert_true(sealer->hides_type);
    hf_record_free(sealer);
}

static void nonce_is_iv_xor_sequence(void **state)
{
    (void)state;
    static const uint8_t iv[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    static const uint8_t wanted[12] = {1, 2, 3, 4, 4, 4, 4, 12, 12, 12, 12, 4};
    uint8_t nonce[12];
    hf_nonce_xor(iv, 0x0102030405060708, nonce);
    assert_memory_equal(nonce, wanted, sizeof wanted);
}

static void failed_allocations(void **state)
{
    (void)state;
    struct hf_traffic_keys keys = known_keys(HF_AEAD_AES_128_GCM, HF_TLS13_IV_LEN);
    for (size_t n = 1;; n++) {
        struct hf_test_allocator test;
        struct hf_record_protection *made = NULL;
        hf_test_allocator_init(&test, n);
        enum hf_error error = hf_tls13_new(toolbox, &test.allocator, HF_AEAD_AES_128_GCM, HF_AEAD_SEAL, &keys, &made);
        hf_record_free(made);
        assert_int_equal(test.live, 0);
        if (!hf_test_allocator_failed(&test))
            break;
        assert_int_equal(error, HF_ERR_no_memory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_records),
        cmocka_unit_test(inner_plaintexts),
        cmocka_unit_test(tight_room),
        cmocka_unit_test(limits_of_sealing),
        cmocka_unit_test(nonce_is_iv_xor_sequence),
        cmocka_unit_test(failed_allocations),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
