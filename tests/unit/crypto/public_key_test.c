/* Public keys: published signatures, wrong signatures, keys that are none, and agreement with libcrypto's own way. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/must.h"
#include "crypto/public_key.h"
#include "support/test_allocator.h"
#include "support/test_hex.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

static struct hf_toolbox *toolbox;

/* NIST CAVS FIPS 186-3 SigVer PKCS#1 1.5, 2048 bits, SHA-256, the first that passes; its exponent has leading zeros. */
#define RSA_MODULUS                                                                                                    \
    "a911245a2cfb33d8ee375df9439f74e669c03a8d9acad25bd27acf3cd8bea7eb9dbe470155c7c72782c94861f7b573cd"                 \
    "325639fb070e9ba6e621991aefa45106182e4d264be7068035595d7549052989b3e7fd04cabc94012c1278a0ef8672b1"                 \
    "a51dd1a9e276816ba497dea24b4febe3dd8e977707bcd230ca6fb6f8a8bff9e6ba24fbadcd93f00126b19b396a38e6ef"                 \
    "86d18fef945b9154c1963fb488c7025953511f86d05638bfe056493730bc6778446e59cd3c5c3acf07a0a3a649437936"                 \
    "52f10e3292aa7a6d25a03181cc6f6ba0658d909e59ce2a02bacc9766fd8c4fbd4ed9c23a866844b8a794d49e505f9f94"                 \
    "4870a71aadbe5338039825c2dff81af3"
#define RSA_MESSAGE                                                                                                    \
    "6918d6328ca0a8b64bbe81d91cdea519911b59fc2dbd53af76006fec4b18a320787135ce883b2b2edb26041bf86aa52c"                 \
    "230b9620335b6e7f9ec08c7ed6b70823d819e9ab019e9929249f966fdb2069311a0ddc680ac468f514d4ed873b04a6be"                 \
    "b0985b91a0cfd8ed51b09f9e6d06da739eaa939d5a00275901c4f8cf25076339"
#define RSA_SIGNATURE                                                                                                  \
    "794d0a45bc9fc6febb586e319dfa6924c888594802b9deb9668963fdb309bf02817960a7457106fc474f91601436e895"                 \
    "4cbb6815350b2c51b53c968d2c48cc1799550d5d03b41f6e5a8c3c264d2e2fe0b5b8ff53fdcb9dd111c985cb488d7086"                 \
    "e6548b4077ec00721c9cb500fe07a031c2030e8ad1dd0112c34ffd9091d77a187aac8661b298eee39eb615f9715c4c48"                 \
    "a6762ede55a466ec7f3cdb6a937cfc80188a85d8f8d3a2a80b199ce5e6375af8f02f06d706a34d9cf38318903965db54"                 \
    "aaa7d3fa7a7ee58034cd58c8435739c8906366e2ddba293f2fb2c15f07fa4951014471e7f677d3bdacffc4c68a906e08"                 \
    "d68b39f9010746cbacd22980cee73e8d"

#define P256_X "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
#define P256_Y "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299"
#define P256_SIGNATURE                                                                                                 \
    "3046 022100 EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"                                     \
    "     022100 F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"

struct vector {
    const char *source;
    struct hf_signature_kind kind;
    size_t bits;
    const char *point;
    const char *modulus;
    const char *exponent;
    const char *message;
    const char *signature;
};

static const struct vector vectors[] = {
    {"RFC 6979 A.2.5, SHA-256, sample",
     {HF_KEY_P256, HF_HASH_SHA256, HF_PADDING_NONE},
     256,
     "04" P256_X P256_Y,
     "",
     "",
     "73616d706c65",
     P256_SIGNATURE},
    {"RFC 8032 7.1, test 2",
     {HF_KEY_ED25519, HF_HASH_NONE, HF_PADDING_NONE},
     256,
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
     "",
     "",
     "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"RFC 8032 7.4, 1 octet",
     {HF_KEY_ED448, HF_HASH_NONE, HF_PADDING_NONE},
     456,
     "43ba28f430cdff456ae531545f7ecd0ac834a55d9358c0372bfa0c6c6798c0866aea01eb00742802b8438ea4cb82169c235160627b4c3a948"
     "0",
     "",
     "",
     "03",
     "26b8f91727bd62897af15e41eb43c377efb9c610d48f2335cb0bd0087810f4352541b143c4b981b7e18f62de8ccdf633"
     "fc1bf037ab7cd779805e0dbcc0aae1cbcee1afb2e027df36bc04dcecbf154336c19f0af7e0a6472905e799f1953d2a0f"
     "f3348ab21aa4adafd1d234441cf807c03a00"},
    {"NIST CAVS, above",
     {HF_KEY_RSA, HF_HASH_SHA256, HF_PADDING_PKCS1},
     2048,
     "",
     RSA_MODULUS,
     "000000010001",
     RSA_MESSAGE,
     RSA_SIGNATURE},
};

