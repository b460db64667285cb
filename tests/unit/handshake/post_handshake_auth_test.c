/* A server of 1.3 asks its client who it is on the open connection: what comes of it, at both ends, over streams and
 * datagrams. What is refused: post_handshake_auth_refused_test.c. RFC 9846 4.7.2. */
#include <handfast/session.h>

#include "support/key_holder.h"
#include "unit/handshake/later.h"

static void let_later_and_judge(struct hf_builder *builder)
{
    let_later(builder);
    hf_builder_verdict_outside(builder);
}

static void add_outside(struct hf_builder *builder)
{
    const struct lab_identity *identity = lab_identity(LAB_CLIENT, MAKE_KEY_P256);
    let_later(builder);
    hf_builder_identity_outside(builder, identity->chain, strlen(identity->chain));
}

/* ---- what is wanted ---- */

static void a_client_is_known_from_then_on(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct hf_session_info info;
    open_pair(&pair, &willing, &one_way);
    assert_null(hf_peer(pair.server));
    const struct hf_peer *server = hf_peer(pair.client);
    ask(&pair);
    assert_answered(&pair);
    assert_ptr_equal(hf_peer(pair.client), server); /* who has it keeps it */
    hf_session_info(pair.client, &info);
    assert_true(info.opened && info.presented_certificate && info.asked_for_certificate);
    hf_session_info(pair.server, &info);
    assert_true(info.opened && info.peer_scheme[0] != '\0' && info.asked_for_certificate);
    lab_pair_close(&pair);
}

static void the_client_is_told(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct hf_certificate_request_info request;
    struct hf_event event;
    open_pair(&pair, &willing, &one_way);
    ask(&pair);
    assert_true(hf_next_event(pair.client, &event));
    assert_int_equal(event.kind, HF_EVENT_CERTIFICATE_REQUESTED);
    assert_true(hf_next_event(pair.client, &event));
    assert_int_equal(event.kind, HF_EVENT_CERTIFICATE_ANSWERED);
    hf_certificate_request(pair.client, &request);
    assert_true(request.asked && request.answered);
    assert_int_equal(request.authority_count, 1);
    ask(&pair); /* the second request is told as the first was */
    hf_certificate_request(pair.client, &request);
    assert_int_equal(request.authority_count, 1);
    lab_pair_close(&pair);
}

static void it_needs_no_whole_records(void **state)
{
    (void)state;
    struct lab_pair pair;
    if (over_datagrams)
        return;
    open_pair(&pair, &willing, &one_way);
    assert_int_equal(hf_ask_for_certificate(pair.server), HF_OK);
    assert_int_equal(hf_ask_for_certificate(pair.server), HF_OK);
    (void)lab_pair_run_cut(&pair, 1);
    assert_answered(&pair);
    assert_int_equal(hf_certificates_awaited(pair.server), 0);
    lab_pair_close(&pair);
}

static void every_hash_and_version_of_the_keys_can(void **state)
{
    (void)state;
    static const char *const suites[] = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"};
    for (size_t i = 0; i < 2; i++) {
        struct lab_pair pair;
        struct lab_side client = willing;
        client.suites = suites[i];
        open_pair(&pair, &client, &one_way);
        assert_int_equal(hf_key_update(pair.client, /* ask_peer= */ true), HF_OK);
        run(&pair);
        ask(&pair);
        assert_answered(&pair);
        assert_int_equal(hf_key_update(pair.server, /* ask_peer= */ true), HF_OK);
        run(&pair);
        ask(&pair);
        assert_answered(&pair);
        lab_pair_close(&pair);
    }
}

/* The client updates its keys between request and answer. */
static void the_keys_that_count_are_the_clients_of_then(void **state)
{
    (void)state;
    struct lab_pair pair;
    open_pair(&pair, &willing, &one_way);
    assert_int_equal(hf_ask_for_certificate(pair.server), HF_OK);
    assert_int_equal(hf_key_update(pair.client, /* ask_peer= */ false), HF_OK);
    run(&pair);
    assert_answered(&pair);
    lab_pair_close(&pair);
}

