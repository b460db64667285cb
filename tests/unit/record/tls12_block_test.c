/* TLS 1.2 records with a MAC of their own: known records, made by Python's hmac and OpenSSL's enc program, and every
 * way to be wrong, which all must be one failure. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/must.h"
#include "record/tls12_block.h"
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

static struct hf_traffic_keys keys_for(size_t key_len, size_t mac_len)
{
    struct hf_traffic_keys keys = {.key.len = (uint8_t)key_len, .mac.len = (uint8_t)mac_len};
    for (size_t i = 0; i < key_len; i++)
        keys.key.bytes[i] = (uint8_t)i;
    for (size_t i = 0; i < mac_len; i++)
        keys.mac.bytes[i] = (uint8_t)(0x40 + i);
    return keys;
}

static struct hf_record_protection *make(enum hf_block_cipher_id block, enum hf_hash_id mac, bool later, bool seals)
{
    struct hf_traffic_keys keys = keys_for(hf_block_cipher_key_len(block), hf_hash_len(mac));
    const struct hf_mac_body_setup wish = {
        .block = block, .mac = mac, .encrypt_then_mac = later, .seals = seals, .keys = &keys};
    struct hf_record_protection *made = NULL;
    assert_int_equal(hf_tls12_block_new(toolbox, &hf_allocation_standard, &wish, &made), HF_OK);
    return made;
}

static enum hf_error open_body(struct hf_record_protection *protection, struct hf_span body,
                               struct hf_record_content *ret_content)
{
    static uint8_t into[20000];
    const uint8_t header[] = {23, 3, 3, (uint8_t)(body.len >> 8), (uint8_t)body.len};
    const struct hf_record_wire wire = {.header = hf_span_of(header, sizeof header), .body = body};
    return hf_record_open(protection, &wire, into, ret_content);
}

static const struct {
    enum hf_block_cipher_id block;
    bool later;
    const char *body;
} known[] = {
    {HF_BLOCK_CIPHER_AES_128_CBC, false,
     "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf5eed1c54d3b04a510d89a7590ea48221871d9b7d677b3b8870c42f6117b1057f8790da96b27ca3ac0"
     "87710129858a9ae"},
    {HF_BLOCK_CIPHER_AES_128_CBC, false, /* with 14 blocks of padding more than it needs: a peer may */
     "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf5eed1c54d3b04a510d89a7590ea48221871d9b7d677b3b8870c42f6117b1057ff48c79edac57413ce"
     "b1c556a0f744e43431db18e5ba848e9d3876e0e7f70ffe272ad4fa827e47762f0e5797648075fe438bd0a6e"
     "5181c7a6d84202ba1aea1fe96ce228865394bdf3f9f9f491f09d97ac082672daf62f4a7d6e76584e9c4230cdadb6e0013eaf983d8807a6977"
     "fb2f79226360094d1d530d08f30b41a8fcb7207e6412225f14443ee92df267df137ddf1f1acbbf22237ea50"
     "16403f3f771ddd35ecf4d925ab8e021d125f2653ab033e4f43094ea1811ab945cdf2196191e9125a0df9be2e767f63562c4a3f848385f4b26"
     "9f851888a8208bb6613ea8a33d008c21aece390dfa7998267ed64496d7eefca"},
    {HF_BLOCK_CIPHER_AES_128_CBC, true,
     "a0a1a2a3a4a5a6a7a8a9aaabacadaeafe17e05f18a219c2efc0bcdce2dcf9a73313e9c0b6743b61d77a891eba8cbcab928c9a6ba"},
    {HF_BLOCK_CIPHER_3DES_CBC, false,
     "a0a1a2a3a4a5a6a73664a31c1b70e7c7d6e58206871a31ce5cebc6819a9129abe9ef8e595fb9311ee4a19b1cc45573ba"},
    {HF_BLOCK_CIPHER_3DES_CBC, true,
     "a0a1a2a3a4a5a6a73664a31c1b70e7c70f39468a8f84f1e4473a712002af6981e0e7bebeec9829fd960f760a"},
    {HF_BLOCK_CIPHER_NONE, false, "61747461636b206174206461776eba592832f065124ba407f13a1e3ef13c3e87bcc9"},
};

static void known_records_open(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(known); i++) {
        struct hf_test_hex body = hf_test_hex_of(known[i].body);
        struct hf_record_protection *opens = make(known[i].block, HF_HASH_SHA1, known[i].later, /* seals= */ false);
        struct hf_record_content content = {0};
        assert_int_equal(open_body(opens, hf_test_hex_span(&body), &content), HF_OK);
        assert_int_equal(content.type, 23);
        assert_true(hf_span_equal(content.bytes, hf_span_of_text("attack at dawn")));
        /* The sequence number is in the MAC: the same record again is another one. */
        assert_int_equal(open_body(opens, hf_test_hex_span(&body), &content), HF_ERR_bad_record);
        hf_record_free(opens);
    }
}

