/* Private keys: every form of PEM that people have, and every way in which a file can be wrong. What they sign:
 * signing_test.c. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/must.h"
#include "crypto/private_key.h"
#include "support/test_allocator.h"

#include <openssl/core_names.h>
#include <openssl/bn.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <stdio.h>
#include <string.h>

static struct hf_toolbox *toolbox;

#define TEXT_MAX 8192
#define PASS     "correct horse"

struct text {
    char bytes[TEXT_MAX];
    size_t len;
};

static struct hf_span span_of(const struct text *text)
{
    return hf_span_of(text->bytes, text->len);
}

static const struct hf_span no_pass = {NULL, 0};

static const enum hf_key_type types[] = {HF_KEY_RSA,  HF_KEY_RSA_PSS, HF_KEY_P256, HF_KEY_P384,
                                         HF_KEY_P521, HF_KEY_ED25519, HF_KEY_ED448};

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

static struct text spki_of(const struct hf_private_key *key)
{
    struct text text = {.len = 0};
    struct hf_buffer buffer;
    hf_buffer_init(&buffer, &hf_allocation_standard, TEXT_MAX);
    assert_int_equal(hf_private_key_spki(key, &buffer), HF_OK);
    text.len = hf_buffer_len(&buffer);
    assert_true(hf_span_copy(hf_buffer_span(&buffer), text.bytes, sizeof text.bytes));
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

enum form { PKCS8_ENCRYPTED, TRADITIONAL, TRADITIONAL_ENCRYPTED };

/* libcrypto writes, in a form of long ago or an encrypted one. */
static struct text written(const struct hf_private_key *key, enum form form)
{
    struct text text = {.len = 0};
    EVP_PKEY *pkey = libcrypto_key(key);
    BIO *sink = BIO_new(BIO_s_mem());
    char *data = NULL;
    const EVP_CIPHER *cipher = form == TRADITIONAL ? NULL : EVP_aes_256_cbc();
    const unsigned char *pass = (const unsigned char *)PASS;
    int pass_len = form == TRADITIONAL ? 0 : (int)strlen(PASS);
    if (form == PKCS8_ENCRYPTED)
        assert_int_equal(PEM_write_bio_PKCS8PrivateKey(sink, pkey, cipher, PASS, pass_len, NULL, NULL), 1);
    else
        assert_int_equal(PEM_write_bio_PrivateKey_traditional(sink, pkey, cipher, pass, pass_len, NULL, NULL), 1);
    text.len = (size_t)BIO_get_mem_data(sink, &data);
    assert_true(hf_span_copy(hf_span_of(data, text.len), text.bytes, sizeof text.bytes - 1));
    BIO_free(sink);
    EVP_PKEY_free(pkey);
    return text;
}

static enum hf_error read_pem(struct hf_span pem, struct hf_span pass, struct hf_private_key **ret_key)
{
    return hf_private_key_read_pem(toolbox, &hf_allocation_standard, pem, pass, ret_key);
}

static void assert_read(const struct text *pem, struct hf_span pass, const struct hf_private_key *expected)
{
    struct hf_private_key *read = NULL;
    struct text wanted = spki_of(expected);
    assert_int_equal(read_pem(span_of(pem), pass, &read), HF_OK);
    struct text got = spki_of(read);
    assert_true(hf_span_equal(span_of(&got), span_of(&wanted)));
    assert_int_equal(hf_private_key_type(read), hf_private_key_type(expected));
    assert_int_equal(hf_private_key_bits(read), hf_private_key_bits(expected));
    hf_private_key_free(read);
}

static void assert_not_read(struct hf_span pem, struct hf_span pass, enum hf_error error)
{
    struct hf_private_key *read = NULL;
    assert_int_equal(read_pem(pem, pass, &read), error);
    assert_null(read);
}

static void test_written_and_read(void **state)
{
    static const size_t bits[] = {2048, 2048, 256, 384, 521, 256, 456};
    (void)state;
    for (size_t i = 0; i < HF_COUNT(types); i++) {
        struct text pem = pem_of(keys[i]);
        assert_int_equal(hf_private_key_type(keys[i]), types[i]);
        assert_int_equal(hf_private_key_bits(keys[i]), bits[i]);
        assert_non_null(strstr(pem.bytes, "-----BEGIN PRIVATE KEY-----\n"));
        assert_read(&pem, no_pass, keys[i]);
        assert_read(&pem, hf_span_of_text("not needed"), keys[i]);
    }
    hf_private_key_free(NULL);
}

