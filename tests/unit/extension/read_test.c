/* Every rule on extensions with a case that passes and one that fails: one table for what a server reads in a
 * ClientHello, one for what a client reads in each message of a server. RFC 9846 4.3 and the RFC of each extension. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "extension/entry.h"
#include "extension/read.h"
#include "support/hello_bodies.h"

struct one {
    uint16_t type;
    const char *hex;
};

/* ---- A server reads. ---- */

static const struct {
    const char *story;
    enum hf_error error;
    const char *where; /* NULL: not looked at */
    struct one extensions[4];
    size_t count;
} hellos[] = {
    {"nothing at all", HF_OK, NULL, {{0, NULL}}, 0},
    {"a host name", HF_OK, NULL, {{0, "0004 00 0001 61"}}, 1},
    {"two host names", HF_ERR_illegal_parameter, "server_name in ClientHello", {{0, "0008 00 0001 61 00 0001 62"}}, 1},
    {"a name of another type beside it", HF_OK, NULL, {{0, "0008 07 0001 61 00 0001 62"}}, 1},
    {"a host name with NUL", HF_ERR_illegal_parameter, NULL, {{0, "0006 00 0003 610062"}}, 1},
    {"a host name that is a dot", HF_ERR_illegal_parameter, NULL, {{0, "0004 00 0001 2e"}}, 1},
    {"an empty host name", HF_ERR_decode_error, "server_name in ClientHello", {{0, "0003 00 0000"}}, 1},
    {"an empty server_name", HF_ERR_decode_error, NULL, {{0, ""}}, 1},
    {"bytes behind the list", HF_ERR_decode_error, NULL, {{0, "0004 00 0001 61 00"}}, 1},
    {"max_fragment_length 4", HF_OK, NULL, {{1, "04"}}, 1},
    {"max_fragment_length 5", HF_ERR_illegal_parameter, "max_fragment_length in ClientHello", {{1, "05"}}, 1},
    {"max_fragment_length 0", HF_ERR_illegal_parameter, NULL, {{1, "00"}}, 1},
    {"max_fragment_length of two bytes", HF_ERR_decode_error, NULL, {{1, "0101"}}, 1},
    {"groups", HF_OK, NULL, {{10, "0002 001d"}}, 1},
    {"no groups in the list", HF_ERR_decode_error, NULL, {{10, "0000"}}, 1},
    {"half a group", HF_ERR_decode_error, NULL, {{10, "0003 001d00"}}, 1},
    {"point formats", HF_OK, NULL, {{11, "02 0100"}}, 1},
    {"point formats without uncompressed",
     HF_ERR_illegal_parameter,
     "ec_point_formats in ClientHello",
     {{11, "01 01"}},
     1},
    {"no point formats", HF_ERR_decode_error, NULL, {{11, "00"}}, 1},
    {"compressions of certificates", HF_OK, NULL, {{27, "04 0001 0002"}}, 1},
    {"a compression that nobody knows", HF_OK, NULL, {{27, "02 ffff"}}, 1},
    {"no compression", HF_ERR_decode_error, NULL, {{27, "00"}}, 1},
    {"half a compression", HF_ERR_decode_error, NULL, {{27, "03 0001 00"}}, 1},
    {"a compression twice", HF_ERR_decode_error, "compress_certificate in ClientHello", {{27, "06 0001 0002 0001"}}, 1},
    {"bytes behind the compressions", HF_ERR_decode_error, NULL, {{27, "02 0001 00"}}, 1},
    {"schemes of delegated credentials", HF_OK, NULL, {{34, "0004 0403 0807"}}, 1},
    {"no schemes of delegated credentials",
     HF_ERR_decode_error,
     "delegated_credential in ClientHello",
     {{34, "0000"}},
     1},
    {"schemes", HF_OK, NULL, {{13, "0002 0403"}}, 1},
    {"half a scheme", HF_ERR_decode_error, NULL, {{13, "0001 04"}}, 1},
    {"schemes for certificates", HF_OK, NULL, {{50, "0002 0403"}}, 1},
    {"no schemes for certificates", HF_ERR_decode_error, NULL, {{50, "0000"}}, 1},
    {"ALPN", HF_OK, NULL, {{16, "0003 02 6832"}}, 1},
    {"ALPN with an empty name", HF_ERR_decode_error, NULL, {{16, "0004 02 6832 00"}}, 1},
    {"ALPN without names", HF_ERR_decode_error, NULL, {{16, "0000"}}, 1},
    {"extended_master_secret", HF_OK, NULL, {{23, ""}}, 1},
    {"extended_master_secret with bytes", HF_ERR_decode_error, NULL, {{23, "00"}}, 1},
    {"renegotiation_info, empty", HF_OK, NULL, {{0xff01, "00"}}, 1},
    {"renegotiation_info, not empty, is for others to judge", HF_OK, NULL, {{0xff01, "01 aa"}}, 1},
    {"renegotiation_info with a byte behind it", HF_ERR_decode_error, NULL, {{0xff01, "01 aa bb"}}, 1},
    {"renegotiation_info without its length", HF_ERR_decode_error, NULL, {{0xff01, ""}}, 1},
    {"record_size_limit 64", HF_OK, NULL, {{28, "0040"}}, 1},
    {"record_size_limit 63", HF_ERR_record_size_limit_wrong, NULL, {{28, "003f"}}, 1},
    {"record_size_limit above what we know", HF_OK, NULL, {{28, "ffff"}}, 1},
    {"record_size_limit of one byte", HF_ERR_decode_error, NULL, {{28, "40"}}, 1},
    {"versions", HF_OK, NULL, {{43, "04 0304 0303"}}, 1},
    {"half a version", HF_ERR_decode_error, NULL, {{43, "03 0304 03"}}, 1},
    {"no versions", HF_ERR_decode_error, NULL, {{43, "00"}}, 1},
    {"a cookie", HF_OK, NULL, {{44, "0001 aa"}}, 1},
    {"an empty cookie", HF_ERR_decode_error, NULL, {{44, "0000"}}, 1},
    {"modes of PSK", HF_OK, NULL, {{45, "01 01"}}, 1},
    {"no modes of PSK", HF_ERR_decode_error, NULL, {{45, "00"}}, 1},
    {"authorities", HF_OK, NULL, {{47, "0004 0002 3000"}}, 1},
    {"an empty authority", HF_ERR_decode_error, NULL, {{47, "0002 0000"}}, 1},
    {"a share", HF_OK, NULL, {{10, "0002 001d"}, {51, "0005 001d 0001 aa"}}, 2},
    {"shares before groups", HF_OK, NULL, {{51, "0005 001d 0001 aa"}, {10, "0002 001d"}}, 2},
    {"no shares", HF_OK, NULL, {{10, "0002 001d"}, {51, "0000"}}, 2},
    {"an empty share", HF_ERR_decode_error, NULL, {{51, "0004 001d 0000"}}, 1},
    {"a share twice",
     HF_ERR_illegal_parameter,
     "key_share in ClientHello",
     {{10, "0002 001d"}, {51, "000a 001d 0001 aa 001d 0001 bb"}},
     2},
    {"a share twice and no groups", HF_ERR_illegal_parameter, NULL, {{51, "000a 001d 0001 aa 001d 0001 bb"}}, 1},
    {"a share for a group that is not listed",
     HF_ERR_illegal_parameter,
     NULL,
     {{10, "0002 0017"}, {51, "0005 001d 0001 aa"}},
     2},
    {"an extension twice",
     HF_ERR_duplicate_extension,
     "extended_master_secret in ClientHello",
     {{23, ""}, {43, "02 0304"}, {23, ""}},
     3},
    {"an unknown extension twice", HF_ERR_duplicate_extension, NULL, {{0x5555, ""}, {0x5555, ""}}, 2},
    {"an unknown extension and GREASE", HF_OK, NULL, {{0x5555, "0102"}, {0x0a0a, ""}, {0xfafa, "00"}}, 3},
    {"GREASE in every list",
     HF_OK,
     NULL,
     {{10, "0004 2a2a 001d"}, {43, "04 7a7a 0304"}, {13, "0004 1a1a 0403"}, {51, "000a 2a2a 0001 00 001d 0001 aa"}},
     4},
    {"oid_filters, which is a server's", HF_ERR_misplaced_extension, "oid_filters in ClientHello", {{48, "0000"}}, 1},
    {"recognised and not used", HF_OK, NULL, {{5, "01 0000 0000"}, {35, "aabb"}, {49, ""}, {21, "0000"}}, 4},
    {"status_request cut short", HF_ERR_decode_error, "status_request in ClientHello", {{5, "01 0000"}}, 1},
    {"encrypt_then_mac with bytes", HF_ERR_decode_error, NULL, {{22, "00"}}, 1},
    {"post_handshake_auth", HF_OK, NULL, {{49, ""}}, 1},
    {"post_handshake_auth with bytes", HF_ERR_decode_error, NULL, {{49, "00"}}, 1},
    {"early_data with bytes", HF_ERR_decode_error, NULL, {{42, "00000000"}}, 1},
    {"pre_shared_key last",
     HF_OK,
     NULL,
     {{45, "01 01"},
      {41, "0007 0001 aa 00000000 0021 20 0000000000000000000000000000000000000000000000000000000000000000"}},
     2},
    {"pre_shared_key not last",
     HF_ERR_illegal_parameter,
     "psk_key_exchange_modes in ClientHello",
     {{41, "0007 0001 aa 00000000 0021 20 0000000000000000000000000000000000000000000000000000000000000000"},
      {45, "01 01"}},
     2},
    {"something unknown behind pre_shared_key",
     HF_ERR_illegal_parameter,
     NULL,
     {{41, "0007 0001 aa 00000000 0021 20 0000000000000000000000000000000000000000000000000000000000000000"},
      {0x1a1a, ""}},
     2},
    {"pre_shared_key without binders", HF_ERR_decode_error, NULL, {{41, "0007 0001 aa 00000000 0000"}}, 1},
};

