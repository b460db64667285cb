/* Early data in whole handshakes: taken once, and by whom it may be; refused in every other case, and then the
 * connection opens without. RFC 9846 4.3.10, 8. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <handfast/early.h>
#include <handfast/session.h>

#include <string.h>

#include "crypto/random.h"
#include "engine/connection.h"
#include "handshake/early_data.h"
#include "session/early_window.h"
#include "support/keepers.h"
#include "support/resume_lab.h"
#include "support/test_allocator.h"

enum { MAX = 1000, LONG = 20000 };

static struct hf_early_window *window;

static int set_up(void **state)
{
    (void)state;
    return keepers_new(64, 1000000);
}

/* The window is each test's own. */
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
    hf_builder_early_data(builder, MAX);
    hf_builder_early_guard(builder, hf_early_window_guard(window));
}

static void takes_by_itself(struct hf_builder *builder) /* another guard for each config */
{
    keepers_with_tickets(builder);
    hf_builder_early_data(builder, MAX);
}

static void takes_with_limit(struct hf_builder *builder) /* in short records, once the client can know */
{
    keepers_with_tickets(builder);
    hf_builder_early_data(builder, LONG);
    hf_builder_early_guard(builder, hf_early_window_guard(window));
    hf_builder_record_size_limit(builder, 64);
}

static void takes_from_cache(struct hf_builder *builder)
{
    keepers_with_cache(builder);
    hf_builder_early_data(builder, MAX);
    hf_builder_early_guard(builder, hf_early_window_guard(window));
}

static void takes_with_verdict(struct hf_builder *builder)
{
    takes(builder);
    hf_builder_verdict_outside(builder);
}

static void sends(struct hf_builder *builder)
{
    hf_builder_session_tickets(builder);
    hf_builder_early_data(builder, 1 << 20);
}

#define SENDING(...) ((struct lab_side){.who = LAB_CLIENT, .more = sends, __VA_ARGS__})
#define TAKING(...)  ((struct lab_side){.more = takes, __VA_ARGS__})

static struct hf_connection *make(enum hf_role role, const struct lab_side *side, const struct resume_bytes *session)
{
    struct hf_failure failure = {0};
    struct hf_config *config = lab_config(role, side, &failure);
    assert_non_null(config);
    struct hf_connection *connection =
        role == HF_CLIENT ? hf_connection_resume(config, "server.lab", session->at, session->len, LAB_NOW_MS, &failure)
                          : hf_connection_new(config, NULL, LAB_NOW_MS, &failure);
    hf_config_drop(config);
    assert_non_null(connection);
    return connection;
}

static void keep(struct hf_connection *client, struct resume_bytes *session)
{
    assert_true(lab_event_first(client, HF_EVENT_SESSION));
    assert_int_equal(hf_session_bytes(client, session->at, sizeof session->at, &session->len), HF_OK);
}

/* A first connection, of which the client keeps the session. */
static void visit_first(const struct lab_side *client, const struct lab_side *server, struct resume_bytes *session)
{
    struct resume_bytes none = {.len = 0};
    struct lab_pair pair = {make(HF_CLIENT, client, &none), make(HF_SERVER, server, NULL)};
    (void)lab_pair_run(&pair);
    if (hf_peer_candidate(pair.server) != NULL) {
        assert_int_equal(hf_answer_verdict(pair.server, /* accept= */ true), HF_OK);
        (void)lab_pair_run(&pair);
    }
    lab_assert_open(&pair);
    keep(pair.client, session);
    lab_pair_close(&pair);
}

/* The second one, with `text` sent early if it may be. */
static void begin(struct lab_pair *pair, const struct lab_side *client, const struct lab_side *server,
                  const struct resume_bytes *session)
{
    size_t len = 0;
    *pair = (struct lab_pair){make(HF_CLIENT, client, session), make(HF_SERVER, server, NULL)};
    assert_int_equal(hf_early_room(pair->client), MAX);
    assert_int_equal(hf_write_early(pair->client, "early", 5, &len), HF_OK);
    assert_int_equal(len, 5);
    assert_int_equal(hf_early_room(pair->client), MAX - 5);
}

