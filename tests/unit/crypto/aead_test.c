/* AEADs against published vectors; in place; wrong tags, nonces, associated data and cut records are refused and leave
 * no plaintext behind. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/must.h"
#include "base/secret.h"
#include "crypto/aead.h"
#include "support/test_allocator.h"
#include "support/test_hex.h"

static struct hf_toolbox *toolbox;

struct vector {
    const char *source;
    enum hf_aead_id id;
    const char *key;
    const char *nonce;
    const char *aad;
    const char *plaintext;
    const char *sealed; /* ciphertext and tag */
};

#define GCM_PLAINTEXT                                                                                                  \
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657" \
    "ba637b39"
#define GCM_AAD "feedfacedeadbeeffeedfacedeadbeefabaddad2"

static const struct vector vectors[] = {
    {"The Galois/Counter Mode of Operation (GCM), McGrew and Viega, appendix B, test case 4", HF_AEAD_AES_128_GCM,
     "feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888", GCM_AAD, GCM_PLAINTEXT,
     "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa05"
     "1ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47"},
    {"the same, test case 1: nothing at all", HF_AEAD_AES_128_GCM, "00000000000000000000000000000000",
     "000000000000000000000000", "", "", "58e2fccefa7e3061367f1d57a4e7455a"},
    {"the same, test case 16", HF_AEAD_AES_256_GCM, "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
     "cafebabefacedbaddecaf888", GCM_AAD, GCM_PLAINTEXT,
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
     "c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"},
    {"RFC 8439 2.8.2", HF_AEAD_CHACHA20_POLY1305, "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
     "070000004041424344454647", "50515253c0c1c2c3c4c5c6c7",
     "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a204966204920636f756c64206f6666"
     "657220796f75206f6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73637265656e20776f756c642062652069"
     "742e",
     "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b"
     "1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
     "3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691"},
    {"NIST CAVS CCM VNT128, count 50", HF_AEAD_AES_128_CCM, "005e8f4d8e0cbf4e1ceeb5d87a275848",
     "0ec3ac452b547b9062aac8fa", "2f1821aa57e5278ffd33c17d46615b77363149dbc98470413f6543a6b749f2ca",
     "b6f345204526439daf84998f380dcfb4b4167c959c04ff65",
     "9575e16f35da3c88a19c26a7b762044f4d7bbbafeff05d754829e2a7752fa3a14890972884b511d8"},
    {"NIST CAVS CCM VNT256, count 50", HF_AEAD_AES_256_CCM,
     "d6ff67379a2ead2ca87aa4f29536258f9fb9fc2e91b0ed18e7b9f5df332dd1dc", "2f1d0717a822e20c7cd28f0a",
     "d50741d34c8564d92f396b97be782923ff3c855ea9757bde419f632c83997630",
     "98626ffc6c44f13c964e7fcb7d16e988990d6d063d012d33",
     "50e22db70ac2bab6d6af7059c90d00fbf0fb52eee5eb650e08aca7dec636170f481dcb9fefb85c05"},
    {"NIST SP 800-38C, example 3", HF_AEAD_AES_128_CCM_8, "404142434445464748494a4b4c4d4e4f",
     "101112131415161718191a1b", "000102030405060708090a0b0c0d0e0f10111213",
     "202122232425262728292a2b2c2d2e2f3031323334353637",
     "e3b201a9f5b71a7a9b1ceaeccd97e70b6176aad9a4428aa5484392fbc1b09951"},
};

static struct hf_aead *make(enum hf_aead_id id, enum hf_aead_direction direction, struct hf_span key)
{
    struct hf_aead *aead = test_malloc(sizeof *aead);
    struct hf_aead_setup setup = {id, direction, key};
    assert_int_equal(hf_aead_init(aead, toolbox, &hf_allocation_standard, &setup), HF_OK);
    return aead;
}

static void drop(struct hf_aead *aead)
{
    hf_aead_wipe(aead);
    test_free(aead);
}

