/* A server of 1.3 asks its client who it is on the open connection: who must not be asked, what may not come, and whose
 * answer does not hold. RFC 9846 4.4.2, 4.7.2. */
#include <stdio.h>

#include <handfast/psk.h>

#include "unit/handshake/later.h"

/* ---- who fails ---- */

static void a_certificate_that_does_not_hold_ends_it(void **state)
{
    (void)state;
    static const struct {
        enum lab_who who;
        enum hf_error error;
    } cases[] = {{LAB_CLIENT_EXPIRED, HF_ERR_certificate_expired}, {LAB_CLIENT_STRANGER, HF_ERR_unknown_issuer}};
    for (size_t i = 0; i < 2; i++) {
        struct lab_pair pair;
        struct lab_side client = willing;
        client.who = cases[i].who;
        open_pair(&pair, &client, &one_way);
        pair.client->config->presents_anyway = true;
        ask(&pair);
        assert_server_fails(&pair, cases[i].error);
        assert_int_equal(hf_failure(pair.server)->of, HF_OF_CLIENT);
        lab_pair_close(&pair);
    }
}

static void a_client_does_not_come_back_as_somebody_else(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct hf_failure failure;
    const struct lab_side stranger = {.who = LAB_CLIENT_STRANGER};
    struct hf_config *other = lab_config(HF_CLIENT, &stranger, &failure);
    open_pair(&pair, &willing, &polite);
    struct hf_identity *own = pair.client->config->identities[0];
    pair.client->config->identities[0] = other->identities[0];
    pair.client->config->presents_anyway = true;
    ask(&pair);
    pair.client->config->identities[0] = own;
    assert_server_fails(&pair, HF_ERR_renegotiation_other_peer);
    lab_pair_close(&pair);
    hf_config_drop(other);
}

/* The signature covers the handshake and the request: that of another request, or connection, does not hold. */
static void what_was_signed_for_something_else_is_refused(void **state)
{
    (void)state;
    for (int of_verify = 0; of_verify < 2; of_verify++) {
        struct lab_pair pair;
        open_pair(&pair, of_verify == 1 ? &willing : &nobody, &one_way);
        assert_int_equal(hf_ask_for_certificate(pair.server), HF_OK);
        assert_int_equal(hf_hash_update(pair.server->handshake.post->out[0].hash, hf_span_of_text("x")), HF_OK);
        run(&pair);
        assert_server_fails(&pair, of_verify == 1 ? HF_ERR_bad_signature : HF_ERR_bad_finished);
        lab_pair_close(&pair);
    }
}

static void contexts_are_the_servers_own(void **state)
{
    (void)state;
    struct lab_pair pair;
    open_pair(&pair, &willing, &one_way);
    assert_int_equal(hf_ask_for_certificate(pair.server), HF_OK);
    pair.server->handshake.post->out[0].context[0] ^= 1;
    run(&pair);
    assert_server_fails(&pair, HF_ERR_illegal_parameter);
    lab_pair_close(&pair);
}

static void send_request(struct lab_pair *pair, struct puppet *puppet, const char *context)
{
    static const uint8_t schemes[] = {0, 8, 0, 13, 0, 4, 0, 2, 4, 3};
    uint8_t room[64];
    struct hf_writer writer = hf_writer_of(room, sizeof room);
    hf_writer_vector(&writer, 1, hf_span_of_text(context));
    hf_writer_bytes(&writer, hf_span_of(schemes, sizeof schemes));
    puppet_send_message(puppet, 13, hf_writer_span(&writer));
    (void)lab_move(pair->server, pair->client, 16384);
}

static void assert_client_refuses(struct lab_pair *pair, enum hf_error error)
{
    assert_non_null(hf_failure(pair->client));
    assert_int_equal(hf_failure(pair->client)->error, error);
    lab_pair_close(pair);
}

static void a_context_comes_once(void **state)
{
    (void)state;
    struct lab_pair pair;
    if (over_datagrams)
        return;
    for (int i = 0; i < 2; i++) {
        open_pair(&pair, &willing, i == 0 ? &one_way : &polite);
        struct puppet *puppet = puppet_take(pair.server);
        send_request(&pair, puppet, "one");
        send_request(&pair, puppet, "two");
        assert_null(hf_failure(pair.client));
        if (i == 0) { /* an empty one too, if the handshake had none */
            send_request(&pair, puppet, "");
            assert_null(hf_failure(pair.client));
            send_request(&pair, puppet, "one");
        } else {
            send_request(&pair, puppet, "");
        }
        assert_client_refuses(&pair, HF_ERR_illegal_parameter);
    }
}

static void requests_are_bounded(void **state)
{
    (void)state;
    struct lab_pair pair;
    char context[16];
    if (over_datagrams)
        return;
    open_pair(&pair, &silent, &one_way);
    struct puppet *puppet = puppet_take(pair.server);
    for (int i = 0; i < HF_POST_HANDSHAKE_ANSWERS_MAX; i++) {
        (void)snprintf(context, sizeof context, "%d", i);
        send_request(&pair, puppet, context);
        assert_null(hf_failure(pair.client));
        const uint8_t *wire;
        hf_drained(pair.client, hf_output(pair.client, &wire));
    }
    send_request(&pair, puppet, "one more");
    assert_int_equal(hf_failure(pair.client)->alert, HF_ALERT_unexpected_message);
    assert_client_refuses(&pair, HF_ERR_too_many_certificate_requests);
}

