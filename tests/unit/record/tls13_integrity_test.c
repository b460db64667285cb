/* Records of RFC 9150, against two made by Python's hmac: no published vectors are known to us. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "record/tls13_integrity.h"
#include "support/test_hex.h"

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

static struct hf_record_protection *make(enum hf_aead_direction direction)
{
    struct hf_traffic_keys keys = {.key.len = 32, .iv.len = 32};
    struct hf_record_protection *made = NULL;
    for (size_t i = 0; i < 32; i++) {
        keys.key.bytes[i] = (uint8_t)i;
        keys.iv.bytes[i] = (uint8_t)(0x80 + i);
    }
    assert_int_equal(hf_tls13_integrity_new(toolbox, &hf_allocation_standard, HF_HASH_SHA256, direction, &keys, &made),
                     HF_OK);
    return made;
}

/* Sequence numbers 0 and 1. */
static const char *const known[] = {
    "170303002f61747461636b206174206461776e178a64a35cffaf1fb416e7f21ff99ca58d029bc595e6f3aec789864e9727c84e10",
    "170303002f61747461636b206174206461776e1726b5eaa9295ec93443f2c358bde4ed13de7da2a8d74b7ff05e3afb6b3f5bff5f",
};

static void known_records_are_made_and_opened(void **state)
{
    (void)state;
    struct hf_record_protection *seals = make(HF_AEAD_SEAL);
    struct hf_record_protection *opens = make(HF_AEAD_OPEN);
    for (size_t i = 0; i < 2; i++) {
        uint8_t room[128];
        uint8_t into[128];
        struct hf_writer writer = hf_writer_of(room, sizeof room);
        struct hf_record_content content = {.type = 23, .bytes = hf_span_of_text("attack at dawn")};
        assert_int_equal(hf_record_seal(seals, &content, &writer), HF_OK);
        assert_true(hf_test_hex_equal(hf_writer_span(&writer), known[i]));
        struct hf_record_wire wire = {.header = hf_span_part(hf_writer_span(&writer), 0, 5),
                                      .body = hf_span_part(hf_writer_span(&writer), 5, writer.len)};
        for (size_t at = 0; at < writer.len; at++) { /* every byte counts, the header's too */
            room[at] ^= 1;
            assert_int_equal(hf_record_open(opens, &wire, into, &content), HF_ERR_bad_record);
            room[at] ^= 1;
        }
        assert_int_equal(hf_record_open(opens, &wire, into, &content), HF_OK);
        assert_int_equal(content.type, 23);
        assert_true(hf_span_equal(content.bytes, hf_span_of_text("attack at dawn")));
    }
    hf_record_free(seals);
    hf_record_free(opens);
}

static void padding_is_stripped(void **state)
{
    (void)state;
    struct hf_record_protection *seals = make(HF_AEAD_SEAL);
    struct hf_record_protection *opens = make(HF_AEAD_OPEN);
    uint8_t room[256];
    uint8_t into[256];
    struct hf_writer writer = hf_writer_of(room, sizeof room);
    struct hf_record_content content = {.type = 22, .bytes = hf_span_of_text("x"), .padding = 100};
    assert_int_equal(hf_record_seal(seals, &content, &writer), HF_OK);
    struct hf_record_wire wire = {.header = hf_span_part(hf_writer_span(&writer), 0, 5),
                                  .body = hf_span_part(hf_writer_span(&writer), 5, writer.len)};
    assert_int_equal(hf_record_open(opens, &wire, into, &content), HF_OK);
    assert_int_equal(content.type, 22);
    assert_int_equal(content.bytes.len, 1);
    assert_int_equal(content.padding, 100);
    hf_record_free(seals);
    hf_record_free(opens);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_records_are_made_and_opened),
        cmocka_unit_test(padding_is_stripped),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