static void test_client_hellos(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(hellos); i++) {
        struct hello_bytes block = {.span = {0}};
        struct hello_bytes body;
        for (size_t j = 0; j < hellos[i].count; j++)
            hello_add(&block, hellos[i].extensions[j].type, hellos[i].extensions[j].hex);
        hello_client_body(block.span, &body);
        struct hf_client_hello_facts facts = {.legacy_version = 0x7777};
        struct hf_failure failure = {.error = HF_OK};
        const enum hf_error error = hf_extension_read_client_hello(body.span, &facts, &failure);
        if (error != hellos[i].error)
            fail_msg("%s: %s", hellos[i].story, hf_error_name(error));
        assert_int_equal(failure.error, error); /* untouched when all is well */
        assert_int_equal(facts.legacy_version, error == HF_OK ? 0x0303 : 0x7777);
        if (hellos[i].where != NULL)
            assert_string_equal(failure.where, hellos[i].where);
    }
}

static void test_client_hello_form(void **state)
{
    (void)state;
    struct hello_bytes body;
    struct hf_client_hello_facts facts;
    struct hf_failure failure;
    hello_client_body((struct hf_span){0}, &body);
    for (size_t len = 0; len < body.span.len; len++) { /* whole without extensions is fine too: 43 bytes */
        const enum hf_error error = hf_extension_read_client_hello(hf_span_part(body.span, 0, len), &facts, &failure);
        assert_int_equal(error, len == body.span.len - 2 ? HF_OK : HF_ERR_decode_error);
    }
    body.data[body.span.len - 3] = 1; /* compression: DEFLATE only */
    assert_int_equal(hf_extension_read_client_hello(body.span, &facts, &failure), HF_ERR_compression_not_null);
}