struct key_bytes {
    struct hf_test_hex point;
    struct hf_test_hex modulus;
    struct hf_test_hex exponent;
};

static struct hf_public_key_parts parts_of(const struct vector *vector, struct key_bytes *bytes)
{
    bytes->point = hf_test_hex_of(vector->point);
    bytes->modulus = hf_test_hex_of(vector->modulus);
    bytes->exponent = hf_test_hex_of(vector->exponent);
    return (struct hf_public_key_parts){vector->kind.key, hf_test_hex_span(&bytes->point),
                                        hf_test_hex_span(&bytes->modulus), hf_test_hex_span(&bytes->exponent)};
}

static struct hf_public_key *key_of(const struct vector *vector)
{
    struct key_bytes bytes;
    struct hf_public_key_parts parts = parts_of(vector, &bytes);
    struct hf_public_key *key = NULL;
    assert_int_equal(hf_public_key_new(toolbox, &hf_allocation_standard, &parts, &key), HF_OK);
    return key;
}

/* Right; then each byte of signature and message changed, the signature cut and lengthened. */
static void test_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(vectors); i++) {
        struct hf_public_key *key = key_of(&vectors[i]);
        struct hf_test_hex message = hf_test_hex_of(vectors[i].message);
        struct hf_test_hex signature = hf_test_hex_of(vectors[i].signature);
        struct hf_span message_span = hf_test_hex_span(&message);
        struct hf_span span = hf_test_hex_span(&signature);
        struct hf_signature_kind kind = vectors[i].kind;
        assert_int_equal(hf_public_key_type(key), kind.key);
        assert_int_equal(hf_public_key_bits(key), vectors[i].bits);
        assert_int_equal(hf_public_key_verify(key, kind, message_span, span), HF_OK);
        for (size_t at = 0; at < signature.len; at += 1 + signature.len / 80) {
            signature.bytes[at] ^= 1;
            assert_int_equal(hf_public_key_verify(key, kind, message_span, span), HF_ERR_bad_signature);
            signature.bytes[at] ^= 1;
        }
        message.bytes[0] ^= 1;
        assert_int_equal(hf_public_key_verify(key, kind, message_span, span), HF_ERR_bad_signature);
        message.bytes[0] ^= 1;
        assert_int_equal(hf_public_key_verify(key, kind, message_span, hf_span_of(NULL, 0)), HF_ERR_bad_signature);
        span.len--;
        assert_int_equal(hf_public_key_verify(key, kind, message_span, span), HF_ERR_bad_signature);
        span.len += 2;
        assert_int_equal(hf_public_key_verify(key, kind, message_span, span), HF_ERR_bad_signature);
        hf_public_key_free(key);
    }
    hf_public_key_free(NULL);
}

static void test_wrong_kind(void **state)
{
    struct hf_public_key *rsa = key_of(&vectors[3]);
    struct hf_public_key *p256 = key_of(&vectors[0]);
    struct hf_span none = {NULL, 0};
    static const struct hf_signature_kind not_rsa[] = {
        {HF_KEY_RSA, HF_HASH_SHA256, HF_PADDING_NONE},    {HF_KEY_RSA, HF_HASH_NONE, HF_PADDING_PKCS1},
        {HF_KEY_RSA_PSS, HF_HASH_SHA256, HF_PADDING_PSS}, {HF_KEY_P256, HF_HASH_SHA256, HF_PADDING_NONE},
        {HF_KEY_NONE, HF_HASH_SHA256, HF_PADDING_PSS},
    };
    static const struct hf_signature_kind not_p256[] = {
        {HF_KEY_P256, HF_HASH_NONE, HF_PADDING_NONE},
        {HF_KEY_P256, HF_HASH_SHA256, HF_PADDING_PSS},
        {HF_KEY_P384, HF_HASH_SHA384, HF_PADDING_NONE},
        {HF_KEY_ED25519, HF_HASH_NONE, HF_PADDING_NONE},
    };
    (void)state;
    for (size_t i = 0; i < HF_COUNT(not_rsa); i++)
        assert_int_equal(hf_public_key_verify(rsa, not_rsa[i], none, none), HF_ERR_wrong_signature_scheme);
    for (size_t i = 0; i < HF_COUNT(not_p256); i++)
        assert_int_equal(hf_public_key_verify(p256, not_p256[i], none, none), HF_ERR_wrong_signature_scheme);
    hf_public_key_free(rsa);
    hf_public_key_free(p256);
}