static bool is_taken(const struct hf_connection *connection)
{
    struct hf_session_info info;
    hf_session_info(connection, &info);
    return info.early_data;
}

static void read_early(struct hf_connection *server, const char *text)
{
    char got[64];
    size_t len = 1;
    assert_int_equal(hf_read(server, got, sizeof got, &len), HF_OK);
    assert_int_equal(len, 0); /* never there */
    assert_int_equal(hf_read_early(server, got, sizeof got, &len), HF_OK);
    assert_int_equal(len, strlen(text));
    assert_memory_equal(got, text, len);
}

/* What belongs to early data does not outlive the handshake. */
static void assert_forgotten(const struct hf_connection *connection)
{
    const struct hf_schedule13 *schedule = &connection->handshake.schedule13;
    assert_null(hf_schedule13_secret(schedule, HF_SECRET13_CLIENT_EARLY));
    assert_null(hf_schedule13_secret(schedule, HF_SECRET13_EARLY_EXPORTER));
}

static void assert_taken(struct lab_pair *pair)
{
    (void)lab_pair_run(pair);
    assert_true(lab_event_first(pair->server, HF_EVENT_EARLY_DATA));
    assert_string_equal(hf_peer_spiffe_id(hf_early_peer(pair->server)), "spiffe://lab/billing");
    assert_null(hf_peer(pair->server)); /* not yet shown */
    read_early(pair->server, "early");
    (void)lab_pair_run(pair);
    assert_true(is_taken(pair->client) && is_taken(pair->server));
    assert_null(hf_early_peer(pair->server));
    assert_int_equal(hf_early_room(pair->client), 0);
    assert_false(lab_event(pair->client, HF_EVENT_EARLY_REFUSED));
    resume_lab_assert_open(pair, /* resumed= */ true);
    assert_forgotten(pair->client);
    assert_forgotten(pair->server);
}

static void assert_not_taken(struct lab_pair *pair, bool resumed)
{
    size_t len;
    (void)lab_pair_run(pair);
    assert_false(lab_event(pair->server, HF_EVENT_EARLY_DATA));
    assert_true(lab_event_first(pair->client, HF_EVENT_EARLY_REFUSED));
    assert_false(is_taken(pair->client) || is_taken(pair->server));
    assert_int_equal(hf_early_room(pair->client), 0);
    assert_int_equal(hf_write_early(pair->client, "x", 1, &len), HF_ERR_wrong_call);
    resume_lab_assert_open(pair, resumed);
}

static void a_server_takes_it_once(void **state)
{
    (void)state;
    void (*const kinds[])(struct hf_builder *) = {takes, takes_from_cache};
    for (size_t i = 0; i < HF_COUNT(kinds); i++) {
        const struct lab_side client = SENDING(), server = {.more = kinds[i]};
        struct resume_bytes session = {0}, next = {0};
        struct lab_pair pair;
        visit_first(&client, &server, &session);
        begin(&pair, &client, &server, &session);
        assert_taken(&pair);
        lab_pair_close(&pair);
        begin(&pair, &client, &server, &session); /* the ticket is used up; in the cache the session too */
        assert_not_taken(&pair, /* resumed= */ i == 0);
        keep(pair.client, &next);
        lab_pair_close(&pair);
        begin(&pair, &client, &server, &next);
        assert_taken(&pair);
        lab_pair_close(&pair);
    }
}

static size_t write_long(struct hf_connection *client)
{
    static const uint8_t data[LONG];
    size_t len = 0;
    assert_int_equal(hf_write_early(client, data, sizeof data, &len), HF_OK);
    assert_true(len > 16384); /* a record as long as they may be, and another */
    return len;
}

/* The limit comes with the server's answer, behind which early data may be under way still: RFC 8449 4. Refused early
 * data is passed over whatever its records' length, before and behind a HelloRetryRequest. */