/* Each vector twice with one key, apart and in place: the state must be good for a second record. */
static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(vectors); i++) {
        struct hf_test_hex key = hf_test_hex_of(vectors[i].key);
        struct hf_test_hex nonce = hf_test_hex_of(vectors[i].nonce);
        struct hf_test_hex aad = hf_test_hex_of(vectors[i].aad);
        struct hf_test_hex plaintext = hf_test_hex_of(vectors[i].plaintext);
        struct hf_aead *seal = make(vectors[i].id, HF_AEAD_SEAL, hf_test_hex_span(&key));
        struct hf_aead *open = make(vectors[i].id, HF_AEAD_OPEN, hf_test_hex_span(&key));
        size_t tag_len = hf_aead_tag_len(vectors[i].id);
        uint8_t into[256] = {0};
        assert_int_equal(hf_aead_seal(seal, nonce.bytes, hf_test_hex_span(&aad), hf_test_hex_span(&plaintext), into),
                         HF_OK);
        assert_true(hf_test_hex_equal(hf_span_of(into, plaintext.len + tag_len), vectors[i].sealed));
        assert_int_equal(into[plaintext.len + tag_len], 0);

        assert_true(hf_span_copy(hf_test_hex_span(&plaintext), into, sizeof into));
        struct hf_span in_place = hf_span_of(into, plaintext.len);
        assert_int_equal(hf_aead_seal(seal, nonce.bytes, hf_test_hex_span(&aad), in_place, into), HF_OK);
        struct hf_span sealed = hf_span_of(into, plaintext.len + tag_len);
        assert_true(hf_test_hex_equal(sealed, vectors[i].sealed));

        uint8_t opened[256] = {0};
        assert_int_equal(hf_aead_open(open, nonce.bytes, hf_test_hex_span(&aad), sealed, opened), HF_OK);
        assert_true(hf_span_equal(hf_span_of(opened, plaintext.len), hf_test_hex_span(&plaintext)));
        assert_int_equal(hf_aead_open(open, nonce.bytes, hf_test_hex_span(&aad), sealed, into), HF_OK);
        assert_true(hf_span_equal(hf_span_of(into, plaintext.len), hf_test_hex_span(&plaintext)));
        drop(seal);
        drop(open);
    }
}

static void assert_wiped(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        assert_int_equal(bytes[i], 0);
}

#define LEN 45

/* One sealed record of every algorithm, then each byte of it changed, and aad, and nonce; and each cut. */
static void test_forgeries(void **state)
{
    static const uint8_t key[HF_AEAD_KEY_LEN_MAX] = {1, 2, 3};
    (void)state;
    for (enum hf_aead_id id = HF_AEAD_NONE + 1; id < HF_AEAD_COUNT; id++) {
        struct hf_aead *seal = make(id, HF_AEAD_SEAL, hf_span_of(key, hf_aead_key_len(id)));
        struct hf_aead *open = make(id, HF_AEAD_OPEN, hf_span_of(key, hf_aead_key_len(id)));
        uint8_t nonce[HF_AEAD_NONCE_LEN] = {9};
        uint8_t plaintext[LEN] = {7};
        uint8_t sealed[LEN + HF_AEAD_TAG_LEN_MAX];
        uint8_t into[LEN];
        struct hf_span aad = hf_span_of_text("aad");
        size_t len = LEN + hf_aead_tag_len(id);
        assert_int_equal(hf_aead_seal(seal, nonce, aad, hf_span_of(plaintext, LEN), sealed), HF_OK);
        for (size_t at = 0; at < len; at++) {
            sealed[at] ^= 0x10;
            hf_wipe(into, sizeof into);
            into[3] = 1;
            assert_int_equal(hf_aead_open(open, nonce, aad, hf_span_of(sealed, len), into), HF_ERR_bad_record);
            assert_wiped(into, LEN);
            sealed[at] ^= 0x10;
        }
        for (size_t cut = 0; cut < len; cut++)
            assert_int_equal(hf_aead_open(open, nonce, aad, hf_span_of(sealed, cut), into), HF_ERR_bad_record);
        assert_int_equal(hf_aead_open(open, nonce, hf_span_of_text("aae"), hf_span_of(sealed, len), into),
                         HF_ERR_bad_record);
        assert_int_equal(hf_aead_open(open, nonce, hf_span_of(NULL, 0), hf_span_of(sealed, len), into),
                         HF_ERR_bad_record);
        nonce[11] = 1;
        assert_int_equal(hf_aead_open(open, nonce, aad, hf_span_of(sealed, len), into), HF_ERR_bad_record);
        nonce[11] = 0;
        assert_int_equal(hf_aead_open(open, nonce, aad, hf_span_of(sealed, len), into), HF_OK);
        assert_true(hf_span_equal(hf_span_of(into, LEN), hf_span_of(plaintext, LEN)));
        drop(seal);
        drop(open);
    }
}