/* The RFC 6979 signature says SHA-256; another hash over the same message is another signature. */
static void test_wrong_hash(void **state)
{
    struct hf_public_key *key = key_of(&vectors[0]);
    struct hf_test_hex signature = hf_test_hex_of(P256_SIGNATURE);
    struct hf_signature_kind kind = {HF_KEY_P256, HF_HASH_SHA384, HF_PADDING_NONE};
    (void)state;
    assert_int_equal(hf_public_key_verify(key, kind, hf_span_of_text("sample"), hf_test_hex_span(&signature)),
                     HF_ERR_bad_signature);
    hf_public_key_free(key);
}

static void assert_no_key(enum hf_key_type type, const char *point, const char *modulus, const char *exponent,
                          enum hf_error error)
{
    struct hf_test_hex point_hex = hf_test_hex_of(point);
    struct hf_test_hex modulus_hex = hf_test_hex_of(modulus);
    struct hf_test_hex exponent_hex = hf_test_hex_of(exponent);
    struct hf_public_key_parts parts = {type, hf_test_hex_span(&point_hex), hf_test_hex_span(&modulus_hex),
                                        hf_test_hex_span(&exponent_hex)};
    struct hf_public_key *key = NULL;
    assert_int_equal(hf_public_key_new(toolbox, &hf_allocation_standard, &parts, &key), error);
    assert_null(key);
}

static void test_bad_keys(void **state)
{
    (void)state;
    assert_no_key(HF_KEY_P256, "04" P256_X P256_X, "", "", HF_ERR_bad_certificate_encoding); /* off the curve */
    assert_no_key(HF_KEY_P256, "02" P256_X, "", "", HF_ERR_bad_certificate_encoding);        /* compressed */
    assert_no_key(HF_KEY_P256, "06" P256_X P256_Y, "", "", HF_ERR_bad_certificate_encoding); /* hybrid form */
    assert_no_key(HF_KEY_P256, "07" P256_X P256_Y, "", "", HF_ERR_bad_certificate_encoding);
    assert_no_key(HF_KEY_P256, "00", "", "", HF_ERR_bad_certificate_encoding); /* infinity */
    assert_no_key(HF_KEY_P256, "", "", "", HF_ERR_bad_certificate_encoding);
    assert_no_key(HF_KEY_P256, "04" P256_X P256_Y "00", "", "", HF_ERR_bad_certificate_encoding);
    assert_no_key(HF_KEY_P384, "04" P256_X P256_Y, "", "", HF_ERR_bad_certificate_encoding);
    assert_no_key(HF_KEY_ED25519, P256_X "00", "", "", HF_ERR_bad_certificate_encoding);
    assert_no_key(HF_KEY_ED25519, "", "", "", HF_ERR_bad_certificate_encoding);
    assert_no_key(HF_KEY_ED448, P256_X, "", "", HF_ERR_bad_certificate_encoding);
    assert_no_key(HF_KEY_NONE, "", "", "", HF_ERR_unsupported_key);
    assert_no_key((enum hf_key_type)99, "", "", "", HF_ERR_unsupported_key);
    assert_no_key(HF_KEY_RSA, "", "", "", HF_ERR_bad_certificate_encoding);
    assert_no_key(HF_KEY_RSA, "", "00", "00", HF_ERR_bad_certificate_encoding);
    assert_no_key(HF_KEY_RSA, "", RSA_MODULUS, "", HF_ERR_bad_certificate_encoding);
    assert_no_key(HF_KEY_RSA, "", RSA_MODULUS, "01", HF_ERR_bad_certificate_encoding);
    assert_no_key(HF_KEY_RSA, "", RSA_MODULUS, "04", HF_ERR_bad_certificate_encoding);
    assert_no_key(HF_KEY_RSA, "", RSA_MODULUS "00", "010001", HF_ERR_bad_certificate_encoding); /* even */
    assert_no_key(HF_KEY_RSA, "", RSA_MODULUS, "010000000000000001", HF_ERR_unsupported_key);
    assert_no_key(HF_KEY_RSA, "", P256_X "01", "010001", HF_ERR_unsupported_key); /* 264 bits */
}

