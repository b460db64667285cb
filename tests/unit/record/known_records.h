/* What the tests of the record protections share: sealing and opening against tests/vectors/records.txt. */
#ifndef HF_TESTS_KNOWN_RECORDS_H
#define HF_TESTS_KNOWN_RECORDS_H

#include "crypto/aead.h"
#include "seam/record.h"
#include "support/vector_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum hf_error new_protection(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                     enum hf_aead_id aead, enum hf_aead_direction direction,
                                     const struct hf_traffic_keys *keys, struct hf_record_protection **ret_protection);

/* Key 00 01 .., IV a0 a1 ..., as in the page. */
static struct hf_traffic_keys known_keys(enum hf_aead_id aead, size_t iv_len)
{
    struct hf_traffic_keys keys = {.key.len = (uint8_t)hf_aead_key_len(aead), .iv.len = (uint8_t)iv_len};
    for (size_t i = 0; i < keys.key.len; i++)
        keys.key.bytes[i] = (uint8_t)i;
    for (size_t i = 0; i < iv_len; i++)
        keys.iv.bytes[i] = (uint8_t)(0xa0 + i);
    return keys;
}

static struct hf_record_wire wire_of(struct hf_span record)
{
    return (struct hf_record_wire){.header = hf_span_part(record, 0, HF_RECORD_HEADER_LEN),
                                   .body = hf_span_part(record, HF_RECORD_HEADER_LEN, record.len)};
}

/* Seals one content and compares; opens the record in place and out of place and compares. */
static void check_known(struct hf_record_protection *const ends[3], const struct hf_record_content *content,
                        struct hf_span record)
{
    uint8_t sealed[128];
    uint8_t apart[128];
    struct hf_record_content opened;
    struct hf_writer writer = hf_writer_of(sealed, sizeof sealed);
    assert_int_equal(hf_record_seal(ends[0], content, &writer), HF_OK);
    assert_true(hf_span_equal(hf_writer_span(&writer), record));
    struct hf_record_wire wire = wire_of(hf_writer_span(&writer));
    assert_int_equal(wire.body.len, content->bytes.len + content->padding + ends[0]->overhead);
    assert_int_equal(hf_record_open(ends[1], &wire, apart, &opened), HF_OK);
    assert_true(hf_span_equal(opened.bytes, content->bytes));
    assert_int_equal(hf_record_open(ends[2], &wire, sealed + HF_RECORD_HEADER_LEN, &opened), HF_OK);
    assert_true(hf_span_equal(opened.bytes, content->bytes));
    assert_int_equal(opened.type, content->type);
    assert_int_equal(opened.padding, content->padding);
}

/* All of one AEAD's section. Afterwards every corrupted byte of a record is refused, and leaves the number as it was.
 */
static void check_section(new_protection *make, const struct hf_toolbox *toolbox, const char *version,
                          enum hf_aead_id aead, size_t iv_len, size_t padding)
{
    char section[64];
    struct hf_vector_page page = hf_vector_page_open("records.txt");
    struct hf_traffic_keys keys = known_keys(aead, iv_len);
    struct hf_record_protection *ends[3] = {0};
    for (int i = 0; i < 3; i++)
        assert_int_equal(
            make(toolbox, &hf_allocation_standard, aead, i == 0 ? HF_AEAD_SEAL : HF_AEAD_OPEN, &keys, &ends[i]), HF_OK);
    snprintf(section, sizeof section, "%s.%s", version, hf_aead_kind_of(aead)->name);
    struct hf_span first = hf_vector_page_get(&page, section, "first");
    struct hf_span second = hf_vector_page_get(&page, section, "second");
    assert_non_null(second.data);
    struct hf_record_content content = {
        .type = HF_CONTENT_APPLICATION_DATA, .version = 0x0303, .bytes = hf_span_of_text("first")};
    check_known(ends, &content, first);
    for (size_t i = 0; i < second.len; i++) {
        uint8_t bad[128];
        struct hf_record_content opened;
        assert_true(hf_span_copy(second, bad, sizeof bad));
        bad[i] ^= 0x20;
        struct hf_record_wire wire = wire_of(hf_span_of(bad, second.len));
        if (i == 3 || i == 4)
            continue; /* the length: framing's to see in 1.2; covered as additional data in 1.3 */
        assert_int_equal(hf_record_open(ends[1], &wire, bad + HF_RECORD_HEADER_LEN, &opened), HF_ERR_bad_record);
    }
    content.bytes = hf_span_of_text("second record");
    content.padding = padding;
    check_known(ends, &content, second);
    for (size_t len = 0; len < second.len - HF_RECORD_HEADER_LEN; len++) { /* every truncation */
        uint8_t into[128];
        struct hf_record_content opened;
        struct hf_record_wire wire = {.header = hf_span_part(second, 0, 5), .body = hf_span_part(second, 5, len)};
        assert_int_equal(hf_record_open(ends[1], &wire, into, &opened), HF_ERR_bad_record);
    }
    free((void *)(uintptr_t)first.data);
    free((void *)(uintptr_t)second.data);
    for (int i = 0; i < 3; i++)
        hf_record_free(ends[i]);
    hf_vector_page_free(&page);
}

#endif