/* The last byte comes apart, nothing is written behind the others, and of a forgery nothing is left. */
static void test_apart(void **state)
{
    static const uint8_t key[HF_AEAD_KEY_LEN_MAX] = {1, 2, 3}, nonce[HF_AEAD_NONCE_LEN] = {9};
    const struct hf_span aad = hf_span_of_text("aad");
    (void)state;
    for (enum hf_aead_id id = HF_AEAD_NONE + 1; id < HF_AEAD_COUNT; id++) {
        struct hf_aead *seal = make(id, HF_AEAD_SEAL, hf_span_of(key, hf_aead_key_len(id)));
        struct hf_aead *open = make(id, HF_AEAD_OPEN, hf_span_of(key, hf_aead_key_len(id)));
        for (size_t len = 1; len <= LEN; len++) {
            uint8_t plaintext[LEN] = {7}, sealed[LEN + HF_AEAD_TAG_LEN_MAX], into[LEN];
            struct hf_aead_apart apart = {.into = into};
            struct hf_span whole = hf_span_of(sealed, len + hf_aead_tag_len(id));
            plaintext[len - 1] = 0x5a;
            assert_int_equal(hf_aead_seal(seal, nonce, aad, hf_span_of(plaintext, len), sealed), HF_OK);
            memset(into, 0xee, sizeof into);
            if (!hf_aead_opens_apart(id)) {
                assert_int_equal(hf_aead_open_apart(open, nonce, aad, whole, &apart), HF_ERR_wrong_call);
                continue;
            }
            assert_int_equal(hf_aead_open_apart(open, nonce, aad, whole, &apart), HF_OK);
            assert_memory_equal(into, plaintext, len - 1);
            assert_int_equal(into[len - 1], 0xee);
            assert_int_equal(apart.last, 0x5a);
            sealed[len - 1] ^= 1; /* the byte apart is authentic, too */
            assert_int_equal(hf_aead_open_apart(open, nonce, aad, whole, &apart), HF_ERR_bad_record);
            assert_wiped(into, len - 1);
            assert_int_equal(apart.last, 0);
            assert_int_equal(into[len - 1], 0xee);
            whole.len = hf_aead_tag_len(id);
            assert_int_equal(hf_aead_open_apart(open, nonce, aad, whole, &apart), HF_ERR_bad_record);
        }
        drop(seal);
        drop(open);
    }
}

/* TLS 1.2 may send records of no bytes (RFC 5246 6.2.1); also without associated data. */
static void test_empty(void **state)
{
    static const uint8_t key[HF_AEAD_KEY_LEN_MAX] = {1};
    static const uint8_t nonce[HF_AEAD_NONCE_LEN] = {2};
    const struct hf_span nothing = {NULL, 0};
    (void)state;
    for (enum hf_aead_id id = HF_AEAD_NONE + 1; id < HF_AEAD_COUNT; id++) {
        struct hf_aead *seal = make(id, HF_AEAD_SEAL, hf_span_of(key, hf_aead_key_len(id)));
        struct hf_aead *open = make(id, HF_AEAD_OPEN, hf_span_of(key, hf_aead_key_len(id)));
        uint8_t tag[HF_AEAD_TAG_LEN_MAX];
        struct hf_span sealed = hf_span_of(tag, hf_aead_tag_len(id));
        for (int with_aad = 0; with_aad < 2; with_aad++) {
            struct hf_span aad = with_aad ? hf_span_of_text("aad") : nothing;
            assert_int_equal(hf_aead_seal(seal, nonce, aad, nothing, tag), HF_OK);
            assert_int_equal(hf_aead_open(open, nonce, aad, sealed, NULL), HF_OK);
            tag[0] ^= 1;
            assert_int_equal(hf_aead_open(open, nonce, aad, sealed, NULL), HF_ERR_bad_record);
        }
        drop(seal);
        drop(open);
    }
}