static void record_size_limits_are_for_later(void **state)
{
    (void)state;
    enum { TAKEN, REFUSED, RETRIED, CASES };
    const struct lab_side client = SENDING(), server = {.more = takes_with_limit};
    const struct lab_side other_group = {.more = takes_with_limit, .groups = "secp384r1"};
    struct resume_bytes session = {0};
    visit_first(&client, &server, &session);
    for (int i = TAKEN; i < CASES; i++) {
        static uint8_t got[LONG];
        struct lab_pair pair = {make(HF_CLIENT, &client, &session),
                                make(HF_SERVER, i == RETRIED ? &other_group : &server, NULL)};
        size_t wrote = write_long(pair.client), read = 0;
        (void)lab_pair_run(&pair);
        for (size_t len = 1; i == TAKEN && len > 0; read += len)
            assert_int_equal(hf_read_early(pair.server, got, sizeof got, &len), HF_OK);
        assert_int_equal(read, i == TAKEN ? wrote : 0);
        (void)lab_pair_run(&pair);
        resume_lab_assert_open(&pair, /* resumed= */ true);
        lab_pair_close(&pair);
    }
}

/* The very bytes again: nothing of them is read. */
static void a_replay_is_not_taken(void **state)
{
    (void)state;
    const struct lab_side client = SENDING(), server = TAKING();
    struct resume_bytes session = {0};
    struct lab_pair pair;
    uint8_t wire[4096];
    size_t len;
    visit_first(&client, &server, &session);
    begin(&pair, &client, &server, &session);
    hf_drain(pair.client, wire, sizeof wire, &len);
    struct hf_connection *again = make(HF_SERVER, &server, NULL);
    assert_int_equal(hf_feed(pair.server, wire, len, LAB_NOW_MS), HF_OK);
    assert_int_equal(hf_feed(again, wire, len, LAB_NOW_MS), HF_OK);
    assert_true(lab_event(pair.server, HF_EVENT_EARLY_DATA));
    assert_false(lab_event(again, HF_EVENT_EARLY_DATA));
    hf_connection_free(again);
    lab_pair_close(&pair);
}

/* RFC 9846 8.3: the client's clock says when it was sent. */
static void late_hellos_are_not_taken(void **state)
{
    static const struct {
        uint64_t delay_ms;
        bool taken;
    } cases[] = {{9999, true}, {10001, false}, {3600000, false}};
    (void)state;
    const struct lab_side client = SENDING(), server = TAKING();
    for (size_t i = 0; i < HF_COUNT(cases); i++) {
        struct resume_bytes session = {0};
        struct lab_pair pair;
        visit_first(&client, &server, &session);
        begin(&pair, &client, &server, &session);
        resume_lab_run(&pair, LAB_NOW_MS + cases[i].delay_ms);
        assert_int_equal(lab_event(pair.server, HF_EVENT_EARLY_DATA), cases[i].taken);
        lab_pair_close(&pair);
    }
}

/* Neither a server of other memory, nor this one after a start. */
static void another_guard_takes_none(void **state)
{
    (void)state;
    const struct lab_side client = SENDING(), server = {.more = takes_by_itself};
    struct resume_bytes session = {0};
    struct lab_pair pair;
    visit_first(&client, &server, &session);
    begin(&pair, &client, &server, &session);
    assert_not_taken(&pair, /* resumed= */ true);
    lab_pair_close(&pair);
    struct hf_failure failure;
    struct hf_config *config = lab_config(HF_SERVER, &server, &failure); /* the same all along */
    for (int i = 0; i < 2; i++) {
        pair = (struct lab_pair){make(HF_CLIENT, &client, &session),
                                 hf_connection_new(config, NULL, LAB_NOW_MS, &failure)};
        size_t len;
        (void)hf_write_early(pair.client, "early", 5, &len);
        (void)lab_pair_run(&pair);
        if (i == 1)
            assert_taken(&pair);
        else
            keep(pair.client, &session);
        lab_pair_close(&pair);
    }
    hf_config_drop(config);
}

