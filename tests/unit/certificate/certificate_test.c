/* The reader of certificates: what it reads agrees with what libcrypto was told to write, every cut of a certificate is
 * refused, and so is each thing that DER or RFC 5280 forbids. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "certificate/certificate.h"
#include "certificate/general_name.h"
#include "certificate/name.h"
#include "support/make_certificate.h"

static void fields_are_read(void **state)
{
    (void)state;
    struct make_certificate *ca = make_certificate(&(struct make_certificate_of){
        .subject = "C=SE,O=Lab,CN=Root", .ca = true, .has_path_len = true, .path_len = 3});
    struct make_certificate *made = make_certificate(
        &(struct make_certificate_of){.subject = "O=Lab,CN=billing",
                                      .issuer = ca,
                                      .serial = "00f102",
                                      .not_before_s = 1000000000,
                                      .not_after_s = 2600000000,
                                      .sans = "DNS:a.lan,IP:10.0.0.5,IP:2001:db8::1,URI:spiffe://x/y,email:a@b",
                                      .ekus = "serverAuth,clientAuth",
                                      .key_usage = "critical,digitalSignature,keyAgreement,decipherOnly"});
    struct hf_certificate read;
    assert_int_equal(hf_certificate_read(make_certificate_span(ca), &read, NULL), HF_OK);
    assert_true(read.is_ca && read.has_path_len && read.path_len == 3 && hf_certificate_is_self_issued(&read));
    assert_int_equal(hf_certificate_read(make_certificate_span(made), &read, NULL), HF_OK);
    assert_int_equal(read.version, 3);
    assert_int_equal(read.not_before_s, 1000000000);
    assert_int_equal(read.not_after_s, 2600000000);
    assert_int_equal(read.serial.len, 3);
    assert_int_equal(read.purposes, HF_PURPOSE_SERVER | HF_PURPOSE_CLIENT);
    assert_int_equal(read.key_usage, HF_KEY_USAGE_DIGITAL_SIGNATURE | HF_KEY_USAGE_KEY_AGREEMENT | 1 << 8);
    assert_true((read.critical & HF_CERTIFICATE_KEY_USAGE) != 0);
    assert_false((read.critical & HF_CERTIFICATE_SUBJECT_ALT_NAME) != 0);
    assert_int_equal(read.key.kind, HF_SPKI_P256);
    assert_int_equal(read.signature_algorithm.signature, HF_CERTIFICATE_SIGNATURE_ECDSA);
    assert_int_equal(read.signature_algorithm.hash, HF_CERTIFICATE_HASH_SHA256);
    assert_int_equal(read.authority_key_id.len, 20);
    char line[200];
    struct hf_text text = hf_text_of(line, sizeof(line));
    hf_name_print(read.subject, &text);
    hf_text_add(&text, " | ");
    hf_name_print(read.issuer, &text);
    hf_text_add(&text, " | ");
    hf_general_name_print_all(read.subject_alt_names, &text);
    assert_string_equal(line, "CN=billing, O=Lab | CN=Root, O=Lab, C=SE | "
                              "DNS:a.lan, IP:10.0.0.5, IP:2001:db8::1, URI:spiffe://x/y, email:a@b");
    make_certificate_free(made);
    make_certificate_free(ca);
}

static void every_key_is_read(void **state)
{
    (void)state;
    static const struct {
        enum make_certificate_key make;
        enum hf_spki_kind kind;
        unsigned bits;
    } cases[] = {{MAKE_KEY_P256, HF_SPKI_P256, 256},
                 {MAKE_KEY_P384, HF_SPKI_P384, 384},
                 {MAKE_KEY_P521, HF_SPKI_P521, 521},
                 {MAKE_KEY_ED25519, HF_SPKI_ED25519, 256},
                 {MAKE_KEY_ED448, HF_SPKI_ED448, 456},
                 {MAKE_KEY_RSA2048, HF_SPKI_RSA, 2048},
                 {MAKE_KEY_RSA_PSS2048, HF_SPKI_RSA_PSS, 2048},
                 {MAKE_KEY_SECP256K1, HF_SPKI_UNKNOWN, 0}};
    for (size_t i = 0; i < HF_COUNT(cases); i++) {
        struct hf_certificate read;
        struct make_certificate *made =
            make_certificate(&(struct make_certificate_of){.subject = "CN=k", .key = cases[i].make});
        assert_int_equal(hf_certificate_read(make_certificate_span(made), &read, NULL), HF_OK);
        assert_int_equal(read.key.kind, cases[i].kind);
        assert_int_equal(read.key.bits, cases[i].bits);
        make_certificate_free(made);
    }
}

static struct make_certificate *rich(void)
{
    return make_certificate(&(struct make_certificate_of){.subject = "O=Lab,CN=billing",
                                                          .sans = "DNS:a.lan,IP:10.0.0.5",
                                                          .ekus = "serverAuth",
                                                          .ca = true,
                                                          .has_path_len = true,
                                                          .path_len = 1,
                                                          .name_constraints = "permitted;DNS:lan"});
}

static void every_cut_is_refused(void **state)
{
    (void)state;
    struct make_certificate *made = rich();
    struct hf_certificate read;
    struct hf_certificate_flaw flaw;
    for (size_t len = 0; len < made->len; len++) {
        uint8_t *cut = malloc(len == 0 ? 1 : len); /* exact, so that a sanitizer sees a read beyond it */
        memcpy(cut, made->der, len);
        assert_int_equal(hf_certificate_read(hf_span_of(cut, len), &read, &flaw), HF_ERR_bad_certificate_encoding);
        assert_true(flaw.field[0] != '\0' && flaw.what[0] != '\0');
        free(cut);
    }
    uint8_t *longer = calloc(1, made->len + 1);
    memcpy(longer, made->der, made->len);
    assert_int_equal(hf_certificate_read(hf_span_of(longer, made->len + 1), &read, NULL),
                     HF_ERR_bad_certificate_encoding);
    free(longer);
    make_certificate_free(made);
}

