/* Every suite that a policy must ask for, between two ends of ours, over streams and datagrams: that it works when both
 * ask for it, and not when either does not. What each needs beside a switch (a key, a field, a certificate) is given to
 * both. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/must.h"
#include "crypto/aead.h"
#include "record/compression.h"
#include "registry/suite.h"
#include "support/lab.h"
#include "support/lab_check.h"

enum { STREAM_MOST = 16384, DATAGRAM_MOST = 1000 };

static const char identity[] = {'b', 'i', 'l', 0, 'l', 'i', 'n', 'g'}; /* a NUL inside must not end it */
static const uint8_t key[32] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

static const unsigned all_switches =
    ((HF_HISTORIC_SHA1_SIGNATURES << 1) - 1 - HF_HISTORIC_COMPRESSION) | HF_HISTORIC_PKCS1_CLIENTS | HF_HISTORIC_3DES;

static void everything(struct hf_builder *builder)
{
    hf_builder_historic(builder, all_switches);
    hf_builder_psk(builder, identity, sizeof identity, key, sizeof key);
}

static void everything_and_deflate(struct hf_builder *builder)
{
    hf_builder_historic(builder, all_switches | HF_HISTORIC_COMPRESSION);
    hf_builder_psk(builder, identity, sizeof identity, key, sizeof key);
}

static void everything_over_datagrams(struct hf_builder *builder)
{
    everything(builder);
    hf_builder_datagrams(builder);
}

static bool is_of_ecdsa(const struct hf_suite *suite)
{
    return strstr(suite->name, "_ECDSA_") != NULL;
}

static void exchange_text(struct hf_connection *from, struct hf_connection *to, const char *text, size_t len)
{
    static char got[20000];
    size_t taken = 0;
    size_t got_len = 0;
    assert_int_equal(hf_write(from, text, len, &taken), HF_OK);
    assert_int_equal(taken, len);
    while (lab_move(from, to, SIZE_MAX) > 0)
        ;
    assert_int_equal(hf_read(to, got, sizeof got, &got_len), HF_OK);
    assert_int_equal(got_len, len);
    assert_memory_equal(got, text, len);
}

/* Up to `most` bytes at once. */
static void exchange_data(struct lab_pair *pair, size_t most)
{
    static char long_text[16384];
    for (size_t i = 0; i < sizeof long_text; i++)
        long_text[i] = (char)(i * i % 251);
    exchange_text(pair->client, pair->server, "hello", 5);
    exchange_text(pair->server, pair->client, long_text, most);
    for (size_t len = 1; len < 70; len += 3) /* every padding */
        exchange_text(pair->client, pair->server, long_text, len);
}

static void check_opened(struct lab_pair *pair, const struct hf_suite *suite)
{
    struct hf_connection *ends[] = {pair->client, pair->server};
    const struct hf_suite_traits *traits = hf_suite_traits_of(suite);
    for (size_t i = 0; i < HF_COUNT(ends); i++) {
        struct hf_session_info info;
        hf_session_info(ends[i], &info);
        if (!info.opened)
            fail_msg("%s: %s", suite->name,
                     hf_failure(ends[i]) == NULL ? "stuck" : hf_error_name(hf_failure(ends[i])->error));
        assert_string_equal(info.suite, suite->name);
        assert_int_equal(info.psk_identity != NULL, traits->has_psk);
        if (traits->has_psk) {
            assert_int_equal(info.psk_identity_len, sizeof identity);
            assert_memory_equal(info.psk_identity, identity, sizeof identity);
        }
        assert_int_equal(info.encrypt_then_mac, suite->block != HF_BLOCK_CIPHER_NONE);
        assert_int_equal(info.authenticated_only, (suite->switches & HF_HISTORIC_NULL_ENCRYPTION) != 0);
        assert_int_equal(info.group[0] != '\0',
                         traits->has_curve || traits->has_field || suite->versions == HF_VERSION_BIT_13);
    }
    assert_int_equal(hf_peer(pair->client) != NULL, hf_suite_certifies(suite));
    assert_int_equal(hf_peer(pair->server) != NULL, !traits->has_psk);
}