/* Whatever is wrong, it is bad_record: padding, MAC, IV, and any cut. */
static void every_changed_byte_and_cut_is_one_failure(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(known); i++) {
        struct hf_test_hex body = hf_test_hex_of(known[i].body);
        struct hf_record_protection *opens = make(known[i].block, HF_HASH_SHA1, known[i].later, /* seals= */ false);
        struct hf_record_content content = {0};
        for (size_t at = 0; at < body.len; at++) {
            body.bytes[at] ^= 0x01;
            assert_int_equal(open_body(opens, hf_test_hex_span(&body), &content), HF_ERR_bad_record);
            body.bytes[at] ^= 0x01;
            assert_int_equal(open_body(opens, hf_span_of(body.bytes, at), &content), HF_ERR_bad_record);
        }
        assert_int_equal(open_body(opens, hf_test_hex_span(&body), &content), HF_OK);
        hf_record_free(opens);
    }
}

/* Room of the application's may be where a record is opened (hf_receive): of one that is not authentic nothing stays.
 */
static void no_plaintext_of_a_forged_record_stays(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(known); i++) {
        struct hf_test_hex body = hf_test_hex_of(known[i].body);
        struct hf_record_protection *opens = make(known[i].block, HF_HASH_SHA1, known[i].later, /* seals= */ false);
        const uint8_t header[] = {23, 3, 3, 0, (uint8_t)body.len};
        const struct hf_record_wire wire = {.header = hf_span_of(header, sizeof header),
                                            .body = hf_test_hex_span(&body)};
        struct hf_record_content content = {0};
        uint8_t into[sizeof body.bytes] = {0};
        body.bytes[body.len - 1] ^= 0x01;
        assert_int_equal(hf_record_open(opens, &wire, into, &content), HF_ERR_bad_record);
        for (size_t at = 0; at < sizeof into; at++)
            assert_int_equal(into[at], 0);
        hf_record_free(opens);
    }
}

static void what_is_sealed_opens(enum hf_block_cipher_id block, enum hf_hash_id mac, bool later)
{
    static uint8_t room[20000];
    static uint8_t text[HF_RECORD_CONTENT_MAX];
    struct hf_record_protection *seals = make(block, mac, later, true);
    struct hf_record_protection *opens = make(block, mac, later, false);
    for (size_t len = 0; len <= sizeof text; len = len < 80 ? len + 1 : len * 3) {
        size_t now = len > 10000 ? sizeof text : len;
        const struct hf_record_content content = {.type = 23, .bytes = hf_span_of(text, now)};
        struct hf_record_content opened = {0};
        struct hf_writer writer = hf_writer_of(room, sizeof room);
        assert_int_equal(hf_record_seal(seals, &content, &writer), HF_OK);
        assert_true(writer.len <= HF_RECORD_HEADER_LEN + now + seals->overhead);
        struct hf_span body = hf_span_part(hf_writer_span(&writer), HF_RECORD_HEADER_LEN, writer.len);
        assert_int_equal(open_body(opens, body, &opened), HF_OK);
        assert_true(hf_span_equal(opened.bytes, content.bytes));
    }
    hf_record_free(seals);
    hf_record_free(opens);
}

static void all_kinds_round_trip(void **state)
{
    static const enum hf_hash_id macs[] = {HF_HASH_SHA1, HF_HASH_SHA256, HF_HASH_SHA384};
    (void)state;
    for (size_t m = 0; m < HF_COUNT(macs); m++) {
        what_is_sealed_opens(HF_BLOCK_CIPHER_NONE, macs[m], false);
        for (int later = 0; later < 2; later++) {
            what_is_sealed_opens(HF_BLOCK_CIPHER_AES_128_CBC, macs[m], later == 1);
            what_is_sealed_opens(HF_BLOCK_CIPHER_AES_256_CBC, macs[m], later == 1);
            what_is_sealed_opens(HF_BLOCK_CIPHER_3DES_CBC, macs[m], later == 1);
        }
    }
}

/* No two records begin alike: each has an IV of its own (BEAST). */
static void ivs_differ(void **state)
{
    uint8_t a[128];
    uint8_t b[128];
    const struct hf_record_content content = {.type = 23, .bytes = hf_span_of("same", 4)};
    struct hf_record_protection *seals = make(HF_BLOCK_CIPHER_AES_128_CBC, HF_HASH_SHA1, false, true);
    struct hf_writer first = hf_writer_of(a, sizeof a);
    struct hf_writer second = hf_writer_of(b, sizeof b);
    (void)state;
    assert_int_equal(hf_record_seal(seals, &content, &first), HF_OK);
    assert_int_equal(hf_record_seal(seals, &content, &second), HF_OK);
    assert_memory_not_equal(a + 5, b + 5, 16);
    hf_record_free(seals);
}

