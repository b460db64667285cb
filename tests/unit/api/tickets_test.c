/* Where the library keeps sessions: its cache, and tickets. Each resumption is judged as one from an application's
 * store is; here stands what only these two can get wrong. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "api/builder.h"
#include "engine/connection.h"
#include "session/ticket.h"
#include "support/keepers.h"
#include "support/resume_lab.h"

static void with_tickets_and_rule(struct hf_builder *builder)
{
    keepers_with_tickets(builder);
    hf_builder_admit(builder, "spiffe://lab/billing");
}

static void with_tickets_and_verdict(struct hf_builder *builder)
{
    keepers_with_tickets(builder);
    hf_builder_verdict_outside(builder);
}

#define SERVER(with, ...) ((struct lab_side){.min = HF_TLS12, .max = HF_TLS12, .more = with, __VA_ARGS__})
#define CLIENT(...)                                                                                                    \
    ((struct lab_side){.who = LAB_CLIENT, .max = HF_TLS12, .more = hf_builder_session_tickets, __VA_ARGS__})

static const struct lab_side plain_client = {.who = LAB_CLIENT};
static const struct lab_side caching = {.min = HF_TLS12, .max = HF_TLS12, .more = keepers_with_cache};
static const struct lab_side ticketing = {.min = HF_TLS12, .max = HF_TLS12, .more = keepers_with_tickets};
static const struct lab_side asking = {.who = LAB_CLIENT, .max = HF_TLS12, .more = hf_builder_session_tickets};

/* A visit, after which the client's session is kept, if there is one. */
static void visit(const struct resume_visit *what, struct resume_store *store, bool resumed)
{
    struct lab_pair pair;
    const uint8_t *id;
    resume_lab_open(&pair, what, store);
    resume_lab_assert_open(&pair, resumed);
    if (what->server->client_auth != HF_CLIENT_AUTH_NONE)
        assert_string_equal(hf_peer_spiffe_id(hf_peer(pair.server)), "spiffe://lab/billing");
    assert_false(lab_event(pair.server, HF_EVENT_NEEDS_SESSION));
    if (hf_session_id(pair.client, &id) > 0)
        assert_int_equal(hf_session_bytes(pair.client, store->client.at, sizeof store->client.at, &store->client.len),
                         HF_OK);
    lab_pair_close(&pair);
}

static const struct resume_visit by_cache = {.client = &plain_client, .server = &caching};
static const struct resume_visit by_ticket = {.client = &asking, .server = &ticketing};

/* ---- tickets ---- */

static void a_server_resumes_by_ticket(void **state)
{
    (void)state;
    struct resume_store store = {0};
    visit(&by_ticket, &store, false);
    assert_int_not_equal(store.client.len, 0);
    for (int i = 0; i < 3; i++)
        visit(&by_ticket, &store, true);
    visit(&by_cache, &store, false); /* this server has no keys for it */
}

static void clients_that_offer_1_3_too_resume_by_ticket(void **state)
{
    (void)state;
    struct resume_store store = {0};
    const struct lab_side both = {.who = LAB_CLIENT, .more = hf_builder_session_tickets};
    const struct resume_visit what = {.client = &both, .server = &ticketing};
    visit(&what, &store, false);
    visit(&what, &store, true);
}

static void the_server_keeps_certificates_only(void **state)
{
    (void)state;
    struct resume_store store = {0};
    struct lab_pair pair;
    resume_lab_open(&pair, &by_ticket, &store);
    const uint8_t *id;
    assert_int_equal(hf_session_id(pair.server, &id), 0);
    assert_false(lab_event(pair.server, HF_EVENT_SESSION));
    assert_true(lab_event(pair.client, HF_EVENT_SESSION));
    assert_int_equal(hf_session_id(pair.client, &id), 32);
    lab_pair_close(&pair);
    for (int i = 0; i < 20; i++) /* of one client, however often it comes: one entry */
        visit(&by_ticket, &store, i > 0);
}

