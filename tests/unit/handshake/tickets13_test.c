/* Tickets of TLS 1.3: stateless, in the cache, in the application's store; over streams and datagrams. RFC 9846 4.3.11,
 * 4.7.1; RFC 9149. Whatever does not fit leads to a full handshake. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "engine/connection.h"
#include "handshake/resumption.h"
#include "handshake/tickets13.h"
#include "support/keepers.h"
#include "support/resume_lab.h"

static int set_up(void **state)
{
    (void)state;
    return keepers_new(64, 1000000);
}

static void with_one_ticket(struct hf_builder *builder)
{
    keepers_with_tickets(builder);
    hf_builder_ticket_count(builder, 1);
}

static void with_a_minute(struct hf_builder *builder)
{
    keepers_with_tickets(builder);
    hf_builder_ticket_lifetime(builder, 60);
}

static void with_verdict(struct hf_builder *builder)
{
    keepers_with_tickets(builder);
    hf_builder_verdict_outside(builder);
}

static void over_datagrams(struct hf_builder *builder)
{
    keepers_with_tickets(builder);
    hf_builder_datagrams(builder);
}

static void asks_over_datagrams(struct hf_builder *builder)
{
    hf_builder_session_tickets(builder);
    hf_builder_datagrams(builder);
}

static void alone(struct hf_builder *builder)
{
    hf_builder_session_tickets(builder);
    hf_builder_historic(builder, HF_HISTORIC_PSK_WITHOUT_KEY_EXCHANGE);
}

static void serves_alone(struct hf_builder *builder)
{
    keepers_with_tickets(builder);
    hf_builder_historic(builder, HF_HISTORIC_PSK_WITHOUT_KEY_EXCHANGE);
}

#define CLIENT(with, ...) ((struct lab_side){.who = LAB_CLIENT, .more = with, __VA_ARGS__})
#define SERVER(with, ...) ((struct lab_side){.more = with, __VA_ARGS__})

static const struct lab_side asking = {.who = LAB_CLIENT, .more = hf_builder_session_tickets};
static const struct lab_side ticketing = {.more = keepers_with_tickets};
static const struct lab_side caching = {.more = keepers_with_cache};
static const struct lab_side keeping = {.more = resume_lab_sessions_on};
static const struct resume_visit by_ticket = {.client = &asking, .server = &ticketing};

/* Takes the next session off the events; false when there is none. */
static bool take(struct hf_connection *connection, struct resume_bytes *bytes)
{
    if (!lab_event_first(connection, HF_EVENT_SESSION))
        return false;
    assert_int_equal(hf_session_bytes(connection, bytes->at, sizeof bytes->at, &bytes->len), HF_OK);
    assert_int_equal(bytes->len, hf_session_size(connection));
    return true;
}

static void visit(const struct resume_visit *what, struct resume_store *store, bool resumed)
{
    struct lab_pair pair;
    resume_lab_open(&pair, what, store);
    resume_lab_assert_open(&pair, resumed);
    if (what->server->client_auth != HF_CLIENT_AUTH_NONE)
        assert_string_equal(hf_peer_spiffe_id(hf_peer(pair.server)), "spiffe://lab/billing");
    assert_int_equal(hf_peer_chain_count(hf_peer(pair.client)) > 0, true);
    (void)take(pair.client, &store->client);
    lab_pair_close(&pair);
}

static void a_server_resumes_by_ticket(void **state)
{
    (void)state;
    struct resume_store store = {0};
    visit(&by_ticket, &store, false);
    assert_int_not_equal(store.client.len, 0);
    for (int i = 0; i < 3; i++)
        visit(&by_ticket, &store, true);
    visit(&(struct resume_visit){.client = &asking, .server = &caching}, &store, false);
}

static void a_server_resumes_from_its_cache_once(void **state)
{
    (void)state;
    struct resume_store store = {0};
    const struct resume_visit by_cache = {.client = &asking, .server = &caching};
    visit(&by_cache, &store, false);
    struct resume_store used = store;
    visit(&by_cache, &store, true);
    visit(&by_cache, &store, true);
    visit(&by_cache, &used, false); /* RFC 9846 8.1: it has served */
}

