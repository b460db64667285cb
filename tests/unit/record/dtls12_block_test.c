/* DTLS 1.2 records with a MAC of their own: known records, made by Python's hmac and OpenSSL's enc program; every way
 * to be wrong, after which good ones still open; and what fits into how much room. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/must.h"
#include "record/dtls12_block.h"
#include "record/dtls_plain.h"
#include "support/test_hex.h"

enum { EPOCH = 1, SEQUENCE = 0x0102 };

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

static struct hf_record_protection *make(enum hf_block_cipher_id block, enum hf_hash_id mac, bool later, bool seals)
{
    struct hf_traffic_keys keys = {.key.len = (uint8_t)hf_block_cipher_key_len(block),
                                   .mac.len = (uint8_t)hf_hash_len(mac)};
    for (size_t i = 0; i < keys.key.len; i++)
        keys.key.bytes[i] = (uint8_t)i;
    for (size_t i = 0; i < keys.mac.len; i++)
        keys.mac.bytes[i] = (uint8_t)(0x40 + i);
    const struct hf_mac_body_setup wish = {
        .block = block, .mac = mac, .encrypt_then_mac = later, .seals = seals, .keys = &keys};
    struct hf_record_protection *made = NULL;
    assert_int_equal(hf_dtls12_block_new(toolbox, &hf_allocation_standard, &wish, &made), HF_OK);
    return made;
}

/* Under the header of this epoch and number. */
static enum hf_error open_at(struct hf_record_protection *opens, uint16_t epoch, uint64_t sequence, struct hf_span body,
                             struct hf_record_content *ret_content)
{
    static uint8_t into[20000];
    uint8_t room[HF_DTLS_HEADER_LEN];
    struct hf_writer header = hf_writer_of(room, sizeof room);
    const struct hf_record_content named = {.type = 23, .epoch = epoch, .sequence = sequence};
    hf_dtls_plain_write_header(&named, body.len, &header);
    const struct hf_record_wire wire = {.header = hf_writer_span(&header), .body = body};
    return hf_record_open(opens, &wire, into, ret_content);
}

static const struct {
    enum hf_block_cipher_id block;
    bool later;
    const char *body;
} known[] = {
    {HF_BLOCK_CIPHER_AES_128_CBC, false,
     "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb4a69147210aa9cfc5115f0c5c2200de65321c9eefd10a8ee02f5441eb2c9ddbea1ed08eecf32bdaf"
     "9"
     "e5b12f95ad47e8"},
    {HF_BLOCK_CIPHER_AES_128_CBC, false, /* with 14 blocks of padding more than it needs: a peer may */
     "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb4a69147210aa9cfc5115f0c5c2200de65321c9eefd10a8ee02f5441eb2c9ddba03aecd31f0ce6095"
     "6"
     "d32533ee74a69363d37c02362e7dfbc4b5afe9a12115139e8b523abc838100b9eaa4022675aebf2f707b4428beef12e0ee7cdb0ea8789700a"
     "1"
     "24a919c71949607c23c58fd0ff028c1a0debe2411fbb5573ee87917cb38e138fab6b4d227097231a73233bb4cb2142d4596567413a4850cc0"
     "1"
     "636a96b2bd6daa980e363d87d6589def7466564c7c7aa819b761fe4120a809d13767132af072136732f7eccd8d18be8061c4c30c760e61091"
     "6"
     "381f4191a94df6b67440bebb0630c8644343546b0ffa05e6050842d0b9c64b51c9148fcdd56cb2e68200a9d05ff92c1e3ac08a56be6cc80ab"
     "1"
     "3ab099"},
    {HF_BLOCK_CIPHER_AES_128_CBC, true,
     "a0a1a2a3a4a5a6a7a8a9aaabacadaeafe17e05f18a219c2efc0bcdce2dcf9a73e3c8c5a8c7c1eab0163adc44d5d287790001e5f4"},
    {HF_BLOCK_CIPHER_3DES_CBC, false,
     "a0a1a2a3a4a5a6a73664a31c1b70e7c7f7df90049b91615a2d24e0b5173108814b0ab40245ec5439ad41210b8c189a07"},
    {HF_BLOCK_CIPHER_3DES_CBC, true,
     "a0a1a2a3a4a5a6a73664a31c1b70e7c70f39468a8f84f1e4b1e8274f485a38fce3372ff84fa7b0a71b16a9dd"},
    {HF_BLOCK_CIPHER_NONE, false, "61747461636b206174206461776e08d957bb01853b83cf3985f7a52f48c62dd445ac"},
};

static void known_records_open(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(known); i++) {
        struct hf_test_hex body = hf_test_hex_of(known[i].body);
        struct hf_record_protection *opens = make(known[i].block, HF_HASH_SHA1, known[i].later, /* seals= */ false);
        struct hf_record_content content = {0};
        assert_int_equal(open_at(opens, EPOCH, SEQUENCE, hf_test_hex_span(&body), &content), HF_OK);
        assert_int_equal(content.type, 23);
        assert_int_equal(content.epoch, EPOCH);
        assert_int_equal(content.sequence, SEQUENCE);
        assert_true(hf_span_equal(content.bytes, hf_span_of_text("attack at dawn")));
        /* Epoch and number are in the MAC; that it came before is the replay window's to say. */
        assert_int_equal(open_at(opens, EPOCH, SEQUENCE + 1, hf_test_hex_span(&body), &content), HF_ERR_bad_record);
        assert_int_equal(open_at(opens, EPOCH + 1, SEQUENCE, hf_test_hex_span(&body), &content), HF_ERR_bad_record);
        assert_int_equal(open_at(opens, EPOCH, SEQUENCE, hf_test_hex_span(&body), &content), HF_OK);
        hf_record_free(opens);
    }
}

