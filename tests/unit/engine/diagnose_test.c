/* Each alert of a peer is told as what it most probably found; always with a sentence and a remedy. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "support/lab_check.h"
#include "support/puppet.h"

static enum hf_error error_for(enum hf_version version, bool to_client, unsigned alert)
{
    struct lab_pair pair;
    lab_pair_open(&pair, NULL, &(struct lab_side){.min = version, .max = version});
    (void)lab_pair_run(&pair);
    struct puppet *puppet = puppet_take(to_client ? pair.server : pair.client);
    puppet_send_alert(puppet, 2, (uint8_t)alert);
    (void)lab_pair_run(&pair);
    struct hf_connection *target = to_client ? pair.client : pair.server;
    assert_non_null(hf_failure(target));
    enum hf_error error = hf_failure(target)->error;
    lab_assert_failed(target, &(struct lab_failure){error, HF_BY_PEER, alert});
    assert_true(strlen(hf_error_title(error)) > 0 && strlen(hf_error_remedy(error)) > 0);
    lab_pair_close(&pair);
    return error;
}

static void alerts_are_told_as_what_they_mean(void **state)
{
    (void)state;
    static const struct {
        unsigned alert;
        enum hf_error error;     /* as a client tells it */
        enum hf_error by_server; /* as a server does */
    } cases[] = {
        {HF_ALERT_certificate_expired, HF_ERR_peer_finds_us_expired, HF_ERR_peer_finds_us_expired},
        {HF_ALERT_certificate_revoked, HF_ERR_peer_finds_us_revoked, HF_ERR_peer_finds_us_revoked},
        {HF_ALERT_access_denied, HF_ERR_peer_admits_us_not, HF_ERR_peer_admits_us_not},
        {HF_ALERT_protocol_version, HF_ERR_peer_version, HF_ERR_peer_version},
        {HF_ALERT_no_application_protocol, HF_ERR_peer_no_application_protocol, HF_ERR_peer_no_application_protocol},
        {HF_ALERT_unrecognized_name, HF_ERR_peer_knows_not_the_name, HF_ERR_peer_knows_not_the_name},
        {HF_ALERT_internal_error, HF_ERR_peer_refused, HF_ERR_peer_refused},
        {99, HF_ERR_peer_refused, HF_ERR_peer_refused},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int j = 0; j < 4; j++)
            assert_string_equal(hf_error_name(error_for(lab_versions[j / 2], j % 2 == 0, cases[i].alert)),
                                hf_error_name(j % 2 == 0 ? cases[i].error : cases[i].by_server));
}

/* The same alert about a client's certificate and about a server's is two rows of the failures that users meet. */
static void an_unknown_ca_is_told_to_each_end(void **state)
{
    (void)state;
    for (int v = 0; v < 2; v++) {
        assert_int_equal(error_for(lab_versions[v], /* to_client= */ true, HF_ALERT_unknown_ca),
                         HF_ERR_peer_knows_not_our_issuer);
        assert_int_equal(error_for(lab_versions[v], /* to_client= */ false, HF_ALERT_unknown_ca),
                         HF_ERR_peer_distrusts_us);
    }
}

/* An end in the middle of a handshake says what it had last done. */
static void cuts_are_told_by_what_came_before(void **state)
{
    (void)state;
    struct lab_pair pair;
    lab_pair_open(&pair, NULL, NULL);
    assert_int_equal(hf_feed_end(pair.client, LAB_NOW_MS), HF_ERR_cut_in_handshake);
    assert_non_null(strstr(hf_failure(pair.client)->got, "first message"));
    lab_pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alerts_are_told_as_what_they_mean),
        cmocka_unit_test(an_unknown_ca_is_told_to_each_end),
        cmocka_unit_test(cuts_are_told_by_what_came_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