static void who_is_known_may_be_asked_again(void **state)
{
    (void)state;
    struct lab_pair pair;
    open_pair(&pair, &willing, &strict);
    const struct hf_peer *client = hf_peer(pair.server);
    assert_non_null(client);
    for (int i = 0; i < 20; i++) {
        ask(&pair);
        assert_answered(&pair);
        assert_ptr_equal(hf_peer(pair.server), client);
    }
    lab_pair_close(&pair);
}

static void several_may_be_out(void **state)
{
    (void)state;
    struct lab_pair pair;
    open_pair(&pair, &willing, &one_way);
    for (size_t i = 1; i <= HF_POST_HANDSHAKE_OUT_MAX; i++) {
        assert_int_equal(hf_ask_for_certificate(pair.server), HF_OK);
        assert_int_equal(hf_certificates_awaited(pair.server), i);
    }
    assert_int_equal(hf_ask_for_certificate(pair.server), HF_ERR_wrong_call);
    run(&pair);
    assert_int_equal(hf_certificates_awaited(pair.server), 0);
    assert_answered(&pair);
    assert_int_equal(hf_ask_for_certificate(pair.server), HF_OK);
    lab_pair_close(&pair);
}

/* RFC 9846 4.7.2: not in the order in which they were asked. */
static void answers_come_in_any_order(void **state)
{
    (void)state;
    struct lab_pair pair;
    open_pair(&pair, &willing, &one_way);
    assert_int_equal(hf_ask_for_certificate(pair.server), HF_OK);
    assert_int_equal(hf_ask_for_certificate(pair.server), HF_OK);
    struct hf_post_handshake *post = pair.server->handshake.post;
    const struct hf_post_handshake_request first = post->out[0];
    post->out[0] = post->out[1];
    post->out[1] = first;
    run(&pair);
    assert_answered(&pair);
    lab_pair_close(&pair);
}

/* Moves all, but loses one datagram: the lost-th of both directions. Returns how many there were. */
static size_t run_and_lose(struct lab_pair *pair, size_t lost)
{
    struct hf_connection *const ends[] = {pair->client, pair->server};
    size_t count = 0;
    for (size_t turn = 0; turn < 40; turn++) {
        now_ms += 200;
        (void)hf_tick(pair->client, now_ms);
        (void)hf_tick(pair->server, now_ms);
        for (size_t i = 0; i < 8; i++) {
            const uint8_t *wire;
            struct hf_connection *from = ends[i % 2], *to = ends[1 - i % 2];
            size_t len = hf_output(from, &wire);
            if (len > 0 && count++ != lost)
                (void)hf_feed(to, wire, len, now_ms);
            hf_drained(from, len);
        }
    }
    return count;
}

/* RFC 9147 5.8.4: request and answer are flights that go again. */
static void any_datagram_may_be_lost(void **state)
{
    (void)state;
    if (!over_datagrams)
        return;
    for (size_t lost = 0, count = 1; lost <= count; lost++) {
        struct lab_pair pair;
        open_pair(&pair, &willing, &one_way);
        assert_int_equal(hf_ask_for_certificate(pair.server), HF_OK);
        assert_int_equal(hf_ask_for_certificate(pair.server), HF_OK);
        count = run_and_lose(&pair, lost);
        assert_answered(&pair);
        assert_int_equal(hf_certificates_awaited(pair.server), 0);
        lab_pair_close(&pair);
    }
}

/* ---- who declines ---- */

static void a_client_may_decline(void **state)
{
    (void)state;
    const struct lab_side *const clients[] = {&nobody, &silent};
    for (size_t i = 0; i < 2; i++) {
        struct lab_pair pair;
        struct hf_certificate_request_info request;
        open_pair(&pair, clients[i], &one_way);
        ask(&pair);
        assert_declined(&pair);
        assert_null(hf_peer(pair.server));
        hf_certificate_request(pair.client, &request);
        assert_true(request.asked && !request.answered);
        ask(&pair);
        assert_declined(&pair);
        lab_pair_close(&pair);
    }
}

static void decline_all_misfits(struct hf_builder *builder)
{
    let_decline(builder);
    hf_builder_must_present(builder);
}

/* Who declines anyway needs no certificate that fits. */
static void a_client_declines_what_nothing_fits(void **state)
{
    (void)state;
    struct lab_pair pair;
    open_pair(&pair, &(struct lab_side){.who = LAB_CLIENT_STRANGER, .more = decline_all_misfits}, &one_way);
    ask(&pair);
    assert_declined(&pair);
    lab_pair_close(&pair);
}