static void test_client_hello_facts(void **state)
{
    (void)state;
    struct hello_bytes block = {.span = {0}};
    struct hello_bytes body;
    struct hf_client_hello_facts facts;
    struct hf_failure failure;
    hello_add(&block, 0, "0006 00 0003 61622e"); /* "ab." */
    hello_add(&block, 1, "02");
    hello_add(&block, 28, "0100");
    hello_client_body(block.span, &body);
    assert_int_equal(hf_extension_read_client_hello(body.span, &facts, &failure), HF_OK);
    assert_true(hf_span_equal(facts.host_name, hf_span_of_text("ab")));
    assert_int_equal(facts.record_size_limit, 256);
    assert_int_equal(facts.max_fragment_length, 0); /* RFC 8449 5 */
    assert_true(hf_extension_set_has(facts.present, HF_ROW_max_fragment_length));
    assert_false(facts.secure_renegotiation);
    assert_false(facts.fallback);
    body.data[37] = 0x00, body.data[38] = 0xff; /* the first suite becomes an SCSV */
    body.data[39] = 0x56, body.data[40] = 0x00;
    assert_int_equal(hf_extension_read_client_hello(body.span, &facts, &failure), HF_OK);
    assert_true(facts.secure_renegotiation);
    assert_true(facts.fallback);
}

