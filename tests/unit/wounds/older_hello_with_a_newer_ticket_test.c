/* A HelloRetryRequest, and then a ClientHello of TLS 1.2 that brings a ticket of TLS 1.3: a handshake went on with a
 * master secret of zeros (Mbed TLS, CVE-2026-34873). RFC 9846 4.2.4: after a retry the version stays. Without a retry
 * such a ticket is none, and a full handshake follows. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "support/keepers.h"
#include "support/resume_lab.h"

static const struct lab_side server = {.more = keepers_with_tickets, .groups = "secp384r1:secp256r1"};
static const struct lab_side newer = {
    .who = LAB_CLIENT, .more = hf_builder_session_tickets, .groups = "x25519:secp384r1:secp256r1"};
static const struct lab_side older = {
    .who = LAB_CLIENT, .more = hf_builder_session_tickets, .groups = "x25519:secp384r1:secp256r1", .max = HF_TLS12};

static struct resume_bytes ticket13;

static void put_ticket_in(struct hf_session *session)
{
    struct hf_session kept;
    assert_int_equal(hf_session_read(hf_span_of(ticket13.at, ticket13.len), &kept), HF_OK);
    session->ticket = kept.ticket;
}

/* A session of 1.2 whose ticket is that of a session of 1.3, and that session. */
static void mix(struct resume_store *ret_mixed, struct resume_store *ret_newer)
{
    struct resume_store none = {0};
    struct lab_pair pair;
    resume_lab_open(&pair, &(struct resume_visit){.client = &newer, .server = &server}, &none);
    resume_lab_assert_open(&pair, /* resumed= */ false);
    assert_int_equal(hf_session_bytes(pair.client, ticket13.at, sizeof ticket13.at, &ticket13.len), HF_OK);
    ret_newer->client = ticket13;
    lab_pair_close(&pair);
    resume_lab_open(&pair, &(struct resume_visit){.client = &older, .server = &server}, &none);
    resume_lab_assert_open(&pair, /* resumed= */ false);
    struct resume_bytes *bytes = &ret_mixed->client;
    assert_int_equal(hf_session_bytes(pair.client, bytes->at, sizeof bytes->at, &bytes->len), HF_OK);
    resume_lab_forge(bytes, pair.client, put_ticket_in);
    lab_pair_close(&pair);
}

static struct hf_connection *make_client(const struct lab_side *side, const struct resume_store *store)
{
    struct hf_failure failure;
    struct hf_config *config = lab_config(HF_CLIENT, side, &failure);
    assert_non_null(config);
    struct hf_connection *client =
        hf_connection_resume(config, "server.lab", store->client.at, store->client.len, LAB_NOW_MS, &failure);
    assert_non_null(client);
    hf_config_drop(config);
    return client;
}

static void behind_a_retry_it_is_refused(void **state)
{
    (void)state;
    struct resume_store mixed = {0};
    struct resume_store of13 = {0};
    struct hf_failure failure;
    struct hf_session_info info;
    mix(&mixed, &of13);
    struct hf_config *config = lab_config(HF_SERVER, &server, &failure);
    struct lab_pair pair = {make_client(&newer, &of13), hf_connection_new(config, NULL, LAB_NOW_MS, &failure)};
    (void)lab_move(pair.client, pair.server, 16384);
    hf_session_info(pair.server, &info);
    assert_true(info.hello_retried);
    hf_connection_free(pair.client);
    pair.client = make_client(&older, &mixed);
    (void)lab_move(pair.client, pair.server, 16384);
    assert_non_null(hf_failure(pair.server));
    assert_int_equal(hf_failure(pair.server)->error, HF_ERR_hello_changed);
    assert_int_equal(hf_failure(pair.server)->alert, HF_ALERT_illegal_parameter);
    lab_pair_close(&pair);
    hf_config_drop(config);
}

static void without_one_it_is_no_ticket(void **state)
{
    (void)state;
    struct resume_store mixed = {0};
    struct resume_store of13 = {0};
    struct lab_pair pair;
    mix(&mixed, &of13);
    resume_lab_open(&pair, &(struct resume_visit){.client = &older, .server = &server}, &mixed);
    resume_lab_assert_open(&pair, /* resumed= */ false);
    lab_pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(behind_a_retry_it_is_refused, keepers_set_up, keepers_tear_down),
        cmocka_unit_test_setup_teardown(without_one_it_is_no_ticket, keepers_set_up, keepers_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