/* The largest modulus, and one bit more. */
static void test_long_modulus(void **state)
{
    uint8_t modulus[2049];
    uint8_t exponent[] = {1, 0, 1};
    struct hf_public_key *key = NULL;
    struct hf_public_key_parts parts = {HF_KEY_RSA, {NULL, 0}, {modulus, 2048}, {exponent, 3}};
    (void)state;
    for (size_t i = 0; i < sizeof modulus; i++)
        modulus[i] = 0xff;
    assert_int_equal(hf_public_key_new(toolbox, &hf_allocation_standard, &parts, &key), HF_OK);
    assert_int_equal(hf_public_key_bits(key), 16384);
    hf_public_key_free(key);
    key = NULL;
    modulus[0] = 1;
    parts.modulus.len = 2049;
    assert_int_equal(hf_public_key_new(toolbox, &hf_allocation_standard, &parts, &key), HF_ERR_unsupported_key);
    assert_null(key);
}

static void test_no_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(vectors); i++) {
        struct hf_test_allocator test;
        struct key_bytes bytes;
        struct hf_public_key_parts parts = parts_of(&vectors[i], &bytes);
        struct hf_public_key *key = NULL;
        hf_test_allocator_init(&test, 1);
        assert_int_equal(hf_public_key_new(toolbox, &test.allocator, &parts, &key), HF_ERR_no_memory);
        assert_null(key);
        assert_int_equal(test.live, 0);
    }
}

/* libcrypto's own verdict, with a key from its decoder. */
static bool libcrypto_says(EVP_PKEY *key, struct hf_span message, struct hf_span signature)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool right = EVP_DigestVerifyInit_ex(context, NULL, "SHA256", NULL, NULL, key, NULL) == 1 &&
                 EVP_DigestVerify(context, signature.data, signature.len, message.data, message.len) == 1;
    EVP_MD_CTX_free(context);
    return right;
}

/* Every change of one byte of a DER signature to a few values: both must say the same. */
static void test_agrees_with_libcrypto(void **state)
{
    static const uint8_t changes[] = {0x01, 0x80, 0xff, 0x02};
    struct hf_test_hex spki = hf_test_hex_of("3059301306072a8648ce3d020106082a8648ce3d030107034200 04" P256_X P256_Y);
    const unsigned char *at = spki.bytes;
    EVP_PKEY *theirs = d2i_PUBKEY(NULL, &at, (long)spki.len);
    struct hf_public_key *ours = key_of(&vectors[0]);
    struct hf_test_hex signature = hf_test_hex_of(P256_SIGNATURE);
    struct hf_span message = hf_span_of_text("sample");
    size_t right = 0;
    (void)state;
    assert_non_null(theirs);
    for (size_t i = 0; i <= signature.len; i++) {
        for (size_t change = 0; change < HF_COUNT(changes); change++) {
            if (i < signature.len)
                signature.bytes[i] ^= changes[change];
            bool their_verdict = libcrypto_says(theirs, message, hf_test_hex_span(&signature));
            bool our_verdict =
                hf_public_key_verify(ours, vectors[0].kind, message, hf_test_hex_span(&signature)) == HF_OK;
            assert_int_equal(our_verdict, their_verdict);
            right += our_verdict ? 1 : 0;
            if (i < signature.len)
                signature.bytes[i] ^= changes[change];
        }
    }
    assert_int_equal(right, HF_COUNT(changes)); /* the unchanged one */
    EVP_PKEY_free(theirs);
    hf_public_key_free(ours);
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
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_wrong_kind),
        cmocka_unit_test(test_wrong_hash),
        cmocka_unit_test(test_bad_keys),
        cmocka_unit_test(test_long_modulus),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_agrees_with_libcrypto),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