/* RFC 9846 4.3.10, one condition after the other. */
static void what_does_not_fit_is_refused(void **state)
{
    (void)state;
    const struct lab_side client = SENDING(.alpn = "h2:http/1.1", .groups = "x25519:secp256r1");
    const struct lab_side first = TAKING(.alpn = "h2", .suites = "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256");
    const struct {
        struct lab_side server;
        bool resumed;
    } cases[] = {
        {TAKING(.alpn = "http/1.1"), true},
        {TAKING(.alpn = "h2", .suites = "TLS_CHACHA20_POLY1305_SHA256"), true},
        {TAKING(.alpn = "h2", .groups = "secp256r1"), true},                  /* a HelloRetryRequest */
        {TAKING(.alpn = "h2", .suites = "TLS_AES_256_GCM_SHA384"), false},    /* no session fits */
        {{.alpn = "h2", .more = keepers_with_tickets}, true},                 /* nobody asked for it */
        {{.alpn = "h2"}, false},                                              /* no sessions at all */
        {TAKING(.alpn = "h2", .client_auth = HF_CLIENT_AUTH_REQUEST), false}, /* another policy */
    };
    for (size_t i = 0; i < HF_COUNT(cases); i++) {
        struct resume_bytes session = {0};
        struct lab_pair pair;
        visit_first(&client, &first, &session);
        begin(&pair, &client, &cases[i].server, &session);
        assert_not_taken(&pair, cases[i].resumed);
        lab_pair_close(&pair);
    }
    struct resume_bytes session = {0};
    struct lab_pair pair;
    visit_first(&client, &first, &session);
    begin(&pair, &client, &first, &session); /* and as it should be */
    assert_taken(&pair);
    lab_pair_close(&pair);
}

/* RFC 9846 E.3. */
static void an_older_version_ends_it(void **state)
{
    (void)state;
    const struct lab_side client = SENDING();
    struct resume_bytes session = {0};
    struct lab_pair pair;
    visit_first(&client, &TAKING(), &session);
    begin(&pair, &client, &(struct lab_side){.max = HF_TLS12}, &session);
    (void)lab_pair_run(&pair);
    assert_int_equal(hf_failure(pair.client)->error, HF_ERR_no_common_version);
    assert_int_equal(hf_failure(pair.client)->alert, HF_ALERT_protocol_version);
    lab_pair_close(&pair);
}

static void it_waits_for_the_verdict(void **state)
{
    (void)state;
    const struct lab_side client = SENDING(), server = {.more = takes_with_verdict};
    for (int accept = 0; accept < 2; accept++) {
        struct resume_bytes session = {0};
        struct lab_pair pair;
        visit_first(&client, &server, &session);
        begin(&pair, &client, &server, &session);
        (void)lab_pair_run(&pair);
        assert_false(lab_event(pair.server, HF_EVENT_EARLY_DATA));
        (void)hf_answer_verdict(pair.server, accept == 1);
        if (accept == 1)
            assert_taken(&pair);
        else
            assert_int_equal(hf_failure(pair.server)->error, HF_ERR_verdict_refused);
        assert_int_equal(lab_event(pair.server, HF_EVENT_EARLY_DATA), 0);
        lab_pair_close(&pair);
    }
}

/* ---- how much ---- */

static void fill(struct lab_pair *pair, size_t more)
{
    static const uint8_t zeros[4 * MAX];
    size_t len;
    pair->client->handshake.early_left += (uint32_t)more; /* a client that does not keep the rule */
    assert_int_equal(hf_write_early(pair->client, zeros, sizeof zeros, &len), HF_OK);
    assert_int_equal(len, MAX - 5 + more);
    assert_int_equal(hf_write_early(pair->client, zeros, 1, &len), HF_ERR_wrong_call);
}