static void a_server_resumes_from_the_application_s_store(void **state)
{
    (void)state;
    struct resume_store store = {0};
    const struct resume_visit outside = {.client = &asking, .server = &keeping};
    for (int i = 0; i < 2; i++) {
        struct lab_pair pair;
        resume_lab_visit(&pair, &outside, &store);
        resume_lab_assert_open(&pair, /* resumed= */ i > 0);
        resume_lab_keep(&pair, &store);
        lab_pair_close(&pair);
    }
    store.id[0] ^= 1; /* then the application finds nothing */
    struct lab_pair pair;
    resume_lab_visit(&pair, &outside, &store);
    resume_lab_assert_open(&pair, /* resumed= */ false);
    lab_pair_close(&pair);
}

static void it_resumes_over_datagrams(void **state)
{
    (void)state;
    struct resume_store store = {0};
    const struct lab_side client = CLIENT(asks_over_datagrams);
    const struct lab_side server = SERVER(over_datagrams);
    const struct resume_visit what = {.client = &client, .server = &server};
    visit(&what, &store, false);
    visit(&what, &store, true);
    const struct lab_side retrying = SERVER(over_datagrams, .groups = "secp384r1");
    visit(&(struct resume_visit){.client = &client, .server = &retrying}, &store, true);
    visit(&by_ticket, &store, false); /* not offered over a stream: another version */
}

/* The binder of the second hello covers the retry (RFC 9846 4.3.11.2). */
static void it_resumes_behind_a_retry(void **state)
{
    (void)state;
    struct resume_store store = {0};
    const struct lab_side client = CLIENT(hf_builder_session_tickets, .groups = "x25519:secp384r1");
    const struct lab_side retrying = SERVER(keepers_with_tickets, .groups = "secp384r1");
    const struct lab_side outside = SERVER(resume_lab_sessions_on, .groups = "secp384r1");
    const struct resume_visit what = {.client = &client, .server = &retrying};
    visit(&what, &store, false);
    visit(&what, &store, true);
    store = (struct resume_store){0};
    for (int i = 0; i < 2; i++) { /* the application is asked for both hellos */
        struct lab_pair pair;
        resume_lab_visit(&pair, &(struct resume_visit){.client = &client, .server = &outside}, &store);
        if (i > 0)
            (void)hf_answer_session(pair.server, store.server.at, store.server.len);
        resume_lab_run(&pair, LAB_NOW_MS);
        resume_lab_assert_open(&pair, /* resumed= */ i > 0);
        resume_lab_keep(&pair, &store);
        lab_pair_close(&pair);
    }
}

/* A client whose second hello comes without the key that the first one proved: RFC 9846 4.2.2. */
static void behind_a_retry_the_key_stays(void **state)
{
    (void)state;
    struct resume_store store = {0};
    const struct lab_side client = CLIENT(hf_builder_session_tickets, .groups = "x25519:secp384r1");
    const struct lab_side retrying = SERVER(keepers_with_tickets, .groups = "secp384r1");
    const struct resume_visit what = {.client = &client, .server = &retrying};
    struct lab_pair pair;
    visit(&what, &store, false);
    resume_lab_begin(&pair, &what, &store);
    (void)lab_move(pair.client, pair.server, 16384); /* the first hello is out */
    pair.client->handshake.work->offer.psk_count = 0;
    resume_lab_run(&pair, LAB_NOW_MS);
    assert_non_null(hf_failure(pair.server));
    assert_int_equal(hf_failure(pair.server)->error, HF_ERR_missing_extension);
    assert_int_equal(hf_failure(pair.server)->alert, HF_ALERT_missing_extension);
    lab_pair_close(&pair);
}

/* The server takes a suite of another hash in its HelloRetryRequest: the client's second hello has no key any more. */
static void a_retry_for_another_hash_drops_the_session(void **state)
{
    (void)state;
    struct resume_store store = {0};
    const struct lab_side client = CLIENT(hf_builder_session_tickets, .groups = "x25519:secp384r1");
    const struct lab_side first = SERVER(keepers_with_tickets, .suites = "TLS_AES_128_GCM_SHA256");
    const struct lab_side second =
        SERVER(keepers_with_tickets, .groups = "secp384r1", .suites = "TLS_AES_256_GCM_SHA384");
    visit(&(struct resume_visit){.client = &client, .server = &first}, &store, false);
    visit(&(struct resume_visit){.client = &client, .server = &second}, &store, false);
}

