/* A client's answer to CertificateRequest: which identity, or for each why not. RFC 9846 4.4.2, 4.5.1.2. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "certificate/certificate.h"
#include "negotiate/client_auth.h"
#include "support/hello_bodies.h"
#include "support/test_identities.h"

static struct hf_identity *rsa;
static struct hf_identity *p256;
static struct hf_config config;
static struct hf_certificate_request_facts request;
static struct hf_negotiate_client_answer answer;
static struct hf_failure failure;

static int make_identities(void **state)
{
    (void)state;
    p256 = test_identity(MAKE_KEY_P256, "client.lan");
    rsa = test_identity(MAKE_KEY_RSA2048, "client.lan");
    return 0;
}

static int free_identities(void **state)
{
    (void)state;
    test_identity_free(rsa);
    test_identity_free(p256);
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    hello_config(&config);
    config.identities[0] = p256;
    config.identities[1] = rsa;
    config.identity_count = 2;
    request = (struct hf_certificate_request_facts){.schemes = hf_span_of("\x04\x03\x08\x04\x04\x01", 6)};
    return 0;
}

static enum hf_error choose(enum hf_version_bit generation)
{
    const struct hf_negotiate_client_auth asked = {
        .generation = generation, .request = &request, .now_s = MAKE_CERTIFICATE_NOW};
    return hf_negotiate_client_auth_choose(&config, &asked, &answer, &failure);
}

static void test_by_scheme(void **state)
{
    (void)state;
    assert_int_equal(choose(HF_VERSION_BIT_13), HF_OK);
    assert_ptr_equal(answer.identity, p256);
    assert_int_equal(answer.scheme->id, 0x0403);
    request.schemes = hf_span_of("\x08\x04", 2);
    assert_int_equal(choose(HF_VERSION_BIT_13), HF_OK);
    assert_ptr_equal(answer.identity, rsa);
    assert_int_equal(answer.misfit_count, 2); /* why the other was not taken */
    assert_int_equal(answer.misfits[0].reason, HF_MISFIT_SCHEME);
    assert_int_equal(answer.misfits[1].reason, HF_MISFIT_NONE);
}

static void test_none_fits(void **state)
{
    (void)state;
    request.schemes = hf_span_of("\x08\x07\x1a\x1a", 4);
    assert_int_equal(choose(HF_VERSION_BIT_13), HF_OK);
    assert_null(answer.identity);
    assert_int_equal(answer.misfit_count, 2);
    assert_int_equal(answer.misfits[0].reason, HF_MISFIT_SCHEME);
    assert_int_equal(answer.misfits[1].reason, HF_MISFIT_SCHEME);
    request.schemes = hf_span_of("\x04\x01", 2); /* PKCS#1 signs no handshake of 1.3 */
    assert_int_equal(choose(HF_VERSION_BIT_13), HF_OK);
    assert_null(answer.identity);
}

static void test_schemes_must_come(void **state)
{
    (void)state;
    request.schemes = (struct hf_span){0};
    assert_int_equal(choose(HF_VERSION_BIT_13), HF_ERR_missing_extension);
}

static void test_types_of_12(void **state)
{
    (void)state;
    request.certificate_types = hf_span_of("\x01", 1); /* rsa_sign alone */
    assert_int_equal(choose(HF_VERSION_BIT_12), HF_OK);
    assert_ptr_equal(answer.identity, rsa);
    request.certificate_types = hf_span_of("\x40", 1); /* ecdsa_sign alone */
    assert_int_equal(choose(HF_VERSION_BIT_12), HF_OK);
    assert_ptr_equal(answer.identity, p256);
    request.certificate_types = hf_span_of("\x02", 1); /* dss_sign */
    assert_int_equal(choose(HF_VERSION_BIT_12), HF_OK);
    assert_null(answer.identity);
}

static void test_authorities(void **state)
{
    (void)state;
    uint8_t room[256];
    struct hf_writer list = hf_writer_of(room, sizeof room);
    hf_writer_vector(&list, 2, hf_span_of("\x30\x00", 2));
    request.authorities = hf_writer_span(&list);
    assert_int_equal(choose(HF_VERSION_BIT_13), HF_OK);
    assert_null(answer.identity);
    assert_int_equal(answer.misfits[0].reason, HF_MISFIT_AUTHORITY);
    hf_writer_vector(&list, 2, p256->parsed[0].issuer);
    request.authorities = hf_writer_span(&list);
    assert_int_equal(choose(HF_VERSION_BIT_13), HF_OK);
    assert_ptr_equal(answer.identity, p256);
}

/* A study setting: what does not fit is shown all the same, if only it can sign; the misfits are told too. */
static void test_present_anyway(void **state)
{
    (void)state;
    uint8_t room[16];
    struct hf_writer list = hf_writer_of(room, sizeof room);
    hf_writer_vector(&list, 2, hf_span_of("\x30\x00", 2));
    request.authorities = hf_writer_span(&list);
    config.presents_anyway = true;
    assert_int_equal(choose(HF_VERSION_BIT_13), HF_OK);
    assert_ptr_equal(answer.identity, p256);
    assert_int_equal(answer.misfit_count, 2);
    request.schemes = hf_span_of("\x08\x07", 2);
    assert_int_equal(choose(HF_VERSION_BIT_13), HF_OK);
    assert_null(answer.identity);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_by_scheme, set_up),         cmocka_unit_test_setup(test_none_fits, set_up),
        cmocka_unit_test_setup(test_schemes_must_come, set_up), cmocka_unit_test_setup(test_types_of_12, set_up),
        cmocka_unit_test_setup(test_present_anyway, set_up),    cmocka_unit_test_setup(test_authorities, set_up),
    };
    return cmocka_run_group_tests(tests, make_identities, free_identities);
}