static void test_encrypted(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(types); i++) {
        struct text pem = written(keys[i], PKCS8_ENCRYPTED);
        assert_read(&pem, hf_span_of_text(PASS), keys[i]);
        assert_not_read(span_of(&pem), no_pass, HF_ERR_key_encrypted);
        assert_not_read(span_of(&pem), hf_span_of_text("wrong"), HF_ERR_pass_phrase_wrong);
        assert_not_read(span_of(&pem), hf_span_of("", 0), HF_ERR_pass_phrase_wrong);
    }
}

static void test_traditional(void **state)
{
    static const enum hf_key_type old_types[] = {HF_KEY_RSA, HF_KEY_P256, HF_KEY_P384, HF_KEY_P521};
    char long_pass[3000];
    (void)state;
    for (size_t i = 0; i < sizeof long_pass; i++)
        long_pass[i] = 'x';
    for (size_t i = 0; i < HF_COUNT(old_types); i++) {
        const struct hf_private_key *key = key_of(old_types[i]);
        struct text plain = written(key, TRADITIONAL);
        struct text encrypted = written(key, TRADITIONAL_ENCRYPTED);
        assert_non_null(strstr(plain.bytes, old_types[i] == HF_KEY_RSA ? "BEGIN RSA PRIVATE" : "BEGIN EC PRIVATE"));
        assert_non_null(strstr(encrypted.bytes, "DEK-Info"));
        assert_read(&plain, no_pass, key);
        assert_read(&encrypted, hf_span_of_text(PASS), key);
        assert_not_read(span_of(&encrypted), no_pass, HF_ERR_key_encrypted);
        /* about one wrong pass phrase in 256 decrypts to something that is only later found out */
        for (uint8_t wrong = 1; wrong != 0; wrong = (uint8_t)(wrong + 1))
            assert_not_read(span_of(&encrypted), hf_span_of(&wrong, 1), HF_ERR_pass_phrase_wrong);
        assert_not_read(span_of(&encrypted), hf_span_of(long_pass, sizeof long_pass), HF_ERR_pass_phrase_wrong);
    }
}

/* The text, with every line's end made Windows', and another text before and behind it. */
static struct text wrapped(const char *before, const struct text *text, const char *behind, bool windows)
{
    struct text made = {.len = 0};
    const char *const pieces[] = {before, text->bytes, behind};
    for (size_t piece = 0; piece < HF_COUNT(pieces); piece++) {
        for (const char *at = pieces[piece]; *at != '\0'; at++) {
            assert_true(made.len + 2 < sizeof made.bytes);
            if (windows && *at == '\n')
                made.bytes[made.len++] = '\r';
            made.bytes[made.len++] = *at;
        }
    }
    return made;
}

#define PARAMETERS  "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
#define CERTIFICATE "-----BEGIN CERTIFICATE-----\nMIIBAAAA\n-----END CERTIFICATE-----\n"

static void test_among_other_blocks(void **state)
{
    (void)state;
    for (int windows = 0; windows < 2; windows++) {
        struct text pem = pem_of(key_of(HF_KEY_P256));
        struct text old = written(key_of(HF_KEY_P256), TRADITIONAL);
        struct text encrypted = written(key_of(HF_KEY_P256), TRADITIONAL_ENCRYPTED);
        struct text other = pem_of(key_of(HF_KEY_ED25519));
        struct text a = wrapped(PARAMETERS, &old, CERTIFICATE, windows == 1);
        struct text b = wrapped("Bag Attributes\n  friendlyName: x\n" CERTIFICATE, &pem, "", windows == 1);
        struct text c = wrapped("", &pem, other.bytes, windows == 1); /* the first of two counts */
        struct text d = wrapped("\n\n", &encrypted, "\n", windows == 1);
        assert_read(&a, no_pass, key_of(HF_KEY_P256));
        assert_read(&b, no_pass, key_of(HF_KEY_P256));
        assert_read(&c, no_pass, key_of(HF_KEY_P256));
        assert_read(&d, hf_span_of_text(PASS), key_of(HF_KEY_P256));
    }
}