static void a_hello_with_a_ticket_is_small(void **state)
{
    (void)state;
    struct resume_store store = {0};
    struct hf_failure failure;
    const uint8_t *wire;
    visit(&by_ticket, &store, false);
    struct hf_config *config = lab_config(HF_CLIENT, &asking, &failure);
    struct hf_connection *client =
        hf_connection_resume(config, "server.lab", store.client.at, store.client.len, LAB_NOW_MS, &failure);
    size_t len = hf_output(client, &wire);
    assert_true(len > 174);
    assert_true(len < 600);
    hf_connection_free(client);
    hf_config_drop(config);
}

static void without_the_certificates_there_is_a_full_handshake(void **state)
{
    (void)state;
    struct resume_store store = {0};
    visit(&by_ticket, &store, false);
    hf_session_cache_drop(keepers_cache);
    keepers_cache = hf_session_cache_new(16, 3600);
    visit(&by_ticket, &store, false);
    visit(&by_ticket, &store, true);
}

static void a_server_that_asks_nobody_needs_no_cache(void **state)
{
    (void)state;
    struct resume_store store = {0};
    const struct lab_side alone = SERVER(keepers_with_tickets_alone, .client_auth = HF_CLIENT_AUTH_NONE);
    visit(&(struct resume_visit){.client = &asking, .server = &alone}, &store, false);
    visit(&(struct resume_visit){.client = &asking, .server = &alone}, &store, true);
}

static void a_ticket_of_an_older_key_is_renewed(void **state)
{
    (void)state;
    struct resume_store store = {0};
    visit(&by_ticket, &store, false);
    for (int i = 0; i < 10; i++) { /* more than there are keys */
        const struct resume_bytes before = store.client;
        assert_int_equal(hf_ticket_keys_rotate(keepers_keys), HF_OK);
        visit(&by_ticket, &store, true);
        assert_memory_not_equal(store.client.at, before.at, before.len);
    }
}

/* RFC 5246 F.1.4: a day after it was made it is over, however often it was renewed. */
static void a_renewed_session_does_not_get_younger(void **state)
{
    (void)state;
    struct resume_store store = {0};
    struct resume_visit later = by_ticket;
    hf_session_cache_drop(keepers_cache);
    keepers_cache = hf_session_cache_new(16, 1000000);
    visit(&by_ticket, &store, false);
    assert_int_equal(hf_ticket_keys_rotate(keepers_keys), HF_OK);
    later.now_ms = LAB_NOW_MS + (uint64_t)86399 * 1000;
    visit(&later, &store, true);
    later.now_ms = LAB_NOW_MS + (uint64_t)86400 * 1000;
    visit(&later, &store, false);
}

static void a_ticket_of_a_lost_key_is_none(void **state)
{
    (void)state;
    struct resume_store store = {0};
    visit(&by_ticket, &store, false);
    for (int i = 0; i < 4; i++)
        assert_int_equal(hf_ticket_keys_rotate(keepers_keys), HF_OK);
    visit(&by_ticket, &store, false);
    visit(&by_ticket, &store, true);
}

static void tickets_of_other_policies_are_none(void **state)
{
    (void)state;
    const struct lab_side none = SERVER(keepers_with_tickets, .client_auth = HF_CLIENT_AUTH_NONE);
    const struct lab_side admits = SERVER(with_tickets_and_rule, .who = LAB_SERVER);
    const struct lab_side of_other_key = SERVER(keepers_with_tickets, .key = MAKE_KEY_ED25519);
    const struct lab_side *const sides[] = {&ticketing, &none, &admits, &of_other_key};
    for (size_t from = 0; from < 4; from++)
        for (size_t to = 0; to < 4; to++) {
            struct resume_store store = {0};
            visit(&(struct resume_visit){.client = &asking, .server = sides[from]}, &store, false);
            visit(&(struct resume_visit){.client = &asking, .server = sides[to]}, &store, from == to);
        }
}

static void leave(struct hf_session *session)
{
    assert_true(session->ticket.len > 0);
}