static void run_suite(const struct hf_suite *suite, void (*more)(struct hf_builder *builder), size_t most)
{
    enum make_certificate_key server_key = is_of_ecdsa(suite) ? MAKE_KEY_P256 : MAKE_KEY_RSA2048;
    struct lab_pair pair;
    lab_pair_open(&pair, &(struct lab_side){.suites = suite->name, .more = more},
                  &(struct lab_side){.suites = suite->name, .key = server_key, .more = more});
    lab_pair_run(&pair);
    check_opened(&pair, suite);
    exchange_data(&pair, most);
    lab_pair_close(&pair);
}

static void every_suite_works_when_asked_for(void **state)
{
    (void)state;
    size_t runs = 0;
    for (size_t i = 0; i < hf_suite_count(); i++)
        if (!hf_suite_is_current(hf_suite_at(i))) {
            run_suite(hf_suite_at(i), everything, STREAM_MOST);
            run_suite(hf_suite_at(i), everything_over_datagrams, DATAGRAM_MOST);
            runs++;
        }
    assert_int_equal(runs, 93);
}

/* One suite of each kind of protection, with compression around it. */
static void compression_works_around_each_kind(void **state)
{
    if (!hf_record_compression_available())
        skip();
    static const uint16_t ids[] = {0xc02f, 0xcca8, 0xc014, 0xc028, 0xc010, 0x003b, 0xd001};
    (void)state;
    for (size_t i = 0; i < HF_COUNT(ids); i++) {
        const struct hf_suite *suite = hf_suite_find(ids[i]);
        struct lab_pair pair;
        struct hf_session_info info;
        lab_pair_open(
            &pair, &(struct lab_side){.suites = suite->name, .more = everything_and_deflate},
            &(struct lab_side){.suites = suite->name, .key = MAKE_KEY_RSA2048, .more = everything_and_deflate});
        lab_pair_run(&pair);
        hf_session_info(pair.server, &info);
        if (!info.opened)
            fail_msg("%s: %s", suite->name, hf_error_name(hf_failure(pair.server)->error));
        assert_true(info.compressed);
        exchange_data(&pair, STREAM_MOST);
        lab_pair_close(&pair);
    }
}

static void mac_inside(struct hf_builder *builder)
{
    everything(builder);
    hf_builder_historic(builder, HF_HISTORIC_MAC_THEN_ENCRYPT);
}

/* One end with the switch is enough: a client then does not ask, a server does not grant. */
static void mac_stays_inside_by_its_switch(void **state)
{
    static const char *const suites[] = {"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
                                         "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"};
    (void)state;
    for (size_t i = 0; i < 4 * HF_COUNT(suites); i++) {
        bool by_client = i % 2 == 1;
        bool by_server = i / 2 % 2 == 1;
        struct lab_pair pair;
        struct hf_session_info client;
        struct hf_session_info server;
        lab_pair_open(&pair, &(struct lab_side){.suites = suites[i / 4], .more = by_client ? mac_inside : everything},
                      &(struct lab_side){.suites = suites[i / 4],
                                         .key = MAKE_KEY_RSA2048,
                                         .more = by_server ? mac_inside : everything});
        lab_pair_run(&pair);
        hf_session_info(pair.client, &client);
        hf_session_info(pair.server, &server);
        assert_true(client.opened && server.opened);
        assert_int_equal(client.encrypt_then_mac, !by_client && !by_server);
        assert_int_equal(server.encrypt_then_mac, client.encrypt_then_mac);
        exchange_data(&pair, STREAM_MOST);
        lab_pair_close(&pair);
    }
}

/* Both ends sign over SHA-1, in ServerKeyExchange and in CertificateVerify; never in TLS 1.3, and with nobody who did
 * not ask for it. */
