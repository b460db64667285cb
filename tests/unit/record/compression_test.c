/* Record compression against streams made by Python's zlib, which is another hand on the same format, and bombs. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "record/compression.h"
#include "record/plain.h"
#include "support/test_hex.h"

static struct hf_record_protection *make(bool seals)
{
    struct hf_record_protection *inner = NULL;
    struct hf_record_protection *made = NULL;
    assert_int_equal(hf_plain_new(&hf_allocation_standard, &inner), HF_OK);
    assert_int_equal(hf_record_compression_new(&hf_allocation_standard, seals, inner, &made), HF_OK);
    return made;
}

static enum hf_error inflate_body(struct hf_record_protection *opens, struct hf_span body, struct hf_span *ret_bytes)
{
    static uint8_t into[20000];
    const uint8_t header[] = {23, 3, 3, (uint8_t)(body.len >> 8), (uint8_t)body.len};
    const struct hf_record_wire wire = {.header = hf_span_of(header, sizeof header), .body = body};
    struct hf_record_content content = {0};
    enum hf_error error = hf_record_open(opens, &wire, into, &content);
    *ret_bytes = content.bytes;
    return error;
}

/* Two records of one stream: the second refers back to the first. */
static const char first[] = "78daca48cdc9c957c8402701000000ffff";
static const char second[] = "823013d31333f374202200000000ffff";
/* 16385 zeros: one byte more than a record may become. */
static const char bomb[] = "78daecc13101000000c2a0f54f6d0c1fa000000000000000000000000000000080bb010000ffff";

static void streams_of_another_hand_are_inflated(void **state)
{
    struct hf_span bytes;
    struct hf_record_protection *opens = make(/* seals= */ false);
    struct hf_test_hex hex = hf_test_hex_of(first);
    (void)state;
    assert_int_equal(inflate_body(opens, hf_test_hex_span(&hex), &bytes), HF_OK);
    assert_true(hf_span_equal(bytes, hf_span_of_text("hello hello hello hello")));
    hex = hf_test_hex_of(second);
    assert_int_equal(inflate_body(opens, hf_test_hex_span(&hex), &bytes), HF_OK);
    assert_true(hf_span_equal(bytes, hf_span_of_text("hello again, hello")));
    hf_record_free(opens);
}

static void bombs_and_damage_are_refused(void **state)
{
    struct hf_span bytes;
    struct hf_record_protection *opens = make(/* seals= */ false);
    struct hf_test_hex hex = hf_test_hex_of(bomb);
    (void)state;
    assert_int_equal(inflate_body(opens, hf_test_hex_span(&hex), &bytes), HF_ERR_record_too_long);
    hf_record_free(opens);
    opens = make(/* seals= */ false);
    assert_int_equal(inflate_body(opens, hf_span_of_text("no zlib stream"), &bytes), HF_ERR_bad_record);
    hf_record_free(opens);
}

static void what_is_sealed_opens(void **state)
{
    static uint8_t room[20000];
    static uint8_t text[HF_RECORD_CONTENT_MAX];
    struct hf_record_protection *seals = make(/* seals= */ true);
    struct hf_record_protection *opens = make(/* seals= */ false);
    uint32_t noise = 1;
    (void)state;
    for (size_t i = 0; i < sizeof text; i++) { /* cannot be compressed: records grow */
        noise = noise * 1664525u + 1013904223u;
        text[i] = (uint8_t)(noise >> 24);
    }
    size_t lens[] = {0, 1, 0, 0, 100, sizeof text, sizeof text, 7};
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        struct hf_span bytes;
        struct hf_writer writer = hf_writer_of(room, HF_RECORD_HEADER_LEN + lens[i] + seals->overhead);
        const struct hf_record_content content = {.type = 23, .version = 0x0303, .bytes = hf_span_of(text, lens[i])};
        enum hf_error error = hf_record_seal(seals, &content, &writer);
        if (error == HF_ERR_internal && lens[i] == sizeof text)
            continue; /* the plain protection around which this test stands takes no more than 16384 bytes */
        assert_int_equal(error, HF_OK);
        struct hf_span body = hf_span_part(hf_writer_span(&writer), HF_RECORD_HEADER_LEN, writer.len);
        assert_int_equal(inflate_body(opens, body, &bytes), HF_OK);
        assert_true(hf_span_equal(bytes, content.bytes));
    }
    hf_record_free(seals);
    hf_record_free(opens);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams_of_another_hand_are_inflated),
        cmocka_unit_test(bombs_and_damage_are_refused),
        cmocka_unit_test(what_is_sealed_opens),
    };
    return hf_record_compression_available() ? cmocka_run_group_tests(tests, NULL, NULL)
                                             : 77; /* skipped: CTest's SKIP_RETURN_CODE */
}
