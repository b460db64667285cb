/* A client's judgement of ServerHello and HelloRetryRequest. RFC 9846 4.2.3, 4.2.4; RFC 7627 5.2. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "negotiate/negotiate.h"
#include "support/hello_bodies.h"

static struct hf_config config;
static struct hf_client_offer offer;
static struct hf_server_hello_facts hello;
static struct hf_negotiated negotiated;
static struct hf_failure failure;
static const uint8_t share[32];

static int set_up13(void **state)
{
    (void)state;
    hello_config(&config);
    hello_offer(&config, &offer);
    hello = (struct hf_server_hello_facts){.legacy_version = 0x0303,
                                           .version = 0x0304,
                                           .random = hello_random(),
                                           .session_id = offer.session_id,
                                           .suite = 0x1301,
                                           .share = {0x001d, hf_span_of(share, sizeof share)}};
    hf_extension_set_add(&hello.present, HF_ROW_key_share);
    negotiated = (struct hf_negotiated){0};
    return 0;
}

static int set_up12(void **state)
{
    set_up13(state);
    hello = (struct hf_server_hello_facts){.legacy_version = 0x0303,
                                           .version = 0x0303,
                                           .random = hello_random(),
                                           .suite = 0xc02f,
                                           .extended_master_secret = true};
    return 0;
}

static enum hf_error judge(void)
{
    return hf_negotiate_client(&offer, &hello, NULL, &negotiated, &failure);
}

static void test_13(void **state)
{
    (void)state;
    hello.protocol = hf_span_of_text("h2");
    assert_int_equal(judge(), HF_OK);
    assert_int_equal(negotiated.generation, HF_VERSION_BIT_13);
    assert_int_equal(negotiated.suite->id, 0x1301);
    assert_int_equal(negotiated.group->id, 0x001d);
    assert_int_equal(negotiated.peer_share.len, 32);
    assert_int_equal(negotiated.protocol.len, 2);
}

static void test_13_refused(void **state)
{
    (void)state;
    hello.legacy_version = 0x0304;
    assert_int_equal(judge(), HF_ERR_no_common_version); /* RFC 9846 4.2.3: protocol_version */
    set_up13(NULL);
    hello.session_id.len = 31;
    assert_int_equal(judge(), HF_ERR_illegal_parameter);
    set_up13(NULL);
    hello.session_id = (struct hf_span){0};
    assert_int_equal(judge(), HF_ERR_illegal_parameter);
    set_up13(NULL);
    hello.suite = 0xc02f;
    assert_int_equal(judge(), HF_ERR_illegal_parameter);
    set_up13(NULL);
    hello.present = (struct hf_extension_set){0};
    assert_int_equal(judge(), HF_ERR_missing_extension);
    set_up13(NULL);
    hello.share.key_exchange.len = 31;
    assert_int_equal(judge(), HF_ERR_bad_key_share);
    set_up13(NULL);
    config.max_version = 0x0303;
    assert_int_equal(judge(), HF_ERR_illegal_parameter);
    assert_int_equal(negotiated.version, 0); /* untouched by all of these */
}

static void test_after_retry(void **state)
{
    (void)state;
    struct hf_server_hello_facts retry = hello;
    assert_int_equal(hf_negotiate_client(&offer, &hello, &retry, &negotiated, &failure), HF_OK);
    retry.suite = 0x1302;
    assert_int_equal(hf_negotiate_client(&offer, &hello, &retry, &negotiated, &failure), HF_ERR_illegal_parameter);
    set_up12(NULL); /* a retry of 1.3, then a ServerHello of 1.2 */
    retry.suite = hello.suite;
    assert_int_equal(hf_negotiate_client(&offer, &hello, &retry, &negotiated, &failure), HF_ERR_illegal_parameter);
}

static void test_12(void **state)
{
    (void)state;
    hello.secure_renegotiation = true;
    assert_int_equal(judge(), HF_OK);
    assert_int_equal(negotiated.generation, HF_VERSION_BIT_12);
    assert_null(negotiated.group);
    assert_true(negotiated.extended_master_secret && negotiated.secure_renegotiation);
}