/* The ticket of one virtual server, given to another that has the same keys: the client is made to. */
static void tickets_of_other_names_are_none(void **state)
{
    (void)state;
    struct resume_store store = {0};
    struct lab_pair pair;
    visit(&by_ticket, &store, false);
    const struct lab_side elsewhere = CLIENT(.name = "127.0.0.1");
    resume_lab_open(&pair, &(struct resume_visit){.client = &elsewhere, .server = &ticketing}, &store);
    resume_lab_assert_open(&pair, false); /* it is not even offered */
    lab_pair_close(&pair);

    struct resume_visit strange = by_ticket;
    struct resume_store none = {0};
    strange.client = &elsewhere;
    struct lab_pair first;
    resume_lab_open(&first, &strange, &none);
    resume_lab_assert_open(&first, false);
    resume_lab_forge(&store.client, first.client, leave);
    lab_pair_close(&first);
    resume_lab_open(&pair, &strange, &store); /* offered under another name: the server says no */
    resume_lab_assert_open(&pair, false);
    lab_pair_close(&pair);
}

/* ---- a client whose certificate ends in an hour ---- */

static struct short_lived {
    char *chain, *key, *root;
} short_lived;

static int make_short_lived(void **state)
{
    struct make_certificate *root = make_certificate(&(struct make_certificate_of){.subject = "CN=Short", .ca = true});
    struct make_certificate *leaf = make_certificate(&(struct make_certificate_of){
        .subject = "CN=soon gone", .issuer = root, .ekus = "clientAuth", .not_after_s = LAB_NOW_S + 3600});
    short_lived.chain = make_certificate_pem(leaf);
    short_lived.key = make_certificate_key_pem(leaf);
    short_lived.root = make_certificate_pem(root);
    make_certificate_free(leaf);
    make_certificate_free(root);
    return keepers_set_up(state);
}

static int free_short_lived(void **state)
{
    free(short_lived.chain);
    free(short_lived.key);
    free(short_lived.root);
    return keepers_tear_down(state);
}

static void add_short_lived(struct hf_builder *builder)
{
    hf_builder_session_tickets(builder);
    hf_builder_identity_pem(builder, short_lived.chain, strlen(short_lived.chain), short_lived.key,
                            strlen(short_lived.key));
}

static void trust_short_lived(struct hf_builder *builder)
{
    keepers_with_tickets(builder);
    hf_builder_trust_pem(builder, short_lived.root, strlen(short_lived.root));
}

static const struct hf_connection *forger;

/* The same ticket, sealed anew by the very keys: it lasts a day, and the certificates are kept as long. */
static void last_a_day(struct hf_session *session)
{
    static uint8_t room[HF_TICKET_MAX];
    const struct hf_ticket_tools tools = {
        .toolbox = forger->config->toolbox,
        .allocator = &forger->config->allocator,
        .random = &forger->config->random,
    };
    struct hf_ticket ticket;
    struct hf_buffer chain;
    enum hf_ticket_keys_age age;
    bool found;
    assert_int_equal(hf_ticket_open(session->ticket, keepers_keys, &tools, &ticket, &age), HF_OK);
    assert_int_equal(age, HF_TICKET_KEYS_NEWEST);
    assert_int_equal(ticket.session.lifetime_s, 3600);
    const struct hf_cache_key key = {HF_CACHE_CHAIN, hf_span_of(ticket.chain, sizeof ticket.chain)};
    const struct hf_cache_times long_time = {LAB_NOW_S + 3600, LAB_NOW_S + 86400};
    hf_buffer_init(&chain, &hf_allocation_standard, 8192);
    assert_int_equal(hf_cache_get(keepers_cache, &key, LAB_NOW_S, &chain, &found), HF_OK);
    assert_true(found);
    hf_cache_put(keepers_cache, &key, hf_buffer_span(&chain), &long_time);
    hf_buffer_release(&chain);
    session->lifetime_s = ticket.session.lifetime_s = 86400;
    struct hf_writer writer = hf_writer_of(room, sizeof room);
    assert_int_equal(hf_ticket_seal(&ticket, keepers_keys, &tools, &writer), HF_OK);
    session->ticket = hf_writer_span(&writer);
}

/* First by the session's own end, which is that of its certificate; then, with that end forged away, because the
 * certificate is judged again. Before that end the forged ticket is as good as the other. */
