/* RSA premasters: what is right comes out; whatever is wrong gives the random bytes that were drawn for it, and never a
 * failure (RFC 5246 7.4.7.1; Bleichenbacher 1998, ROBOT 2017). Blocks are made by hand and encrypted without padding.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/buffer.h"
#include "base/must.h"
#include "crypto/rsa_premaster.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>

enum { BITS = 2048, LEN = BITS / 8, VERSION = 0x0303 };

static struct hf_toolbox *toolbox;
static struct hf_private_key *key;
static EVP_PKEY *outside; /* the same key, in the hands of an attacker who has the public half */

static enum hf_error fill(void *context, uint8_t *into, size_t len)
{
    memset(into, *(const int *)context, len);
    return HF_OK;
}

static int filler = 0xe7;
static const struct hf_random fake = {fill, &filler};

static int setup(void **state)
{
    struct hf_buffer pem;
    (void)state;
    assert_int_equal(hf_toolbox_new(&hf_allocation_standard, &toolbox), HF_OK);
    assert_int_equal(hf_private_key_generate(toolbox, &hf_allocation_standard, HF_KEY_RSA, BITS, &key), HF_OK);
    hf_buffer_init(&pem, &hf_allocation_standard, 8192);
    assert_int_equal(hf_private_key_write_pem(key, &pem), HF_OK);
    BIO *bio = BIO_new_mem_buf(hf_buffer_span(&pem).data, (int)hf_buffer_len(&pem));
    outside = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    BIO_free(bio);
    hf_buffer_release(&pem);
    return outside == NULL ? -1 : 0;
}

static int teardown(void **state)
{
    (void)state;
    EVP_PKEY_free(outside);
    hf_private_key_free(key);
    hf_toolbox_free(toolbox);
    return 0;
}

/* 00 02, bytes that are not zero, 00, 03 03, 46 bytes. */
static void make_block(uint8_t block[LEN])
{
    for (size_t i = 0; i < LEN; i++)
        block[i] = (uint8_t)(1 + i % 255);
    block[0] = 0;
    block[1] = 2;
    block[LEN - 49] = 0;
    block[LEN - 48] = VERSION >> 8;
    block[LEN - 47] = VERSION & 0xff;
}

static void encrypt(const uint8_t block[LEN], uint8_t ciphertext[LEN])
{
    size_t len = LEN;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, outside, NULL);
    assert_true(EVP_PKEY_encrypt_init(context) > 0 && EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) > 0 &&
                EVP_PKEY_encrypt(context, ciphertext, &len, block, LEN) > 0);
    EVP_PKEY_CTX_free(context);
}

static void open_it(struct hf_span ciphertext, struct hf_premaster *premaster)
{
    *premaster = (struct hf_premaster){.len = 0};
    assert_int_equal(hf_rsa_premaster_open(key, &fake, VERSION, ciphertext, premaster), HF_OK);
    assert_int_equal(premaster->len, HF_RSA_PREMASTER_LEN);
}

static bool is_random(const struct hf_premaster *premaster)
{
    for (size_t i = 0; i < premaster->len; i++)
        if (premaster->bytes[i] != filler)
            return false;
    return true;
}

static void what_is_right_comes_out(void **state)
{
    uint8_t block[LEN];
    uint8_t ciphertext[LEN];
    struct hf_premaster premaster;
    (void)state;
    make_block(block);
    encrypt(block, ciphertext);
    open_it(hf_span_of(ciphertext, LEN), &premaster);
    assert_memory_equal(premaster.bytes, block + LEN - 48, 48);
}

/* Each byte of form made wrong, a zero anywhere in the padding, and another length of message. */
static void what_is_wrong_gives_random_bytes(void **state)
{
    static const size_t of_form[] = {1, LEN - 49, LEN - 48, LEN - 47};
    uint8_t block[LEN];
    uint8_t ciphertext[LEN];
    struct hf_premaster premaster;
    (void)state;
    for (size_t i = 0; i < HF_COUNT(of_form); i++) {
        make_block(block);
        block[of_form[i]] ^= 0x40;
        encrypt(block, ciphertext);
        open_it(hf_span_of(ciphertext, LEN), &premaster);
        assert_true(is_random(&premaster));
    }
    for (size_t at = 2; at < LEN - 49; at += at < 12 ? 1 : 37) { /* a shorter padding: a longer message */
        make_block(block);
        block[at] = 0;
        encrypt(block, ciphertext);
        open_it(hf_span_of(ciphertext, LEN), &premaster);
        assert_true(is_random(&premaster));
    }
    make_block(block); /* a message of 47 bytes */
    block[LEN - 49] = 1;
    block[LEN - 48] = 0;
    encrypt(block, ciphertext);
    open_it(hf_span_of(ciphertext, LEN), &premaster);
    assert_true(is_random(&premaster));
}

static void what_is_no_ciphertext_gives_random_bytes(void **state)
{
    uint8_t bytes[LEN + 1];
    struct hf_premaster premaster;
    (void)state;
    memset(bytes, 0xff, sizeof bytes); /* above the modulus */
    static const size_t lens[] = {0, 1, LEN - 1, LEN, LEN + 1};
    for (size_t i = 0; i < HF_COUNT(lens); i++) {
        open_it(hf_span_of(bytes, lens[i]), &premaster);
        assert_true(is_random(&premaster));
    }
    memset(bytes, 0, sizeof bytes);
    open_it(hf_span_of(bytes, LEN), &premaster);
    assert_true(is_random(&premaster));
}

static void a_client_says_the_version(void **state)
{
    struct hf_premaster premaster;
    (void)state;
    assert_int_equal(hf_rsa_premaster_make(&fake, VERSION, &premaster), HF_OK);
    assert_int_equal(premaster.len, 48);
    assert_int_equal(premaster.bytes[0], 3);
    assert_int_equal(premaster.bytes[1], 3);
    assert_int_equal(premaster.bytes[2], filler);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_right_comes_out),
        cmocka_unit_test(what_is_wrong_gives_random_bytes),
        cmocka_unit_test(what_is_no_ciphertext_gives_random_bytes),
        cmocka_unit_test(a_client_says_the_version),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