static void test_refused(void **state)
{
    static const uint8_t key[HF_AEAD_KEY_LEN_MAX + 1] = {1};
    static const uint8_t nonce[HF_AEAD_NONCE_LEN] = {2};
    struct hf_aead aead = {0};
    uint8_t bytes[64] = {0};
    (void)state;
    for (enum hf_aead_id id = HF_AEAD_NONE + 1; id < HF_AEAD_COUNT; id++) {
        struct hf_aead_setup setup = {id, HF_AEAD_SEAL, hf_span_of(key, hf_aead_key_len(id) - 1)};
        assert_int_equal(hf_aead_init(&aead, toolbox, &hf_allocation_standard, &setup), HF_ERR_wrong_call);
        setup.key.len += 2;
        assert_int_equal(hf_aead_init(&aead, toolbox, &hf_allocation_standard, &setup), HF_ERR_wrong_call);
    }
    struct hf_aead_setup none = {HF_AEAD_NONE, HF_AEAD_SEAL, {NULL, 0}};
    assert_int_equal(hf_aead_init(&aead, toolbox, &hf_allocation_standard, &none), HF_ERR_unsupported_here);
    assert_null(hf_aead_kind_of(HF_AEAD_NONE));
    assert_null(hf_aead_kind_of(HF_AEAD_COUNT));
    assert_int_equal(hf_aead_key_len(HF_AEAD_NONE), 0);
    assert_int_equal(hf_aead_tag_len(HF_AEAD_COUNT), 0);
    hf_aead_wipe(&aead);

    struct hf_aead *made = make(HF_AEAD_AES_128_GCM, HF_AEAD_SEAL, hf_span_of(key, 16));
    struct hf_span span = hf_span_of(bytes, 32);
    assert_int_equal(hf_aead_open(made, nonce, span, span, bytes), HF_ERR_wrong_call);
    drop(made);
    made = make(HF_AEAD_AES_128_GCM, HF_AEAD_OPEN, hf_span_of(key, 16));
    assert_int_equal(hf_aead_seal(made, nonce, span, span, bytes), HF_ERR_wrong_call);
    drop(made);
}

/* A key at rest and one that keeps its tables write the same; it keeps them from some call on, gives them back when
 * told to rest, and does without where there is no memory for them. */
static void test_rest(void **state)
{
    static const uint8_t key[HF_AEAD_KEY_LEN_MAX] = {1};
    static const uint8_t nonce[HF_AEAD_NONCE_LEN] = {2};
    (void)state;
    for (enum hf_aead_id id = HF_AEAD_NONE + 1; id < HF_AEAD_COUNT; id++) {
        for (size_t fail_at = 0; fail_at < 2; fail_at++) {
            struct hf_test_allocator test;
            struct hf_aead aead;
            const struct hf_aead_setup setup = {id, HF_AEAD_SEAL, hf_span_of(key, hf_aead_key_len(id))};
            const struct hf_span text = hf_span_of_text("a text of some length");
            uint8_t first[64], later[64];
            hf_test_allocator_init(&test, fail_at);
            assert_int_equal(hf_aead_init(&aead, toolbox, &test.allocator, &setup), HF_OK);
            assert_int_equal(hf_aead_seal(&aead, nonce, text, text, first), HF_OK);
            for (int call = 1; call < 2 * HF_AEAD_CALLS_AT_REST; call++) {
                assert_true(test.live == 0 || call > HF_AEAD_CALLS_AT_REST);
                assert_int_equal(hf_aead_seal(&aead, nonce, text, text, later), HF_OK);
                assert_memory_equal(first, later, text.len + hf_aead_tag_len(id));
            }
            assert_true(test.live <= 1);
            assert_true(test.live == 1 || fail_at == 1 || id == HF_AEAD_CHACHA20_POLY1305);
            hf_aead_rest(&aead);
            assert_int_equal(test.live, 0);
            assert_int_equal(hf_aead_seal(&aead, nonce, text, text, later), HF_OK);
            assert_memory_equal(first, later, text.len + hf_aead_tag_len(id));
            hf_aead_wipe(&aead);
            assert_int_equal(test.live, 0);
        }
    }
}

/* The limits as RFC 9846 5.5 and RFC 9147 4.5.3 say them, in powers of two. */
static void test_limits(void **state)
{
    (void)state;
    assert_int_equal(hf_aead_kind_of(HF_AEAD_AES_128_GCM)->seal_limit, 23726566);
    assert_int_equal(hf_aead_kind_of(HF_AEAD_AES_256_GCM)->seal_limit, 23726566);
    assert_true(hf_aead_kind_of(HF_AEAD_CHACHA20_POLY1305)->seal_limit == UINT64_MAX);
    assert_int_equal(hf_aead_kind_of(HF_AEAD_AES_128_CCM)->seal_limit, 8388608);
    assert_true(hf_aead_kind_of(HF_AEAD_AES_128_GCM)->failure_limit == 68719476736ULL);
    assert_int_equal(hf_aead_kind_of(HF_AEAD_AES_128_CCM_8)->failure_limit, 128);
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors), cmocka_unit_test(test_forgeries), cmocka_unit_test(test_empty),
        cmocka_unit_test(test_apart),   cmocka_unit_test(test_refused),   cmocka_unit_test(test_rest),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