static void an_expired_client_is_not_resumed(void **state)
{
    (void)state;
    const struct lab_side client = {.who = LAB_CLIENT, .max = HF_TLS12, .more = add_short_lived};
    const struct lab_side server = SERVER(trust_short_lived, .trusts_other = true);
    struct resume_visit what = {.client = &client, .server = &server};
    struct resume_store store = {0};
    struct resume_store forged;
    struct lab_pair pair;
    resume_lab_open(&pair, &what, &store);
    resume_lab_assert_open(&pair, false);
    assert_int_equal(hf_session_bytes(pair.client, store.client.at, sizeof store.client.at, &store.client.len), HF_OK);
    forged = store;
    forger = pair.client;
    resume_lab_forge(&forged.client, pair.client, last_a_day);
    lab_pair_close(&pair);
    for (int i = 0; i < 4; i++) {
        bool late = i >= 2;
        what.now_ms = LAB_NOW_MS + (late ? UINT64_C(7000000) : UINT64_C(3500000));
        resume_lab_open(&pair, &what, i % 2 == 0 ? &store : &forged);
        if (late) /* asked who it is now, the client has nothing to show any more */
            lab_assert_failed(pair.server,
                              &(struct lab_failure){HF_ERR_certificate_missing, HF_BY_US, HF_ALERT_handshake_failure});
        else
            resume_lab_assert_open(&pair, true);
        lab_pair_close(&pair);
    }
}

static void the_verdict_is_asked_for_again(void **state)
{
    (void)state;
    for (int accepts = 0; accepts < 2; accepts++) {
        struct resume_store store = {0};
        const struct lab_side judging = SERVER(with_tickets_and_verdict, .who = LAB_SERVER);
        const struct resume_visit what = {.client = &asking, .server = &judging};
        struct lab_pair pair;
        for (int again = 0; again < 2; again++) {
            resume_lab_open(&pair, &what, &store);
            assert_non_null(hf_peer_candidate(pair.server));
            assert_string_equal(hf_peer_spiffe_id(hf_peer_candidate(pair.server)), "spiffe://lab/billing");
            (void)hf_answer_verdict(pair.server, again == 0 || accepts);
            resume_lab_run(&pair, LAB_NOW_MS);
            if (again == 0 || accepts)
                resume_lab_assert_open(&pair, again == 1);
            else
                assert_non_null(hf_failure(pair.client));
            if (again == 0)
                assert_int_equal(
                    hf_session_bytes(pair.client, store.client.at, sizeof store.client.at, &store.client.len), HF_OK);
            lab_pair_close(&pair);
        }
    }
}

/* ---- over datagrams ---- */

static void datagrams_and_tickets(struct hf_builder *builder)
{
    if (builder->config->role == HF_SERVER)
        keepers_with_tickets(builder);
    else
        hf_builder_session_tickets(builder);
    hf_builder_datagrams(builder);
}

static void datagrams_and_cache(struct hf_builder *builder)
{
    if (builder->config->role == HF_SERVER)
        keepers_with_cache(builder);
    hf_builder_datagrams(builder);
}

static void sessions_are_resumed_over_datagrams(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        void (*const more)(struct hf_builder *) = i == 0 ? datagrams_and_tickets : datagrams_and_cache;
        const struct lab_side client = {.who = LAB_CLIENT, .max = HF_TLS12, .more = more};
        const struct lab_side server = {.min = HF_TLS12, .max = HF_TLS12, .more = more};
        const struct resume_visit what = {.client = &client, .server = &server};
        struct resume_store store = {0};
        visit(&what, &store, false);
        visit(&what, &store, true);
        if (i == 0) {
            assert_int_equal(hf_ticket_keys_rotate(keepers_keys), HF_OK);
            visit(&what, &store, true);
            visit(&by_ticket, &store, false); /* over a stream it is another version */
        }
    }
}

/* ---- extended master secret ---- */

static void without_demand(struct hf_builder *builder)
{
    keepers_with_tickets(builder);
    hf_builder_allow_without_extended_master_secret(builder);
}