/* What was proven before holds, where the policy lets it. */
static void a_client_that_is_known_may_decline(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct hf_session_info info;
    open_pair(&pair, &silent, &polite);
    const struct hf_peer *client = hf_peer(pair.server);
    assert_non_null(client);
    ask(&pair);
    assert_declined(&pair);
    assert_ptr_equal(hf_peer(pair.server), client);
    hf_session_info(pair.client, &info);
    assert_true(info.presented_certificate);
    lab_pair_close(&pair);
    open_pair(&pair, &silent, &strict);
    ask(&pair);
    assert_server_fails(&pair, HF_ERR_certificate_missing);
    assert_int_equal(hf_failure(pair.client)->alert, HF_ALERT_certificate_required);
    lab_pair_close(&pair);
}

/* ---- data on the way ---- */

static void data_goes_on_meanwhile(void **state)
{
    (void)state;
    struct lab_pair pair;
    open_pair(&pair, &willing, &one_way);
    assert_int_equal(hf_ask_for_certificate(pair.server), HF_OK);
    lab_assert_data(&pair, pair.server, pair.client);
    lab_assert_data(&pair, pair.client, pair.server);
    run(&pair);
    assert_answered(&pair);
    lab_pair_close(&pair);
}

static void stop_amid(struct lab_pair *pair, enum hf_message before, struct puppet **ret_puppet)
{
    open_pair(pair, &willing, &one_way);
    *ret_puppet = puppet_take(pair->client);
    puppet_stop_before(*ret_puppet, before);
    ask(pair);
    assert_int_equal(hf_machine_state(pair->server->handshake.state)->kind, HF_STATE_AMID);
}

/* RFC 9846 4.7.2: nothing comes between the messages of an answer. What we send is another matter. */
static void nothing_comes_amid_an_answer(void **state)
{
    (void)state;
    static const enum hf_message stops[] = {HF_MESSAGE_certificate_verify, HF_MESSAGE_finished};
    if (over_datagrams)
        return;
    for (size_t i = 0; i < 4; i++) {
        struct lab_pair pair;
        struct puppet *puppet;
        stop_amid(&pair, stops[i % 2], &puppet);
        assert_null(hf_peer(pair.server));
        assert_int_equal(hf_ask_for_certificate(pair.server), HF_ERR_wrong_call);
        lab_assert_data(&pair, pair.server, pair.client);
        if (i < 2)
            assert_true(puppet_send_data(puppet, hf_span_of_text("whose?")));
        else
            puppet_send_message(puppet, 24, hf_span_of_text("\x01"));
        (void)lab_pair_run(&pair);
        assert_server_fails(&pair, HF_ERR_unexpected_message);
        lab_pair_close(&pair);
    }
}

/* Over datagrams nobody can tell. */
static void data_may_come_amid_an_answer_over_datagrams(void **state)
{
    (void)state;
    struct lab_pair pair;
    if (!over_datagrams)
        return;
    open_pair(&pair, &willing, &one_way);
    assert_int_equal(hf_ask_for_certificate(pair.server), HF_OK);
    lab_assert_data(&pair, pair.client, pair.server);
    run(&pair);
    assert_answered(&pair);
    lab_pair_close(&pair);
}

static void we_may_close_amid_an_answer(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct puppet *puppet;
    if (over_datagrams)
        return;
    stop_amid(&pair, HF_MESSAGE_finished, &puppet);
    hf_close(pair.server);
    (void)lab_pair_run(&pair);
    assert_true(lab_event(pair.client, HF_EVENT_PEER_CLOSED));
    assert_null(hf_failure(pair.client));
    assert_null(hf_failure(pair.server));
    lab_pair_close(&pair);
}

/* The answer never comes to its end, and no data was cut. */
static void the_peer_may_close_amid_its_answer(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct puppet *puppet;
    if (over_datagrams)
        return;
    stop_amid(&pair, HF_MESSAGE_finished, &puppet);
    puppet_send_alert(puppet, 1, HF_ALERT_close_notify);
    (void)lab_pair_run(&pair);
    assert_true(lab_event(pair.server, HF_EVENT_PEER_CLOSED));
    assert_null(hf_failure(pair.server));
    assert_null(hf_peer(pair.server));
    lab_pair_close(&pair);
}