/* No changed byte may be read beyond its bounds, and none makes the reader and its caller disagree on what was signed.
 */
static void every_changed_byte_is_survived(void **state)
{
    (void)state;
    struct make_certificate *made = rich();
    for (size_t i = 0; i < made->len; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            struct hf_certificate read;
            made->der[i] ^= (uint8_t)(1U << bit);
            if (hf_certificate_read(make_certificate_span(made), &read, NULL) == HF_OK) {
                char line[256];
                struct hf_text text = hf_text_of(line, sizeof(line));
                hf_name_print(read.subject, &text);
                hf_general_name_print_all(read.subject_alt_names, &text);
                assert_true(read.tbs.len < made->len && read.signature.len > 0);
            }
            made->der[i] ^= (uint8_t)(1U << bit);
        }
    }
    make_certificate_free(made);
}

/* An extension that is wrong, by its DER, and one that is right beside it. */
static const struct {
    const char *oid;
    const char *hex;
    bool fine;
} extension_cases[] = {
    {"2.5.29.19", "30030101ff", true}, /* basicConstraints */
    {"2.5.29.19", "3000", true},
    {"2.5.29.19", "3003010100", false}, /* FALSE written out */
    {"2.5.29.19", "3003010101", false}, /* TRUE is ff */
    {"2.5.29.19", "30060101ff020100", true},
    {"2.5.29.19", "30070101ff02020001", false},      /* a number in more bytes than it needs */
    {"2.5.29.19", "30060101ff0201ff", false},        /* negative */
    {"2.5.29.19", "30030101ff00", false},            /* something behind it */
    {"2.5.29.19", "3081030101ff", false},            /* a length in more bytes than it needs */
    {"2.5.29.19", "30800101ff0000", false},          /* indefinite length */
    {"2.5.29.15", "03020780", true},                 /* keyUsage */
    {"2.5.29.15", "03020680", false},                /* trailing zero bit */
    {"2.5.29.15", "03020781", false},                /* an unused bit that is one */
    {"2.5.29.15", "030100", false},                  /* no bit at all */
    {"2.5.29.15", "03020880", false},                /* eight unused bits */
    {"2.5.29.37", "300a06082b06010505070301", true}, /* extKeyUsage */
    {"2.5.29.37", "3000", false},
    {"2.5.29.37", "3003060180", false},        /* an OID that does not end */
    {"2.5.29.17", "30078205612e6c616e", true}, /* subjectAltName */
    {"2.5.29.17", "3000", false},
    {"2.5.29.17", "30028200", false},           /* an empty name */
    {"2.5.29.17", "30078205612e006c6e", false}, /* a NUL inside */
    {"2.5.29.17", "30078205612e206c6e", false}, /* a blank */
    {"2.5.29.17", "30078205612ec3bc6e", false}, /* not ASCII */
    {"2.5.29.17", "3007a205612e6c616e", false}, /* constructed */
    {"2.5.29.17", "3006870401020304", true},
    {"2.5.29.17", "30058703010203", false}, /* an address of three bytes */
    {"2.5.29.17", "30028900", false},       /* no such choice */
    {"2.5.29.30", "3000", false},           /* nameConstraints */
    {"2.5.29.30", "3002a000", false},
    {"2.5.29.30", "300aa008300687047f000001", false}, /* four bytes without a mask */
    {"2.5.29.30", "300ea00c300a87080a000000ff000000", true},
    {"2.5.29.30", "300ea00c300a87080a000000ff00ff00", false}, /* a mask with a hole */
    {"2.5.29.30", "300ba009300782026162800100", false},       /* minimum written out */
    {"2.5.29.35", "3000", true},                              /* authorityKeyIdentifier */
    {"2.5.29.35", "300480020102", true},
    {"2.5.29.35", "30058002010200", false},
    {"2.5.29.14", "04020102", true}, /* subjectKeyIdentifier */
    {"2.5.29.14", "0400", false},
};

