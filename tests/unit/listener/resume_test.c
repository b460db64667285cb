/* Sessions resumed through a listener: by ID and ticket in 1.2 behind a HelloVerifyRequest, by PSK in 1.3 behind a
 * HelloRetryRequest that nobody kept, whose binder covers the cookie. RFC 9846 4.3.11.2, RFC 9147 5.1. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <handfast/session.h>

#include <string.h>

#include "support/crowd.h"

enum { SESSION_MAX = 8192, DATAGRAM_MAX = 4096 };

static const enum hf_version versions[] = {HF_TLS12, HF_TLS13};
static struct hf_session_cache *cache;
static struct hf_ticket_keys *ticket_keys;
static bool by_ticket;

static void server_more(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    hf_builder_session_cache(builder, cache); /* tickets need it too: for the client's certificates */
    if (by_ticket)
        hf_builder_ticket_keys(builder, ticket_keys);
}

static void client_more(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    hf_builder_session_tickets(builder);
}

struct session {
    uint8_t bytes[SESSION_MAX];
    size_t len;
};

static void open_crowd(struct crowd *crowd, enum hf_version version, bool tickets)
{
    const struct lab_side client = {.min = version, .max = version, .more = client_more};
    const struct lab_side server = {.min = version, .max = version, .more = server_more};
    by_ticket = tickets;
    cache = hf_session_cache_new(100, 3600);
    ticket_keys = hf_ticket_keys_new();
    assert_non_null(cache);
    assert_non_null(ticket_keys);
    crowd_open(crowd, version, NULL);
    hf_listener_free(crowd->listener);
    hf_config_drop(crowd->server_config);
    hf_config_drop(crowd->client_config);
    crowd->server_config = lab_config(HF_SERVER, &server, NULL);
    crowd->client_config = lab_config(HF_CLIENT, &client, NULL);
    crowd->listener = hf_listener_new(crowd->server_config, NULL, NULL);
    assert_non_null(crowd->listener);
}

static void close_crowd(struct crowd *crowd)
{
    crowd_close(crowd);
    hf_session_cache_drop(cache);
    hf_ticket_keys_drop(ticket_keys);
}

/* The first connection, closed, and what the client keeps of it. */
static void first_visit(struct crowd *crowd, struct session *session)
{
    struct hf_connection *client = crowd_join(crowd, 0);
    crowd_pass(crowd, 1000);
    assert_true(crowd_is_open(client));
    assert_true(lab_event_first(client, HF_EVENT_SESSION));
    assert_int_equal(hf_session_bytes(client, session->bytes, sizeof session->bytes, &session->len), HF_OK);
}

static struct hf_connection *come_again(struct crowd *crowd, const struct session *session)
{
    hf_connection_free(crowd->clients[0].connection);
    crowd->clients[0].connection =
        hf_connection_resume(crowd->client_config, "server.lab", session->bytes, session->len, crowd->now_ms, NULL);
    strcpy(crowd->clients[0].address, "again");
    assert_non_null(crowd->clients[0].connection);
    return crowd->clients[0].connection;
}

static void sessions_are_resumed_behind_the_cookie(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++)
        for (int tickets = 0; tickets <= 1; tickets++) {
            struct crowd crowd;
            struct session session;
            struct hf_session_info info;
            open_crowd(&crowd, versions[v], tickets != 0);
            first_visit(&crowd, &session);
            struct hf_connection *client = come_again(&crowd, &session);
            crowd_run(&crowd);
            assert_true(crowd_is_open(client));
            hf_session_info(client, &info);
            assert_true(info.resumed);
            assert_int_equal(info.hello_retried, versions[v] == HF_TLS13);
            assert_int_equal(crowd_counts(&crowd).cookies, 2); /* one each */
            struct hf_association *one, *last = NULL;
            while ((one = hf_listener_next(crowd.listener)) != NULL)
                last = one;
            assert_non_null(last);
            assert_string_equal(hf_peer_spiffe_id(hf_peer(hf_association_connection(last))), "spiffe://lab/billing");
            close_crowd(&crowd);
        }
}

/* The binder covers the second hello with its cookie: one that is changed on the way does not pass. */
static void a_changed_binder_is_refused(void **state)
{
    (void)state;
    struct crowd crowd;
    struct session session;
    uint8_t second[DATAGRAM_MAX];
    size_t len;
    open_crowd(&crowd, HF_TLS13, true);
    first_visit(&crowd, &session);
    struct hf_connection *client = come_again(&crowd, &session);
    (void)crowd_to_listener(&crowd);
    (void)crowd_from_listener(&crowd);
    hf_drain(client, second, sizeof second, &len);
    second[len - 1] ^= 1; /* pre_shared_key, with its binders, is last */
    hf_listener_feed(crowd.listener, "again", 5, second, len, crowd.now_ms);
    struct hf_association *one;
    const struct hf_failure *failure = NULL;
    while (failure == NULL && (one = hf_listener_next(crowd.listener)) != NULL)
        failure = hf_failure(hf_association_connection(one));
    assert_non_null(failure);
    assert_int_equal(failure->error, HF_ERR_psk_binder_wrong);
    close_crowd(&crowd);
}

/* A hello in pieces cannot offer a session: what its binder covered was not kept. */
static void a_session_offered_in_pieces_is_told_why(void **state)
{
    (void)state;
    struct crowd crowd;
    struct session session;
    open_crowd(&crowd, HF_TLS13, true);
    first_visit(&crowd, &session);
    struct hf_connection *client = come_again(&crowd, &session);
    uint8_t hello[DATAGRAM_MAX];
    size_t len;
    hf_drain(client, hello, sizeof hello, &len);
    /* Its front without the last 60 bytes, as a fragment of its own: see pieces_test.c. */
    size_t cut = len - 60 - 25;
    uint8_t front[DATAGRAM_MAX];
    memcpy(front, hello, 25 + cut);
    front[11] = (uint8_t)((cut + 12) >> 8);
    front[12] = (uint8_t)(cut + 12);
    front[22] = 0;
    front[23] = (uint8_t)(cut >> 8);
    front[24] = (uint8_t)cut;
    hf_listener_feed(crowd.listener, "again", 5, front, 25 + cut, crowd.now_ms);
    crowd_run(&crowd);
    struct hf_association *one;
    const struct hf_failure *failure = NULL;
    while (failure == NULL && (one = hf_listener_next(crowd.listener)) != NULL)
        failure = hf_failure(hf_association_connection(one));
    assert_non_null(failure);
    assert_int_equal(failure->error, HF_ERR_hello_in_pieces);
    close_crowd(&crowd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sessions_are_resumed_behind_the_cookie),
        cmocka_unit_test(a_changed_binder_is_refused),
        cmocka_unit_test(a_session_offered_in_pieces_is_told_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