static void keys_are_exported_amid_an_answer_too(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct puppet *puppet;
    uint8_t ours[16], theirs[16];
    if (over_datagrams)
        return;
    stop_amid(&pair, HF_MESSAGE_finished, &puppet);
    assert_int_equal(hf_export(pair.client, "EXPERIMENTAL", NULL, 0, ours, sizeof ours), HF_OK);
    assert_int_equal(hf_export(pair.server, "EXPERIMENTAL", NULL, 0, theirs, sizeof theirs), HF_OK);
    assert_memory_equal(ours, theirs, sizeof ours);
    lab_pair_close(&pair);
}

static void who_has_closed_does_not_answer(void **state)
{
    (void)state;
    struct lab_pair pair;
    open_pair(&pair, &willing, &one_way);
    assert_int_equal(hf_ask_for_certificate(pair.server), HF_OK);
    hf_close(pair.client);
    run(&pair);
    assert_null(hf_failure(pair.client));
    assert_null(hf_failure(pair.server));
    assert_int_equal(hf_ask_for_certificate(pair.server), HF_ERR_wrong_call);
    lab_pair_close(&pair);
}

/* ---- what rests, rests here too ---- */

static void the_application_judges(void **state)
{
    (void)state;
    struct lab_side judge = one_way;
    judge.more = let_later_and_judge;
    for (int accept = 0; accept < 2; accept++) {
        struct lab_pair pair;
        open_pair(&pair, &willing, &judge);
        ask(&pair);
        assert_true(lab_event(pair.server, HF_EVENT_NEEDS_VERDICT));
        assert_null(hf_peer(pair.server));
        assert_non_null(hf_peer_candidate(pair.server));
        (void)hf_answer_verdict(pair.server, accept == 1);
        run(&pair);
        if (accept == 1)
            assert_answered(&pair);
        else
            assert_server_fails(&pair, HF_ERR_verdict_refused);
        lab_pair_close(&pair);
    }
}

static void a_key_may_be_elsewhere(void **state)
{
    (void)state;
    const struct lab_side client = {.anonymous = true, .more = add_outside};
    struct lab_pair pair;
    struct hf_signature_wanted wanted;
    uint8_t signature[128];
    size_t taken = 1;
    open_pair(&pair, &client, &one_way);
    assert_int_equal(hf_ask_for_certificate(pair.server), HF_OK);
    assert_int_equal(hf_ask_for_certificate(pair.server), HF_OK);
    run(&pair);
    for (int i = 0; i < 2; i++) {
        assert_true(lab_event(pair.client, HF_EVENT_NEEDS_SIGNATURE));
        assert_true(hf_signature_wanted(pair.client, &wanted));
        assert_int_equal(hf_write(pair.client, "x", 1, &taken), HF_OK);
        assert_int_equal(taken, 0); /* nothing comes between */
        size_t len = key_holder_sign(LAB_CLIENT, &wanted, signature, sizeof signature);
        assert_int_equal(hf_answer_signature(pair.client, signature, len), HF_OK);
        run(&pair);
    }
    assert_answered(&pair);
    lab_pair_close(&pair);
}

/* ---- sessions ---- */

static struct hf_session_cache *cache;
static struct hf_ticket_keys *keys;

static void let_later_and_keep(struct hf_builder *builder)
{
    let_later(builder);
    hf_builder_session_cache(builder, cache);
    hf_builder_ticket_keys(builder, keys);
}

static void let_later_and_resume(struct hf_builder *builder)
{
    let_later(builder);
    hf_builder_session_tickets(builder);
}

/* Takes the last of the sessions that wait. */
static size_t take_sessions(struct hf_connection *client, void *into, size_t room, size_t *ret_len)
{
    size_t count = 0;
    while (lab_event_first(client, HF_EVENT_SESSION)) {
        assert_int_equal(hf_session_bytes(client, into, room, ret_len), HF_OK);
        count++;
    }
    return count;
}

