/* Sessions and early data under QUIC: tickets come at the application level, early secrets beside the handshake's, and
 * no message ends early data. RFC 9001 4.5, 4.6, 8.3. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <handfast/early.h>
#include <handfast/session.h>

#include "crypto/random.h"
#include "session/early_window.h"
#include "session/session.h"
#include "support/keepers.h"
#include "support/quic_lab.h"
#include "support/resume_lab.h"

static struct hf_early_window *window;

static int set_up(void **state)
{
    (void)state;
    return keepers_new(64, 1000000);
}

static int open_window(void **state)
{
    (void)state;
    return hf_early_window_new(&hf_allocation_standard, &hf_random_system, &window) == HF_OK ? 0 : -1;
}

static int close_window(void **state)
{
    (void)state;
    hf_early_window_free(window);
    return 0;
}

static void takes(struct hf_builder *builder)
{
    keepers_with_tickets(builder);
    hf_builder_early_data(builder, 1);
    hf_builder_early_guard(builder, hf_early_window_guard(window));
}

static void takes_in_context(struct hf_builder *builder)
{
    takes(builder);
    hf_builder_quic_early_context(builder, "settings", 8);
}

static void takes_none(struct hf_builder *builder)
{
    keepers_with_tickets(builder);
}

static void sends(struct hf_builder *builder)
{
    hf_builder_session_tickets(builder);
    hf_builder_early_data(builder, 1);
}

static void takes_tickets(struct hf_builder *builder)
{
    hf_builder_session_tickets(builder);
}

static const struct lab_side client_side = {.more = sends}, server_side = {.more = takes};

/* A first connection, of which the client keeps the session. */
static void visit(const struct lab_side *server, struct resume_bytes *session)
{
    struct quic_lab lab;
    quic_lab_open(&lab, &client_side, server);
    quic_lab_run(&lab);
    quic_lab_assert_open(&lab);
    assert_null(quic_lab_secret_of(&lab.client, HF_QUIC_EARLY, /* writes= */ true));
    assert_true(lab_event_first(lab.client.connection, HF_EVENT_SESSION));
    assert_int_equal(hf_session_bytes(lab.client.connection, session->at, sizeof session->at, &session->len), HF_OK);
    quic_lab_close(&lab);
}

/* The second one, run to its end. */
static void come_again(struct quic_lab *lab, const struct lab_side *client, const struct lab_side *server,
                       const struct resume_bytes *session)
{
    *lab = (struct quic_lab){0};
    lab->client.connection = quic_lab_connection(HF_CLIENT, client, "client's", hf_span_of(session->at, session->len));
    lab->server.connection = quic_lab_connection(HF_SERVER, server, "server's", hf_span_of(NULL, 0));
    quic_lab_run(lab);
    quic_lab_assert_open(lab);
}

static void assert_early(const struct quic_lab *lab, bool offered, bool taken, bool resumed)
{
    struct hf_session_info info;
    const struct quic_lab_secret *written = quic_lab_secret_of(&lab->client, HF_QUIC_EARLY, /* writes= */ true);
    const struct quic_lab_secret *read = quic_lab_secret_of(&lab->server, HF_QUIC_EARLY, /* writes= */ false);
    assert_true((written != NULL) == offered);
    assert_true((read != NULL) == taken);
    if (taken) {
        assert_int_equal(written->suite, read->suite);
        assert_memory_equal(written->bytes, read->bytes, written->len);
    }
    hf_session_info(lab->server.connection, &info);
    assert_int_equal(info.resumed, resumed);
    assert_int_equal(info.early_data, taken);
    hf_session_info(lab->client.connection, &info);
    assert_int_equal(info.early_data, taken);
    assert_int_equal(lab_event(lab->client.connection, HF_EVENT_EARLY_REFUSED), offered && !taken);
}

static void tickets_allow_all_of_it(void **state)
{
    (void)state;
    struct resume_bytes bytes = {0};
    struct hf_session session;
    visit(&server_side, &bytes);
    assert_int_equal(hf_session_read(hf_span_of(bytes.at, bytes.len), &session), HF_OK);
    assert_true(session.early_max == UINT32_MAX); /* RFC 9001 4.6.1 */
    hf_session_wipe(&session);
}