static void who_did_not_offer_it_refuses(void **state)
{
    (void)state;
    struct lab_pair pair;
    if (over_datagrams)
        return;
    open_pair(&pair, &deaf, &one_way);
    assert_null(pair.client->handshake.post);
    assert_null(pair.server->handshake.post);
    assert_int_equal(hf_ask_for_certificate(pair.server), HF_ERR_wrong_call);
    struct puppet *puppet = puppet_take(pair.server);
    send_request(&pair, puppet, "one");
    assert_int_equal(hf_failure(pair.client)->alert, HF_ALERT_unexpected_message);
    assert_client_refuses(&pair, HF_ERR_unexpected_message);
}

static void an_answer_to_nothing_is_refused(void **state)
{
    (void)state;
    static const char empty[] = {0, 0, 0, 0};
    struct lab_pair pair;
    if (over_datagrams)
        return;
    open_pair(&pair, &willing, &one_way);
    struct puppet *puppet = puppet_take(pair.client);
    puppet_send_message(puppet, 11, hf_span_of(empty, sizeof empty));
    (void)lab_pair_run(&pair);
    assert_server_fails(&pair, HF_ERR_unexpected_message);
    lab_pair_close(&pair);
}

static void a_request_that_cannot_be_read_is_refused(void **state)
{
    (void)state;
    struct lab_pair pair;
    if (over_datagrams)
        return;
    open_pair(&pair, &willing, &one_way);
    struct puppet *puppet = puppet_take(pair.server);
    puppet_send_message(puppet, 13, hf_span_of_text("\x01"));
    (void)lab_move(pair.server, pair.client, 16384);
    assert_client_refuses(&pair, HF_ERR_decode_error);
}

/* ---- when it is not asked ---- */

static void share_key(struct hf_builder *builder)
{
    let_later(builder);
    hf_builder_psk13(builder,
                     &(struct hf_psk){.identity = "us", .identity_len = 2, .key = "sixteen bytes...", .key_len = 16});
}

static void it_is_not_asked_where_it_cannot_be(void **state)
{
    (void)state;
    static const struct lab_side in12 = {.max = HF_TLS12, .client_auth = HF_CLIENT_AUTH_NONE, .more = let_later};
    static const struct lab_side unable = {.client_auth = HF_CLIENT_AUTH_NONE, .more = choose_transport};
    const struct lab_side by_key = {.more = share_key};
    struct lab_pair pair;
    lab_pair_open(&pair, &willing, &one_way);
    assert_int_equal(hf_ask_for_certificate(pair.server), HF_ERR_wrong_call); /* not open */
    run(&pair);
    assert_int_equal(hf_ask_for_certificate(pair.client), HF_ERR_wrong_call);
    hf_close(pair.server);
    assert_int_equal(hf_ask_for_certificate(pair.server), HF_ERR_wrong_call);
    lab_pair_close(&pair);
    const struct {
        const struct lab_side *client, *server;
    } cases[] = {{&willing, &in12}, {&willing, &unable}, {&by_key, &by_key}};
    for (size_t i = 0; i < 3; i++) {
        lab_pair_open(&pair, cases[i].client, cases[i].server);
        run(&pair);
        assert_true(hf_machine_is_open(&pair.client->handshake) && hf_machine_is_open(&pair.server->handshake));
        assert_null(pair.server->handshake.post);
        assert_int_equal(hf_ask_for_certificate(pair.server), HF_ERR_wrong_call);
        assert_int_equal(hf_certificates_awaited(pair.server), 0);
        lab_pair_close(&pair);
    }
}

static void only_clients_decline(void **state)
{
    (void)state;
    struct hf_failure failure;
    assert_null(lab_config(HF_SERVER, &silent, &failure));
    assert_int_equal(failure.error, HF_ERR_setting_invalid);
    assert_string_equal(failure.where, "HF_POST_HANDSHAKE_AUTH_DECLINE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_certificate_that_does_not_hold_ends_it),
        cmocka_unit_test(a_client_does_not_come_back_as_somebody_else),
        cmocka_unit_test(what_was_signed_for_something_else_is_refused),
        cmocka_unit_test(contexts_are_the_servers_own),
        cmocka_unit_test(a_context_comes_once),
        cmocka_unit_test(requests_are_bounded),
        cmocka_unit_test(who_did_not_offer_it_refuses),
        cmocka_unit_test(an_answer_to_nothing_is_refused),
        cmocka_unit_test(a_request_that_cannot_be_read_is_refused),
        cmocka_unit_test(it_is_not_asked_where_it_cannot_be),
        cmocka_unit_test(only_clients_decline),
    };
    int failed = cmocka_run_group_tests_name("over streams", tests, on_streams, NULL);
    return failed + cmocka_run_group_tests_name("over datagrams", tests, on_datagrams, NULL);
}
