/* Signatures of every kind: made by our private keys, accepted by our public keys and by libcrypto alike; what does not
 * fit is refused; one key signs in many threads. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/must.h"
#include "crypto/private_key.h"
#include "crypto/public_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <pthread.h>

static struct hf_toolbox *toolbox;

#define TEXT_MAX 8192

struct text {
    char bytes[TEXT_MAX];
    size_t len;
};

static const enum hf_key_type types[] = {HF_KEY_RSA,       HF_KEY_RSA_PSS,  HF_KEY_P256,  HF_KEY_P384,
                                         HF_KEY_P521,      HF_KEY_ED25519,  HF_KEY_ED448, HF_KEY_ML_DSA_44,
                                         HF_KEY_ML_DSA_65, HF_KEY_ML_DSA_87};

/* One key of each type, made once: RSA is slow to make. */
static struct hf_private_key *keys[HF_COUNT(types)];

static struct hf_private_key *key_of(enum hf_key_type type)
{
    for (size_t i = 0; i < HF_COUNT(types); i++) {
        if (types[i] == type)
            return keys[i];
    }
    return NULL;
}

/* ML-DSA came with libcrypto 3.5. */
static bool is_missing(enum hf_key_type type)
{
    return type >= HF_KEY_ML_DSA_44 && key_of(type) == NULL;
}

static struct text pem_of(const struct hf_private_key *key)
{
    struct text text = {.len = 0};
    struct hf_buffer buffer;
    hf_buffer_init(&buffer, &hf_allocation_standard, TEXT_MAX);
    assert_int_equal(hf_private_key_write_pem(key, &buffer), HF_OK);
    text.len = hf_buffer_len(&buffer);
    assert_true(hf_span_copy(hf_buffer_span(&buffer), text.bytes, sizeof text.bytes - 1));
    hf_buffer_release(&buffer);
    return text;
}

/* libcrypto's view of the same key. */
static EVP_PKEY *libcrypto_key(const struct hf_private_key *key)
{
    struct text pem = pem_of(key);
    BIO *source = BIO_new_mem_buf(pem.bytes, (int)pem.len);
    EVP_PKEY *made = PEM_read_bio_PrivateKey(source, NULL, NULL, NULL);
    BIO_free(source);
    assert_non_null(made);
    return made;
}

/* Every kind that is sound for some key here. */
static const struct hf_signature_kind kinds[] = {
    {HF_KEY_RSA, HF_HASH_SHA1, HF_PADDING_PKCS1},      {HF_KEY_RSA, HF_HASH_SHA256, HF_PADDING_PKCS1},
    {HF_KEY_RSA, HF_HASH_SHA384, HF_PADDING_PKCS1},    {HF_KEY_RSA, HF_HASH_SHA512, HF_PADDING_PKCS1},
    {HF_KEY_RSA, HF_HASH_SHA256, HF_PADDING_PSS},      {HF_KEY_RSA, HF_HASH_SHA384, HF_PADDING_PSS},
    {HF_KEY_RSA, HF_HASH_SHA512, HF_PADDING_PSS},      {HF_KEY_RSA_PSS, HF_HASH_SHA256, HF_PADDING_PSS},
    {HF_KEY_RSA_PSS, HF_HASH_SHA384, HF_PADDING_PSS},  {HF_KEY_RSA_PSS, HF_HASH_SHA512, HF_PADDING_PSS},
    {HF_KEY_P256, HF_HASH_SHA1, HF_PADDING_NONE},      {HF_KEY_P256, HF_HASH_SHA256, HF_PADDING_NONE},
    {HF_KEY_P256, HF_HASH_SHA512, HF_PADDING_NONE},    {HF_KEY_P384, HF_HASH_SHA384, HF_PADDING_NONE},
    {HF_KEY_P384, HF_HASH_SHA256, HF_PADDING_NONE},    {HF_KEY_P521, HF_HASH_SHA512, HF_PADDING_NONE},
    {HF_KEY_ED25519, HF_HASH_NONE, HF_PADDING_NONE},   {HF_KEY_ED448, HF_HASH_NONE, HF_PADDING_NONE},
    {HF_KEY_ML_DSA_44, HF_HASH_NONE, HF_PADDING_NONE}, {HF_KEY_ML_DSA_65, HF_HASH_NONE, HF_PADDING_NONE},
    {HF_KEY_ML_DSA_87, HF_HASH_NONE, HF_PADDING_NONE},
};

struct public_bytes {
    uint8_t point[2592];
    uint8_t modulus[256];
    uint8_t exponent[8];
};

