/* Records of RFC 9150 over datagrams, against one made by Python's hmac: no published vectors are known to us. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "record/dtls13.h"
#include "record/dtls13_integrity.h"
#include "record/dtls_plain.h"
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
    assert_int_equal(hf_dtls13_integrity_new(toolbox, &hf_allocation_standard, HF_HASH_SHA256, direction, &keys, &made),
                     HF_OK);
    return made;
}

/* Epoch 2, number 0x0102, two zeros of padding. */
static const char known[] =
    "2e0102003161747461636b206174206461776e1700008638fcf28e43bd9356bedbcce31c4ac614573c284bbfc4e0e1b57bdb67ee2178";

static struct hf_record_wire wire_of(struct hf_span record, uint64_t expected)
{
    return (struct hf_record_wire){
        .header = hf_span_part(record, 0, HF_DTLS13_HEADER_LEN),
        .body = hf_span_part(record, HF_DTLS13_HEADER_LEN, record.len),
        .sequence = expected,
    };
}

static void a_known_record_is_made_and_opened(void **state)
{
    uint8_t room[128], into[128];
    struct hf_record_protection *seals = make(HF_AEAD_SEAL);
    struct hf_record_protection *opens = make(HF_AEAD_OPEN);
    struct hf_writer writer = hf_writer_of(room, sizeof room);
    struct hf_record_content content = {
        .type = 23, .bytes = hf_span_of_text("attack at dawn"), .padding = 2, .epoch = 2, .sequence = 0x0102};
    (void)state;
    assert_int_equal(hf_record_seal(seals, &content, &writer), HF_OK);
    assert_true(hf_test_hex_equal(hf_writer_span(&writer), known));
    const struct hf_record_wire wire = wire_of(hf_writer_span(&writer), 0x0100);
    for (size_t at = 0; at < writer.len; at++) { /* every byte counts, the header's too */
        room[at] ^= 1;
        assert_int_equal(hf_record_open(opens, &wire, into, &content), HF_ERR_bad_record);
        room[at] ^= 1;
    }
    assert_int_equal(hf_record_open(opens, &wire, into, &content), HF_OK);
    assert_int_equal(content.type, 23);
    assert_int_equal(content.sequence, 0x0102);
    assert_int_equal(content.padding, 2);
    assert_true(hf_span_equal(content.bytes, hf_span_of_text("attack at dawn")));
    hf_record_free(seals);
    hf_record_free(opens);
}

static void numbers_are_the_nearest_and_end(void **state)
{
    uint8_t room[128], into[128];
    struct hf_record_protection *seals = make(HF_AEAD_SEAL);
    struct hf_record_protection *opens = make(HF_AEAD_OPEN);
    struct hf_record_content content = {.type = 23, .epoch = 3, .sequence = 70000};
    struct hf_writer writer = hf_writer_of(room, sizeof room);
    (void)state;
    assert_int_equal(hf_record_seal(seals, &content, &writer), HF_OK);
    struct hf_record_wire wire = wire_of(hf_writer_span(&writer), 69990);
    assert_int_equal(hf_record_open(opens, &wire, into, &content), HF_OK);
    assert_int_equal(content.sequence, 70000);
    wire.sequence = 10; /* another turn of the 16 bits: another nonce */
    assert_int_equal(hf_record_open(opens, &wire, into, &content), HF_ERR_bad_record);
    content.sequence = HF_DTLS_SEQUENCE_MAX + 1;
    assert_int_equal(hf_record_seal(seals, &content, &writer), HF_ERR_usage_limit_reached);
    hf_record_free(seals);
    hf_record_free(opens);
}

static void what_is_too_short_is_dropped(void **state)
{
    uint8_t into[64];
    static const uint8_t header[] = {0x2e, 1, 2, 0, 32};
    static const uint8_t body[32];
    struct hf_record_content content;
    struct hf_record_protection *opens = make(HF_AEAD_OPEN);
    struct hf_record_wire wire = {.header = hf_span_of(header, 5), .body = hf_span_of(body, sizeof body)};
    (void)state;
    assert_int_equal(hf_record_open(opens, &wire, into, &content), HF_ERR_bad_record);
    wire.header.len = 1;
    assert_int_equal(hf_record_open(opens, &wire, into, &content), HF_ERR_bad_record);
    hf_record_free(opens);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_known_record_is_made_and_opened),
        cmocka_unit_test(numbers_are_the_nearest_and_end),
        cmocka_unit_test(what_is_too_short_is_dropped),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