static void all_that_is_allowed_arrives_and_no_byte_more(void **state)
{
    (void)state;
    const struct lab_side client = SENDING(), server = TAKING();
    for (size_t more = 0; more < 2; more++) {
        struct resume_bytes session = {0};
        struct lab_pair pair;
        uint8_t got[7];
        size_t len = 1, sum = 0;
        visit_first(&client, &server, &session);
        begin(&pair, &client, &server, &session);
        fill(&pair, more);
        (void)lab_pair_run(&pair);
        while (len > 0 && hf_read_early(pair.server, got, sizeof got, &len) == HF_OK)
            sum += len;
        (void)lab_pair_run(&pair);
        if (more == 0) {
            assert_int_equal(sum, MAX);
            resume_lab_assert_open(&pair, /* resumed= */ true);
        } else {
            assert_int_equal(hf_failure(pair.server)->error, HF_ERR_early_data_too_long);
            assert_int_equal(hf_failure(pair.server)->alert, HF_ALERT_unexpected_message);
            assert_int_equal(hf_failure(pair.client)->alert, HF_ALERT_unexpected_message);
        }
        lab_pair_close(&pair);
    }
}

/* Bytes in any pieces, also when they are to be dropped. */
static void pieces_do_not_matter(void **state)
{
    (void)state;
    const struct lab_side client = SENDING(), server = TAKING(), refusing = {.more = keepers_with_tickets};
    struct resume_bytes session = {0};
    struct lab_pair pair;
    visit_first(&client, &server, &session);
    begin(&pair, &client, &refusing, &session);
    (void)lab_pair_run_cut(&pair, 1);
    assert_not_taken(&pair, /* resumed= */ true);
    lab_pair_close(&pair);
    begin(&pair, &client, &server, &session);
    (void)lab_pair_run_cut(&pair, 1);
    assert_taken(&pair);
    lab_pair_close(&pair);
}

/* ---- who does not want it ---- */

static void nobody_sends_it_unasked(void **state)
{
    (void)state;
    const struct lab_side silent = {.who = LAB_CLIENT, .more = hf_builder_session_tickets};
    const struct lab_side client = SENDING(), server = TAKING(), plain = {.more = keepers_with_tickets};
    struct resume_bytes session = {0}, other = {0};
    size_t len;
    visit_first(&client, &server, &session);
    visit_first(&client, &plain, &other); /* that server takes none, and did not say so */
    const struct {
        const struct lab_side *side;
        const struct resume_bytes *session;
    } cases[] = {{&silent, &session}, {&client, &other}};
    for (size_t i = 0; i < HF_COUNT(cases); i++) {
        struct lab_pair pair = {make(HF_CLIENT, cases[i].side, cases[i].session), make(HF_SERVER, &server, NULL)};
        assert_int_equal(hf_early_room(pair.client), 0);
        assert_int_equal(hf_write_early(pair.client, "x", 1, &len), HF_ERR_wrong_call);
        (void)lab_pair_run(&pair);
        assert_false(lab_event(pair.client, HF_EVENT_EARLY_REFUSED));
        resume_lab_assert_open(&pair, /* resumed= */ true);
        lab_pair_close(&pair);
    }
}

/* A client that the server does not know by a certificate gets no such ticket. */
static void clients_without_certificates_get_no_such_ticket(void **state)
{
    (void)state;
    const struct lab_side nobody = {.anonymous = true, .more = sends};
    const struct lab_side server = TAKING(.client_auth = HF_CLIENT_AUTH_REQUEST);
    struct resume_bytes session = {0};
    visit_first(&nobody, &server, &session);
    struct hf_connection *client = make(HF_CLIENT, &nobody, &session);
    assert_int_equal(hf_early_room(client), 0);
    hf_connection_free(client);
}

/* ---- answers that are wrong ---- */

static void assert_answer_refused(struct hf_handshake *handshake, enum hf_error error)
{
    handshake->work->answer.early_data = true;
    assert_int_equal(hf_early_data_answered(handshake), error);
    if (error != HF_OK)
        assert_int_not_equal(handshake->early, HF_EARLY_TAKEN);
}

