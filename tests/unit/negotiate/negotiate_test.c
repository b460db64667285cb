/* A server's decision on a whole ClientHello, both versions: what is missing, what is not shared, which identity, what
 * a second hello may do. RFC 9846 4.2.4, 4.5.1.2, 9.2; RFC 8422 5.3; RFC 7627 5.2. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "extension/read.h"
#include "negotiate/negotiate.h"
#include "support/hello_bodies.h"
#include "support/test_identities.h"

static struct hf_identity *rsa;
static struct hf_identity *p256;
static struct hf_identity *p384;
static struct hf_config server;
static struct hf_config client;
static struct hf_client_offer offer;
static struct hf_client_hello_facts hello;
static struct hf_negotiated negotiated;
static struct hf_failure failure;

static int make_identities(void **state)
{
    (void)state;
    rsa = test_identity(MAKE_KEY_RSA2048, "rsa.lan");
    p256 = test_identity(MAKE_KEY_P256, "server.lan");
    p384 = test_identity(MAKE_KEY_P384, "p384.lan");
    return 0;
}

static int free_identities(void **state)
{
    (void)state;
    test_identity_free(rsa);
    test_identity_free(p256);
    test_identity_free(p384);
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    hello_config(&server);
    hello_config(&client);
    server.identities[0] = p256;
    server.identities[1] = rsa;
    server.identity_count = 2;
    hello_offer(&client, &offer);
    negotiated = (struct hf_negotiated){0};
    memset(&failure, 0, sizeof failure);
    return 0;
}

/* What the server reads in our offer; its spans live until the next call. */
static void read_offer(void)
{
    static struct hello_bytes bytes;
    hello_written(&offer, &bytes);
    assert_int_equal(hf_extension_read_client_hello(bytes.span, &hello, &failure), HF_OK);
}

static enum hf_error decide_after(const struct hf_negotiated *first)
{
    const struct hf_negotiate_question question = {
        .config = &server, .hello = &hello, .first = first, .now_s = MAKE_CERTIFICATE_NOW};
    return hf_negotiate_server(&question, &negotiated, &failure);
}

static enum hf_error decide(void)
{
    read_offer();
    return decide_after(NULL);
}

static void only_12(void)
{
    offer.generations = HF_VERSION_BIT_12;
    offer.version_count = 0;
    offer.share_count = 0;
}

static void test_13(void **state)
{
    (void)state;
    assert_int_equal(decide(), HF_OK);
    assert_int_equal(negotiated.version, 0x0304);
    assert_int_equal(negotiated.generation, HF_VERSION_BIT_13);
    assert_int_equal(negotiated.suite->id, 0x1301);
    assert_int_equal(negotiated.group->id, 0x001d);
    assert_false(negotiated.retry);
    assert_int_equal(negotiated.peer_share.len, 32);
    assert_ptr_equal(negotiated.identity, p256);
    assert_int_equal(negotiated.scheme->id, 0x0403);
    assert_true(negotiated.server_name);
    assert_true(hf_span_equal(negotiated.protocol, hf_span_of_text("h2")));
    assert_int_equal(negotiated.send_limit, 16384);
    struct hf_server_answer answer;
    hf_negotiate_answer(&server, &negotiated, &answer);
    assert_int_equal(answer.version, 0x0304);
    assert_int_equal(answer.legacy_version, 0x0303);
    assert_int_equal(answer.share.group, 0x001d);
    assert_true(answer.server_name);
}

static void test_12(void **state)
{
    (void)state;
    only_12();
    assert_int_equal(decide(), HF_OK);
    assert_int_equal(negotiated.version, 0x0303);
    assert_int_equal(negotiated.suite->id, 0xc02b);
    assert_int_equal(negotiated.group->id, 0x001d);
    assert_true(negotiated.extended_master_secret && negotiated.secure_renegotiation && negotiated.point_formats);
    assert_ptr_equal(negotiated.identity, p256);
    struct hf_server_answer answer;
    hf_negotiate_answer(&server, &negotiated, &answer);
    assert_int_equal(answer.legacy_version, 0x0303);
}

