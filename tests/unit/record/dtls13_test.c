#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "record/dtls12.h"
#include "record/dtls13.h"
#include "record/dtls_plain.h"
#include "record/failure_limit.h"
#include "record/tls12.h"

static struct hf_toolbox *toolbox;

struct pair {
    struct hf_record_protection *seals, *opens;
};

static void make(struct pair *pair, bool is_13, enum hf_aead_id aead)
{
    struct hf_traffic_keys keys = {0};
    keys.key.len = (uint8_t)hf_aead_key_len(aead);
    keys.iv.len = (uint8_t)(is_13 ? HF_DTLS13_IV_LEN : hf_tls12_iv_len(aead));
    keys.number.len = is_13 ? keys.key.len : 0;
    memset(keys.key.bytes, 1, keys.key.len);
    memset(keys.iv.bytes, 2, keys.iv.len);
    memset(keys.number.bytes, 3, keys.number.len);
    enum hf_error (*new)(const struct hf_toolbox *, const struct hf_allocator *, enum hf_aead_id,
                         enum hf_aead_direction, const struct hf_traffic_keys *, struct hf_record_protection **) =
        is_13 ? hf_dtls13_new : hf_dtls12_new;
    assert_int_equal(new (toolbox, &hf_allocation_standard, aead, HF_AEAD_SEAL, &keys, &pair->seals), HF_OK);
    assert_int_equal(new (toolbox, &hf_allocation_standard, aead, HF_AEAD_OPEN, &keys, &pair->opens), HF_OK);
}

static void drop(struct pair *pair)
{
    hf_record_free(pair->seals);
    hf_record_free(pair->opens);
}

static size_t seal(struct pair *pair, uint64_t sequence, struct hf_span bytes, uint8_t *record, size_t room)
{
    const struct hf_record_content content = {.type = 23, .bytes = bytes, .epoch = 3, .sequence = sequence};
    struct hf_writer writer = hf_writer_of(record, room);
    assert_int_equal(hf_record_seal(pair->seals, &content, &writer), HF_OK);
    return writer.len;
}

static enum hf_error open(struct pair *pair, const uint8_t *record, size_t len, uint64_t expected,
                          struct hf_record_content *ret_content, uint8_t *into)
{
    size_t header_len = pair->opens->header_len;
    const struct hf_record_wire wire = {
        .header = hf_span_of(record, header_len),
        .body = hf_span_of(record + header_len, len - header_len),
        .sequence = expected,
    };
    return hf_record_open(pair->opens, &wire, into, ret_content);
}

static const enum hf_aead_id aeads[] = {HF_AEAD_AES_128_GCM, HF_AEAD_AES_256_GCM, HF_AEAD_CHACHA20_POLY1305,
                                        HF_AEAD_AES_128_CCM, HF_AEAD_AES_128_CCM_8};

static void records_open_in_any_order(void **state)
{
    (void)state;
    static const uint64_t numbers[] = {70000, 0, 5, 4, 65535, 65536, 131072, 100000};
    uint8_t record[200], into[200];
    for (size_t a = 0; a < sizeof aeads / sizeof aeads[0]; a++)
        for (int is_13 = 0; is_13 <= 1; is_13++) {
            struct pair pair;
            struct hf_record_content content;
            make(&pair, is_13, aeads[a]);
            for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
                size_t len = seal(&pair, numbers[i], hf_span_of("hello", 5), record, sizeof record);
                uint64_t expected = numbers[i] + (i % 2 == 0 ? 1000 : 0); /* near enough */
                assert_int_equal(open(&pair, record, len, expected, &content, into), HF_OK);
                assert_int_equal(content.sequence, numbers[i]);
                assert_int_equal(content.type, 23);
                assert_true(hf_span_equal(content.bytes, hf_span_of("hello", 5)));
            }
            drop(&pair);
        }
}

