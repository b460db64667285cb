/* A server that misses the client's certificate says certificate_required at once; s2n waited for 10 to 30 seconds, as
 * if it were a padding oracle (s2n-tls#6072). RFC 9846 4.5.1.3. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "support/lab.h"

static void the_alert_is_in_the_output_of_the_same_call(void **state)
{
    (void)state;
    static const struct {
        enum hf_version version;
        enum hf_alert alert;
    } cases[] = {{HF_TLS13, HF_ALERT_certificate_required}, {HF_TLS12, HF_ALERT_handshake_failure}};
    for (size_t i = 0; i < 2; i++) {
        struct lab_pair pair;
        const uint8_t *wire;
        lab_pair_open(&pair, &(struct lab_side){.anonymous = true}, &(struct lab_side){.max = cases[i].version});
        while (hf_failure(pair.server) == NULL) {
            (void)lab_move(pair.server, pair.client, 16384);
            assert_true(lab_move(pair.client, pair.server, 16384) > 0);
        }
        assert_int_equal(hf_failure(pair.server)->error, HF_ERR_certificate_missing);
        assert_int_equal(hf_failure(pair.server)->alert, cases[i].alert);
        assert_true(hf_output(pair.server, &wire) > 0);
        assert_true(hf_deadline(pair.server) == UINT64_MAX);
        (void)lab_move(pair.server, pair.client, 16384);
        assert_non_null(hf_failure(pair.client));
        assert_int_equal(hf_failure(pair.client)->alert, cases[i].alert);
        assert_int_equal(hf_failure(pair.client)->error, HF_ERR_peer_wants_certificate);
        lab_pair_close(&pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_alert_is_in_the_output_of_the_same_call)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
