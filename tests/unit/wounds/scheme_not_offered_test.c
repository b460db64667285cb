/* The peer signs with a scheme that we did not offer; the signature itself is right. mbedTLS CVE-2026-25834.
 * RFC 9846 4.5.2, RFC 5246 7.4.3, 7.4.8. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "unit/wounds/signed_by.h"

#define OFFERED "ecdsa_secp256r1_sha256:rsa_pss_rsae_sha256"

static const struct lab_side rsa = {.key = MAKE_KEY_RSA2048};

static void a_client_by_a_scheme_that_the_request_lacks(void **state)
{
    (void)state;
    static const struct {
        enum hf_version version;
        uint16_t scheme;
        bool fine;
    } cases[] = {
        {HF_TLS13, 0x0804, true},  {HF_TLS12, 0x0804, true},  {HF_TLS13, 0x0805, false}, {HF_TLS12, 0x0805, false},
        {HF_TLS12, 0x0401, false}, {HF_TLS13, 0x0401, false}, {HF_TLS12, 0x0201, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lab_pair pair;
        const struct lab_side server = {.max = cases[i].version, .schemes = OFFERED};
        struct puppet *puppet = wait_for_verify(&pair, &rsa, &server);
        send_verify(&pair, puppet, cases[i].scheme);
        if (!cases[i].fine) {
            assert_refused(&pair, HF_ERR_wrong_signature_scheme, HF_ALERT_illegal_parameter);
            continue;
        }
        assert_null(hf_failure(pair.server));
        lab_pair_close(&pair);
    }
}

/* What the server of 1.2 signs in ServerKeyExchange, by the scheme of the case: client_random, server_random, params.
 */
static void send_key_exchange(struct lab_pair *pair, struct puppet *puppet, uint16_t scheme)
{
    const struct hf_handshake *server = &pair->server->handshake;
    const struct hf_signer *signer = &server->identity->signer;
    uint8_t content[400], body[800], signature[HF_SIGNER_ROOM];
    struct hf_writer message = hf_writer_of(content, sizeof content);
    struct hf_writer exchange = hf_writer_of(body, sizeof body);
    struct hf_writer signed_by = hf_writer_of(signature, sizeof signature);
    hf_writer_bytes(&message, hf_span_of(server->work->client_random, HF_RANDOM_LEN));
    hf_writer_bytes(&message, hf_span_of(server->work->server_random, HF_RANDOM_LEN));
    hf_writer_u8(&exchange, 3);
    hf_writer_u16(&exchange, server->group->id);
    hf_writer_vector(&exchange, 1, hf_key_exchange_share(server->work->exchanges[0]));
    hf_writer_bytes(&message, hf_writer_span(&exchange));
    const struct hf_signer_request request = {.scheme = scheme, .message = hf_writer_span(&message)};
    assert_int_equal(signer->begin(signer->context, &request, &signed_by), HF_SIGNER_DONE);
    hf_writer_u16(&exchange, scheme);
    hf_writer_vector(&exchange, 2, hf_writer_span(&signed_by));
    assert_true(hf_writer_end(&exchange));
    puppet_send_message(puppet, 12, hf_writer_span(&exchange));
    (void)lab_move(pair->server, pair->client, 16384);
}

static void a_server_of_tls12_by_a_scheme_that_the_hello_lacks(void **state)
{
    (void)state;
    static const uint16_t schemes[] = {0x0403, 0x0503, 0x0603}; /* all by one P-256 key; in 1.2 curves are not bound */
    for (size_t i = 0; i < 3; i++) {
        struct lab_pair pair;
        lab_pair_open(&pair, &(struct lab_side){.schemes = OFFERED}, &(struct lab_side){.max = HF_TLS12});
        struct puppet *puppet = puppet_take(pair.server);
        puppet_stop_before(puppet, HF_MESSAGE_server_key_exchange);
        (void)lab_pair_run(&pair);
        assert_int_equal(pair.client->handshake.state, HF_STATE_C12_WAIT_KEY_EXCHANGE);
        send_key_exchange(&pair, puppet, schemes[i]);
        if (i == 0) {
            assert_null(hf_failure(pair.client));
        } else {
            assert_non_null(hf_failure(pair.client));
            assert_int_equal(hf_failure(pair.client)->error, HF_ERR_wrong_signature_scheme);
            assert_int_equal(hf_failure(pair.client)->alert, HF_ALERT_illegal_parameter);
        }
        lab_pair_close(&pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_by_a_scheme_that_the_request_lacks),
        cmocka_unit_test(a_server_of_tls12_by_a_scheme_that_the_hello_lacks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