/* RFC 7627 5.3: such a hello is refused, also by a server that does without elsewhere. */
static void a_ticket_without_extended_master_secret_is_refused(void **state)
{
    (void)state;
    const struct lab_side lenient = SERVER(without_demand, .who = LAB_SERVER);
    const struct resume_visit what = {.client = &asking, .server = &lenient};
    struct resume_store store = {0};
    struct hf_failure failure;
    uint8_t wire[2048];
    size_t len = 0;
    visit(&what, &store, false);
    struct hf_config *of_client = lab_config(HF_CLIENT, &asking, &failure);
    struct hf_config *of_server = lab_config(HF_SERVER, &lenient, &failure);
    struct hf_connection *client =
        hf_connection_resume(of_client, "server.lab", store.client.at, store.client.len, LAB_NOW_MS, &failure);
    struct hf_connection *server = hf_connection_new(of_server, NULL, LAB_NOW_MS, &failure);
    hf_drain(client, wire, sizeof wire, &len);
    size_t found = 0;
    for (size_t i = 0; i + 4 <= len && found == 0; i++)
        if (memcmp(wire + i, "\0\x17\0\0", 4) == 0)
            found = i;
    assert_int_not_equal(found, 0);
    wire[found] = wire[found + 1] = 0xfa; /* an extension that nobody knows */
    assert_int_equal(hf_feed(server, wire, len, LAB_NOW_MS), HF_ERR_extended_master_secret_missing);
    hf_connection_free(client);
    hf_connection_free(server);
    hf_config_drop(of_client);
    hf_config_drop(of_server);
}

/* ---- garbage ---- */

static size_t damage_at;

static void damage(struct hf_session *session)
{
    static uint8_t bytes[HF_SESSION_TICKET_MAX];
    assert_true(hf_span_copy(session->ticket, bytes, sizeof bytes));
    bytes[damage_at % session->ticket.len] ^= 0x10;
    session->ticket = hf_span_of(bytes, session->ticket.len);
}

static void shorten(struct hf_session *session)
{
    session->ticket = hf_span_part(session->ticket, 0, damage_at % session->ticket.len + 1);
}

static void lengthen(struct hf_session *session)
{
    static uint8_t bytes[HF_SESSION_TICKET_MAX];
    assert_true(hf_span_copy(session->ticket, bytes, sizeof bytes));
    session->ticket = hf_span_of(bytes, session->ticket.len + 1 + damage_at * 8);
}

static void garbage_leads_to_a_full_handshake(void **state)
{
    (void)state;
    void (*const changes[])(struct hf_session *) = {damage, shorten, lengthen};
    struct resume_store store = {0};
    struct lab_pair pair;
    visit(&by_ticket, &store, false);
    resume_lab_open(&pair, &by_ticket, &(struct resume_store){0});
    for (size_t i = 0; i < 3; i++)
        for (damage_at = 0; damage_at < 173; damage_at += 19) {
            struct resume_store bad = store;
            resume_lab_forge(&bad.client, pair.client, changes[i]);
            visit(&by_ticket, &bad, false);
        }
    lab_pair_close(&pair);
    visit(&by_ticket, &store, true);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, keepers_set_up, keepers_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_server_resumes_by_ticket),
        TEST(clients_that_offer_1_3_too_resume_by_ticket),
        TEST(the_server_keeps_certificates_only),
        TEST(a_hello_with_a_ticket_is_small),
        TEST(without_the_certificates_there_is_a_full_handshake),
        TEST(a_server_that_asks_nobody_needs_no_cache),
        TEST(a_ticket_of_an_older_key_is_renewed),
        TEST(a_renewed_session_does_not_get_younger),
        TEST(a_ticket_of_a_lost_key_is_none),
        TEST(tickets_of_other_policies_are_none),
        TEST(tickets_of_other_names_are_none),
        cmocka_unit_test_setup_teardown(an_expired_client_is_not_resumed, make_short_lived, free_short_lived),
        TEST(the_verdict_is_asked_for_again),
        TEST(sessions_are_resumed_over_datagrams),
        TEST(a_ticket_without_extended_master_secret_is_refused),
        TEST(garbage_leads_to_a_full_handshake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
