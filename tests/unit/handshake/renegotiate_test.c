/* A server asks its client who it is on a connection that is open: what comes of it, at both ends. That others'
 * requests are refused: renegotiation_test.c. RFC 5746, RFC 5246 7.4.1.1. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include <handfast/session.h>

#include "engine/connection.h"
#include "handshake/machine.h"
#include "support/lab_check.h"
#include "support/puppet.h"

static void let_ask(struct hf_builder *builder)
{
    hf_builder_historic(builder, HF_HISTORIC_RENEGOTIATION_ASK);
}

static void let_ask_and_judge(struct hf_builder *builder)
{
    let_ask(builder);
    hf_builder_verdict_outside(builder);
}

static void let_follow(struct hf_builder *builder)
{
    hf_builder_historic(builder, HF_HISTORIC_RENEGOTIATION_FOLLOW);
}

enum { STUDY = HF_HISTORIC_RSA_KEY_EXCHANGE | HF_HISTORIC_DHE | HF_HISTORIC_CBC | HF_HISTORIC_NULL_ENCRYPTION };

static void let_ask_by_anything(struct hf_builder *builder)
{
    hf_builder_historic(builder, STUDY | HF_HISTORIC_RENEGOTIATION_ASK);
}

static void let_follow_by_anything(struct hf_builder *builder)
{
    hf_builder_historic(builder, STUDY | HF_HISTORIC_RENEGOTIATION_FOLLOW);
}

static const struct lab_side one_way = {.max = HF_TLS12, .client_auth = HF_CLIENT_AUTH_NONE, .more = let_ask};
static const struct lab_side polite = {.max = HF_TLS12, .client_auth = HF_CLIENT_AUTH_REQUEST, .more = let_ask};
static const struct lab_side follower = {.more = let_follow};
static const struct lab_side nobody = {.more = let_follow, .anonymous = true};

static void open_pair(struct lab_pair *pair, const struct lab_side *client, const struct lab_side *server)
{
    lab_pair_open(pair, client, server);
    (void)lab_pair_run(pair);
    lab_assert_open(pair);
    (void)lab_event(pair->client, HF_EVENT_OPENED);
    (void)lab_event(pair->server, HF_EVENT_OPENED);
}

static void ask(struct lab_pair *pair)
{
    assert_int_equal(hf_ask_for_certificate(pair->server), HF_OK);
    (void)lab_pair_run(pair);
}

static void send_data(struct hf_connection *from, const char *text)
{
    size_t taken = 0;
    assert_int_equal(hf_write(from, text, strlen(text), &taken), HF_OK);
    assert_int_equal(taken, strlen(text));
}

static void expect_data(struct hf_connection *at, const char *text)
{
    char room[64] = "";
    size_t len = 0;
    assert_int_equal(hf_read(at, room, sizeof room - 1, &len), HF_OK);
    assert_string_equal(room, text);
}

static void assert_talks(struct lab_pair *pair)
{
    send_data(pair->client, "over");
    send_data(pair->server, "and out");
    (void)lab_pair_run(pair);
    expect_data(pair->server, "over");
    expect_data(pair->client, "and out");
}

/* ---- what is wanted ---- */

static void a_client_is_known_from_then_on(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct hf_session_info info;
    open_pair(&pair, &follower, &one_way);
    assert_null(hf_peer(pair.server));
    const struct hf_peer *server = hf_peer(pair.client);
    const uint8_t *wire;
    assert_int_equal(hf_ask_for_certificate(pair.server), HF_OK);
    assert_int_equal(hf_output(pair.server, &wire), 5 + 8 + 4 + 16); /* HelloRequest, under AES-GCM */
    (void)lab_pair_run(&pair);
    assert_true(lab_event(pair.server, HF_EVENT_CERTIFICATE_ANSWERED));
    assert_true(lab_event(pair.client, HF_EVENT_CERTIFICATE_ANSWERED));
    assert_non_null(hf_peer(pair.server));
    assert_string_equal(hf_peer_spiffe_id(hf_peer(pair.server)), "spiffe://lab/billing");
    assert_ptr_equal(hf_peer(pair.client), server); /* who has it keeps it */
    hf_session_info(pair.client, &info);
    assert_true(info.opened && info.presented_certificate && info.asked_for_certificate);
    hf_session_info(pair.server, &info);
    assert_true(info.opened && info.accepted && info.peer_scheme[0] != '\0');
    assert_talks(&pair);
    lab_pair_close(&pair);
}