static void extensions_have_their_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(extension_cases); i++) {
        struct hf_certificate read;
        struct make_certificate *made = make_certificate(
            &(struct make_certificate_of){.subject = "CN=x",
                                          .key_usage = "",
                                          .no_subject_key_id = true,
                                          .no_authority_key_id = true,
                                          .extensions = {{extension_cases[i].oid, false, extension_cases[i].hex}}});
        enum hf_error error = hf_certificate_read(make_certificate_span(made), &read, NULL);
        if (error != (extension_cases[i].fine ? HF_OK : HF_ERR_bad_certificate_encoding))
            fail_msg("%s %s: %s", extension_cases[i].oid, extension_cases[i].hex, hf_error_name(error));
        make_certificate_free(made);
    }
}

static void expect_flaw(const struct make_certificate_of *of, const char *what)
{
    struct hf_certificate read;
    struct hf_certificate_flaw flaw;
    struct make_certificate *made = make_certificate(of);
    assert_int_equal(hf_certificate_read(make_certificate_span(made), &read, &flaw), HF_ERR_bad_certificate_encoding);
    assert_string_equal(flaw.what, what);
    make_certificate_free(made);
}

static void duplicates_and_serials(void **state)
{
    (void)state;
    expect_flaw(&(struct make_certificate_of){.subject = "CN=x",
                                              .extensions = {{"1.2.3.4", false, "0500"}, {"1.2.3.4", false, "0500"}}},
                "hold one of them twice");
    expect_flaw(&(struct make_certificate_of){.subject = "CN=x",
                                              .sans = "DNS:a",
                                              .extensions = {{"2.5.29.17", false, "3003820162"}}},
                "hold one of them twice");
    expect_flaw(&(struct make_certificate_of){.subject = "CN=x", .serial = "-05"}, "is negative");
    expect_flaw(
        &(struct make_certificate_of){.subject = "CN=x", .serial = "0102030405060708091011121314151617181920aa"},
        "is longer than 20 bytes");
    expect_flaw(&(struct make_certificate_of){.subject = NULL}, "is empty");
    struct hf_certificate read;
    struct make_certificate *v1 = make_certificate(&(struct make_certificate_of){.subject = "CN=x", .version = 1});
    assert_int_equal(hf_certificate_read(make_certificate_span(v1), &read, NULL), HF_OK);
    assert_int_equal(read.version, 1);
    make_certificate_free(v1);
}

/* The algorithm that is signed and the one outside are the same bytes (RFC 5280 4.1.1.2). */
static void algorithms_must_agree(void **state)
{
    (void)state;
    struct hf_certificate read;
    struct hf_certificate_flaw flaw;
    struct make_certificate *made = make_certificate(&(struct make_certificate_of){.subject = "CN=x"});
    assert_int_equal(hf_certificate_read(make_certificate_span(made), &read, NULL), HF_OK);
    size_t at = (size_t)(read.tbs.data - made->der) + read.tbs.len + 11; /* last byte of ecdsa-with-SHA256 outside */
    assert_int_equal(made->der[at], 0x02);
    made->der[at] = 0x03;
    assert_int_equal(hf_certificate_read(make_certificate_span(made), &read, &flaw), HF_ERR_bad_certificate_encoding);
    assert_string_equal(flaw.field, "signatureAlgorithm");
    make_certificate_free(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_read),
        cmocka_unit_test(every_key_is_read),
        cmocka_unit_test(every_cut_is_refused),
        cmocka_unit_test(every_changed_byte_is_survived),
        cmocka_unit_test(extensions_have_their_form),
        cmocka_unit_test(duplicates_and_serials),
        cmocka_unit_test(algorithms_must_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