static void test_malformed(void **state)
{
    struct text pem = pem_of(key_of(HF_KEY_P256));
    (void)state;
    assert_not_read(hf_span_of(NULL, 0), no_pass, HF_ERR_file_malformed);
    assert_not_read(hf_span_of_text("hello"), no_pass, HF_ERR_file_malformed);
    assert_not_read(hf_span_of_text(CERTIFICATE), no_pass, HF_ERR_file_malformed);
    assert_not_read(hf_span_of_text("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), no_pass,
                    HF_ERR_file_malformed);
    assert_not_read(
        hf_span_of_text("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"),
        hf_span_of_text(PASS), HF_ERR_file_malformed);
    assert_not_read(hf_span_of_text("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n"), no_pass,
                    HF_ERR_file_malformed);
    assert_not_read(hf_span_of_text("-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: ROT13,00\n\n"
                                    "AAAA\n-----END EC PRIVATE KEY-----\n"),
                    hf_span_of_text(PASS), HF_ERR_unsupported_here);
    /* cut anywhere, until only the last line's end is missing */
    for (size_t len = 0; len + 2 < pem.len; len++)
        assert_not_read(hf_span_of(pem.bytes, len), no_pass, HF_ERR_file_malformed);
}

/* Made for this test with the command-line tool and its legacy provider: PBE-MD5-DES, and the old form with DES.
 * Without that provider libcrypto cannot open them, and the pass phrase ("x") is not to blame. */
static const char old_pkcs8[] = "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
                                "MIGwMBsGCSqGSIb3DQEFAzAOBAgJ6AX0h2cuTQICCAAEgZAJ3DSUaREU9QMtWWd4\n"
                                "VL+G5P4CK2Vafu9nu1WsP3psNylCh3ecCwWm9shO7QtUO+aWcV8FOyy+1T4L/mAy\n"
                                "6CL8D+Km+HCvDY641S9ikNu/tFjUWfimN3oh9kMDOPaqd9HmiKWpP4t9hPWBs0N/\n"
                                "5fISs38XNf6MtiCn6r1Wd0vMTUMNeK65Is00mx/YMQ2jhUE=\n"
                                "-----END ENCRYPTED PRIVATE KEY-----\n";
static const char old_des[] = "-----BEGIN EC PRIVATE KEY-----\n"
                              "Proc-Type: 4,ENCRYPTED\n"
                              "DEK-Info: DES-CBC,ABD6668EA2A5FC81\n"
                              "\n"
                              "pkmKiaf69gFAsMM8UTafCenyFQRj/DXIhBHAkh/ZB4P+sHtvY+0ETy9K1yhq6eCy\n"
                              "wnsSvjh15GRRBKUpsFb/GswBoYt6mu9xDm7UNRARrwwqEZqfbej9n7vfJVqfqA7a\n"
                              "gtaOczdaf7tjRBPXknFXpFaFCFlYp68ph3A12wJtTKc=\n"
                              "-----END EC PRIVATE KEY-----\n";

static void test_retired_ciphers(void **state)
{
    (void)state;
    assert_not_read(hf_span_of_text(old_pkcs8), hf_span_of_text("x"), HF_ERR_unsupported_here);
    assert_not_read(hf_span_of_text(old_des), hf_span_of_text("x"), HF_ERR_unsupported_here);
    assert_not_read(hf_span_of_text(old_pkcs8), no_pass, HF_ERR_key_encrypted);
    assert_not_read(hf_span_of_text(old_des), no_pass, HF_ERR_key_encrypted);
}

static struct text libcrypto_pem(EVP_PKEY *key)
{
    struct text text = {.len = 0};
    char *data = NULL;
    BIO *sink = BIO_new(BIO_s_mem());
    assert_int_equal(PEM_write_bio_PKCS8PrivateKey(sink, key, NULL, NULL, 0, NULL, NULL), 1);
    text.len = (size_t)BIO_get_mem_data(sink, &data);
    assert_true(hf_span_copy(hf_span_of(data, text.len), text.bytes, sizeof text.bytes));
    BIO_free(sink);
    return text;
}

static void test_unsupported(void **state)
{
    EVP_PKEY *x25519 = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
    EVP_PKEY *other_curve = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "secp256k1");
    struct text a = libcrypto_pem(x25519);
    struct text b = libcrypto_pem(other_curve);
    (void)state;
    assert_not_read(span_of(&a), no_pass, HF_ERR_unsupported_key);
    assert_not_read(span_of(&b), no_pass, HF_ERR_unsupported_key);
    assert_not_read(hf_span_of_text("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"),
                    no_pass, HF_ERR_unsupported_key);
    EVP_PKEY_free(x25519);
    EVP_PKEY_free(other_curve);
}

