/* The schemes' rows against RFC 9846 4.3.3, and which key may sign what in which version. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <handfast/config.h>

#include "base/must.h"
#include "registry/signature_scheme.h"

struct expected {
    uint16_t id;
    const char *name;
    bool handshake_13;
};

/* RFC 9846 4.3.3's list; PKCS#1 and SHA-1 sign certificates only in 1.3. */
static const struct expected expected[] = {
    {0x0401, "rsa_pkcs1_sha256", false},
    {0x0501, "rsa_pkcs1_sha384", false},
    {0x0601, "rsa_pkcs1_sha512", false},
    {0x0403, "ecdsa_secp256r1_sha256", true},
    {0x0503, "ecdsa_secp384r1_sha384", true},
    {0x0603, "ecdsa_secp521r1_sha512", true},
    {0x0804, "rsa_pss_rsae_sha256", true},
    {0x0805, "rsa_pss_rsae_sha384", true},
    {0x0806, "rsa_pss_rsae_sha512", true},
    {0x0807, "ed25519", true},
    {0x0808, "ed448", true},
    {0x0809, "rsa_pss_pss_sha256", true},
    {0x080a, "rsa_pss_pss_sha384", true},
    {0x080b, "rsa_pss_pss_sha512", true},
    {0x0904, "mldsa44", true}, /* draft-ietf-tls-mldsa 3 */
    {0x0905, "mldsa65", true},
    {0x0906, "mldsa87", true},
    {0x0201, "rsa_pkcs1_sha1", false},
    {0x0203, "ecdsa_sha1", false},
    {0x0420, "rsa_pkcs1_sha256_legacy", true},
    {0x0520, "rsa_pkcs1_sha384_legacy", true},
    {0x0620, "rsa_pkcs1_sha512_legacy", true},
};

static void test_rows(void **state)
{
    (void)state;
    assert_int_equal(hf_signature_scheme_count(), HF_COUNT(expected));
    for (size_t i = 0; i < HF_COUNT(expected); i++) {
        const struct hf_signature_scheme *scheme = hf_signature_scheme_find(expected[i].id);
        assert_non_null(scheme);
        assert_string_equal(scheme->name, expected[i].name);
        assert_int_equal((scheme->handshake & HF_VERSION_BIT_13) != 0, expected[i].handshake_13);
        assert_int_equal((scheme->handshake & HF_VERSION_BIT_12) != 0,
                         scheme->kind.key < HF_KEY_ML_DSA_44 && !scheme->clients_only);
        assert_int_equal(scheme->historic == HF_HISTORIC_SHA1_SIGNATURES, scheme->kind.hash == HF_HASH_SHA1);
        assert_int_equal(scheme->historic == HF_HISTORIC_PKCS1_CLIENTS, scheme->clients_only);
        assert_true(hf_signature_kind_sound(scheme->kind));
        assert_ptr_equal(hf_signature_scheme_find_name(hf_span_of_text(expected[i].name)), scheme);
    }
    assert_null(hf_signature_scheme_find(0x0202)); /* DSA */
    assert_null(hf_signature_scheme_find_name(hf_span_of_text("ed2551")));
    assert_null(hf_signature_scheme_at(hf_signature_scheme_count()));
    assert_ptr_equal(hf_signature_scheme_find(hf_signature_scheme_at(0)->id), hf_signature_scheme_at(0));
}

/* In 1.2 a code point of TLS 1.2's form is hash (high byte) and signature (low byte), RFC 5246 7.4.1.4.1. */
static void test_form_of_12(void **state)
{
    static const enum hf_hash_id hashes[] = {HF_HASH_NONE,   HF_HASH_NONE,   HF_HASH_SHA1,  HF_HASH_NONE,
                                             HF_HASH_SHA256, HF_HASH_SHA384, HF_HASH_SHA512};
    (void)state;
    for (size_t i = 0; i < hf_signature_scheme_count(); i++) {
        const struct hf_signature_scheme *scheme = hf_signature_scheme_at(i);
        if (scheme->id >> 8 >= HF_COUNT(hashes) || scheme->clients_only)
            continue;
        assert_int_equal(scheme->kind.hash, hashes[scheme->id >> 8]);
        assert_int_equal(scheme->kind.padding, (scheme->id & 0xff) == 1 ? HF_PADDING_PKCS1 : HF_PADDING_NONE);
    }
}

static bool fits(uint16_t id, enum hf_version_bit version, enum hf_key_type key)
{
    struct hf_signature_kind kind = {HF_KEY_NONE, HF_HASH_NONE, HF_PADDING_NONE};
    bool fit = hf_signature_scheme_fits(hf_signature_scheme_find(id), version, key, &kind);
    assert_int_equal(kind.key, fit ? key : HF_KEY_NONE);
    return fit;
}

static bool fits_certificate(uint16_t id, enum hf_version_bit version, enum hf_key_type key)
{
    struct hf_signature_kind kind = {HF_KEY_NONE, HF_HASH_NONE, HF_PADDING_NONE};
    bool fit = hf_signature_scheme_fits_certificate(hf_signature_scheme_find(id), version, key, &kind);
    assert_int_equal(kind.key, fit ? key : HF_KEY_NONE);
    return fit;
}

static void test_fits(void **state)
{
    (void)state;
    assert_true(fits(0x0403, HF_VERSION_BIT_13, HF_KEY_P256));
    assert_false(fits(0x0403, HF_VERSION_BIT_13, HF_KEY_P384)); /* bound to its curve in 1.3 only */
    assert_true(fits(0x0403, HF_VERSION_BIT_12, HF_KEY_P384));
    assert_true(fits(0x0603, HF_VERSION_BIT_12, HF_KEY_P256));
    assert_false(fits(0x0403, HF_VERSION_BIT_12, HF_KEY_RSA));
    assert_false(fits(0x0403, HF_VERSION_BIT_12, HF_KEY_ED25519));
    assert_true(fits(0x0804, HF_VERSION_BIT_13, HF_KEY_RSA));
    assert_true(fits(0x0804, HF_VERSION_BIT_12, HF_KEY_RSA));
    assert_false(fits(0x0804, HF_VERSION_BIT_13, HF_KEY_RSA_PSS)); /* rsae and pss are two key types */
    assert_false(fits(0x0809, HF_VERSION_BIT_13, HF_KEY_RSA));
    assert_true(fits(0x0809, HF_VERSION_BIT_13, HF_KEY_RSA_PSS));
    assert_false(fits(0x0401, HF_VERSION_BIT_13, HF_KEY_RSA));
    assert_true(fits(0x0401, HF_VERSION_BIT_12, HF_KEY_RSA));
    assert_false(fits(0x0401, HF_VERSION_BIT_12, HF_KEY_RSA_PSS));
    assert_false(fits(0x0201, HF_VERSION_BIT_13, HF_KEY_RSA));
    assert_true(fits(0x0807, HF_VERSION_BIT_12, HF_KEY_ED25519)); /* RFC 8422 5.1.3 */
    assert_false(fits(0x0807, HF_VERSION_BIT_13, HF_KEY_ED448));
    assert_true(fits_certificate(0x0401, HF_VERSION_BIT_13, HF_KEY_RSA));
    assert_true(fits_certificate(0x0403, HF_VERSION_BIT_13, HF_KEY_P384));
    assert_false(fits_certificate(0x0403, HF_VERSION_BIT_13, HF_KEY_RSA));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_form_of_12),
        cmocka_unit_test(test_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