static void it_needs_no_whole_records(void **state)
{
    (void)state;
    struct lab_pair pair;
    open_pair(&pair, &follower, &one_way);
    assert_int_equal(hf_ask_for_certificate(pair.server), HF_OK);
    (void)lab_pair_run_cut(&pair, 1);
    assert_true(lab_event(pair.server, HF_EVENT_CERTIFICATE_ANSWERED));
    assert_non_null(hf_peer(pair.server));
    lab_pair_close(&pair);
}

/* A client that offered 1.3, got 1.2, and keeps to that. */
static void every_key_exchange_can(void **state)
{
    (void)state;
    static const char *const suites[] = {"TLS_RSA_WITH_AES_128_GCM_SHA256", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
                                         "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_RSA_WITH_NULL_SHA"};
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++) {
        struct lab_pair pair;
        struct lab_side client = follower, server = one_way;
        client.suites = server.suites = suites[i];
        client.more = let_follow_by_anything;
        server.more = let_ask_by_anything;
        server.key = MAKE_KEY_RSA2048;
        open_pair(&pair, &client, &server);
        ask(&pair);
        assert_true(lab_event(pair.server, HF_EVENT_CERTIFICATE_ANSWERED));
        assert_non_null(hf_peer(pair.server));
        assert_talks(&pair);
        lab_pair_close(&pair);
    }
}

static void who_is_known_may_be_asked_again(void **state)
{
    (void)state;
    struct lab_pair pair;
    open_pair(&pair, &follower, &polite);
    const struct hf_peer *client = hf_peer(pair.server);
    assert_non_null(client);
    ask(&pair);
    assert_true(lab_event(pair.server, HF_EVENT_CERTIFICATE_ANSWERED));
    assert_ptr_equal(hf_peer(pair.server), client);
    assert_talks(&pair);
    lab_pair_close(&pair);
}

static void a_client_without_a_certificate_stays_unknown(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct hf_event event;
    open_pair(&pair, &nobody, &one_way);
    ask(&pair);
    assert_true(hf_next_event(pair.server, &event));
    assert_int_equal(event.kind, HF_EVENT_UNAUTHENTICATED);
    assert_true(lab_event(pair.server, HF_EVENT_CERTIFICATE_ANSWERED));
    assert_null(hf_peer(pair.server));
    assert_talks(&pair);
    lab_pair_close(&pair);
}

static void a_client_may_decline(void **state)
{
    (void)state;
    static const struct lab_side plain = {.max = HF_TLS12};
    struct lab_pair pair;
    open_pair(&pair, &plain, &one_way);
    for (int i = 0; i < 2; i++) {
        ask(&pair);
        assert_true(lab_event(pair.server, HF_EVENT_CERTIFICATE_DECLINED));
        assert_null(hf_peer(pair.server));
        assert_talks(&pair);
    }
    lab_pair_close(&pair);
}

/* ---- data on the way ---- */

