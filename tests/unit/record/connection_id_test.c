/* Records with connection IDs, made by hand beside ours: RFC 9146 4, 5.3 for DTLS 1.2, RFC 9147 4 for 1.3. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "record/dtls12.h"
#include "record/dtls13.h"
#include "record/dtls_plain.h"
#include "record/tls12.h"

enum { ROOM = 600 };

static struct hf_toolbox *toolbox;
static const uint8_t id[] = {0xc1, 0xd2, 0xe3, 0xf4, 0x05};

static struct hf_traffic_keys keys_of(enum hf_aead_id aead, bool is_13)
{
    struct hf_traffic_keys keys = {0};
    keys.key.len = (uint8_t)hf_aead_key_len(aead);
    keys.iv.len = (uint8_t)(is_13 ? HF_DTLS13_IV_LEN : hf_tls12_iv_len(aead));
    keys.number.len = is_13 ? keys.key.len : 0;
    memset(keys.key.bytes, 1, keys.key.len);
    memset(keys.iv.bytes, 2, keys.iv.len);
    memset(keys.number.bytes, 3, keys.number.len);
    return keys;
}

static struct hf_record_protection *make(enum hf_aead_id aead, bool is_13, enum hf_aead_direction direction)
{
    struct hf_record_protection *protection;
    struct hf_traffic_keys keys = keys_of(aead, is_13);
    enum hf_error error = is_13 ? hf_dtls13_new(toolbox, &hf_allocation_standard, aead, direction, &keys, &protection)
                                : hf_dtls12_new(toolbox, &hf_allocation_standard, aead, direction, &keys, &protection);
    assert_int_equal(error, HF_OK);
    return protection;
}

/* "hello" of type 23 with so much padding, under epoch 1 and number 0x0203. */
static size_t seal(struct hf_record_protection *protection, size_t padding, uint8_t into[ROOM])
{
    const struct hf_record_content content = {.type = 23,
                                              .bytes = hf_span_of("hello", 5),
                                              .padding = padding,
                                              .epoch = 1,
                                              .sequence = 0x0203,
                                              .id = hf_span_of(id, sizeof id)};
    struct hf_writer writer = hf_writer_of(into, ROOM);
    assert_int_equal(hf_record_seal(protection, &content, &writer), HF_OK);
    return writer.len;
}

static void a_record_of_12_is_as_rfc_9146_says(void **state)
{
    (void)state;
    uint8_t record[ROOM], sealed[64];
    struct hf_aead aead;
    struct hf_traffic_keys keys = keys_of(HF_AEAD_CHACHA20_POLY1305, false);
    struct hf_record_protection *seals = make(HF_AEAD_CHACHA20_POLY1305, false, HF_AEAD_SEAL);
    size_t len = seal(seals, 3, record);
    /* type, version, epoch, number, ID, length: 5 + 1 + 3 bytes and a tag of 16 */
    static const uint8_t header[] = {25, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 2, 3, 0xc1, 0xd2, 0xe3, 0xf4, 5, 0, 25};
    /* seq_num_placeholder, type, length of the ID, type, version, epoch, number, ID, length of what is inside */
    static const uint8_t aad[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 25,   5,    25,   0xfe, 0xfd, 0,
                                  1,    0,    0,    0,    0,    2,    3,    0xc1, 0xd2, 0xe3, 0xf4, 5,    0,    9};
    static const uint8_t inner[] = {'h', 'e', 'l', 'l', 'o', 23, 0, 0, 0};
    uint8_t nonce[12];
    memset(nonce, 2, sizeof nonce); /* RFC 7905 2: the IV, and epoch and number over its end */
    nonce[5] ^= 1;
    nonce[10] ^= 2;
    nonce[11] ^= 3;
    const struct hf_aead_setup setup = {
        .id = HF_AEAD_CHACHA20_POLY1305, .direction = HF_AEAD_SEAL, .key = hf_secret_span(&keys.key)};
    assert_int_equal(hf_aead_init(&aead, toolbox, &hf_allocation_standard, &setup), HF_OK);
    assert_int_equal(hf_aead_seal(&aead, nonce, hf_span_of(aad, sizeof aad), hf_span_of(inner, sizeof inner), sealed),
                     HF_OK);
    assert_int_equal(len, sizeof header + sizeof inner + 16);
    assert_memory_equal(record, header, sizeof header);
    assert_memory_equal(record + sizeof header, sealed, sizeof inner + 16);
    hf_aead_wipe(&aead);
    hf_record_free(seals);
}