/* A client that offers it all the same, as if it had the retry's hash, gets a full handshake: RFC 9846 4.3.11.2. */
static void behind_a_retry_the_hash_is_the_retry_s(void **state)
{
    (void)state;
    struct resume_store store = {0};
    struct hf_failure failure;
    const struct lab_side client = CLIENT(hf_builder_session_tickets, .groups = "x25519:secp384r1");
    const struct lab_side first = SERVER(keepers_with_tickets, .suites = "TLS_AES_128_GCM_SHA256");
    const struct lab_side second =
        SERVER(keepers_with_tickets, .groups = "secp384r1", .suites = "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256");
    visit(&(struct resume_visit){.client = &client, .server = &first}, &store, false);
    struct hf_config *of_client = lab_config(HF_CLIENT, &client, &failure);
    struct hf_config *of_server = lab_config(HF_SERVER, &second, &failure);
    struct lab_pair pair = {hf_connection_new(of_client, "server.lab", LAB_NOW_MS, &failure),
                            hf_connection_new(of_server, NULL, LAB_NOW_MS, &failure)};
    (void)lab_move(pair.client, pair.server, 16384);
    struct hf_handshake *handshake = &pair.client->handshake; /* the first hello is out, without a session */
    assert_int_equal(hf_resumption_offer(handshake, hf_span_of(store.client.at, store.client.len)), HF_OK);
    handshake->work->past->psks[0].hash = handshake->work->offer.psks[0].hash = HF_HASH_SHA384;
    resume_lab_run(&pair, LAB_NOW_MS);
    resume_lab_assert_open(&pair, /* resumed= */ false);
    lab_pair_close(&pair);
    hf_config_drop(of_client);
    hf_config_drop(of_server);
}

/* Both suites have the hash: the session goes on under the other one (RFC 9846 4.7.1). */
static void a_session_goes_on_under_a_suite_of_its_hash(void **state)
{
    (void)state;
    struct resume_store store = {0};
    const struct lab_side aes = SERVER(keepers_with_tickets, .suites = "TLS_AES_128_GCM_SHA256");
    const struct lab_side chacha = SERVER(keepers_with_tickets, .suites = "TLS_CHACHA20_POLY1305_SHA256");
    visit(&(struct resume_visit){.client = &asking, .server = &aes}, &store, false);
    visit(&(struct resume_visit){.client = &asking, .server = &chacha}, &store, true);
}

static void both_ends_may_do_without_a_key_exchange(void **state)
{
    (void)state;
    const struct lab_side client = CLIENT(alone);
    const struct lab_side server = SERVER(serves_alone);
    struct resume_store store = {0};
    visit(&(struct resume_visit){.client = &client, .server = &server}, &store, false);
    struct hf_session_info info;
    struct lab_pair pair;
    const struct lab_side servers[] = {server, SERVER(serves_alone, .groups = "secp384r1")};
    const struct lab_side narrow = CLIENT(alone, .groups = "x25519");
    for (size_t i = 0; i < 2; i++) { /* with one that both have they do it, all the same */
        resume_lab_open(&pair, &(struct resume_visit){.client = &narrow, .server = &servers[i]}, &store);
        resume_lab_assert_open(&pair, true);
        hf_session_info(pair.client, &info);
        assert_string_equal(info.group, i == 0 ? "x25519" : "");
        lab_pair_close(&pair);
    }
    const struct lab_side wary = SERVER(keepers_with_tickets, .groups = "secp384r1"); /* only one end said so */
    resume_lab_open(&pair, &(struct resume_visit){.client = &narrow, .server = &wary}, &store);
    assert_int_equal(hf_failure(pair.server)->error, HF_ERR_no_common_group);
    lab_pair_close(&pair);
}

static void several_tickets_come_one_event_each(void **state)
{
    (void)state;
    struct resume_store none = {0};
    struct resume_bytes first, second, third;
    struct lab_pair pair;
    resume_lab_open(&pair, &by_ticket, &none);
    resume_lab_assert_open(&pair, false);
    assert_true(take(pair.client, &first));
    assert_true(take(pair.client, &second));
    assert_false(take(pair.client, &third));
    assert_true(first.len != second.len || memcmp(first.at, second.at, first.len) != 0);
    lab_pair_close(&pair);
    struct resume_store store = {.client = second};
    visit(&by_ticket, &store, true);

    const struct lab_side one = SERVER(with_one_ticket);
    resume_lab_open(&pair, &(struct resume_visit){.client = &asking, .server = &one}, &none);
    assert_true(take(pair.client, &first));
    assert_false(take(pair.client, &first));
    lab_pair_close(&pair);
}