static void sha1_signs_by_its_switch(void **state)
{
    static const struct {
        const char *scheme;
        enum make_certificate_key key;
    } cases[] = {{"rsa_pkcs1_sha1", MAKE_KEY_RSA2048}, {"ecdsa_sha1", MAKE_KEY_P256}};
    (void)state;
    for (size_t i = 0; i < HF_COUNT(cases); i++) {
        struct lab_side old = {.schemes = cases[i].scheme, .key = cases[i].key, .max = HF_TLS12, .more = everything};
        struct lab_side usual = {.key = cases[i].key};
        struct lab_pair pair;
        struct hf_session_info info;
        lab_pair_open(&pair, &old, &old);
        lab_pair_run(&pair);
        hf_session_info(pair.client, &info);
        assert_true(info.opened);
        assert_string_equal(info.own_scheme, cases[i].scheme);
        assert_string_equal(info.peer_scheme, cases[i].scheme);
        lab_pair_close(&pair);
        lab_pair_open(&pair, &old, &usual);
        lab_pair_run(&pair);
        assert_int_equal(hf_failure(pair.server)->error, HF_ERR_no_common_signature_scheme);
        lab_pair_close(&pair);
    }
}

/* RFC 9963: in 1.3, by clients, where both asked for it; a client takes it from no server, and says so. */
static void clients_sign_by_pkcs1_by_its_switch(void **state)
{
    static const struct lab_side old = {
        .schemes = "ecdsa_secp256r1_sha256:rsa_pkcs1_sha256_legacy", .key = MAKE_KEY_RSA2048, .more = everything};
    static const struct lab_side asks = {.schemes = "ecdsa_secp256r1_sha256:rsa_pkcs1_sha256_legacy",
                                         .more = everything};
    static const struct lab_side usual = {.schemes = "ecdsa_secp256r1_sha256"};
    struct lab_pair pair;
    struct hf_session_info info;
    struct hf_failure failure;
    (void)state;
    lab_pair_open(&pair, &old, &asks);
    lab_pair_run(&pair);
    hf_session_info(pair.client, &info);
    assert_true(info.opened);
    assert_string_equal(info.own_scheme, "rsa_pkcs1_sha256_legacy");
    hf_session_info(pair.server, &info);
    assert_string_equal(info.peer_scheme, "rsa_pkcs1_sha256_legacy");
    lab_pair_close(&pair);
    lab_pair_open(&pair, &old, &usual);
    lab_pair_run(&pair);
    assert_int_equal(hf_failure(pair.server)->error, HF_ERR_certificate_missing);
    lab_pair_close(&pair);
    struct hf_config *client = lab_config(HF_CLIENT, &old, &failure);
    assert_string_equal(hf_config_signature_schemes(client), "ecdsa_secp256r1_sha256");
    hf_config_drop(client);
}

/* Without the switch on either side there is no such handshake, and nothing that a peer says turns one on. */
static void no_peer_turns_a_switch_on(void **state)
{
    (void)state;
    for (size_t i = 0; i < hf_suite_count(); i++) {
        const struct hf_suite *suite = hf_suite_at(i);
        if (hf_suite_is_current(suite))
            continue;
        struct hf_failure failure = {.error = HF_OK};
        struct hf_config *config = lab_config(HF_CLIENT, &(struct lab_side){.suites = suite->name}, &failure);
        assert_null(config);
        assert_int_equal(failure.error, HF_ERR_setting_invalid);
        assert_string_equal(failure.got, suite->name);
        struct lab_pair pair;
        lab_pair_open(&pair, &(struct lab_side){.suites = suite->name, .more = everything},
                      &(struct lab_side){.key = MAKE_KEY_RSA2048});
        lab_pair_run(&pair);
        assert_non_null(hf_failure(pair.server));
        assert_int_equal(hf_failure(pair.server)->error, HF_ERR_no_common_suite);
        lab_pair_close(&pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_suite_works_when_asked_for),    cmocka_unit_test(compression_works_around_each_kind),
        cmocka_unit_test(mac_stays_inside_by_its_switch),      cmocka_unit_test(sha1_signs_by_its_switch),
        cmocka_unit_test(clients_sign_by_pkcs1_by_its_switch), cmocka_unit_test(no_peer_turns_a_switch_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