/* A file whose public half belongs to another key would match that other key's certificate. */
static void test_halves_that_differ(void **state)
{
    EVP_PKEY *ours = libcrypto_key(key_of(HF_KEY_P256));
    EVP_PKEY *other = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    EVP_PKEY *mixed = NULL;
    BIGNUM *scalar = NULL;
    unsigned char point[65];
    size_t len = 0;
    (void)state;
    assert_int_equal(EVP_PKEY_get_bn_param(ours, OSSL_PKEY_PARAM_PRIV_KEY, &scalar), 1);
    assert_int_equal(
        EVP_PKEY_get_octet_string_param(other, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, point, sizeof point, &len), 1);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
    OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, len);
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, scalar);
    OSSL_PARAM *parts = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    assert_int_equal(EVP_PKEY_fromdata_init(context), 1);
    assert_int_equal(EVP_PKEY_fromdata(context, &mixed, EVP_PKEY_KEYPAIR, parts), 1);
    struct text pem = libcrypto_pem(mixed);
    assert_not_read(span_of(&pem), no_pass, HF_ERR_file_malformed);
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parts);
    OSSL_PARAM_BLD_free(build);
    BN_clear_free(scalar);
    EVP_PKEY_free(mixed);
    EVP_PKEY_free(other);
    EVP_PKEY_free(ours);
}

static void test_generate_refused(void **state)
{
    struct hf_private_key *key = NULL;
    (void)state;
    assert_int_equal(hf_private_key_generate(toolbox, &hf_allocation_standard, HF_KEY_RSA, 2047, &key),
                     HF_ERR_setting_invalid);
    assert_int_equal(hf_private_key_generate(toolbox, &hf_allocation_standard, HF_KEY_RSA_PSS, 16385, &key),
                     HF_ERR_setting_invalid);
    assert_int_equal(hf_private_key_generate(toolbox, &hf_allocation_standard, HF_KEY_NONE, 0, &key),
                     HF_ERR_setting_invalid);
    assert_null(key);
}

static void test_no_memory(void **state)
{
    struct text pem = pem_of(key_of(HF_KEY_P256));
    struct hf_test_allocator test;
    struct hf_private_key *key = NULL;
    struct hf_buffer buffer;
    (void)state;
    hf_test_allocator_init(&test, 1);
    assert_int_equal(hf_private_key_read_pem(toolbox, &test.allocator, span_of(&pem), no_pass, &key), HF_ERR_no_memory);
    hf_test_allocator_init(&test, 1);
    assert_int_equal(hf_private_key_generate(toolbox, &test.allocator, HF_KEY_P256, 0, &key), HF_ERR_no_memory);
    assert_null(key);
    assert_int_equal(test.live, 0);
    hf_buffer_init(&buffer, &hf_allocation_standard, 10);
    assert_int_equal(hf_private_key_write_pem(key_of(HF_KEY_P256), &buffer), HF_ERR_no_memory);
    assert_int_equal(hf_private_key_spki(key_of(HF_KEY_P256), &buffer), HF_ERR_no_memory);
    assert_int_equal(hf_buffer_len(&buffer), 0);
    hf_buffer_release(&buffer);
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(hf_key_type_name(HF_KEY_ED25519), "Ed25519");
    assert_string_equal(hf_key_type_name(HF_KEY_P521), "P-521");
    assert_string_equal(hf_key_type_name((enum hf_key_type)99), "no key");
}

static int setup(void **state)
{
    (void)state;
    if (hf_toolbox_new(&hf_allocation_standard, &toolbox) != HF_OK)
        return -1;
    for (size_t i = 0; i < HF_COUNT(types); i++) {
        if (hf_private_key_generate(toolbox, &hf_allocation_standard, types[i], 2048, &keys[i]) != HF_OK)
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
        cmocka_unit_test(test_written_and_read),
        cmocka_unit_test(test_encrypted),
        cmocka_unit_test(test_traditional),
        cmocka_unit_test(test_among_other_blocks),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_unsupported),
        cmocka_unit_test(test_retired_ciphers),
        cmocka_unit_test(test_halves_that_differ),
        cmocka_unit_test(test_generate_refused),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