/* A client that wants none gets none kept, and still hears that it was accepted. */
static void who_does_not_ask_keeps_none(void **state)
{
    (void)state;
    struct resume_store none = {0};
    struct lab_pair pair;
    const struct lab_side plain = {.who = LAB_CLIENT};
    resume_lab_open(&pair, &(struct resume_visit){.client = &plain, .server = &ticketing}, &none);
    resume_lab_assert_open(&pair, false);
    assert_int_equal(hf_session_size(pair.client), 0);
    assert_false(lab_event(pair.client, HF_EVENT_SESSION));
    lab_pair_close(&pair);
}

static void ask_for_five(struct hf_builder *builder)
{
    hf_builder_session_tickets(builder);
    hf_builder_ticket_request(builder, 5, 3);
}

static void ask_for_none(struct hf_builder *builder)
{
    hf_builder_session_tickets(builder);
    hf_builder_ticket_request(builder, 0, 0);
}

static size_t count_sessions(struct hf_connection *connection)
{
    struct resume_bytes bytes;
    size_t count = 0;
    while (take(connection, &bytes))
        count++;
    return count;
}

static void a_client_gets_as_many_as_it_asks_for(void **state)
{
    (void)state;
    struct resume_store store = {0};
    struct lab_pair pair;
    const struct lab_side five = CLIENT(ask_for_five);
    const struct lab_side zero = CLIENT(ask_for_none);
    visit(&by_ticket, &store, false);
    struct resume_store none = {0};
    resume_lab_open(&pair, &(struct resume_visit){.client = &five, .server = &ticketing}, &none);
    resume_lab_assert_open(&pair, false);
    assert_int_equal(count_sessions(pair.client), 5);
    lab_pair_close(&pair);
    resume_lab_open(&pair, &(struct resume_visit){.client = &five, .server = &ticketing}, &store);
    resume_lab_assert_open(&pair, true);
    assert_int_equal(count_sessions(pair.client), 3);
    lab_pair_close(&pair);
    resume_lab_open(&pair, &(struct resume_visit){.client = &zero, .server = &ticketing}, &none);
    (void)lab_pair_run(&pair);
    assert_non_null(hf_peer(pair.server));
    assert_int_equal(count_sessions(pair.client), 0);
    lab_pair_close(&pair);
}

/* Tickets hold a day, however often they were renewed, or as long as the server says. */
static void they_end(void **state)
{
    (void)state;
    struct resume_store store = {0};
    struct resume_visit later = by_ticket;
    visit(&later, &store, false);
    later.now_ms = LAB_NOW_MS + (uint64_t)86399 * 1000;
    visit(&later, &store, true);
    later.now_ms = LAB_NOW_MS + (uint64_t)86400 * 1000;
    visit(&later, &store, false);
    const struct lab_side hasty = SERVER(with_a_minute);
    store = (struct resume_store){0};
    later = (struct resume_visit){.client = &asking, .server = &hasty};
    visit(&later, &store, false);
    later.now_ms = LAB_NOW_MS + 60000;
    visit(&later, &store, false);
}

/* A ticket from the future has no age. */
static void a_clock_that_went_back_offers_nothing(void **state)
{
    (void)state;
    struct resume_store store = {0};
    struct resume_visit earlier = by_ticket;
    visit(&by_ticket, &store, false);
    earlier.now_ms = LAB_NOW_MS - 2000;
    visit(&earlier, &store, false);
}

static void answer(struct hf_connection *connection, bool accept)
{
    if (hf_peer_candidate(connection) != NULL)
        (void)hf_answer_verdict(connection, accept);
}