/* Whatever is wrong, it is bad_record, so that framing drops it: RFC 6347 4.1.2.7. */
static void every_changed_byte_and_cut_is_one_failure(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(known); i++) {
        struct hf_test_hex body = hf_test_hex_of(known[i].body);
        struct hf_record_protection *opens = make(known[i].block, HF_HASH_SHA1, known[i].later, /* seals= */ false);
        struct hf_record_content content = {0};
        for (size_t at = 0; at < body.len; at++) {
            body.bytes[at] ^= 0x01;
            assert_int_equal(open_at(opens, EPOCH, SEQUENCE, hf_test_hex_span(&body), &content), HF_ERR_bad_record);
            body.bytes[at] ^= 0x01;
            assert_int_equal(open_at(opens, EPOCH, SEQUENCE, hf_span_of(body.bytes, at), &content), HF_ERR_bad_record);
        }
        assert_int_equal(open_at(opens, EPOCH, SEQUENCE, hf_test_hex_span(&body), &content), HF_OK);
        hf_record_free(opens);
    }
}

/* Sealed, and opened in the order 2, 0, 1; what it measures says how long each is at most. */
static void round_trip(enum hf_block_cipher_id block, enum hf_hash_id mac, bool later, size_t len)
{
    static uint8_t rooms[3][20000];
    static uint8_t text[HF_RECORD_CONTENT_MAX];
    struct hf_record_protection *seals = make(block, mac, later, true);
    struct hf_record_protection *opens = make(block, mac, later, false);
    struct hf_span bodies[3];
    for (size_t i = 0; i < 3; i++) {
        const struct hf_record_content content = {
            .type = 23, .bytes = hf_span_of(text, len), .epoch = EPOCH, .sequence = SEQUENCE + i};
        struct hf_writer writer = hf_writer_of(rooms[i], sizeof rooms[i]);
        assert_int_equal(hf_record_seal(seals, &content, &writer), HF_OK);
        assert_true(writer.len <= seals->header_len + len + seals->overhead);
        bodies[i] = hf_span_part(hf_writer_span(&writer), seals->header_len, writer.len);
    }
    for (size_t i = 2; i < 5; i++) {
        struct hf_record_content opened = {0};
        assert_int_equal(open_at(opens, EPOCH, SEQUENCE + i % 3, bodies[i % 3], &opened), HF_OK);
        assert_true(hf_span_equal(opened.bytes, hf_span_of(text, len)));
    }
    hf_record_free(seals);
    hf_record_free(opens);
}

static void all_kinds_round_trip(void **state)
{
    static const enum hf_hash_id macs[] = {HF_HASH_SHA1, HF_HASH_SHA256, HF_HASH_SHA384};
    static const size_t lens[] = {0, 1, 15, 16, 17, 255, HF_RECORD_CONTENT_MAX};
    (void)state;
    for (size_t m = 0; m < HF_COUNT(macs); m++)
        for (size_t i = 0; i < HF_COUNT(lens); i++) {
            round_trip(HF_BLOCK_CIPHER_NONE, macs[m], false, lens[i]);
            round_trip(HF_BLOCK_CIPHER_AES_128_CBC, macs[m], false, lens[i]);
            round_trip(HF_BLOCK_CIPHER_AES_256_CBC, macs[m], true, lens[i]);
            round_trip(HF_BLOCK_CIPHER_3DES_CBC, macs[m], i % 2 == 1, lens[i]);
        }
}

/* 48 bits of number, then no more records. */
static void numbers_end(void **state)
{
    uint8_t room[100];
    struct hf_record_protection *seals = make(HF_BLOCK_CIPHER_AES_128_CBC, HF_HASH_SHA1, false, true);
    struct hf_record_content content = {.type = 23, .epoch = EPOCH, .sequence = HF_DTLS_SEQUENCE_MAX};
    struct hf_writer writer = hf_writer_of(room, sizeof room);
    (void)state;
    assert_int_equal(hf_record_seal(seals, &content, &writer), HF_OK);
    content.sequence++;
    writer = hf_writer_of(room, sizeof room);
    assert_int_equal(hf_record_seal(seals, &content, &writer), HF_ERR_usage_limit_reached);
    assert_int_equal(writer.len, 0);
    hf_record_free(seals);
}

static void what_does_not_fit_is_not_written(void **state)
{
    uint8_t room[13 + 63];
    struct hf_record_protection *seals = make(HF_BLOCK_CIPHER_AES_128_CBC, HF_HASH_SHA1, true, true);
    const struct hf_record_content content = {.type = 23, .bytes = hf_span_of_text("sixteen bytes...")};
    struct hf_writer writer = hf_writer_of(room, sizeof room); /* IV, two blocks, MAC: 68 */
    (void)state;
    assert_int_equal(hf_record_seal(seals, &content, &writer), HF_ERR_internal);
    assert_int_equal(writer.len, 0);
    hf_record_free(seals);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_records_open),
        cmocka_unit_test(every_changed_byte_and_cut_is_one_failure),
        cmocka_unit_test(all_kinds_round_trip),
        cmocka_unit_test(numbers_end),
        cmocka_unit_test(what_does_not_fit_is_not_written),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
