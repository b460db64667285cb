/* What one end writes the other end reads: offer to take, answer to check. RFC 9846 4.2, 4.3, 4.4. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "extension/read.h"
#include "extension/signature_algorithms.h"
#include "extension/write.h"
#include "support/hello_bodies.h"

static struct hf_config config;
static struct hf_client_offer offer;
static struct hello_bytes bytes;
static struct hf_failure failure;

static int set_up(void **state)
{
    (void)state;
    hello_config(&config);
    hello_offer(&config, &offer);
    return 0;
}

static bool offers(enum hf_extension_row row)
{
    return hf_extension_set_has(offer.offered, row);
}

static void test_client_hello(void **state)
{
    (void)state;
    static const uint8_t cookie[] = {1, 2, 3};
    struct hf_client_hello_facts facts;
    config.record_size_limit = 4096;
    offer.cookie = hf_span_of(cookie, sizeof cookie);
    offer.fallback = true;
    hello_written(&offer, &bytes);
    assert_int_equal(hf_extension_read_client_hello(bytes.span, &facts, &failure), HF_OK);
    assert_int_equal(facts.present.bits, offer.offered.bits);
    assert_int_equal(facts.legacy_version, 0x0303);
    assert_true(hf_span_equal(facts.random, offer.random));
    assert_true(hf_span_equal(facts.session_id, offer.session_id));
    assert_true(hf_span_equal(facts.host_name, hf_span_of_text("server.lan")));
    assert_true(hf_span_equal(facts.cookie, offer.cookie));
    assert_true(hf_span_equal(facts.protocols, hf_span_of(config.alpn, config.alpn_len)));
    assert_int_equal(facts.suites.len, 2 * (config.suite_count + 1));
    assert_int_equal(facts.groups.len, 2 * config.group_count);
    assert_int_equal(facts.schemes.len, 2 * config.scheme_count);
    assert_int_equal(facts.versions.len, 4);
    assert_int_equal(facts.record_size_limit, 4096);
    assert_true(facts.fallback);
    assert_true(facts.secure_renegotiation);
    assert_true(facts.extended_master_secret);
    assert_true(hf_wire_list_has(facts.psk_modes, 1, 1));
    assert_false(offers(HF_ROW_signature_algorithms_cert));
    assert_false(offers(HF_ROW_max_fragment_length));
}

static void test_only_12(void **state)
{
    (void)state;
    struct hf_client_hello_facts facts;
    offer.generations = HF_VERSION_BIT_12;
    offer.version_count = 1;
    offer.share_count = 0;
    hello_written(&offer, &bytes);
    assert_int_equal(hf_extension_read_client_hello(bytes.span, &facts, &failure), HF_OK);
    assert_false(offers(HF_ROW_supported_versions));
    assert_false(offers(HF_ROW_key_share));
    assert_false(offers(HF_ROW_psk_key_exchange_modes));
    assert_true(offers(HF_ROW_extended_master_secret));
    assert_true(offers(HF_ROW_renegotiation_info));
    assert_true(offers(HF_ROW_ec_point_formats));
    assert_false(hf_wire_list_has(facts.suites, 2, 0x1301));
    assert_false(hf_wire_list_has(facts.groups, 2, 0x11ec)); /* hybrids are for 1.3 */
    assert_true(hf_wire_list_has(facts.groups, 2, 0x001d));
}

/* For those who want it, and of 1.3. */
static void test_post_handshake_auth(void **state)
{
    (void)state;
    struct hf_client_hello_facts facts;
    hello_written(&offer, &bytes);
    assert_false(offers(HF_ROW_post_handshake_auth));
    config.post_handshake_auth = HF_POST_HANDSHAKE_AUTH_DECLINE;
    hello_written(&offer, &bytes);
    assert_int_equal(hf_extension_read_client_hello(bytes.span, &facts, &failure), HF_OK);
    assert_true(offers(HF_ROW_post_handshake_auth) && facts.post_handshake_auth);
    offer.generations = HF_VERSION_BIT_12;
    offer.version_count = 1;
    offer.share_count = 0;
    hello_written(&offer, &bytes);
    assert_false(offers(HF_ROW_post_handshake_auth));
}

