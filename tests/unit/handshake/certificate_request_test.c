/* What a client learns of a CertificateRequest, how it chooses, and why each identity did not fit. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "support/lab_check.h"

static void run(struct lab_pair *pair, const struct lab_side *client, const struct lab_side *server)
{
    lab_pair_open(pair, client, server);
    (void)lab_pair_run(pair);
}

static void the_request_is_told(void **state)
{
    (void)state;
    for (int v = 0; v < 2; v++) {
        struct lab_pair pair;
        struct hf_certificate_request_info info;
        run(&pair, &(struct lab_side){.max = lab_versions[v]}, NULL);
        lab_assert_open(&pair);
        hf_certificate_request(pair.client, &info);
        assert_true(info.asked);
        assert_true(info.answered);
        assert_int_equal(info.authority_count, 1);
        assert_string_equal(info.authorities, "CN=Lab Root");
        assert_non_null(strstr(info.schemes, "ecdsa_secp256r1_sha256"));
        assert_string_equal(info.misfits, "");
        hf_certificate_request(pair.server, &info);
        assert_false(info.asked);
        lab_pair_close(&pair);
    }
}

static void keep_authorities_to_itself(struct hf_builder *builder)
{
    hf_builder_send_authorities(builder, /* send= */ false);
}

static void authorities_may_stay_unsaid(void **state)
{
    (void)state;
    for (int v = 0; v < 2; v++) {
        struct lab_pair pair;
        struct hf_certificate_request_info info;
        run(&pair, &(struct lab_side){.max = lab_versions[v]}, &(struct lab_side){.more = keep_authorities_to_itself});
        lab_assert_open(&pair);
        hf_certificate_request(pair.client, &info);
        assert_int_equal(info.authority_count, 0);
        assert_string_equal(info.authorities, "");
        lab_pair_close(&pair);
    }
}

static void add(struct hf_builder *builder, enum lab_who who, enum make_certificate_key key)
{
    const struct lab_identity *identity = lab_identity(who, key);
    hf_builder_identity_pem(builder, identity->chain, strlen(identity->chain), identity->key, strlen(identity->key));
}

static void add_misfits(struct hf_builder *builder)
{
    add(builder, LAB_CLIENT_SERVER_ONLY, MAKE_KEY_P256);
    add(builder, LAB_CLIENT, MAKE_KEY_ED25519);
    add(builder, LAB_CLIENT_EXPIRED, MAKE_KEY_P256);
}

static size_t lines(const char *text)
{
    size_t count = *text == '\0' ? 0 : 1;
    for (; *text != '\0'; text++)
        count += *text == '\n';
    return count;
}

/* A stranger's, one for servers, one with a key that the server does not take, an expired one: none goes out. */
static void each_misfit_has_its_reason(void **state)
{
    (void)state;
    for (int v = 0; v < 2; v++) {
        struct lab_pair pair;
        struct hf_certificate_request_info info;
        struct hf_session_info session;
        run(&pair, &(struct lab_side){.who = LAB_CLIENT_STRANGER, .more = add_misfits, .max = lab_versions[v]},
            &(struct lab_side){.schemes = "ecdsa_secp256r1_sha256"});
        hf_certificate_request(pair.client, &info);
        assert_true(info.asked);
        assert_false(info.answered);
        print_message("%s\n", info.misfits);
        assert_int_equal(lines(info.misfits), 4);
        hf_session_info(pair.client, &session);
        assert_false(session.presented_certificate);
        assert_int_equal(hf_failure(pair.server)->error, HF_ERR_certificate_missing);
        lab_assert_failed(pair.client,
                          &(struct lab_failure){HF_ERR_peer_takes_not_our_scheme, HF_BY_PEER,
                                                v == 0 ? HF_ALERT_handshake_failure : HF_ALERT_certificate_required});
        assert_non_null(strstr(hf_failure(pair.client)->got, "none of ours fits"));
        assert_non_null(strstr(hf_failure(pair.client)->wanted, "CN=Lab Root"));
        lab_pair_close(&pair);
    }
}

static void must_present(struct hf_builder *builder)
{
    hf_builder_must_present(builder);
}

static void must_present_one_of_misfits(struct hf_builder *builder)
{
    add_misfits(builder);
    hf_builder_must_present(builder);
}