static size_t seal_one(struct hf_record_protection *seals, uint8_t type, size_t len, enum hf_error *ret_error)
{
    static uint8_t room[20000], text[HF_RECORD_CONTENT_MAX];
    const struct hf_record_content content = {.type = type, .bytes = hf_span_of(text, len)};
    struct hf_writer writer = hf_writer_of(room, sizeof room);
    *ret_error = hf_record_seal(seals, &content, &writer);
    return writer.len;
}

/* 2^20 blocks of 8 bytes, of which an alert needs the last: no record goes beyond them, whatever its length, and an
 * alert still does (Sweet32; NIST SP 800-67 rev. 2). */
static void a_key_of_short_blocks_is_used_up(void **state)
{
    enum { ALERT = 21, DATA = 23 };
    (void)state;
    for (int later = 0; later < 2; later++) {
        const size_t alert_blocks = later == 1 ? 1 : 3; /* 2 bytes, 20 of MAC inside, and padding */
        struct hf_record_protection *seals = make(HF_BLOCK_CIPHER_3DES_CBC, HF_HASH_SHA1, later == 1, true);
        enum hf_error error;
        size_t blocks = 0;
        while (blocks + alert_blocks + 2052 <= 1 << 20) {
            const size_t len = seal_one(seals, DATA, HF_RECORD_CONTENT_MAX, &error);
            assert_int_equal(error, HF_OK);
            assert_int_equal(seals->usage, HF_USAGE_FINE);
            blocks += (len - HF_RECORD_HEADER_LEN - 8 - (later == 1 ? 20 : 0)) / 8;
        }
        assert_int_equal(seal_one(seals, DATA, HF_RECORD_CONTENT_MAX, &error), 0);
        assert_int_equal(error, HF_ERR_usage_limit_reached);
        while (blocks + 2 * alert_blocks <= 1 << 20) {
            (void)seal_one(seals, DATA, 2, &error); /* as long as an alert */
            assert_int_equal(error, HF_OK);
            blocks += alert_blocks;
        }
        assert_int_equal(seals->usage, HF_USAGE_EXHAUSTED);
        assert_int_equal(seal_one(seals, DATA, 2, &error), 0);
        assert_int_equal(error, HF_ERR_usage_limit_reached);
        (void)seal_one(seals, ALERT, 2, &error);
        assert_int_equal(error, HF_OK);
        assert_int_equal(seal_one(seals, ALERT, 2, &error), 0);
        assert_int_equal(error, HF_ERR_usage_limit_reached);
        hf_record_free(seals);
    }
}

static void wrong_lengths_are_refused(void **state)
{
    struct hf_record_protection *made = NULL;
    struct hf_traffic_keys keys = keys_for(16, 20);
    struct hf_mac_body_setup wish = {
        .block = HF_BLOCK_CIPHER_AES_256_CBC, .mac = HF_HASH_SHA1, .seals = true, .keys = &keys};
    (void)state;
    assert_int_equal(hf_tls12_block_new(toolbox, &hf_allocation_standard, &wish, &made), HF_ERR_wrong_call);
    wish.block = HF_BLOCK_CIPHER_AES_128_CBC;
    wish.mac = HF_HASH_SHA256;
    assert_int_equal(hf_tls12_block_new(toolbox, &hf_allocation_standard, &wish, &made), HF_ERR_wrong_call);
    wish.mac = HF_HASH_SHA1;
    keys.iv.len = 16;
    assert_int_equal(hf_tls12_block_new(toolbox, &hf_allocation_standard, &wish, &made), HF_ERR_wrong_call);
    keys = keys_for(0, 20);
    wish.block = HF_BLOCK_CIPHER_NONE;
    wish.encrypt_then_mac = true; /* RFC 7366 3: of block ciphers only */
    assert_int_equal(hf_tls12_block_new(toolbox, &hf_allocation_standard, &wish, &made), HF_ERR_wrong_call);
    assert_null(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_records_open),
        cmocka_unit_test(every_changed_byte_and_cut_is_one_failure),
        cmocka_unit_test(all_kinds_round_trip),
        cmocka_unit_test(ivs_differ),
        cmocka_unit_test(wrong_lengths_are_refused),
        cmocka_unit_test(a_key_of_short_blocks_is_used_up),
        cmocka_unit_test(no_plaintext_of_a_forged_record_stays),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
