/* A client presents a certificate and leaves out CertificateVerify: whoever goes on has let in anybody who can copy a
 * certificate. wolfSSL 5.2.0 (CVE-2022-25640). RFC 9846 4.5.2, RFC 5246 7.4.8. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "handshake/machine.h"
#include "support/lab.h"
#include "support/puppet.h"

static void assert_refused(struct lab_pair *pair)
{
    assert_non_null(hf_failure(pair->server));
    assert_int_equal(hf_failure(pair->server)->alert, HF_ALERT_unexpected_message);
    assert_null(hf_peer(pair->server));
    assert_false(lab_event(pair->server, HF_EVENT_OPENED));
}

/* The client stops before its CertificateVerify and goes on with a Finished, right for what was sent. */
static void tls13_client_goes_on_with_finished(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct hf_digest hello_to_certificate;
    struct hf_digest verify_data;
    lab_pair_open(&pair, NULL, NULL);
    struct puppet *puppet = puppet_take(pair.client);
    puppet_stop_before(puppet, HF_MESSAGE_certificate_verify);
    (void)lab_pair_run(&pair);
    assert_int_equal(pair.server->handshake.state, HF_STATE_S13_WAIT_VERIFY);
    assert_int_equal(hf_transcript_digest(&pair.server->handshake.work->transcript, &hello_to_certificate), HF_OK);
    assert_int_equal(
        hf_schedule13_finished(&pair.server->handshake.schedule13, HF_CLIENT, &hello_to_certificate, &verify_data),
        HF_OK);
    puppet_send_message(puppet, 20, hf_digest_span(&verify_data));
    (void)lab_move(pair.client, pair.server, 16384);
    assert_refused(&pair);
    lab_pair_close(&pair);
}

static void tls12_client_goes_on_with_change_cipher_spec(void **state)
{
    (void)state;
    struct lab_pair pair;
    lab_pair_open(&pair, NULL, &(struct lab_side){.max = HF_TLS12});
    struct puppet *puppet = puppet_take(pair.client);
    puppet_stop_before(puppet, HF_MESSAGE_certificate_verify);
    (void)lab_pair_run(&pair);
    assert_int_equal(pair.server->handshake.state, HF_STATE_S12_WAIT_VERIFY);
    puppet_send_ccs(puppet);
    (void)lab_move(pair.client, pair.server, 16384);
    assert_refused(&pair);
    lab_pair_close(&pair);
}

/* The other way about: CertificateVerify by a client that presented nothing. */
static void nothing_presented_nothing_to_verify(void **state)
{
    (void)state;
    static const uint8_t verify[] = {4, 3, 0, 1, 0};
    struct lab_pair pair;
    lab_pair_open(&pair, &(struct lab_side){.anonymous = true},
                  &(struct lab_side){.max = HF_TLS12, .client_auth = HF_CLIENT_AUTH_REQUEST});
    struct puppet *puppet = puppet_take(pair.client);
    puppet_stop_before_ccs(puppet);
    (void)lab_pair_run(&pair);
    assert_int_equal(pair.server->handshake.state, HF_STATE_S12_WAIT_CCS);
    puppet_send_message(puppet, 15, hf_span_of(verify, sizeof verify));
    (void)lab_move(pair.client, pair.server, 16384);
    assert_refused(&pair);
    lab_pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tls13_client_goes_on_with_finished),
        cmocka_unit_test(tls12_client_goes_on_with_change_cipher_spec),
        cmocka_unit_test(nothing_presented_nothing_to_verify),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