static void data_before_the_hello_comes_through(void **state)
{
    (void)state;
    struct lab_pair pair;
    size_t taken = 1;
    open_pair(&pair, &follower, &one_way);
    send_data(pair.client, "sent before it was asked");
    assert_int_equal(hf_ask_for_certificate(pair.server), HF_OK);
    send_data(pair.server, "sent behind the request");
    (void)lab_move(pair.server, pair.client, 16384); /* the client's hello is behind its data now */
    assert_int_equal(hf_write(pair.client, "x", 1, &taken), HF_OK);
    assert_int_equal(taken, 0);
    expect_data(pair.client, "sent behind the request");
    (void)lab_move(pair.client, pair.server, 16384);
    expect_data(pair.server, "sent before it was asked");
    assert_int_equal(hf_write(pair.server, "x", 1, &taken), HF_OK);
    assert_int_equal(taken, 0);
    (void)lab_pair_run(&pair);
    assert_true(lab_event(pair.server, HF_EVENT_CERTIFICATE_ANSWERED));
    assert_talks(&pair);
    lab_pair_close(&pair);
}

/* Behind the hello, before Finished: whose would it be? */
static void data_amid_the_messages_is_refused(void **state)
{
    (void)state;
    struct lab_pair pair;
    open_pair(&pair, &follower, &one_way);
    struct puppet *puppet = puppet_take(pair.client);
    puppet_stop_before(puppet, HF_MESSAGE_certificate);
    ask(&pair);
    assert_true(puppet_send_data(puppet, hf_span_of_text("whose?")));
    (void)lab_move(pair.client, pair.server, 16384);
    assert_non_null(hf_failure(pair.server));
    assert_int_equal(hf_failure(pair.server)->error, HF_ERR_unexpected_message);
    assert_null(hf_peer(pair.server));
    lab_pair_close(&pair);
}

static void the_peer_is_told_while_it_runs_as_before(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct hf_session_info info;
    uint8_t key[16];
    open_pair(&pair, &follower, &polite);
    const struct hf_peer *client = hf_peer(pair.server);
    assert_int_equal(hf_ask_for_certificate(pair.server), HF_OK);
    (void)lab_move(pair.server, pair.client, 16384);
    (void)lab_move(pair.client, pair.server, 16384);
    assert_false(hf_machine_is_open(&pair.server->handshake));
    assert_ptr_equal(hf_peer(pair.server), client);
    hf_session_info(pair.server, &info);
    assert_true(info.opened);
    assert_int_equal(hf_export(pair.server, "EXPERIMENTAL", NULL, 0, key, sizeof key), HF_ERR_wrong_call);
    lab_pair_close(&pair);
}

/* ---- who fails ---- */

static void assert_server_fails(struct lab_pair *pair, enum hf_error error)
{
    assert_non_null(hf_failure(pair->server));
    assert_int_equal(hf_failure(pair->server)->error, error);
    assert_null(hf_peer(pair->server));
    assert_false(lab_event(pair->server, HF_EVENT_CERTIFICATE_ANSWERED));
    assert_non_null(hf_failure(pair->client));
    assert_null(hf_peer(pair->client));
}

static void a_certificate_that_does_not_hold_ends_it(void **state)
{
    (void)state;
    static const struct lab_side expired = {.more = let_follow, .who = LAB_CLIENT_EXPIRED};
    static const struct lab_side stranger = {.more = let_follow, .who = LAB_CLIENT_STRANGER};
    struct lab_pair pair;
    open_pair(&pair, &expired, &one_way);
    pair.client->config->presents_anyway = true;
    ask(&pair);
    assert_server_fails(&pair, HF_ERR_certificate_expired);
    lab_pair_close(&pair);
    open_pair(&pair, &stranger, &one_way);
    pair.client->config->presents_anyway = true;
    ask(&pair);
    assert_server_fails(&pair, HF_ERR_unknown_issuer);
    lab_pair_close(&pair);
}

/* To be swapped back: a peer is freed by the allocator of its connection. */
static void swap_peers(struct hf_connection *a, struct hf_connection *b)
{
    struct hf_peer *peer = a->handshake.peer;
    a->handshake.peer = b->handshake.peer;
    b->handshake.peer = peer;
}