/* Told where it is known why, before a server makes something else of an empty Certificate. */
static void a_client_may_have_to_present_one(void **state)
{
    (void)state;
    const struct lab_side server = {.schemes = "ecdsa_secp256r1_sha256", .client_auth = HF_CLIENT_AUTH_REQUEST};
    for (int v = 0; v < 2; v++) {
        struct lab_pair pair;
        run(&pair,
            &(struct lab_side){.who = LAB_CLIENT_STRANGER, .more = must_present_one_of_misfits, .max = lab_versions[v]},
            &server);
        lab_assert_failed(pair.client,
                          &(struct lab_failure){HF_ERR_no_identity_fits, HF_BY_US, HF_ALERT_handshake_failure});
        assert_non_null(strstr(hf_failure(pair.client)->got, "the peer takes"));
        assert_non_null(strstr(hf_failure(pair.client)->wanted, "a scheme which the server takes"));
        assert_int_equal(hf_failure(pair.server)->by, HF_BY_PEER);
        lab_pair_close(&pair);
        run(&pair, &(struct lab_side){.who = LAB_CLIENT_STRANGER, .more = must_present, .max = lab_versions[v]},
            &server);
        lab_assert_failed(pair.client,
                          &(struct lab_failure){HF_ERR_no_identity_fits, HF_BY_US, HF_ALERT_handshake_failure});
        assert_non_null(strstr(hf_failure(pair.client)->wanted, "from a CA"));
        lab_pair_close(&pair);
        run(&pair, &(struct lab_side){.anonymous = true, .more = must_present, .max = lab_versions[v]}, &server);
        lab_assert_open(&pair); /* it has none at all */
        lab_pair_close(&pair);
        run(&pair, &(struct lab_side){.more = must_present, .max = lab_versions[v]}, &server);
        lab_assert_open(&pair);
        lab_pair_close(&pair);
    }
    struct hf_failure failure;
    assert_null(lab_config(HF_SERVER, &(struct lab_side){.more = must_present}, &failure));
    assert_int_equal(failure.error, HF_ERR_setting_invalid);
}

/* The first bytes of the last CertificateRequest that was sent: its header is 4 bytes long. */
static uint8_t request_body[256];

static void see(void *context, const struct hf_connection *connection, const struct hf_seen *what)
{
    (void)context, (void)connection;
    if (!what->sent || strcmp(what->message, "CertificateRequest") != 0)
        return;
    assert_true(what->len >= 4 + 8);
    memcpy(request_body, what->bytes + 4, what->len - 4 < sizeof request_body ? what->len - 4 : sizeof request_body);
}

static void watched(struct hf_builder *builder)
{
    hf_builder_observe(builder, see, NULL);
}

static void watched_with_sha1(struct hf_builder *builder)
{
    hf_builder_historic(builder, HF_HISTORIC_SHA1_SIGNATURES);
    hf_builder_observe(builder, see, NULL);
}

static bool request_has_scheme(const uint8_t *list, uint16_t id)
{
    const size_t len = (size_t)list[0] << 8 | list[1];
    for (size_t i = 0; i < len; i += 2)
        if (list[2 + i] == id >> 8 && list[3 + i] == (id & 0xff))
            return true;
    return false;
}

/* TLS 1.2 asks by type and by scheme (RFC 5246 7.4.4): the two say the same thing, and SHA-1 only by its switch. */
static void types_and_schemes_of_12_agree(void **state)
{
    static const struct {
        const char *schemes;
        void (*more)(struct hf_builder *builder);
        uint8_t types[3]; /* with their length before them */
        bool sha1;
    } cases[] = {
        {NULL, watched, {2, 64, 1}, false},
        {NULL, watched_with_sha1, {2, 64, 1}, true},
        {"ecdsa_secp256r1_sha256", watched, {1, 64}, false},
        {"ed25519:ecdsa_secp256r1_sha256", watched, {1, 64}, false},
        {"rsa_pss_rsae_sha256:rsa_pkcs1_sha256", watched, {1, 1}, false},
        {"rsa_pkcs1_sha256:ecdsa_secp256r1_sha256", watched, {2, 64, 1}, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const bool is_rsa = cases[i].types[0] == 1 && cases[i].types[1] == 1;
        struct lab_pair pair;
        run(&pair, &(struct lab_side){.max = HF_TLS12},
            &(struct lab_side){
                .schemes = cases[i].schemes, .key = is_rsa ? MAKE_KEY_RSA2048 : MAKE_KEY_P256, .more = cases[i].more});
        assert_memory_equal(request_body, cases[i].types, (size_t)cases[i].types[0] + 1);
        const uint8_t *schemes = request_body + 1 + cases[i].types[0];
        assert_int_equal(request_has_scheme(schemes, 0x0201), cases[i].sha1);
        assert_int_equal(request_has_scheme(schemes, 0x0203), cases[i].sha1);
        assert_int_equal(request_has_scheme(schemes, 0x0403), !is_rsa);
        lab_pair_close(&pair);
    }
}

static void add_fitting(struct hf_builder *builder)
{
    add(builder, LAB_CLIENT, MAKE_KEY_P256);
}

static void the_one_that_fits_is_chosen(void **state)
{
    (void)state;
    for (int v = 0; v < 2; v++) {
        struct lab_pair pair;
        run(&pair, &(struct lab_side){.who = LAB_CLIENT_STRANGER, .more = add_fitting, .max = lab_versions[v]}, NULL);
        lab_assert_open(&pair);
        assert_string_equal(hf_peer_issuer(hf_peer(pair.server)), "CN=Lab Intermediate");
        lab_pair_close(&pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_request_is_told),           cmocka_unit_test(authorities_may_stay_unsaid),
        cmocka_unit_test(each_misfit_has_its_reason),    cmocka_unit_test(a_client_may_have_to_present_one),
        cmocka_unit_test(types_and_schemes_of_12_agree), cmocka_unit_test(the_one_that_fits_is_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