static void test_12_refused(void **state)
{
    (void)state;
    uint8_t random[32] = {0};
    assert_true(hf_span_copy(hf_span_of("DOWNGRD\1", 8), random + 24, 8));
    hello.random = hf_span_of(random, sizeof random);
    assert_int_equal(judge(), HF_ERR_downgrade_detected);
    set_up12(NULL);
    hello.session_id = offer.session_id; /* "resumes" what never was */
    assert_int_equal(judge(), HF_ERR_illegal_parameter);
    set_up12(NULL);
    hello.extended_master_secret = false;
    assert_int_equal(judge(), HF_ERR_extended_master_secret_missing);
    config.extended_master_secret_demanded = false;
    assert_int_equal(judge(), HF_OK);
    set_up12(NULL);
    hello.secure_renegotiation = false; /* RFC 5746 4.1: taken, unless it is demanded */
    assert_int_equal(judge(), HF_OK);
    config.secure_renegotiation_demanded = true;
    assert_int_equal(judge(), HF_ERR_missing_extension);
    assert_int_equal(hf_error_alert12(HF_ERR_missing_extension), HF_ALERT_handshake_failure);
    hello.secure_renegotiation = true;
    assert_int_equal(judge(), HF_OK);
    set_up12(NULL);
    hello.suite = 0x1301;
    assert_int_equal(judge(), HF_ERR_illegal_parameter);
    set_up12(NULL);
    config.min_version = 0x0304;
    assert_int_equal(judge(), HF_ERR_no_common_version);
}

static void test_retry(void **state)
{
    (void)state;
    const struct hf_group *group = NULL;
    static const uint8_t cookie[] = {1};
    hello.share = (struct hf_hello_share){.group = 0x0017};
    assert_int_equal(hf_negotiate_client_retry(&offer, &hello, &group, &failure), HF_ERR_missing_extension);
    hf_extension_set_add(&hello.present, HF_ROW_supported_versions);
    hello.version = HF_TLS12; /* offered, and never to be chosen there */
    assert_int_equal(hf_negotiate_client_retry(&offer, &hello, &group, &failure), HF_ERR_illegal_parameter);
    hello.version = HF_TLS13;
    assert_int_equal(hf_negotiate_client_retry(&offer, &hello, &group, &failure), HF_OK);
    assert_int_equal(group->id, 0x0017);
    hello.share.group = 0;
    assert_int_equal(hf_negotiate_client_retry(&offer, &hello, &group, &failure), HF_ERR_illegal_parameter);
    assert_non_null(strstr(failure.wanted, "change"));
    hello.cookie = hf_span_of(cookie, sizeof cookie);
    assert_int_equal(hf_negotiate_client_retry(&offer, &hello, &group, &failure), HF_OK);
    assert_null(group);
    hello.suite = 0xc02f;
    assert_int_equal(hf_negotiate_client_retry(&offer, &hello, &group, &failure), HF_ERR_illegal_parameter);
    hello.suite = 0x1301;
    hello.session_id.len = 0;
    assert_int_equal(hf_negotiate_client_retry(&offer, &hello, &group, &failure), HF_ERR_illegal_parameter);
}

/* RFC 8773bis 5.2: the extension goes beside a key that the server took, and where we asked for both, both come. */
static void test_psk_with_certificates(void **state)
{
    (void)state;
    config.psk13_with_certificates = true;
    offer.psks[0].hash = HF_HASH_SHA256;
    offer.psk_count = 1;
    assert_int_equal(judge(), HF_ERR_psk_with_certificate_missing);
    hello.has_psk = true;
    assert_int_equal(judge(), HF_ERR_psk_with_certificate_missing);
    hello.cert_with_extern_psk = true;
    assert_int_equal(judge(), HF_OK);
    assert_true(negotiated.has_psk);
    hello.has_psk = false;
    assert_int_equal(judge(), HF_ERR_illegal_parameter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_13, set_up13),
        cmocka_unit_test_setup(test_13_refused, set_up13),
        cmocka_unit_test_setup(test_after_retry, set_up13),
        cmocka_unit_test_setup(test_12, set_up12),
        cmocka_unit_test_setup(test_12_refused, set_up12),
        cmocka_unit_test_setup(test_retry, set_up13),
        cmocka_unit_test_setup(test_psk_with_certificates, set_up13),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