/* The public half as our own reader of certificates would hand it over. */
static struct hf_public_key *public_of(const struct hf_private_key *key)
{
    EVP_PKEY *pkey = libcrypto_key(key);
    struct hf_public_key *made = NULL;
    struct public_bytes bytes = {0};
    struct hf_public_key_parts parts = {.type = hf_private_key_type(key)};
    if (parts.type == HF_KEY_RSA || parts.type == HF_KEY_RSA_PSS) {
        BIGNUM *n = NULL;
        BIGNUM *e = NULL;
        assert_int_equal(EVP_PKEY_get_bn_param(pkey, "n", &n), 1);
        assert_int_equal(EVP_PKEY_get_bn_param(pkey, "e", &e), 1);
        parts.modulus = hf_span_of(bytes.modulus, (size_t)BN_bn2bin(n, bytes.modulus));
        parts.exponent = hf_span_of(bytes.exponent, (size_t)BN_bn2bin(e, bytes.exponent));
        BN_free(n);
        BN_free(e);
    } else {
        size_t len = 0;
        const char *name = parts.type >= HF_KEY_ED25519 ? OSSL_PKEY_PARAM_PUB_KEY : OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY;
        assert_int_equal(EVP_PKEY_get_octet_string_param(pkey, name, bytes.point, sizeof bytes.point, &len), 1);
        parts.point = hf_span_of(bytes.point, len);
    }
    assert_int_equal(hf_public_key_new(toolbox, &hf_allocation_standard, &parts, &made), HF_OK);
    assert_int_equal(hf_public_key_bits(made), hf_private_key_bits(key));
    EVP_PKEY_free(pkey);
    return made;
}

/* libcrypto's verdict, by the interface that applications use. */
static bool libcrypto_says(EVP_PKEY *key, struct hf_signature_kind kind, struct hf_span message,
                           struct hf_span signature)
{
    static const char *const names[] = {NULL, "SHA1", "SHA256", "SHA384", "SHA512"};
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *settings = NULL;
    bool right = EVP_DigestVerifyInit_ex(context, &settings, names[kind.hash], NULL, NULL, key, NULL) == 1;
    if (kind.padding == HF_PADDING_PSS)
        right = right && EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1 &&
                EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) == 1;
    right = right && EVP_DigestVerify(context, signature.data, signature.len, message.data, message.len) == 1;
    EVP_MD_CTX_free(context);
    return right;
}

static void test_sign(void **state)
{
    struct hf_span message = hf_span_of_text("what is signed");
    (void)state;
    for (size_t i = 0; i < HF_COUNT(kinds); i++) {
        if (is_missing(kinds[i].key))
            continue;
        const struct hf_private_key *key = key_of(kinds[i].key);
        struct hf_public_key *public_key = public_of(key);
        EVP_PKEY *theirs = libcrypto_key(key);
        uint8_t signature[HF_SIGNATURE_MAX];
        size_t len = 0;
        struct hf_signature_room room = {signature, sizeof signature};
        assert_true(hf_signature_kind_sound(kinds[i]));
        assert_int_equal(hf_private_key_sign(key, kinds[i], message, room, &len), HF_OK);
        assert_true(len > 0 && len <= hf_private_key_signature_max(key));
        struct hf_span made = hf_span_of(signature, len);
        assert_int_equal(hf_public_key_verify(public_key, kinds[i], message, made), HF_OK);
        assert_true(libcrypto_says(theirs, kinds[i], message, made));
        /* the same bytes are no signature of any other kind that this key could have made */
        for (size_t other = 0; other < HF_COUNT(kinds); other++) {
            if (other != i && kinds[other].key == kinds[i].key)
                assert_int_equal(hf_public_key_verify(public_key, kinds[other], message, made), HF_ERR_bad_signature);
        }
        signature[len / 2] ^= 4;
        assert_int_equal(hf_public_key_verify(public_key, kinds[i], message, made), HF_ERR_bad_signature);
        assert_false(libcrypto_says(theirs, kinds[i], message, made));
        room.room = hf_private_key_signature_max(key);
        assert_int_equal(hf_private_key_sign(key, kinds[i], message, room, &len), HF_OK);
        room.room--;
        assert_int_equal(hf_private_key_sign(key, kinds[i], message, room, &len), HF_ERR_wrong_call);
        EVP_PKEY_free(theirs);
        hf_public_key_free(public_key);
    }
}