/* Who it was is looked at before whom we trust: this one is of a CA that nobody knows. */
static void a_client_does_not_come_back_as_somebody_else(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct hf_failure failure;
    const struct lab_side stranger = {.who = LAB_CLIENT_STRANGER};
    struct hf_config *other = lab_config(HF_CLIENT, &stranger, &failure);
    open_pair(&pair, &follower, &polite);
    struct hf_identity *own = pair.client->config->identities[0];
    pair.client->config->identities[0] = other->identities[0];
    ask(&pair);
    pair.client->config->identities[0] = own;
    assert_server_fails(&pair, HF_ERR_renegotiation_other_peer);
    lab_pair_close(&pair);
    hf_config_drop(other);
}

static void nor_as_nobody(void **state)
{
    (void)state;
    struct lab_pair pair;
    open_pair(&pair, &follower, &polite);
    size_t count = pair.client->config->identity_count;
    pair.client->config->identity_count = 0;
    ask(&pair);
    pair.client->config->identity_count = count;
    assert_server_fails(&pair, HF_ERR_renegotiation_other_peer);
    lab_pair_close(&pair);
}

static void nor_does_the_server(void **state)
{
    (void)state;
    struct lab_pair pair, other;
    struct lab_side of_other_key = one_way;
    of_other_key.key = MAKE_KEY_P384;
    open_pair(&pair, &follower, &one_way);
    open_pair(&other, &follower, &of_other_key);
    swap_peers(pair.client, other.client);
    ask(&pair);
    assert_non_null(hf_failure(pair.client));
    assert_int_equal(hf_failure(pair.client)->error, HF_ERR_renegotiation_other_peer);
    assert_int_equal(hf_failure(pair.client)->of, HF_OF_SERVER);
    assert_null(hf_peer(pair.client));
    assert_null(hf_peer(pair.server));
    swap_peers(pair.client, other.client);
    lab_pair_close(&pair);
    lab_pair_close(&other);
}

static void hellos_of_another_connection_are_refused(void **state)
{
    (void)state;
    struct lab_pair pair;
    open_pair(&pair, &follower, &one_way);
    pair.client->handshake.verify_data[0] ^= 1;
    ask(&pair);
    assert_server_fails(&pair, HF_ERR_renegotiation_info_wrong);
    lab_pair_close(&pair);
    open_pair(&pair, &follower, &one_way);
    pair.server->handshake.verify_data[HF_VERIFY_DATA12_LEN] ^= 1;
    ask(&pair);
    assert_non_null(hf_failure(pair.client));
    assert_int_equal(hf_failure(pair.client)->error, HF_ERR_renegotiation_info_wrong);
    lab_pair_close(&pair);
}

/* RFC 9846 4.2.3: a server that turns to 1.3 meanwhile is none. */
static void the_version_stays(void **state)
{
    (void)state;
    static const uint8_t older[] = {3, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,    0,
                                    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x2f, 0};
    static const uint8_t newer[] = {3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,    0, 0, 0, 0, 0, 0,  0, 0, 0, 0,
                                    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x13, 1, 0, 0, 6, 0, 43, 0, 2, 3, 4};
    const struct hf_span hellos[] = {hf_span_of(older, sizeof older), hf_span_of(newer, sizeof newer)};
    for (size_t i = 0; i < 2; i++) {
        struct lab_pair pair;
        open_pair(&pair, &follower, &one_way);
        struct puppet *puppet = puppet_take(pair.server);
        puppet_stop_before(puppet, HF_MESSAGE_server_hello);
        ask(&pair);
        puppet_send_message(puppet, 2, hellos[i]);
        (void)lab_move(pair.server, pair.client, 16384);
        assert_non_null(hf_failure(pair.client));
        assert_int_equal(hf_failure(pair.client)->alert, HF_ALERT_protocol_version);
        assert_string_equal(hf_failure(pair.client)->wanted, "the version of the connection");
        lab_pair_close(&pair);
    }
}

/* ---- what rests, rests here too ---- */