/* Both applications judge whom they resume with, each time, and a refusal ends it. */
static void verdicts_are_asked_for_again(void **state)
{
    (void)state;
    const struct lab_side client = CLIENT(hf_builder_session_tickets);
    const struct lab_side server = SERVER(with_verdict);
    const struct resume_visit what = {.client = &client, .server = &server};
    struct resume_store store = {0};
    for (int i = 0; i < 3; i++) {
        struct lab_pair pair;
        resume_lab_open(&pair, &what, &store);
        assert_non_null(hf_peer_candidate(pair.server));
        assert_string_equal(hf_peer_spiffe_id(hf_peer_candidate(pair.server)), "spiffe://lab/billing");
        answer(pair.server, /* accept= */ i < 2);
        resume_lab_run(&pair, LAB_NOW_MS);
        if (i < 2) {
            resume_lab_assert_open(&pair, /* resumed= */ i > 0);
            assert_true(take(pair.client, &store.client));
        } else {
            assert_int_equal(hf_failure(pair.server)->error, HF_ERR_verdict_refused);
        }
        lab_pair_close(&pair);
    }
}

/* Any byte of the binder, and of the key behind it, counts: decrypt_error (RFC 9846 4.3.11.2). */
static void change_secret(struct hf_session *session)
{
    session->secret.bytes[7] ^= 1;
}

static void who_lacks_the_key_is_refused(void **state)
{
    (void)state;
    static const struct lab_side *const servers[] = {&ticketing, &caching};
    for (size_t i = 0; i < 2; i++) {
        struct resume_store store = {0};
        struct lab_pair pair;
        const struct resume_visit what = {.client = &asking, .server = servers[i]};
        resume_lab_open(&pair, &what, &store);
        resume_lab_assert_open(&pair, false);
        assert_true(take(pair.client, &store.client));
        resume_lab_forge(&store.client, pair.client, change_secret);
        lab_pair_close(&pair);
        resume_lab_open(&pair, &what, &store);
        assert_non_null(hf_failure(pair.server));
        assert_int_equal(hf_failure(pair.server)->error, HF_ERR_psk_binder_wrong);
        assert_int_equal(hf_failure(pair.server)->alert, HF_ALERT_decrypt_error);
        lab_pair_close(&pair);
    }
}

static void change_ticket(struct hf_session *session)
{
    static uint8_t changed[HF_SESSION_TICKET_MAX];
    memcpy(changed, session->ticket.data, session->ticket.len);
    changed[session->ticket.len / 2] ^= 1;
    session->ticket.data = changed;
}

static void an_unknown_ticket_is_ignored(void **state)
{
    (void)state;
    static const struct lab_side *const servers[] = {&ticketing, &caching};
    for (size_t i = 0; i < 2; i++) {
        struct resume_store store = {0};
        struct lab_pair pair;
        const struct resume_visit what = {.client = &asking, .server = servers[i]};
        resume_lab_open(&pair, &what, &store);
        assert_true(take(pair.client, &store.client));
        resume_lab_forge(&store.client, pair.client, change_ticket);
        lab_pair_close(&pair);
        visit(&what, &store, false);
    }
}

static void a_ticket_stays_small(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct resume_store store = {0};
    struct hf_session session;
    resume_lab_open(&pair, &by_ticket, &store);
    assert_true(take(pair.client, &store.client));
    assert_int_equal(hf_session_read(hf_span_of(store.client.at, store.client.len), &session), HF_OK);
    assert_true(session.ticket.len < 240);
    lab_pair_close(&pair);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, keepers_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_server_resumes_by_ticket),
        TEST(a_server_resumes_from_its_cache_once),
        TEST(a_server_resumes_from_the_application_s_store),
        TEST(it_resumes_over_datagrams),
        TEST(it_resumes_behind_a_retry),
        TEST(behind_a_retry_the_key_stays),
        TEST(a_retry_for_another_hash_drops_the_session),
        TEST(behind_a_retry_the_hash_is_the_retry_s),
        TEST(a_session_goes_on_under_a_suite_of_its_hash),
        TEST(both_ends_may_do_without_a_key_exchange),
        TEST(several_tickets_come_one_event_each),
        TEST(who_does_not_ask_keeps_none),
        TEST(a_client_gets_as_many_as_it_asks_for),
        TEST(they_end),
        TEST(a_clock_that_went_back_offers_nothing),
        TEST(verdicts_are_asked_for_again),
        TEST(who_lacks_the_key_is_refused),
        TEST(an_unknown_ticket_is_ignored),
        TEST(a_ticket_stays_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