/* A PSS salt of another length is refused (RFC 9846 4.3.3). */
static void test_salt_length(void **state)
{
    EVP_PKEY *theirs = libcrypto_key(key_of(HF_KEY_RSA));
    struct hf_public_key *ours = public_of(key_of(HF_KEY_RSA));
    struct hf_signature_kind kind = {HF_KEY_RSA, HF_HASH_SHA256, HF_PADDING_PSS};
    static const int salts[] = {0, 20, 31, 33, 32};
    (void)state;
    for (size_t i = 0; i < HF_COUNT(salts); i++) {
        EVP_MD_CTX *context = EVP_MD_CTX_new();
        EVP_PKEY_CTX *settings = NULL;
        unsigned char signature[256];
        size_t len = sizeof signature;
        assert_int_equal(EVP_DigestSignInit_ex(context, &settings, "SHA256", NULL, NULL, theirs, NULL), 1);
        assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING), 1);
        assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, salts[i]), 1);
        assert_int_equal(EVP_DigestSign(context, signature, &len, (const unsigned char *)"m", 1), 1);
        assert_int_equal(hf_public_key_verify(ours, kind, hf_span_of_text("m"), hf_span_of(signature, len)),
                         salts[i] == 32 ? HF_OK : HF_ERR_bad_signature);
        EVP_MD_CTX_free(context);
    }
    EVP_PKEY_free(theirs);
    hf_public_key_free(ours);
}

static void test_sign_refused(void **state)
{
    uint8_t signature[HF_SIGNATURE_MAX];
    struct hf_signature_room room = {signature, sizeof signature};
    size_t len = 77;
    (void)state;
    for (size_t i = 0; i < HF_COUNT(types); i++) {
        for (size_t kind = 0; kind < HF_COUNT(kinds); kind++) {
            if (kinds[kind].key != types[i] && !is_missing(types[i]))
                assert_int_equal(hf_private_key_sign(keys[i], kinds[kind], hf_span_of_text("m"), room, &len),
                                 HF_ERR_wrong_call);
        }
    }
    struct hf_signature_kind unsound = {HF_KEY_P256, HF_HASH_NONE, HF_PADDING_NONE};
    assert_int_equal(hf_private_key_sign(key_of(HF_KEY_P256), unsound, hf_span_of_text("m"), room, &len),
                     HF_ERR_wrong_call);
    assert_int_equal(len, 77);
}

/* Many threads, one key. */
struct worker {
    pthread_t thread;
    struct hf_public_key *public_key;
    struct hf_signature_kind kind;
    bool done;
};

static void *sign_often(void *context)
{
    struct worker *worker = context;
    const struct hf_private_key *key = key_of(worker->kind.key);
    bool done = true;
    for (int i = 0; i < 20 && done; i++) {
        uint8_t signature[HF_SIGNATURE_MAX];
        struct hf_signature_room room = {signature, sizeof signature};
        size_t len = 0;
        done = hf_private_key_sign(key, worker->kind, hf_span_of_text("m"), room, &len) == HF_OK &&
               hf_public_key_verify(worker->public_key, worker->kind, hf_span_of_text("m"),
                                    hf_span_of(signature, len)) == HF_OK;
    }
    worker->done = done;
    return NULL;
}

static void test_threads(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < HF_COUNT(kinds); kind += 4) {
        if (is_missing(kinds[kind].key))
            continue;
        struct worker workers[4];
        struct hf_public_key *public_key = public_of(key_of(kinds[kind].key));
        for (size_t i = 0; i < HF_COUNT(workers); i++) {
            workers[i].public_key = public_key;
            workers[i].kind = kinds[kind];
            assert_int_equal(pthread_create(&workers[i].thread, NULL, sign_often, &workers[i]), 0);
        }
        for (size_t i = 0; i < HF_COUNT(workers); i++) {
            assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
            assert_true(workers[i].done);
        }
        hf_public_key_free(public_key);
    }
}

static int setup(void **state)
{
    (void)state;
    if (hf_toolbox_new(&hf_allocation_standard, &toolbox) != HF_OK)
        return -1;
    for (size_t i = 0; i < HF_COUNT(types); i++) {
        if ((hf_public_key_available(toolbox, types[i]) || types[i] < HF_KEY_ML_DSA_44) &&
            hf_private_key_generate(toolbox, &hf_allocation_standard, types[i], 2048, &keys[i]) != HF_OK)
            return -1;
    }
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(types); i++)
        hf_private_key_free(keys[i]);
    hf_toolbox_free(toolbox);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sign),
        cmocka_unit_test(test_salt_length),
        cmocka_unit_test(test_sign_refused),
        cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