static void the_application_judges(void **state)
{
    (void)state;
    struct lab_side judge = one_way;
    judge.more = let_ask_and_judge;
    for (int accept = 0; accept < 2; accept++) {
        struct lab_pair pair;
        open_pair(&pair, &follower, &judge);
        ask(&pair);
        assert_true(lab_event(pair.server, HF_EVENT_NEEDS_VERDICT));
        assert_null(hf_peer(pair.server));
        assert_non_null(hf_peer_candidate(pair.server));
        (void)hf_answer_verdict(pair.server, accept == 1);
        (void)lab_pair_run(&pair);
        assert_int_equal(lab_event(pair.server, HF_EVENT_CERTIFICATE_ANSWERED), accept == 1);
        assert_int_equal(hf_peer(pair.server) != NULL, accept == 1);
        lab_pair_close(&pair);
    }
}

/* ---- how often, and when not ---- */

static void let_follow_twice(struct hf_builder *builder)
{
    let_follow(builder);
    hf_builder_max_renegotiations(builder, 2);
}

static void it_is_bounded_at_both_ends(void **state)
{
    (void)state;
    const struct lab_side twice = {.more = let_follow_twice};
    struct lab_pair pair;
    for (int most = 2; most <= 8; most += 6) {
        open_pair(&pair, most == 2 ? &twice : &follower, &one_way);
        for (int i = 0; i < most; i++) {
            ask(&pair);
            assert_true(lab_event(pair.server, HF_EVENT_CERTIFICATE_ANSWERED));
            assert_true(lab_event(pair.client, HF_EVENT_CERTIFICATE_ANSWERED));
        }
        if (most == 8) /* that of the server too */
            assert_int_equal(hf_ask_for_certificate(pair.server), HF_ERR_wrong_call);
        pair.server->handshake.renegotiations = 0;
        ask(&pair);
        assert_true(lab_event(pair.server, HF_EVENT_CERTIFICATE_DECLINED));
        assert_talks(&pair);
        lab_pair_close(&pair);
    }
}

static void it_is_not_asked_where_it_cannot_be(void **state)
{
    (void)state;
    static const struct lab_side in13 = {.client_auth = HF_CLIENT_AUTH_NONE, .more = let_ask};
    static const struct lab_side without = {.max = HF_TLS12, .client_auth = HF_CLIENT_AUTH_NONE};
    struct lab_pair pair;
    lab_pair_open(&pair, &follower, &one_way);
    assert_int_equal(hf_ask_for_certificate(pair.server), HF_ERR_wrong_call); /* not open */
    (void)lab_pair_run(&pair);
    assert_int_equal(hf_ask_for_certificate(pair.client), HF_ERR_wrong_call);
    pair.server->handshake.secure_renegotiation = false;
    assert_int_equal(hf_ask_for_certificate(pair.server), HF_ERR_wrong_call);
    pair.server->handshake.secure_renegotiation = true;
    pair.server->handshake.extended_master_secret = false;
    assert_int_equal(hf_ask_for_certificate(pair.server), HF_ERR_wrong_call);
    pair.server->handshake.extended_master_secret = true;
    assert_int_equal(hf_ask_for_certificate(pair.server), HF_OK);
    assert_int_equal(hf_ask_for_certificate(pair.server), HF_ERR_wrong_call); /* one waits */
    hf_close(pair.client);
    (void)lab_pair_run(&pair);
    assert_int_equal(hf_ask_for_certificate(pair.server), HF_ERR_wrong_call);
    lab_pair_close(&pair);
    open_pair(&pair, &follower, &without);
    assert_int_equal(hf_ask_for_certificate(pair.server), HF_ERR_wrong_call);
    lab_pair_close(&pair);
    open_pair(&pair, &follower, &in13);
    assert_int_equal(hf_ask_for_certificate(pair.server), HF_ERR_wrong_call);
    lab_pair_close(&pair);
}