/* ---- A client reads. ---- */

enum { OFFER_ALL, OFFER_BARE }; /* bare: none of name, ALPN, limits */

static const struct {
    const char *story;
    enum hf_extension_place place;
    int offer;
    enum hf_error error;
    struct one extensions[3];
    size_t count;
} answers[] = {
    {"bare", HF_PLACE_SH12, OFFER_ALL, HF_OK, {{0, NULL}}, 0},
    {"everything", HF_PLACE_SH12, OFFER_ALL, HF_OK, {{0, ""}, {23, ""}, {0xff01, "00"}}, 3},
    {"a name's answer with bytes", HF_PLACE_SH12, OFFER_ALL, HF_ERR_decode_error, {{0, "00"}}, 1},
    {"a name that was not sent", HF_PLACE_SH12, OFFER_BARE, HF_ERR_unsolicited_extension, {{0, ""}}, 1},
    {"the same in 1.3", HF_PLACE_EE, OFFER_BARE, HF_ERR_unsolicited_extension, {{0, ""}}, 1},
    {"a name acknowledged", HF_PLACE_EE, OFFER_ALL, HF_OK, {{0, ""}}, 1},
    {"renegotiation_info not empty", HF_PLACE_SH12, OFFER_ALL, HF_OK, {{0xff01, "01 00"}}, 1},
    {"renegotiation_info with a byte behind it", HF_PLACE_SH12, OFFER_ALL, HF_ERR_decode_error, {{0xff01, "0000"}}, 1},
    {"point formats", HF_PLACE_SH12, OFFER_ALL, HF_OK, {{11, "01 00"}}, 1},
    {"point formats without uncompressed", HF_PLACE_SH12, OFFER_ALL, HF_ERR_illegal_parameter, {{11, "01 01"}}, 1},
    {"point formats in 1.3", HF_PLACE_EE, OFFER_ALL, HF_ERR_misplaced_extension, {{11, "01 00"}}, 1},
    {"extended_master_secret in 1.3", HF_PLACE_SH13, OFFER_ALL, HF_ERR_misplaced_extension, {{23, ""}}, 1},
    {"a ticket that nobody asked for", HF_PLACE_SH12, OFFER_ALL, HF_ERR_unsolicited_extension, {{35, ""}}, 1},
    {"encrypt_then_mac", HF_PLACE_SH12, OFFER_ALL, HF_ERR_unsolicited_extension, {{22, ""}}, 1},
    {"unknown in ServerHello", HF_PLACE_SH12, OFFER_ALL, HF_ERR_unsolicited_extension, {{0x5555, ""}}, 1},
    {"GREASE in ServerHello", HF_PLACE_SH13, OFFER_ALL, HF_ERR_unsolicited_extension, {{0x0a0a, ""}}, 1},
    {"GREASE in EncryptedExtensions", HF_PLACE_EE, OFFER_ALL, HF_ERR_unsolicited_extension, {{0x0a0a, ""}}, 1},
    {"supported_versions in 1.2", HF_PLACE_SH12, OFFER_ALL, HF_ERR_misplaced_extension, {{43, "0303"}}, 1},
    {"ALPN", HF_PLACE_SH12, OFFER_ALL, HF_OK, {{16, "0003 02 6832"}}, 1},
    {"ALPN in 1.3", HF_PLACE_EE, OFFER_ALL, HF_OK, {{16, "0009 08 687474702f312e31"}}, 1},
    {"ALPN in a ServerHello of 1.3", HF_PLACE_SH13, OFFER_ALL, HF_ERR_misplaced_extension, {{16, "0003 02 6832"}}, 1},
    {"ALPN that was not offered", HF_PLACE_EE, OFFER_ALL, HF_ERR_illegal_parameter, {{16, "0003 02 6833"}}, 1},
    {"two ALPN names", HF_PLACE_EE, OFFER_ALL, HF_ERR_illegal_parameter, {{16, "0006 02 6832 02 6832"}}, 1},
    {"ALPN unasked", HF_PLACE_EE, OFFER_BARE, HF_ERR_unsolicited_extension, {{16, "0003 02 6832"}}, 1},
    {"max_fragment_length as asked", HF_PLACE_EE, OFFER_ALL, HF_OK, {{1, "02"}}, 1},
    {"max_fragment_length other than asked", HF_PLACE_EE, OFFER_ALL, HF_ERR_illegal_parameter, {{1, "03"}}, 1},
    {"max_fragment_length in 1.2", HF_PLACE_SH12, OFFER_ALL, HF_OK, {{1, "02"}}, 1},
    {"record_size_limit", HF_PLACE_EE, OFFER_ALL, HF_OK, {{28, "4001"}}, 1},
    {"record_size_limit too large", HF_PLACE_EE, OFFER_ALL, HF_ERR_record_size_limit_wrong, {{28, "4002"}}, 1},
    {"record_size_limit too small", HF_PLACE_SH12, OFFER_ALL, HF_ERR_record_size_limit_wrong, {{28, "003f"}}, 1},
    {"both limits", HF_PLACE_EE, OFFER_ALL, HF_ERR_illegal_parameter, {{28, "4001"}, {1, "02"}}, 2},
    {"groups in EncryptedExtensions", HF_PLACE_EE, OFFER_ALL, HF_OK, {{10, "0002 001d"}}, 1},
    {"groups in ServerHello of 1.2", HF_PLACE_SH12, OFFER_ALL, HF_OK, {{10, "0002 001d"}}, 1},
    {"groups in ServerHello of 1.3", HF_PLACE_SH13, OFFER_ALL, HF_ERR_misplaced_extension, {{10, "0002 001d"}}, 1},
    {"early_data unasked", HF_PLACE_EE, OFFER_ALL, HF_ERR_unsolicited_extension, {{42, ""}}, 1},
    {"key_share in EncryptedExtensions", HF_PLACE_EE, OFFER_ALL, HF_ERR_misplaced_extension, {{51, "001d 0001 aa"}}, 1},
    {"signature_algorithms in EncryptedExtensions",
     HF_PLACE_EE,
     OFFER_ALL,
     HF_ERR_misplaced_extension,
     {{13, "0002 0403"}},
     1},
    {"an answer twice", HF_PLACE_EE, OFFER_ALL, HF_ERR_duplicate_extension, {{0, ""}, {0, ""}}, 2},
    {"1.3", HF_PLACE_SH13, OFFER_ALL, HF_OK, {{43, "0304"}, {51, "001d 0001 aa"}}, 2},
    {"a version that was not offered", HF_PLACE_SH13, OFFER_ALL, HF_ERR_illegal_parameter, {{43, "0305"}}, 1},
    {"two versions", HF_PLACE_SH13, OFFER_ALL, HF_ERR_decode_error, {{43, "0304 0303"}}, 1},
    {"a group without a share of ours",
     HF_PLACE_SH13,
     OFFER_ALL,
     HF_ERR_illegal_parameter,
     {{43, "0304"}, {51, "0017 0001 aa"}},
     2},
    {"an empty share", HF_PLACE_SH13, OFFER_ALL, HF_ERR_decode_error, {{43, "0304"}, {51, "001d 0000"}}, 2},
    {"a retry's form of key_share", HF_PLACE_SH13, OFFER_ALL, HF_ERR_decode_error, {{43, "0304"}, {51, "0017"}}, 2},
    {"a PSK that was not offered", HF_PLACE_SH13, OFFER_ALL, HF_ERR_unsolicited_extension, {{41, "0000"}}, 1},
    {"a cookie in ServerHello", HF_PLACE_SH13, OFFER_ALL, HF_ERR_misplaced_extension, {{44, "0001 aa"}}, 1},
    {"a retry", HF_PLACE_HRR, OFFER_ALL, HF_OK, {{43, "0304"}, {51, "0017"}}, 2},
    {"a retry with a cookie", HF_PLACE_HRR, OFFER_ALL, HF_OK, {{43, "0304"}, {44, "0001 aa"}}, 2},
    {"a retry for the share we sent",
     HF_PLACE_HRR,
     OFFER_ALL,
     HF_ERR_illegal_parameter,
     {{43, "0304"}, {51, "001d"}},
     2},
    {"a retry for a group we do not have",
     HF_PLACE_HRR,
     OFFER_ALL,
     HF_ERR_illegal_parameter,
     {{43, "0304"}, {51, "0100"}},
     2},
    {"a retry with a share", HF_PLACE_HRR, OFFER_ALL, HF_ERR_decode_error, {{43, "0304"}, {51, "0017 0001 aa"}}, 2},
    {"a retry with an empty cookie", HF_PLACE_HRR, OFFER_ALL, HF_ERR_decode_error, {{44, "0000"}}, 1},
    {"a retry with ALPN", HF_PLACE_HRR, OFFER_ALL, HF_ERR_misplaced_extension, {{16, "0003 02 6832"}}, 1},
    {"a request", HF_PLACE_CR, OFFER_ALL, HF_OK, {{13, "0002 0403"}, {50, "0002 0401"}, {47, "0004 0002 3000"}}, 3},
    {"a request with things unknown",
     HF_PLACE_CR,
     OFFER_ALL,
     HF_OK,
     {{13, "0002 0403"}, {0x5555, "00"}, {0x1a1a, ""}},
     3},
    {"a request with oid_filters, OCSP, a name",
     HF_PLACE_CR,
     OFFER_ALL,
     HF_OK,
     {{48, "0000"}, {5, ""}, {0, "0004 00 0001 61"}},
     3},
    {"a request with oid_filters cut short", HF_PLACE_CR, OFFER_ALL, HF_ERR_decode_error, {{48, "0001"}}, 1},
    {"a request with key_share", HF_PLACE_CR, OFFER_ALL, HF_ERR_misplaced_extension, {{51, "001d"}}, 1},
    {"a request with half a scheme", HF_PLACE_CR, OFFER_ALL, HF_ERR_decode_error, {{13, "0001 04"}}, 1},
    {"a request with no cert schemes", HF_PLACE_CR, OFFER_ALL, HF_ERR_decode_error, {{50, "0000"}}, 1},
    {"a request with an empty authority", HF_PLACE_CR, OFFER_ALL, HF_ERR_decode_error, {{47, "0002 0000"}}, 1},
    {"a certificate", HF_PLACE_CT, OFFER_ALL, HF_OK, {{0, NULL}}, 0},
    {"a certificate with OCSP unasked", HF_PLACE_CT, OFFER_ALL, HF_ERR_unsolicited_extension, {{5, "01 000001 00"}}, 1},
    {"a certificate with something unknown", HF_PLACE_CT, OFFER_ALL, HF_ERR_unsolicited_extension, {{18, ""}}, 1},
    {"a certificate with a name", HF_PLACE_CT, OFFER_ALL, HF_ERR_misplaced_extension, {{0, ""}}, 1},
    {"a ticket", HF_PLACE_NST, OFFER_ALL, HF_OK, {{42, "00004000"}, {0x2a2a, ""}}, 2},
    {"a ticket with early_data cut short", HF_PLACE_NST, OFFER_ALL, HF_ERR_decode_error, {{42, "0000"}}, 1},
    {"a ticket with ALPN", HF_PLACE_NST, OFFER_ALL, HF_ERR_misplaced_extension, {{16, "0003 02 6832"}}, 1},
};