/* RFC 7250 4.2: a session brings no certificate, and a client that asked for a type is told it all the same. */
static void test_type_beside_a_psk(void **state)
{
    (void)state;
    struct hf_negotiate_psk psk = {.hash = HF_HASH_SHA256, .is_session = true};
    const struct hf_negotiate_question question = {
        .config = &server, .hello = &hello, .psk = &psk, .now_s = MAKE_CERTIFICATE_NOW};
    static const uint8_t types[] = {HF_CERTIFICATE_TYPE_RAW, HF_CERTIFICATE_TYPE_X509};
    static const struct {
        size_t count;
        bool is_session, wanted;
    } cases[] = {{0, true, false}, {1, true, false}, {2, true, true}, {2, false, false}};
    read_offer();
    for (size_t i = 0; i < HF_COUNT(cases); i++) { /* all identities here are certificates */
        hello.server_types = hf_span_of(types, cases[i].count);
        psk.is_session = cases[i].is_session;
        assert_int_equal(hf_negotiate_server(&question, &negotiated, &failure), HF_OK);
        assert_true(negotiated.has_psk && negotiated.identity == NULL);
        assert_int_equal(negotiated.has_server_type, cases[i].wanted);
        struct hf_server_answer answer;
        hf_negotiate_answer(&server, &negotiated, &answer);
        assert_int_equal(answer.server_type, HF_CERTIFICATE_TYPE_X509);
    }
    p256->type = HF_CERTIFICATE_TYPE_RAW;
    hello.server_types = hf_span_of(types, 1);
    psk.is_session = true;
    assert_int_equal(hf_negotiate_server(&question, &negotiated, &failure), HF_OK);
    p256->type = HF_CERTIFICATE_TYPE_X509;
    assert_true(negotiated.has_server_type);
    assert_int_equal(negotiated.own_type, HF_CERTIFICATE_TYPE_RAW);
}

/* A server with nothing but shared keys says what is wrong, but not which names it knows (RFC 9846 F.6). */
static void test_no_psk_that_fits(void **state)
{
    (void)state;
    static const uint8_t unknown_mode[] = {1, 0x1a}, identities[] = {0, 4, 'n', 'a', 'm', 'e', 0, 0, 0, 0};
    struct hf_negotiate_question question = {.config = &server, .hello = &hello, .now_s = MAKE_CERTIFICATE_NOW};
    read_offer();
    server.psk13_only = true;
    hf_extension_set_add(&hello.present, HF_ROW_pre_shared_key);
    hello.psk_identities = hf_span_of(identities, sizeof identities);
    assert_int_equal(hf_negotiate_server(&question, &negotiated, &failure), HF_ERR_psk_unknown);
    assert_int_equal(hf_error_alert13(HF_ERR_psk_unknown), HF_ALERT_decrypt_error);
    hello.psk_modes = hf_span_of(unknown_mode + 1, 1);
    assert_int_equal(hf_negotiate_server(&question, &negotiated, &failure), HF_ERR_psk_mode_unfit);
    assert_int_equal(hf_error_alert13(HF_ERR_psk_mode_unfit), HF_ALERT_handshake_failure);
    /* the first hello named one that was known: RFC 9846 4.2.2 */
    struct hf_negotiated first = {
        .version = HF_TLS13, .suite = hf_suite_find(0x1301), .group = hf_group_find(0x1d), .has_psk = true};
    question.first = &first;
    memset(&failure, 0, sizeof failure);
    assert_int_equal(hf_negotiate_server(&question, &negotiated, &failure), HF_ERR_hello_changed);
    assert_string_equal(failure.where, "pre_shared_key in the second ClientHello");
    assert_int_equal(hf_error_alert13(HF_ERR_hello_changed), HF_ALERT_illegal_parameter);
}