/* The second hello of a connection: it says which, and leaves the protocol as it is. */
static void test_renegotiation(void **state)
{
    (void)state;
    struct hf_client_hello_facts facts;
    offer.generations = HF_VERSION_BIT_12;
    offer.version_count = 1;
    offer.share_count = 0;
    offer.renegotiated = hf_span_of_text("verify_data.");
    hello_written(&offer, &bytes);
    assert_int_equal(hf_extension_read_client_hello(bytes.span, &facts, &failure), HF_OK);
    assert_true(hf_span_equal(facts.renegotiated, offer.renegotiated));
    assert_false(hf_wire_list_has(facts.suites, 2, HF_SUITE_EMPTY_RENEGOTIATION_INFO));
    assert_false(offers(HF_ROW_application_layer_protocol_negotiation));
}

static void test_only_13(void **state)
{
    (void)state;
    struct hf_client_hello_facts facts;
    offer.generations = HF_VERSION_BIT_13;
    offer.version_count = 1;
    offer.server_name = (struct hf_span){0};
    hello_written(&offer, &bytes);
    assert_int_equal(hf_extension_read_client_hello(bytes.span, &facts, &failure), HF_OK);
    assert_false(offers(HF_ROW_server_name));
    assert_false(offers(HF_ROW_extended_master_secret));
    assert_false(offers(HF_ROW_renegotiation_info));
    assert_false(offers(HF_ROW_ec_point_formats));
    assert_false(facts.secure_renegotiation);
    assert_false(hf_wire_list_has(facts.suites, 2, 0xc02f));
    assert_true(hf_wire_list_has(facts.schemes, 2, 0x0401)); /* PKCS#1, for certificates */
}

static void test_certificate_schemes_apart(void **state)
{
    (void)state;
    struct hf_client_hello_facts facts;
    struct hf_signature_scheme odd = *config.schemes[0];
    odd.id = 0x7f01;
    odd.certificates = 0;
    config.schemes[config.scheme_count++] = &odd;
    hello_written(&offer, &bytes);
    assert_int_equal(hf_extension_read_client_hello(bytes.span, &facts, &failure), HF_OK);
    assert_true(hf_wire_list_has(facts.schemes, 2, 0x7f01));
    assert_false(hf_wire_list_has(facts.certificate_schemes, 2, 0x7f01));
    assert_int_equal(facts.certificate_schemes.len, facts.schemes.len - 2);
}

static void test_no_room(void **state)
{
    (void)state;
    hello_written(&offer, &bytes);
    const size_t whole = bytes.span.len;
    for (size_t room = 0; room < whole; room++) {
        struct hf_writer writer = hf_writer_of(bytes.data, room);
        assert_int_equal(hf_extension_write_client_hello(&offer, &writer), HF_ERR_internal);
    }
    offer.random.len = 31;
    struct hf_writer writer = hf_writer_of(bytes.data, sizeof bytes.data);
    assert_int_equal(hf_extension_write_client_hello(&offer, &writer), HF_ERR_internal);
}

static const uint8_t share[] = {9, 8, 7};

static struct hf_server_answer full_answer(void)
{
    return (struct hf_server_answer){.config = &config,
                                     .legacy_version = 0x0303,
                                     .version = 0x0304,
                                     .random = hello_random(),
                                     .session_id = offer.session_id,
                                     .suite = 0x1301,
                                     .share = {.group = 0x001d, .key_exchange = hf_span_of(share, sizeof share)},
                                     .protocol = hf_span_of_text("h2"),
                                     .server_name = true,
                                     .extended_master_secret = true,
                                     .secure_renegotiation = true,
                                     .point_formats = true};
}

static void test_server_hello12(void **state)
{
    (void)state;
    struct hf_server_answer answer = full_answer();
    struct hf_server_hello_facts facts;
    config.max_fragment_length = 512;
    answer.max_fragment_length = 512;
    hello_written(&offer, &bytes);
    struct hf_writer writer = hf_writer_of(bytes.data, sizeof bytes.data);
    assert_int_equal(hf_extension_write_server_hello12(&answer, &writer), HF_OK);
    assert_int_equal(hf_extension_read_server_hello12(hf_writer_span(&writer), &offer, &facts, &failure), HF_OK);
    assert_int_equal(facts.version, 0x0303);
    assert_int_equal(facts.suite, 0x1301);
    assert_true(facts.server_name && facts.extended_master_secret && facts.secure_renegotiation);
    assert_true(hf_span_equal(facts.protocol, hf_span_of_text("h2")));
    assert_int_equal(facts.max_fragment_length, 512);
    assert_int_equal(facts.share.group, 0);
}