static void early_secrets_come_at_both_ends(void **state)
{
    (void)state;
    struct resume_bytes session = {0};
    struct quic_lab lab;
    visit(&server_side, &session);
    come_again(&lab, &client_side, &server_side, &session);
    assert_early(&lab, /* offered= */ true, /* taken= */ true, /* resumed= */ true);
    assert_int_equal(lab.client.secrets[0].level, HF_QUIC_EARLY); /* before anything was sent */
    assert_int_equal(lab.server.secrets[0].level, HF_QUIC_HANDSHAKE);
    quic_lab_close(&lab);
    come_again(&lab, &client_side, &server_side, &session); /* the ticket's early data is used up */
    assert_early(&lab, /* offered= */ true, /* taken= */ false, /* resumed= */ true);
    quic_lab_close(&lab);
}

static void a_retry_refuses_it(void **state)
{
    (void)state;
    const struct lab_side server = {.more = takes, .groups = "secp384r1"};
    struct resume_bytes session = {0};
    struct quic_lab lab;
    visit(&server, &session);
    come_again(&lab, &client_side, &server, &session);
    assert_early(&lab, /* offered= */ true, /* taken= */ false, /* resumed= */ true);
    quic_lab_close(&lab);
}

static void who_takes_none_gets_none(void **state)
{
    (void)state;
    const struct lab_side server = {.more = takes_none}, client = {.more = takes_tickets};
    struct resume_bytes session = {0};
    struct quic_lab lab;
    visit(&server, &session);
    come_again(&lab, &client_side, &server, &session);
    assert_early(&lab, /* offered= */ false, /* taken= */ false, /* resumed= */ true);
    quic_lab_close(&lab);
    visit(&server_side, &session);
    come_again(&lab, &client, &server_side, &session);
    assert_early(&lab, /* offered= */ false, /* taken= */ false, /* resumed= */ true);
    quic_lab_close(&lab);
}

/* RFC 9001 4.6.3: under other settings nothing is resumed. */
static void another_context_resumes_nothing(void **state)
{
    (void)state;
    const struct lab_side server = {.more = takes_in_context};
    struct resume_bytes session = {0};
    struct quic_lab lab;
    visit(&server_side, &session);
    come_again(&lab, &client_side, &server, &session);
    assert_early(&lab, /* offered= */ true, /* taken= */ false, /* resumed= */ false);
    quic_lab_close(&lab);
    visit(&server, &session);
    come_again(&lab, &client_side, &server, &session);
    assert_early(&lab, /* offered= */ true, /* taken= */ true, /* resumed= */ true);
    quic_lab_close(&lab);
}

static void with_alpn(struct hf_builder *builder)
{
    takes_tickets(builder);
    hf_builder_alpn(builder, "hq");
}

static void with_alpn_and_tickets(struct hf_builder *builder)
{
    takes_none(builder);
    hf_builder_alpn(builder, "hq");
}

/* A session of TLS over TCP is none of QUIC's, with the same certificates, rules and ticket keys. */
static void sessions_of_streams_are_not_resumed(void **state)
{
    (void)state;
    const struct lab_side client = {.more = with_alpn}, server = {.more = with_alpn_and_tickets};
    const struct lab_side quic_client = {.more = takes_tickets}, quic_server = {.more = takes_none};
    struct resume_bytes session = {0};
    struct lab_pair pair;
    struct quic_lab lab;
    lab_pair_open(&pair, &client, &server);
    (void)lab_pair_run(&pair);
    lab_assert_open(&pair);
    assert_true(lab_event_first(pair.client, HF_EVENT_SESSION));
    assert_int_equal(hf_session_bytes(pair.client, session.at, sizeof session.at, &session.len), HF_OK);
    lab_pair_close(&pair);
    come_again(&lab, &quic_client, &quic_server, &session);
    assert_early(&lab, /* offered= */ false, /* taken= */ false, /* resumed= */ false);
    quic_lab_close(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tickets_allow_all_of_it, open_window, close_window),
        cmocka_unit_test_setup_teardown(early_secrets_come_at_both_ends, open_window, close_window),
        cmocka_unit_test_setup_teardown(a_retry_refuses_it, open_window, close_window),
        cmocka_unit_test_setup_teardown(who_takes_none_gets_none, open_window, close_window),
        cmocka_unit_test_setup_teardown(another_context_resumes_nothing, open_window, close_window),
        cmocka_unit_test(sessions_of_streams_are_not_resumed),
    };
    return cmocka_run_group_tests(tests, set_up, keepers_tear_down);
}
