/* ipsec-mb's keys and libcrypto's write and open each other's records: every algorithm that both have, at every length
 * around the ciphers' blocks and at a whole record, in place and apart, with tails and without; and no forgery opens.
 * The published vectors run in aead_test.c, by whichever serves here. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "base/must.h"
#include "crypto/aead_methods.h"
#include "crypto/aead_multi.h"
#include "crypto/toolbox_parts.h"

#define LEN_MAX 16385
#define AAD_LEN 13

static struct hf_toolbox *toolbox;
static const struct hf_aead_multi *multi;

static const enum hf_aead_id ids[] = {HF_AEAD_AES_128_GCM, HF_AEAD_AES_256_GCM, HF_AEAD_CHACHA20_POLY1305};

/* One algorithm's key, both directions, by both libraries. */
struct keys {
    struct hf_aead seal[2];
    struct hf_aead open[2];
};

enum { LIBCRYPTO, MULTI };

static const uint8_t key_bytes[HF_AEAD_KEY_LEN_MAX] = {0x9c, 1, 2, 3, 4, 5, 6, 7, 8, 9};
static uint8_t nonce[HF_AEAD_NONCE_LEN] = {7, 6, 5};
static const uint8_t aad[AAD_LEN] = {23, 3, 3, 1};

static void make(enum hf_aead_id id, enum hf_aead_direction direction, struct hf_aead *ret_pair)
{
    const struct hf_aead_setup setup = {id, direction, hf_span_of(key_bytes, hf_aead_key_len(id))};
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(hf_aead_init(&ret_pair[i], toolbox, &hf_allocation_standard, &setup), HF_OK);
    ret_pair[LIBCRYPTO].methods = &hf_aead_libcrypto;
    ret_pair[MULTI].methods = hf_aead_multi_any(multi, id);
}

static void make_keys(enum hf_aead_id id, struct keys *ret_keys)
{
    make(id, HF_AEAD_SEAL, ret_keys->seal);
    make(id, HF_AEAD_OPEN, ret_keys->open);
}

static void wipe_keys(struct keys *keys)
{
    for (size_t i = 0; i < 2; i++) {
        hf_aead_wipe(&keys->seal[i]);
        hf_aead_wipe(&keys->open[i]);
    }
}

static void fill(uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)(i * 7 + len);
}

/* One length: both write the same, with the last `tail_len` bytes at their place already, and each opens it. */
static void assert_agree(struct keys *keys, size_t len, size_t tail_len)
{
    static uint8_t plain[LEN_MAX], sealed[2][LEN_MAX + HF_AEAD_TAG_LEN_MAX], opened[LEN_MAX];
    const struct hf_span aad_span = hf_span_of(aad, sizeof aad);
    const struct hf_aead_tailed content = {hf_span_of(plain, len - tail_len), tail_len};
    fill(plain, len);
    for (size_t i = 0; i < 2; i++) {
        memcpy(sealed[i] + len - tail_len, plain + len - tail_len, tail_len);
        assert_int_equal(hf_aead_seal_tailed(&keys->seal[i], nonce, aad_span, &content, sealed[i]), HF_OK);
    }
    const struct hf_span wire = hf_span_of(sealed[MULTI], len + HF_AEAD_TAG_LEN_MAX);
    assert_memory_equal(sealed[LIBCRYPTO], wire.data, wire.len);
    for (size_t i = 0; i < 2; i++) {
        memset(opened, 0, sizeof opened);
        assert_int_equal(hf_aead_open(&keys->open[i], nonce, aad_span, wire, opened), HF_OK);
        assert_memory_equal(opened, plain, len);
        struct hf_aead_apart apart = {.into = opened};
        memset(opened, 0, sizeof opened);
        assert_int_equal(hf_aead_open_apart(&keys->open[i], nonce, aad_span, wire, &apart),
                         len > 0 ? HF_OK : HF_ERR_bad_record);
        assert_memory_equal(opened, plain, len > 0 ? len - 1 : 0);
        assert_int_equal(apart.last, len > 0 ? plain[len - 1] : 0);
    }
    assert_int_equal(hf_aead_open(&keys->open[MULTI], nonce, aad_span, wire, sealed[MULTI]), HF_OK);
    assert_memory_equal(sealed[MULTI], plain, len);
    assert_int_equal(hf_aead_seal(&keys->seal[MULTI], nonce, aad_span, hf_span_of(sealed[MULTI], len), sealed[MULTI]),
                     HF_OK);
    assert_memory_equal(sealed[LIBCRYPTO], sealed[MULTI], len + HF_AEAD_TAG_LEN_MAX);
    nonce[11]++;
}