static void test_server_hello12_bare(void **state)
{
    (void)state;
    const struct hf_server_answer answer = {
        .config = &config, .legacy_version = 0x0303, .random = hello_random(), .suite = 0xc02f};
    struct hf_writer writer = hf_writer_of(bytes.data, sizeof bytes.data);
    assert_int_equal(hf_extension_write_server_hello12(&answer, &writer), HF_OK);
    assert_int_equal(hf_writer_span(&writer).len, 2 + 32 + 1 + 2 + 1); /* no block at all */
}

static void test_server_hello13(void **state)
{
    (void)state;
    const struct hf_server_answer answer = full_answer();
    struct hf_server_hello_facts facts;
    hello_written(&offer, &bytes);
    struct hello_bytes out;
    struct hf_writer writer = hf_writer_of(out.data, sizeof out.data);
    assert_int_equal(hf_extension_write_server_hello13(&answer, &writer), HF_OK);
    assert_int_equal(hf_extension_read_server_hello13(hf_writer_span(&writer), &offer, &facts, &failure), HF_OK);
    assert_int_equal(facts.legacy_version, 0x0303);
    assert_int_equal(facts.version, 0x0304);
    assert_int_equal(facts.share.group, 0x001d);
    assert_true(hf_span_equal(facts.share.key_exchange, hf_span_of(share, sizeof share)));
    assert_int_equal(facts.protocol.len, 0); /* that is for EncryptedExtensions */
    struct hello_bytes second;
    writer = hf_writer_of(second.data, sizeof second.data);
    assert_int_equal(hf_extension_write_encrypted_extensions(&answer, &writer), HF_OK);
    assert_int_equal(hf_extension_read_encrypted_extensions(hf_writer_span(&writer), &offer, &facts, &failure), HF_OK);
    assert_true(facts.server_name);
    assert_true(hf_span_equal(facts.protocol, hf_span_of_text("h2")));
    assert_int_equal(facts.share.group, 0x001d); /* added to, not replaced */
    assert_false(facts.extended_master_secret);
}

static void test_hello_retry_request(void **state)
{
    (void)state;
    struct hf_server_answer answer = full_answer();
    struct hf_server_hello_facts facts;
    answer.share = (struct hf_hello_share){.group = 0x0017};
    answer.cookie = hf_span_of(share, sizeof share);
    hello_written(&offer, &bytes);
    struct hf_writer writer = hf_writer_of(bytes.data, sizeof bytes.data);
    assert_int_equal(hf_extension_write_hello_retry_request(&answer, &writer), HF_OK);
    const struct hf_span body = hf_writer_span(&writer);
    assert_int_equal(hf_message_classify(2, body), HF_MESSAGE_hello_retry_request);
    assert_int_equal(hf_extension_read_hello_retry_request(body, &offer, &facts, &failure), HF_OK);
    assert_int_equal(facts.share.group, 0x0017);
    assert_true(hf_span_equal(facts.cookie, answer.cookie));
}

static void test_certificate_request(void **state)
{
    (void)state;
    static uint8_t names[] = {0, 2, 0x30, 0};
    const struct hf_server_answer answer = full_answer();
    struct hf_certificate_request_facts facts;
    config.authorities = names;
    config.authorities_len = sizeof names;
    struct hf_writer writer = hf_writer_of(bytes.data, sizeof bytes.data);
    assert_int_equal(hf_extension_write_certificate_request13(&answer, &writer), HF_OK);
    assert_int_equal(hf_extension_read_certificate_request13(hf_writer_span(&writer), &facts, &failure), HF_OK);
    assert_int_equal(facts.context.len, 0);
    assert_int_equal(facts.schemes.len, 2 * config.scheme_count);
    assert_true(hf_span_equal(facts.authorities, hf_span_of(names, sizeof names)));
    assert_int_equal(facts.certificate_schemes.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_client_hello, set_up),
        cmocka_unit_test_setup(test_only_12, set_up),
        cmocka_unit_test_setup(test_post_handshake_auth, set_up),
        cmocka_unit_test_setup(test_renegotiation, set_up),
        cmocka_unit_test_setup(test_only_13, set_up),
        cmocka_unit_test_setup(test_certificate_schemes_apart, set_up),
        cmocka_unit_test_setup(test_no_room, set_up),
        cmocka_unit_test_setup(test_server_hello12, set_up),
        cmocka_unit_test_setup(test_server_hello12_bare, set_up),
        cmocka_unit_test_setup(test_server_hello13, set_up),
        cmocka_unit_test_setup(test_hello_retry_request, set_up),
        cmocka_unit_test_setup(test_certificate_request, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
