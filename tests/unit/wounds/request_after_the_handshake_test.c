/* A CertificateRequest after the handshake that nobody allowed: unexpected_message must leave, and arrive.
 * mbedtls#10882. RFC 9846 4.7.2: without post_handshake_auth it is an unexpected_message. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "engine/connection.h"
#include "handshake/machine.h"
#include "support/lab.h"

static void it_is_refused_aloud(void **state)
{
    (void)state;
    static const uint8_t request13[] = {13, 0, 0, 12, 1, 7, 0, 8, 0, 13, 0, 4, 0, 2, 4, 3, 0};
    static const uint8_t request12[] = {13, 0, 0, 8, 1, 64, 0, 2, 4, 3, 0, 0};
    static const enum hf_version versions[] = {HF_TLS12, HF_TLS13};
    const struct hf_span requests[] = {hf_span_of(request12, sizeof request12), hf_span_of(request13, 16)};
    for (size_t i = 0; i < 2; i++) {
        struct lab_pair pair;
        lab_pair_open(&pair, NULL, &(struct lab_side){.max = versions[i]});
        (void)lab_pair_run(&pair);
        assert_true(hf_machine_is_open(&pair.client->handshake));
        assert_int_equal(hf_framing_send_message(pair.server->framing, requests[i]), HF_OK);
        assert_int_equal(hf_framing_flush(pair.server->framing), HF_OK);
        (void)lab_pair_run(&pair);
        assert_non_null(hf_failure(pair.client));
        assert_int_equal(hf_failure(pair.client)->error, HF_ERR_unexpected_message);
        assert_non_null(hf_failure(pair.server));
        assert_int_equal(hf_failure(pair.server)->by, HF_BY_PEER);
        assert_int_equal(hf_failure(pair.server)->alert, HF_ALERT_unexpected_message);
        lab_pair_close(&pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_is_refused_aloud)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