static size_t header_len(bool is_13)
{
    return (is_13 ? HF_DTLS13_HEADER_LEN : HF_DTLS_HEADER_LEN) + sizeof id;
}

static enum hf_error open(struct hf_record_protection *opens, bool is_13, const uint8_t *record, size_t len,
                          struct hf_record_content *ret_content)
{
    static uint8_t into[ROOM];
    size_t head = header_len(is_13);
    const struct hf_record_wire wire = {
        .header = hf_span_of(record, head),
        .body = hf_span_of(record + head, len - head),
        .id = hf_span_of(record + (is_13 ? 1 : 11), sizeof id),
        .sequence = 0x0200,
    };
    return hf_record_open(opens, &wire, into, ret_content);
}

static void records_open_and_every_changed_byte_is_found(void **state)
{
    (void)state;
    static const enum hf_aead_id aeads[] = {HF_AEAD_AES_128_GCM, HF_AEAD_CHACHA20_POLY1305, HF_AEAD_AES_128_CCM_8};
    for (size_t i = 0; i < 6; i++) {
        const bool is_13 = i >= 3;
        struct hf_record_protection *seals = make(aeads[i % 3], is_13, HF_AEAD_SEAL);
        struct hf_record_protection *opens = make(aeads[i % 3], is_13, HF_AEAD_OPEN);
        struct hf_record_content content = {0};
        uint8_t record[ROOM];
        size_t len = seal(seals, 2, record);
        assert_int_equal(len, header_len(is_13) + seals->overhead + seals->id_overhead + 5 + 2);
        assert_int_equal(open(opens, is_13, record, len, &content), HF_OK);
        assert_int_equal(content.type, 23);
        assert_int_equal(content.sequence, 0x0203);
        assert_int_equal(content.padding, 2);
        assert_true(hf_span_equal(content.bytes, hf_span_of("hello", 5)));
        for (size_t at = 0; at < len; at++) {
            bool is_length = !is_13 && (at == header_len(false) - 1 || at == header_len(false) - 2);
            record[at] ^= 0x10;
            if (!is_length) /* it says where the body ends, which is given here */
                assert_int_equal(open(opens, is_13, record, len, &content), HF_ERR_bad_record);
            record[at] ^= 0x10;
        }
        hf_record_free(seals);
        hf_record_free(opens);
    }
}

/* A record with the ID cut out of it is another record, and so is one that only says that it has one. */
static void ids_cannot_be_taken_off(void **state)
{
    (void)state;
    struct hf_record_protection *seals = make(HF_AEAD_AES_128_GCM, false, HF_AEAD_SEAL);
    struct hf_record_protection *opens = make(HF_AEAD_AES_128_GCM, false, HF_AEAD_OPEN);
    struct hf_record_content content;
    uint8_t record[ROOM], into[ROOM];
    size_t len = seal(seals, 0, record);
    uint8_t bare[HF_DTLS_HEADER_LEN];
    memcpy(bare, record, 11);
    memcpy(bare + 11, record + 16, 2);
    for (uint8_t type = 20; type <= 27; type++) {
        bare[0] = type;
        const struct hf_record_wire wire = {
            .header = hf_span_of(bare, sizeof bare),
            .body = hf_span_of(record + header_len(false), len - header_len(false)),
        };
        assert_int_equal(hf_record_open(opens, &wire, into, &content), HF_ERR_bad_record);
    }
    hf_record_free(seals);
    hf_record_free(opens);
}

int main(void)
{
    assert_int_equal(hf_toolbox_new(&hf_allocation_standard, &toolbox), HF_OK);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_of_12_is_as_rfc_9146_says),
        cmocka_unit_test(records_open_and_every_changed_byte_is_found),
        cmocka_unit_test(ids_cannot_be_taken_off),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    hf_toolbox_free(toolbox);
    return failed;
}