/* We asked, and closed before the hello came: it is not answered, and not an error either. */
static void a_hello_behind_our_close_is_let_lie(void **state)
{
    (void)state;
    struct lab_pair pair;
    open_pair(&pair, &follower, &one_way);
    assert_int_equal(hf_ask_for_certificate(pair.server), HF_OK);
    (void)lab_move(pair.server, pair.client, 16384);
    hf_close(pair.server);
    (void)lab_move(pair.client, pair.server, 16384);
    assert_null(hf_failure(pair.server));
    assert_null(hf_peer(pair.server));
    (void)lab_move(pair.server, pair.client, 16384);
    assert_null(hf_failure(pair.client));
    assert_true(lab_event(pair.client, HF_EVENT_PEER_CLOSED));
    lab_pair_close(&pair);
}

/* ---- sessions ---- */

static struct hf_session_cache *cache;

static void let_ask_and_keep(struct hf_builder *builder)
{
    let_ask(builder);
    hf_builder_session_cache(builder, cache);
}

/* The session of the first handshake knows nobody, that of the second knows the client. */
static void a_session_is_of_the_handshake_that_made_it(void **state)
{
    (void)state;
    struct lab_side keeper = one_way;
    uint8_t bytes[2][8192];
    size_t len[2];
    struct lab_pair pair;
    cache = hf_session_cache_new(8, 3600);
    keeper.more = let_ask_and_keep;
    open_pair(&pair, &follower, &keeper);
    assert_int_equal(hf_session_bytes(pair.client, bytes[0], sizeof bytes[0], &len[0]), HF_OK);
    ask(&pair);
    assert_true(lab_event(pair.client, HF_EVENT_SESSION));
    assert_int_equal(hf_session_bytes(pair.client, bytes[1], sizeof bytes[1], &len[1]), HF_OK);
    struct hf_config *client = hf_config_hold(pair.client->config);
    struct hf_config *server = hf_config_hold(pair.server->config);
    lab_pair_close(&pair);
    for (int i = 0; i < 2; i++) {
        struct hf_session_info info;
        pair.client = hf_connection_resume(client, "server.lab", bytes[i], len[i], LAB_NOW_MS, NULL);
        pair.server = hf_connection_new(server, NULL, LAB_NOW_MS, NULL);
        (void)lab_pair_run(&pair);
        hf_session_info(pair.server, &info);
        assert_true(info.resumed);
        assert_int_equal(hf_peer(pair.server) != NULL, i == 1);
        ask(&pair); /* and a resumed connection can be asked as well */
        assert_true(lab_event(pair.server, HF_EVENT_CERTIFICATE_ANSWERED));
        assert_non_null(hf_peer(pair.server));
        lab_pair_close(&pair);
    }
    hf_config_drop(client);
    hf_config_drop(server);
    hf_session_cache_drop(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_is_known_from_then_on),
        cmocka_unit_test(it_needs_no_whole_records),
        cmocka_unit_test(every_key_exchange_can),
        cmocka_unit_test(who_is_known_may_be_asked_again),
        cmocka_unit_test(a_client_without_a_certificate_stays_unknown),
        cmocka_unit_test(a_client_may_decline),
        cmocka_unit_test(data_before_the_hello_comes_through),
        cmocka_unit_test(data_amid_the_messages_is_refused),
        cmocka_unit_test(the_peer_is_told_while_it_runs_as_before),
        cmocka_unit_test(a_certificate_that_does_not_hold_ends_it),
        cmocka_unit_test(a_client_does_not_come_back_as_somebody_else),
        cmocka_unit_test(nor_as_nobody),
        cmocka_unit_test(nor_does_the_server),
        cmocka_unit_test(hellos_of_another_connection_are_refused),
        cmocka_unit_test(the_version_stays),
        cmocka_unit_test(the_application_judges),
        cmocka_unit_test(it_is_bounded_at_both_ends),
        cmocka_unit_test(it_is_not_asked_where_it_cannot_be),
        cmocka_unit_test(a_hello_behind_our_close_is_let_lie),
        cmocka_unit_test(a_session_is_of_the_handshake_that_made_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