static enum hf_error read_answer(enum hf_extension_place place, struct hf_span block,
                                 const struct hf_client_offer *offer, struct hf_failure *failure)
{
    struct hello_bytes body;
    struct hf_server_hello_facts facts = {0};
    struct hf_certificate_request_facts request;
    struct hf_certificate_entry entry;
    switch (place) {
    case HF_PLACE_SH12:
        hello_server_body(hello_random(), 0xc02f, block, &body);
        return hf_extension_read_server_hello12(body.span, offer, &facts, failure);
    case HF_PLACE_SH13:
        hello_server_body(hello_random(), 0x1301, block, &body);
        return hf_extension_read_server_hello13(body.span, offer, &facts, failure);
    case HF_PLACE_HRR:
        hello_server_body(hf_message_retry_random(), 0x1301, block, &body);
        return hf_extension_read_hello_retry_request(body.span, offer, &facts, failure);
    case HF_PLACE_EE:
        hello_block_body(block, &body);
        return hf_extension_read_encrypted_extensions(body.span, offer, &facts, failure);
    case HF_PLACE_CR:
        hello_block_body(block, &body);
        memmove(body.data + 1, body.data, body.span.len);
        body.data[0] = 0; /* certificate_request_context */
        body.span.len++;
        return hf_extension_read_certificate_request13(body.span, &request, failure);
    case HF_PLACE_CT:
        return hf_extension_read_certificate_entry(block, (struct hf_extension_set){0}, &entry, failure);
    default:
        return hf_extension_read_new_session_ticket(block, &(uint32_t){0}, failure);
    }
}