static void test_identity_by_name(void **state)
{
    (void)state;
    offer.server_name = hf_span_of_text("rsa.lan");
    assert_int_equal(decide(), HF_OK);
    assert_ptr_equal(negotiated.identity, rsa);
    assert_true(negotiated.server_name);
    only_12();
    assert_int_equal(decide(), HF_OK);
    assert_ptr_equal(negotiated.identity, rsa);
    assert_int_equal(negotiated.suite->id, 0xc02f);
    offer.server_name = hf_span_of_text("elsewhere.lan");
    assert_int_equal(decide(), HF_OK);
    assert_ptr_equal(negotiated.identity, p256); /* the default, and the name is not acknowledged */
    assert_false(negotiated.server_name);
}

static void test_identity_by_scheme(void **state)
{
    (void)state;
    client.schemes[0] = hf_signature_scheme_find(0x0804);
    client.scheme_count = 1;
    assert_int_equal(decide(), HF_OK);
    assert_ptr_equal(negotiated.identity, rsa); /* though the name is the other's */
    client.schemes[0] = hf_signature_scheme_find(0x0807);
    assert_int_equal(decide(), HF_ERR_no_common_signature_scheme);
    assert_string_equal(failure.wanted, "one that our keys can make: P-256, RSA");
    assert_string_equal(failure.got, "the client takes ed25519");
}

static void test_pkcs1_is_not_for_13(void **state)
{
    (void)state;
    client.schemes[0] = hf_signature_scheme_find(0x0401);
    client.scheme_count = 1;
    assert_int_equal(decide(), HF_ERR_no_common_signature_scheme);
    only_12();
    assert_int_equal(decide(), HF_OK);
    assert_int_equal(negotiated.scheme->id, 0x0401);
}