static void test_agree(void **state)
{
    (void)state;
    if (multi == NULL)
        skip();
    for (size_t i = 0; i < HF_COUNT(ids); i++) {
        struct keys keys;
        make_keys(ids[i], &keys);
        for (size_t len = 0; len <= 600; len++) {
            assert_agree(&keys, len, 0);
            if (len > 0)
                assert_agree(&keys, len, len % 20 < len ? len % 20 : len);
        }
        assert_agree(&keys, LEN_MAX, 1);
        assert_agree(&keys, LEN_MAX - 1, 0);
        wipe_keys(&keys);
    }
}

/* Each bit of a sealed record changed, and the nonce, and the associated data: refused, nothing left of it; and the key
 * still opens what is right. */
static void test_forgeries(void **state)
{
    enum { LEN = 33, SEALED = LEN + HF_AEAD_TAG_LEN_MAX };
    (void)state;
    if (multi == NULL)
        skip();
    for (size_t i = 0; i < HF_COUNT(ids); i++) {
        struct keys keys;
        make_keys(ids[i], &keys);
        const struct hf_span aad_span = hf_span_of(aad, sizeof aad);
        uint8_t plain[LEN], sealed[SEALED], opened[LEN];
        static const uint8_t zeros[LEN] = {0};
        fill(plain, LEN);
        assert_int_equal(hf_aead_seal(&keys.seal[MULTI], nonce, aad_span, hf_span_of(plain, LEN), sealed), HF_OK);
        for (size_t bit = 0; bit < SEALED * 8; bit++) {
            sealed[bit / 8] ^= (uint8_t)(1U << bit % 8);
            memset(opened, 1, sizeof opened);
            assert_int_equal(hf_aead_open(&keys.open[MULTI], nonce, aad_span, hf_span_of(sealed, SEALED), opened),
                             HF_ERR_bad_record);
            assert_memory_equal(opened, zeros, LEN);
            sealed[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
        uint8_t other[HF_AEAD_NONCE_LEN] = {1};
        assert_int_equal(hf_aead_open(&keys.open[MULTI], other, aad_span, hf_span_of(sealed, SEALED), opened),
                         HF_ERR_bad_record);
        assert_int_equal(
            hf_aead_open(&keys.open[MULTI], nonce, hf_span_of(aad, AAD_LEN - 1), hf_span_of(sealed, SEALED), opened),
            HF_ERR_bad_record);
        assert_int_equal(hf_aead_open(&keys.open[MULTI], nonce, aad_span, hf_span_of(sealed, SEALED), opened), HF_OK);
        assert_memory_equal(opened, plain, LEN);
        wipe_keys(&keys);
    }
}

/* What ipsec-mb has not is left to libcrypto, and so is everything where it is missing. */
static void test_choice(void **state)
{
    (void)state;
    assert_null(hf_aead_multi_methods(NULL, HF_AEAD_AES_128_GCM));
    assert_null(hf_aead_multi_any(NULL, HF_AEAD_AES_128_GCM));
    assert_null(hf_aead_multi_methods(multi, HF_AEAD_AES_128_CCM));
    assert_null(hf_aead_multi_any(multi, HF_AEAD_AES_128_CCM));
    assert_int_equal(hf_aead_multi_methods(multi, HF_AEAD_AES_256_GCM) != NULL, multi != NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agree),
        cmocka_unit_test(test_forgeries),
        cmocka_unit_test(test_choice),
    };
    if (hf_toolbox_new(&hf_allocation_standard, &toolbox) != HF_OK)
        return 1;
    multi = toolbox->multi;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    hf_toolbox_free(toolbox);
    return failed;
}