static void test_answers(void **state)
{
    (void)state;
    struct hf_config config;
    hello_config(&config);
    config.record_size_limit = 4096;
    config.max_fragment_length = 1024;
    struct hf_client_offer offers[2];
    struct hf_config bare = config;
    bare.alpn_len = 0;
    bare.record_size_limit = 0;
    bare.max_fragment_length = 0;
    hello_offer(&config, &offers[OFFER_ALL]);
    hello_offer(&bare, &offers[OFFER_BARE]);
    offers[OFFER_BARE].server_name = (struct hf_span){0};
    struct hello_bytes written;
    hello_written(&offers[OFFER_ALL], &written);
    hello_written(&offers[OFFER_BARE], &written);
    for (size_t i = 0; i < HF_COUNT(answers); i++) {
        struct hello_bytes block = {.span = {0}};
        for (size_t j = 0; j < answers[i].count; j++)
            hello_add(&block, answers[i].extensions[j].type, answers[i].extensions[j].hex);
        struct hf_failure failure = {.error = HF_OK};
        const enum hf_error error = read_answer(answers[i].place, block.span, &offers[answers[i].offer], &failure);
        if (error != answers[i].error)
            fail_msg("%s: %s", answers[i].story, hf_error_name(error));
        assert_int_equal(failure.error, error);
        if (error != HF_OK)
            assert_non_null(strstr(failure.where, hf_extension_place_name(answers[i].place)));
    }
}