static void test_identity_by_suite(void **state)
{
    (void)state;
    only_12();
    client.suites[0] = hf_suite_find(0xc02f); /* for RSA keys */
    client.suite_count = 1;
    assert_int_equal(decide(), HF_OK);
    assert_ptr_equal(negotiated.identity, rsa);
    server.identity_count = 1; /* P-256 alone */
    assert_int_equal(decide(), HF_ERR_no_common_suite);
    assert_non_null(strstr(failure.got, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"));
    assert_non_null(strstr(failure.hint, "RSA certificate"));
}

static void test_identity_by_curve(void **state)
{
    (void)state;
    server.identities[0] = p384;
    server.identity_count = 1;
    client.groups[0] = hf_group_find(0x001d);
    client.groups[1] = hf_group_find(0x0017);
    client.group_count = 2;
    assert_int_equal(decide(), HF_OK); /* 1.3 asks the schemes, not the groups */
    only_12();
    assert_int_equal(decide(), HF_ERR_no_common_group);
    assert_non_null(strstr(failure.wanted, "P-384"));
    server.identities[1] = rsa;
    server.identity_count = 2;
    assert_int_equal(decide(), HF_OK);
    assert_ptr_equal(negotiated.identity, rsa);
}

static void test_no_identity(void **state)
{
    (void)state;
    server.identity_count = 0;
    assert_int_equal(decide(), HF_ERR_no_server_identity);
}

static void test_versions_do_not_meet(void **state)
{
    (void)state;
    server.min_version = 0x0304;
    only_12();
    assert_int_equal(decide(), HF_ERR_no_common_version);
    assert_int_equal(negotiated.version, 0); /* untouched */
}

static void test_missing_in_13(void **state)
{
    (void)state;
    static const enum hf_extension_row needed[] = {HF_ROW_signature_algorithms, HF_ROW_supported_groups,
                                                   HF_ROW_key_share};
    read_offer();
    const struct hf_extension_set all = hello.present;
    for (size_t i = 0; i < HF_COUNT(needed); i++) {
        hello.present.bits = all.bits & ~((uint64_t)1 << needed[i]);
        assert_int_equal(decide_after(NULL), HF_ERR_missing_extension);
        assert_non_null(strstr(failure.where, hf_extension_name(hf_extension_row_type(needed[i]))));
    }
    hello.present = all;
    hf_extension_set_add(&hello.present, HF_ROW_pre_shared_key);
    assert_int_equal(decide_after(NULL), HF_OK);
    hello.present.bits &= ~((uint64_t)1 << HF_ROW_psk_key_exchange_modes);
    assert_int_equal(decide_after(NULL), HF_ERR_missing_extension);
}

static void test_compression(void **state)
{
    (void)state;
    static const uint8_t two[] = {1, 0};
    read_offer();
    hello.compressions = hf_span_of(two, sizeof two);
    assert_int_equal(decide_after(NULL), HF_ERR_compression_not_null); /* RFC 9846 4.2.2 */
    only_12();
    read_offer();
    hello.compressions = hf_span_of(two, sizeof two);
    assert_int_equal(decide_after(NULL), HF_OK);
}

static void test_extended_master_secret(void **state)
{
    (void)state;
    only_12();
    read_offer();
    hello.extended_master_secret = false;
    assert_int_equal(decide_after(NULL), HF_ERR_extended_master_secret_missing);
    server.extended_master_secret_demanded = false;
    assert_int_equal(decide_after(NULL), HF_OK);
    assert_false(negotiated.extended_master_secret);
}

static void test_old_client_without_schemes(void **state)
{
    (void)state;
    only_12();
    read_offer();
    hello.present.bits &= ~((uint64_t)1 << HF_ROW_signature_algorithms);
    hello.schemes = (struct hf_span){0};
    assert_int_equal(decide_after(NULL), HF_ERR_no_common_signature_scheme); /* it means SHA-1 */
}

/* RSA key exchange is left where nothing can be signed: RFC 5246 7.4.2. */
static void test_suite_that_signs_nothing(void **state)
{
    (void)state;
    only_12();
    client.schemes[0] = hf_signature_scheme_find(0x0807);
    client.scheme_count = 1;
    client.suites[0] = hf_suite_find(0xc02f);
    client.suites[1] = hf_suite_find(0x009c);
    client.suite_count = 2;
    const uint16_t usage = rsa->parsed[0].key_usage;
    rsa->parsed[0].key_usage |= HF_KEY_USAGE_KEY_ENCIPHERMENT;
    assert_int_equal(decide(), HF_ERR_no_common_signature_scheme); /* the server has it not */
    server.suites[server.suite_count++] = hf_suite_find(0x009c);
    assert_int_equal(decide(), HF_OK);
    assert_int_equal(negotiated.suite->id, 0x009c);
    assert_ptr_equal(negotiated.identity, rsa);
    assert_null(negotiated.scheme);
    rsa->parsed[0].key_usage = usage; /* for signing only */
    assert_int_equal(decide(), HF_ERR_no_common_signature_scheme);
    rsa->parsed[0].key_usage |= HF_KEY_USAGE_KEY_ENCIPHERMENT;
    client.suite_count = 1;
    assert_int_equal(decide(), HF_ERR_no_common_signature_scheme);
    rsa->parsed[0].key_usage = usage;
}

static void test_retry(void **state)
{
    (void)state;
    server.groups[0] = hf_group_find(0x0017);
    server.group_count = 1;
    assert_int_equal(decide(), HF_OK);
    assert_true(negotiated.retry);
    assert_int_equal(negotiated.group->id, 0x0017);
    assert_int_equal(negotiated.peer_share.len, 0);
    const struct hf_negotiated first = negotiated;
    static const uint8_t point[65] = {4};
    assert_int_equal(decide_after(&first), HF_ERR_illegal_parameter); /* the same hello again */
    offer.shares[0] = (struct hf_hello_share){.group = 0x0017, .key_exchange = hf_span_of(point, sizeof point)};
    read_offer();
    assert_int_equal(decide_after(&first), HF_OK);
    assert_false(negotiated.retry);
    assert_int_equal(negotiated.peer_share.len, 65);
    client.suites[0] = hf_suite_find(0x1302); /* another suite would win now */
    client.suite_count = 1;
    read_offer();
    assert_int_equal(decide_after(&first), HF_ERR_hello_changed);
    only_12(); /* or another version: mbedTLS once went on with a zero key */
    client.suites[0] = hf_suite_find(0xc02b);
    read_offer();
    assert_int_equal(decide_after(&first), HF_ERR_hello_changed);
}

static void test_alpn(void **state)
{
    (void)state;
    static uint8_t other[] = {2, 'h', '9'};
    client.alpn = other;
    client.alpn_len = sizeof other;
    assert_int_equal(decide(), HF_ERR_no_application_protocol);
}

/* RFC 8773bis 5.1: what must stand beside the extension, and what must not. */
static void test_psk_with_certificates(void **state)
{
    (void)state;
    struct hf_negotiate_psk psk = {.hash = HF_HASH_SHA256};
    struct hf_negotiate_question question = {
        .config = &server, .hello = &hello, .psk = &psk, .now_s = MAKE_CERTIFICATE_NOW};
    static const enum hf_extension_row needed[] = {HF_ROW_pre_shared_key, HF_ROW_key_share,
                                                   HF_ROW_signature_algorithms};
    server.psk13_with_certificates = true;
    read_offer();
    assert_int_equal(hf_negotiate_server(&question, &negotiated, &failure), HF_ERR_psk_with_certificate_missing);
    hello.cert_with_extern_psk = true;
    hf_extension_set_add(&hello.present, HF_ROW_pre_shared_key);
    const struct hf_extension_set present = hello.present;
    assert_int_equal(hf_negotiate_server(&question, &negotiated, &failure), HF_OK);
    assert_true(negotiated.has_psk);
    assert_ptr_equal(negotiated.identity, p256);
    for (size_t i = 0; i < HF_COUNT(needed); i++) {
        hello.present = (struct hf_extension_set){0};
        for (int row = 0; row < HF_EXTENSION_ROWS; row++)
            if (row != (int)needed[i] && hf_extension_set_has(present, (enum hf_extension_row)row))
                hf_extension_set_add(&hello.present, (enum hf_extension_row)row);
        assert_int_equal(hf_negotiate_server(&question, &negotiated, &failure), HF_ERR_missing_extension);
    }
    hello.present = present;
    hello.early_data = true;
    assert_int_equal(hf_negotiate_server(&question, &negotiated, &failure), HF_ERR_illegal_parameter);
    hello.early_data = false;
    question.psk = NULL; /* it has no key of ours */
    assert_int_equal(hf_negotiate_server(&question, &negotiated, &failure), HF_ERR_psk_with_certificate_missing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_13, set_up),
        cmocka_unit_test_setup(test_12, set_up),
        cmocka_unit_test_setup(test_type_beside_a_psk, set_up),
        cmocka_unit_test_setup(test_no_psk_that_fits, set_up),
        cmocka_unit_test_setup(test_identity_by_name, set_up),
        cmocka_unit_test_setup(test_identity_by_scheme, set_up),
        cmocka_unit_test_setup(test_pkcs1_is_not_for_13, set_up),
        cmocka_unit_test_setup(test_identity_by_suite, set_up),
        cmocka_unit_test_setup(test_identity_by_curve, set_up),
        cmocka_unit_test_setup(test_no_identity, set_up),
        cmocka_unit_test_setup(test_versions_do_not_meet, set_up),
        cmocka_unit_test_setup(test_missing_in_13, set_up),
        cmocka_unit_test_setup(test_compression, set_up),
        cmocka_unit_test_setup(test_extended_master_secret, set_up),
        cmocka_unit_test_setup(test_old_client_without_schemes, set_up),
        cmocka_unit_test_setup(test_suite_that_signs_nothing, set_up),
        cmocka_unit_test_setup(test_retry, set_up),
        cmocka_unit_test_setup(test_alpn, set_up),
        cmocka_unit_test_setup(test_psk_with_certificates, set_up),
    };
    return cmocka_run_group_tests(tests, make_identities, free_identities);
}