/* RFC 9846 4.3.10, 4.3.11: an answer to early data must be to ours. */
static void wrong_answers_are_refused(void **state)
{
    (void)state;
    const struct lab_side client = SENDING(.alpn = "h2:http/1.1"), server = TAKING(.alpn = "h2");
    struct resume_bytes session = {0};
    visit_first(&client, &server, &session);
    struct hf_connection *connection = make(HF_CLIENT, &client, &session);
    struct hf_handshake *handshake = &connection->handshake;
    struct hf_negotiated *choice = &handshake->work->choice;
    const struct hf_suite *suite = hf_suite_find(handshake->work->past->session.suite);
    *choice = (struct hf_negotiated){.suite = suite, .protocol = hf_span_of_text("h2")};
    assert_answer_refused(handshake, HF_ERR_illegal_parameter); /* no key, or another one, was taken */
    handshake->resumed = true;
    choice->protocol = hf_span_of_text("http/1.1");
    assert_answer_refused(handshake, HF_ERR_illegal_parameter);
    choice->protocol = hf_span_of_text("h2");
    choice->suite = hf_suite_find(suite->id == 0x1301 ? 0x1303 : 0x1301);
    assert_answer_refused(handshake, HF_ERR_illegal_parameter);
    choice->suite = suite;
    assert_answer_refused(handshake, HF_OK);
    handshake->early = HF_EARLY_REFUSED; /* by a HelloRetryRequest */
    assert_answer_refused(handshake, HF_ERR_illegal_parameter);
    hf_connection_free(connection);
}

/* ---- without memory ---- */

/* One end's n-th allocation of a resumed handshake with early data fails. Whether one did. */
static bool starve(struct hf_test_allocator *test, enum hf_role role, size_t n, const struct resume_bytes *session)
{
    struct lab_side client = SENDING(), server = TAKING();
    struct hf_failure failure = {0};
    uint8_t got[16];
    size_t len;
    *(role == HF_CLIENT ? &client.allocator : &server.allocator) = &test->allocator;
    struct hf_config *of_client = lab_config(HF_CLIENT, &client, &failure);
    struct hf_config *of_server = lab_config(HF_SERVER, &server, &failure);
    test->count = 0;
    test->fail_at = n;
    struct lab_pair pair = {
        hf_connection_resume(of_client, "server.lab", session->at, session->len, LAB_NOW_MS, &failure),
        hf_connection_new(of_server, NULL, LAB_NOW_MS, &failure)};
    if (pair.client != NULL && pair.server != NULL) {
        (void)hf_write_early(pair.client, "early", 5, &len);
        (void)lab_pair_run(&pair);
        (void)hf_read_early(pair.server, got, sizeof got, &len);
        (void)lab_pair_run(&pair);
        const struct hf_failure *found = hf_failure(role == HF_CLIENT ? pair.client : pair.server);
        assert_true(found == NULL || found->error == HF_ERR_no_memory);
    } else {
        assert_int_equal(failure.error, HF_ERR_no_memory);
    }
    bool failed = hf_test_allocator_failed(test);
    lab_pair_close(&pair);
    hf_config_drop(of_client);
    hf_config_drop(of_server);
    assert_int_equal(test->live, 0);
    return failed;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    for (int role = HF_CLIENT; role <= HF_SERVER; role++) {
        bool failed = true;
        size_t n = 1;
        for (; failed; n++) {
            struct resume_bytes session = {0};
            struct hf_test_allocator test;
            visit_first(&SENDING(), &TAKING(), &session); /* a ticket serves once */
            hf_test_allocator_init(&test, 0);
            failed = starve(&test, (enum hf_role)role, n, &session);
        }
        assert_true(n > 20);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_window, close_window)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_server_takes_it_once),
        TEST(record_size_limits_are_for_later),
        TEST(a_replay_is_not_taken),
        TEST(late_hellos_are_not_taken),
        TEST(another_guard_takes_none),
        TEST(what_does_not_fit_is_refused),
        TEST(an_older_version_ends_it),
        TEST(it_waits_for_the_verdict),
        TEST(all_that_is_allowed_arrives_and_no_byte_more),
        TEST(pieces_do_not_matter),
        TEST(nobody_sends_it_unasked),
        TEST(clients_without_certificates_get_no_such_ticket),
        TEST(wrong_answers_are_refused),
        TEST(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, set_up, keepers_tear_down);
}