static void test_server_hello_form(void **state)
{
    (void)state;
    struct hf_config config;
    struct hf_client_offer offer;
    struct hello_bytes body;
    struct hf_server_hello_facts facts;
    struct hf_failure failure;
    hello_config(&config);
    hello_offer(&config, &offer);
    hello_written(&offer, &body);
    hello_server_body(hello_random(), 0xc02f, (struct hf_span){0}, &body);
    for (size_t len = 0; len < body.span.len; len++) {
        const enum hf_error error =
            hf_extension_read_server_hello12(hf_span_part(body.span, 0, len), &offer, &facts, &failure);
        assert_int_equal(error, len == body.span.len - 2 ? HF_OK : HF_ERR_decode_error);
    }
    body.data[body.span.len - 3] = 1; /* compression */
    assert_int_equal(hf_extension_read_server_hello12(body.span, &offer, &facts, &failure), HF_OK);
    assert_int_equal(facts.compression, HF_COMPRESSION_DEFLATE); /* negotiate/ judges it */
    assert_int_equal(hf_extension_read_server_hello13(body.span, &offer, &facts, &failure),
                     HF_ERR_compression_not_null);
}

static void test_peek(void **state)
{
    (void)state;
    struct hello_bytes block = {.span = {0}};
    struct hello_bytes body;
    uint16_t version;
    hello_server_body(hello_random(), 0xc02f, block.span, &body);
    assert_int_equal(hf_extension_peek_version(body.span, &version), HF_OK);
    assert_int_equal(version, 0x0303);
    hello_add(&block, 43, "0304");
    hello_server_body(hello_random(), 0x1301, block.span, &body);
    assert_int_equal(hf_extension_peek_version(body.span, &version), HF_OK);
    assert_int_equal(version, 0x0304);
    assert_int_equal(hf_extension_peek_version(hf_span_part(body.span, 0, 50), &version), HF_ERR_decode_error);
    struct hello_bytes bad = {.span = {0}};
    hello_add(&bad, 43, "03");
    hello_server_body(hello_random(), 0x1301, bad.span, &body);
    assert_int_equal(hf_extension_peek_version(body.span, &version), HF_ERR_decode_error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_client_hellos),      cmocka_unit_test(test_client_hello_form),
        cmocka_unit_test(test_client_hello_facts), cmocka_unit_test(test_answers),
        cmocka_unit_test(test_server_hello_form),  cmocka_unit_test(test_peek),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