static void every_changed_byte_is_found(void **state)
{
    (void)state;
    uint8_t record[200], changed[200], into[200];
    for (int is_13 = 0; is_13 <= 1; is_13++) {
        struct pair pair;
        struct hf_record_content content;
        make(&pair, is_13, HF_AEAD_AES_128_GCM);
        size_t len = seal(&pair, 9, hf_span_of("x", 1), record, sizeof record);
        for (size_t i = 0; i < len; i++)
            for (unsigned bit = 0; bit < 8; bit++) {
                memcpy(changed, record, len);
                changed[i] ^= (uint8_t)(1u << bit);
                if (!is_13 && (i == 11 || i == 12))
                    continue; /* the header's length: it says where the body ends, which is given here */
                assert_int_equal(open(&pair, changed, len, 9, &content, into), HF_ERR_bad_record);
            }
        for (size_t cut = pair.opens->header_len; cut < len; cut++)
            assert_int_equal(open(&pair, record, cut, 9, &content, into), HF_ERR_bad_record);
        assert_int_equal(open(&pair, record, len, 9, &content, into), HF_OK);
        drop(&pair);
    }
}

/* RFC 9147 4.2.3: the header does not show which record it is. */
static void numbers_are_hidden(void **state)
{
    (void)state;
    struct pair pair;
    uint8_t first[200], second[200];
    make(&pair, true, HF_AEAD_AES_128_CCM_8);
    size_t len = seal(&pair, 1, hf_span_of("", 0), first, sizeof first);
    assert_true(len >= HF_DTLS13_HEADER_LEN + 16); /* padded, so that there is a sample */
    (void)seal(&pair, 2, hf_span_of("", 0), second, sizeof second);
    assert_int_equal(first[0], 0x2f); /* 001, S, L, epoch 3 */
    assert_false((first[1] ^ second[1]) == 0 && (first[2] ^ second[2]) == 3);
    drop(&pair);
}

static void a_number_is_the_nearest_to_the_one_expected(void **state)
{
    (void)state;
    static const struct {
        uint64_t expected, low, number;
        unsigned bits;
    } lines[] = {
        {0, 0, 0, 8},
        {0, 255, 255, 8},
        {256, 255, 255, 8},
        {300, 0, 256, 8},
        {510, 1, 513, 8},
        {0x1ffff, 5, 0x20005, 16},
        {0x20005, 0xffff, 0x1ffff, 16},
        {1000, 999, 999, 16},
        {HF_DTLS_SEQUENCE_MAX, 0, HF_DTLS_SEQUENCE_MAX - 255, 8},
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        assert_true(hf_dtls13_reconstruct(lines[i].expected, lines[i].low, lines[i].bits) == lines[i].number);
}

static void plain_records_show_all(void **state)
{
    (void)state;
    struct pair pair;
    uint8_t record[64], into[64];
    assert_int_equal(hf_dtls_plain_new(&hf_allocation_standard, &pair.seals), HF_OK);
    assert_int_equal(hf_dtls_plain_new(&hf_allocation_standard, &pair.opens), HF_OK);
    size_t len = seal(&pair, 0x0102, hf_span_of("hi", 2), record, sizeof record);
    static const uint8_t expected[] = {23, 0xfe, 0xfd, 0, 3, 0, 0, 0, 0, 1, 2, 0, 2, 'h', 'i'};
    assert_int_equal(len, sizeof expected);
    assert_memory_equal(record, expected, len);
    struct hf_record_content content;
    assert_int_equal(open(&pair, record, len, 0, &content, into), HF_OK);
    assert_int_equal(content.sequence, 0x0102);
    drop(&pair);
}

/* RFC 9147 4.5.3: after so many forgeries the keys are given up. */
static void forgeries_use_keys_up(void **state)
{
    (void)state;
    struct hf_failure_limit failures;
    hf_failure_limit_init(&failures, HF_AEAD_AES_128_CCM_8);
    for (size_t i = 1; i < 128; i++)
        assert_int_equal(hf_failure_limit_count(&failures, HF_ERR_bad_record), HF_ERR_bad_record);
    assert_int_equal(hf_failure_limit_count(&failures, HF_OK), HF_OK);
    assert_int_equal(hf_failure_limit_count(&failures, HF_ERR_bad_record), HF_ERR_usage_limit_reached);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_open_in_any_order), cmocka_unit_test(every_changed_byte_is_found),
        cmocka_unit_test(numbers_are_hidden),        cmocka_unit_test(a_number_is_the_nearest_to_the_one_expected),
        cmocka_unit_test(plain_records_show_all),    cmocka_unit_test(forgeries_use_keys_up),
    };
    assert_int_equal(hf_toolbox_new(&hf_allocation_standard, &toolbox), HF_OK);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    hf_toolbox_free(toolbox);
    return failed;
}
