/* The table of extensions against the RFCs' own, written here by hand: RFC 9846 4.3, RFC 8446 4.2 for
 * max_fragment_length, and for the ServerHello of TLS 1.2 the RFC of each extension. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/must.h"
#include "extension/set.h"

enum {
    CH = HF_PLACE_CH,
    SH12 = HF_PLACE_SH12,
    SH = HF_PLACE_SH13,
    HRR = HF_PLACE_HRR,
    EE = HF_PLACE_EE,
    CT = HF_PLACE_CT,
    CR = HF_PLACE_CR,
    NST = HF_PLACE_NST
};

static const struct {
    uint16_t type;
    unsigned places13; /* RFC 9846 4.3 */
    unsigned places12; /* SH12 or nothing */
} by_hand[] = {
    {0, CH | EE | CR, SH12},    /* server_name */
    {1, CH | EE, SH12},         /* max_fragment_length */
    {5, CH | CR | CT, SH12},    /* status_request */
    {10, CH | EE, SH12},        /* supported_groups: in SH12 by no RFC, but by servers of the world; not looked at */
    {11, CH, SH12},             /* ec_point_formats */
    {13, CH | CR, 0},           /* signature_algorithms */
    {16, CH | EE, SH12},        /* application_layer_protocol_negotiation */
    {18, CH | CR | CT, SH12},   /* signed_certificate_timestamp */
    {19, CH | EE, SH12},        /* client_certificate_type */
    {20, CH | EE, SH12},        /* server_certificate_type */
    {21, CH, 0},                /* padding */
    {22, CH, SH12},             /* encrypt_then_mac */
    {14, CH | EE, SH12},        /* use_srtp */
    {23, CH, SH12},             /* extended_master_secret */
    {27, CH | CR, 0},           /* compress_certificate: RFC 8879 7.1 */
    {28, CH | EE, SH12},        /* record_size_limit */
    {33, CH | SH, 0},           /* tls_cert_with_extern_psk */
    {34, CH | CT | CR, 0},      /* delegated_credential: RFC 9345 6 */
    {35, CH, SH12},             /* session_ticket */
    {41, CH | SH, 0},           /* pre_shared_key */
    {42, CH | EE | NST, 0},     /* early_data */
    {43, CH | SH | HRR, 0},     /* supported_versions */
    {44, CH | HRR, 0},          /* cookie */
    {45, CH, 0},                /* psk_key_exchange_modes */
    {47, CH | CR, 0},           /* certificate_authorities */
    {48, CR, 0},                /* oid_filters */
    {49, CH, 0},                /* post_handshake_auth */
    {50, CH | CR, 0},           /* signature_algorithms_cert */
    {51, CH | SH | HRR, 0},     /* key_share */
    {54, CH | SH, SH12},        /* connection_id: RFC 9146 3 */
    {57, CH | EE, 0},           /* quic_transport_parameters: RFC 9001 8.2 */
    {58, CH | EE, 0},           /* ticket_request */
    {61, CH | SH, SH12},        /* rrc: RFC 9853 3 */
    {0xfe0d, CH | HRR | EE, 0}, /* encrypted_client_hello: RFC 9849 11.1 */
    {0xff01, CH, SH12},         /* renegotiation_info */
};

static void test_places(void **state)
{
    (void)state;
    assert_int_equal(HF_COUNT(by_hand), HF_EXTENSION_ROWS);
    for (size_t i = 0; i < HF_COUNT(by_hand); i++) {
        const enum hf_extension_row row = hf_extension_row_of(by_hand[i].type);
        assert_true(row < HF_EXTENSION_ROWS);
        assert_int_equal(hf_extension_row_type(row), by_hand[i].type);
        assert_int_equal(hf_extension_row_places(row), by_hand[i].places13 | by_hand[i].places12);
    }
}

static void test_last_row(void **state)
{
    (void)state;
    assert_int_equal(HF_ROW_pre_shared_key, HF_EXTENSION_ROWS - 1); /* RFC 9846 4.3.11 */
}

static void test_unknown(void **state)
{
    (void)state;
    assert_int_equal(hf_extension_row_of(0x0a0a), HF_EXTENSION_ROWS);
    assert_int_equal(hf_extension_row_of(0xffff), HF_EXTENSION_ROWS);
}

static void test_set(void **state)
{
    (void)state;
    struct hf_extension_set set = {0};
    hf_extension_set_add(&set, HF_ROW_cookie);
    hf_extension_set_add(&set, HF_EXTENSION_ROWS); /* no row: no change */
    assert_true(hf_extension_set_has(set, HF_ROW_cookie));
    assert_false(hf_extension_set_has(set, HF_ROW_key_share));
    assert_false(hf_extension_set_has(set, HF_EXTENSION_ROWS));
}

static void test_place_names(void **state)
{
    (void)state;
    assert_string_equal(hf_extension_place_name(HF_PLACE_CH), "ClientHello");
    assert_string_equal(hf_extension_place_name(HF_PLACE_SH12), "ServerHello");
    assert_string_equal(hf_extension_place_name(HF_PLACE_HRR), "HelloRetryRequest");
    assert_string_equal(hf_extension_place_name(HF_PLACE_NST), "NewSessionTicket");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places), cmocka_unit_test(test_last_row),    cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_set),    cmocka_unit_test(test_place_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