static void check_resumed(struct hf_config *client, struct hf_config *server, struct hf_span session, bool knows)
{
    struct lab_pair pair;
    struct hf_session_info info;
    pair.client = hf_connection_resume(client, "server.lab", session.data, session.len, LAB_NOW_MS, NULL);
    pair.server = hf_connection_new(server, NULL, LAB_NOW_MS, NULL);
    run(&pair);
    hf_session_info(pair.server, &info);
    assert_true(info.resumed);
    assert_int_equal(hf_peer(pair.server) != NULL, knows);
    (void)lab_event(pair.client, HF_EVENT_OPENED);
    (void)lab_event(pair.server, HF_EVENT_OPENED);
    ask(&pair); /* and a resumed connection can be asked as well */
    assert_answered(&pair);
    lab_pair_close(&pair);
}

/* The tickets of the handshake know nobody; the one behind the answer knows the client. */
static void a_ticket_follows_that_knows_the_client(void **state)
{
    (void)state;
    struct lab_side server = one_way, client = willing;
    uint8_t bytes[2][8192];
    size_t len[2];
    struct lab_pair pair;
    cache = hf_session_cache_new(8, 3600);
    keys = hf_ticket_keys_new();
    server.more = let_later_and_keep;
    client.more = let_later_and_resume;
    lab_pair_open(&pair, &client, &server);
    run(&pair);
    assert_int_equal(take_sessions(pair.client, bytes[0], sizeof bytes[0], &len[0]), 2);
    ask(&pair);
    assert_int_equal(take_sessions(pair.client, bytes[1], sizeof bytes[1], &len[1]), 1);
    struct hf_config *client_config = hf_config_hold(pair.client->config);
    struct hf_config *server_config = hf_config_hold(pair.server->config);
    lab_pair_close(&pair);
    for (size_t i = 0; i < 2; i++)
        check_resumed(client_config, server_config, hf_span_of(bytes[i], len[i]), /* knows= */ i == 1);
    hf_config_drop(client_config);
    hf_config_drop(server_config);
    hf_ticket_keys_drop(keys);
    hf_session_cache_drop(cache);
}

/* Each has a nonce of its own, of one byte: RFC 9846 4.7.1. */
static void tickets_end_before_their_nonces_do(void **state)
{
    (void)state;
    struct lab_side server = one_way, client = willing;
    struct lab_pair pair;
    cache = hf_session_cache_new(8, 3600);
    keys = hf_ticket_keys_new();
    server.more = let_later_and_keep;
    client.more = let_later_and_resume;
    open_pair(&pair, &client, &server);
    pair.server->handshake.tickets_made = UINT8_MAX - 1;
    for (int i = 0; i < 3; i++) {
        ask(&pair);
        assert_answered(&pair);
        assert_int_equal(pair.server->handshake.tickets_made, UINT8_MAX);
    }
    lab_pair_close(&pair);
    hf_ticket_keys_drop(keys);
    hf_session_cache_drop(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_is_known_from_then_on),
        cmocka_unit_test(the_client_is_told),
        cmocka_unit_test(it_needs_no_whole_records),
        cmocka_unit_test(every_hash_and_version_of_the_keys_can),
        cmocka_unit_test(the_keys_that_count_are_the_clients_of_then),
        cmocka_unit_test(who_is_known_may_be_asked_again),
        cmocka_unit_test(several_may_be_out),
        cmocka_unit_test(answers_come_in_any_order),
        cmocka_unit_test(any_datagram_may_be_lost),
        cmocka_unit_test(a_client_may_decline),
        cmocka_unit_test(a_client_declines_what_nothing_fits),
        cmocka_unit_test(a_client_that_is_known_may_decline),
        cmocka_unit_test(data_goes_on_meanwhile),
        cmocka_unit_test(nothing_comes_amid_an_answer),
        cmocka_unit_test(data_may_come_amid_an_answer_over_datagrams),
        cmocka_unit_test(we_may_close_amid_an_answer),
        cmocka_unit_test(the_peer_may_close_amid_its_answer),
        cmocka_unit_test(keys_are_exported_amid_an_answer_too),
        cmocka_unit_test(who_has_closed_does_not_answer),
        cmocka_unit_test(the_application_judges),
        cmocka_unit_test(a_key_may_be_elsewhere),
        cmocka_unit_test(a_ticket_follows_that_knows_the_client),
        cmocka_unit_test(tickets_end_before_their_nonces_do),
    };
    int failed = cmocka_run_group_tests_name("over streams", tests, on_streams, NULL);
    return failed + cmocka_run_group_tests_name("over datagrams", tests, on_datagrams, NULL);
}
