/* Peers that change their address: found by connection ID, asked where they are, and never moved by anybody else.
 * RFC 9146 6, RFC 9147 9, RFC 9853 5. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "datagram/parts.h"
#include "engine/connection.h"
#include "handshake/machine.h"
#include "support/crowd.h"

enum { DATAGRAM_MAX = 2048 };

static const enum hf_version versions[] = {HF_TLS12, HF_TLS13};

static size_t client_len, server_len;
static enum hf_path_check server_check;

static void client_more(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    hf_builder_connection_ids(builder, client_len);
}

static void server_more(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    hf_builder_connection_ids(builder, server_len);
    hf_builder_path_check(builder, server_check);
}

struct stage {
    struct crowd crowd;
    struct hf_connection *client;
    struct hf_association *association;
    struct hf_connection *server;
};

/* One client, open; ours have these lengths. */
static void open_stage(struct stage *stage, enum hf_version version, size_t of_client, size_t of_server)
{
    const struct lab_side client = {.min = version, .max = version, .more = client_more};
    const struct lab_side server = {.min = version, .max = version, .more = server_more};
    struct crowd *crowd = &stage->crowd;
    client_len = of_client;
    server_len = of_server;
    crowd_open(crowd, version, NULL);
    hf_listener_free(crowd->listener);
    hf_config_drop(crowd->server_config);
    hf_config_drop(crowd->client_config);
    crowd->server_config = lab_config(HF_SERVER, &server, NULL);
    crowd->client_config = lab_config(HF_CLIENT, &client, NULL);
    crowd->listener = hf_listener_new(crowd->server_config, NULL, NULL);
    stage->client = crowd_join(crowd, 0);
    crowd_run(crowd);
    crowd_pass(crowd, 2000); /* what is to be acknowledged is */
    assert_true(crowd_is_open(stage->client));
    stage->association = hf_listener_next(crowd->listener);
    assert_non_null(stage->association);
    stage->server = hf_association_connection(stage->association);
    assert_true(lab_event(stage->server, HF_EVENT_OPENED));
    hf_association_settle(stage->association);
}

static void close_stage(struct stage *stage)
{
    crowd_close(&stage->crowd);
    server_check = HF_PATH_CHECK_ENHANCED;
}

static struct hf_connection_id_info info_of(const struct hf_connection *connection)
{
    struct hf_connection_id_info info;
    hf_connection_id_info(connection, &info);
    return info;
}

static void rename_client(struct stage *stage, const char *address)
{
    strcpy(stage->crowd.clients[0].address, address);
}

static void expect_address(const struct stage *stage, const char *address)
{
    size_t len;
    const uint8_t *bytes = hf_association_address(stage->association, &len);
    assert_int_equal(len, strlen(address));
    assert_memory_equal(bytes, address, len);
}

static void expect_data(struct hf_connection *connection, const char *text)
{
    char data[64];
    size_t len;
    assert_int_equal(hf_read(connection, data, sizeof data, &len), HF_OK);
    assert_int_equal(len, strlen(text));
    assert_memory_equal(data, text, len);
}

static void say(struct hf_connection *connection, const char *text)
{
    size_t len;
    assert_int_equal(hf_write(connection, text, strlen(text), &len), HF_OK);
    assert_int_equal(len, strlen(text));
}

/* The client says something, which the server reads at once: what comes behind waits for that. */
static void client_says(struct stage *stage, const char *text)
{
    say(stage->client, text);
    (void)crowd_to_listener(&stage->crowd);
    expect_data(stage->server, text);
    hf_association_settle(stage->association);
}

static void server_says(struct stage *stage, const char *text)
{
    say(stage->server, text);
    hf_association_settle(stage->association);
}

static void ids_are_as_agreed(void **state)
{
    (void)state;
    static const size_t lens[][2] = {{0, 8}, {8, 0}, {3, 20}, {0, 0}};
    for (size_t v = 0; v < 2; v++)
        for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
            struct stage stage;
            open_stage(&stage, versions[v], lens[i][0], lens[i][1]);
            const struct hf_connection_id_info client = info_of(stage.client), server = info_of(stage.server);
            assert_true(client.used && server.used && client.checks_paths && server.checks_paths);
            assert_int_equal(client.own_len, lens[i][0]);
            assert_int_equal(client.peer_len, lens[i][1]);
            assert_int_equal(server.own_len, lens[i][1]);
            assert_int_equal(server.peer_len, lens[i][0]);
            if (lens[i][1] > 0)
                assert_memory_equal(client.peer, server.own, server.own_len);
            if (lens[i][0] > 0)
                assert_memory_equal(server.peer, client.own, client.own_len);
            say(stage.client, "to the server");
            server_says(&stage, "to the client");
            crowd_run(&stage.crowd);
            expect_data(stage.server, "to the server");
            expect_data(stage.client, "to the client");
            close_stage(&stage);
        }
}

/* What goes over the wire is as RFC 9146 4 and RFC 9147 4 say. */
static void records_show_the_id(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct stage stage;
        const uint8_t *wire;
        open_stage(&stage, versions[v], 0, 8);
        const struct hf_connection_id_info server = info_of(stage.server);
        say(stage.client, "x");
        assert_true(hf_output(stage.client, &wire) > 20);
        if (versions[v] == HF_TLS13) {
            assert_int_equal(wire[0] & 0xf0, 0x30);
            assert_memory_equal(wire + 1, server.own, 8);
        } else {
            assert_int_equal(wire[0], 25);
            assert_memory_equal(wire + 11, server.own, 8);
        }
        server_says(&stage, "y");
        struct hf_outgoing out;
        assert_true(hf_listener_output(stage.crowd.listener, &out));
        assert_int_equal(versions[v] == HF_TLS13 ? out.wire[0] & 0xf0 : out.wire[0],
                         versions[v] == HF_TLS13 ? 0x20 : 23);
        close_stage(&stage);
    }
}

/* One end alone does not use them. */
static void both_must_want_them(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct crowd crowd;
        const struct lab_side side = {.min = versions[v], .max = versions[v], .more = client_more};
        crowd_open(&crowd, versions[v], NULL);
        hf_config_drop(crowd.client_config);
        client_len = 4;
        crowd.client_config = lab_config(HF_CLIENT, &side, NULL);
        struct hf_connection *client = crowd_join(&crowd, 0);
        crowd_run(&crowd);
        assert_true(crowd_is_open(client));
        assert_false(info_of(client).used);
        assert_int_equal(hf_prefer_path(client, 1), HF_ERR_wrong_call);
        assert_int_equal(hf_ask_for_connection_ids(client, 1), HF_ERR_wrong_call);
        assert_int_equal(hf_give_connection_ids(client, 1, false), HF_ERR_wrong_call);
        crowd_close(&crowd);
    }
}

/* The old address is dead: NAT rebinding. Data that waits meanwhile arrives at the new one. */
static void a_peer_moves(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++)
        for (int basic = 0; basic <= 1; basic++) {
            struct stage stage;
            server_check = basic ? HF_PATH_CHECK_BASIC : HF_PATH_CHECK_ENHANCED;
            open_stage(&stage, versions[v], 0, 8);
            rename_client(&stage, "new");
            client_says(&stage, "from elsewhere");
            assert_true(info_of(stage.server).checking);
            expect_address(&stage, "0");
            server_says(&stage, "and back");
            crowd_pass(&stage.crowd, basic ? 200 : 3000);
            expect_address(&stage, "new");
            expect_data(stage.client, "and back");
            assert_true(lab_event(stage.server, HF_EVENT_PEER_MOVED));
            assert_false(lab_event(stage.server, HF_EVENT_PEER_MOVED)); /* once */
            hf_association_settle(stage.association);
            const struct hf_connection_id_info info = info_of(stage.server);
            assert_int_equal(info.paths_moved, 1);
            assert_false(info.checking);
            assert_int_equal(crowd_counts(&stage.crowd).moved, 1);
            assert_int_equal(crowd_counts(&stage.crowd).associations, 1);
            rename_client(&stage, "newer");
            client_says(&stage, "again");
            crowd_pass(&stage.crowd, 3000);
            expect_address(&stage, "newer");
            close_stage(&stage);
        }
}

/* Without the enhanced check's first question to the old address it could not be told from a copy on a quicker way. */
static void a_copy_from_elsewhere_moves_nobody(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct stage stage;
        uint8_t wire[DATAGRAM_MAX];
        size_t len;
        open_stage(&stage, versions[v], 0, 8);
        for (unsigned i = 0; i < 5; i++) {
            say(stage.client, "raced");
            hf_drain(stage.client, wire, sizeof wire, &len);
            hf_listener_feed(stage.crowd.listener, "attacker", 8, wire, len, stage.crowd.now_ms);
            hf_listener_feed(stage.crowd.listener, "0", 1, wire, len, stage.crowd.now_ms); /* the original is late */
            expect_data(stage.server, "raced");
            hf_association_settle(stage.association);
            crowd_pass(&stage.crowd, 3000);
            expect_address(&stage, "0");
            assert_int_equal(info_of(stage.server).paths_stayed, i + 1);
        }
        assert_int_equal(info_of(stage.server).paths_moved, 0);
        close_stage(&stage);
    }
}

/* The address of a victim who does not answer: it gets a few small questions, and no more. */
static void a_victims_address_gets_little(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct stage stage;
        uint8_t wire[DATAGRAM_MAX];
        struct hf_outgoing out;
        size_t len, sent = 0;
        server_check = HF_PATH_CHECK_BASIC;
        open_stage(&stage, versions[v], 0, 8);
        say(stage.client, "x");
        hf_drain(stage.client, wire, sizeof wire, &len);
        hf_listener_feed(stage.crowd.listener, "victim", 6, wire, len, stage.crowd.now_ms);
        for (unsigned i = 0; i < 100; i++)
            server_says(&stage, "a large answer, again and again, which would be much more than what came");
        for (unsigned i = 0; i < 100; i++) {
            stage.crowd.now_ms += 100;
            hf_listener_tick(stage.crowd.listener, stage.crowd.now_ms);
            for (; hf_listener_output(stage.crowd.listener, &out); hf_listener_sent(stage.crowd.listener))
                sent += out.address_len == 6 ? out.len : 0;
        }
        assert_true(sent > 0 && sent <= 3 * len);
        assert_int_equal(info_of(stage.server).paths_failed, 1);
        expect_address(&stage, "0");
        close_stage(&stage);
    }
}

/* Whoever knows the ID, and no key. */
static void forgeries_and_replays_with_the_id_change_nothing(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct stage stage;
        uint8_t wire[DATAGRAM_MAX], forged[DATAGRAM_MAX];
        size_t len;
        open_stage(&stage, versions[v], 0, 8);
        say(stage.client, "genuine");
        hf_drain(stage.client, wire, sizeof wire, &len);
        hf_listener_feed(stage.crowd.listener, "0", 1, wire, len, stage.crowd.now_ms);
        expect_data(stage.server, "genuine");
        for (size_t i = 0; i < len; i++) {
            memcpy(forged, wire, len);
            forged[i] ^= 0x5a;
            hf_listener_feed(stage.crowd.listener, "attacker", 8, forged, len, stage.crowd.now_ms);
            hf_listener_feed(stage.crowd.listener, "attacker", 8, wire, i, stage.crowd.now_ms);
        }
        hf_listener_feed(stage.crowd.listener, "attacker", 8, wire, len, stage.crowd.now_ms); /* a replay */
        assert_null(hf_failure(stage.server));
        assert_false(info_of(stage.server).checking);
        crowd_pass(&stage.crowd, 3000);
        expect_address(&stage, "0");
        assert_int_equal(info_of(stage.server).paths_moved + info_of(stage.server).paths_failed, 0);
        say(stage.client, "still here");
        crowd_run(&stage.crowd);
        expect_data(stage.server, "still here");
        close_stage(&stage);
    }
}

/* What was overtaken on the old way, and comes late, does not move it back: RFC 9146 6. */
static void an_older_record_moves_nothing(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct stage stage;
        uint8_t late[DATAGRAM_MAX];
        size_t len;
        open_stage(&stage, versions[v], 0, 8);
        say(stage.client, "late");
        hf_drain(stage.client, late, sizeof late, &len);
        rename_client(&stage, "new");
        client_says(&stage, "newer");
        crowd_pass(&stage.crowd, 3000);
        expect_address(&stage, "new");
        hf_listener_feed(stage.crowd.listener, "0", 1, late, len, stage.crowd.now_ms);
        expect_data(stage.server, "late");
        assert_false(info_of(stage.server).checking);
        expect_address(&stage, "new");
        close_stage(&stage);
    }
}

/* RFC 9853 5.2: a client that moved by itself says so on its old way, so that it is followed at once. */
static void a_client_that_prefers_another_path_is_followed_at_once(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct stage stage;
        struct hf_outgoing out;
        uint8_t wire[DATAGRAM_MAX];
        const uint8_t *shown;
        size_t len;
        open_stage(&stage, versions[v], 0, 8);
        assert_int_equal(hf_prefer_path(stage.client, 1), HF_OK);
        say(stage.client, "from my other address");
        for (unsigned turns = 0; turns < 8; turns++) {
            for (; hf_listener_output(stage.crowd.listener, &out); hf_listener_sent(stage.crowd.listener)) {
                hf_set_path(stage.client, out.address[0] == 'B' ? 1 : 0);
                assert_int_equal(hf_feed(stage.client, out.wire, out.len, stage.crowd.now_ms), HF_OK);
            }
            while (hf_output(stage.client, &shown) > 0) {
                const char *from = hf_output_path(stage.client) == 1 ? "B" : "0";
                hf_drain(stage.client, wire, sizeof wire, &len);
                hf_listener_feed(stage.crowd.listener, from, 1, wire, len, stage.crowd.now_ms);
                if (turns == 0)
                    expect_data(stage.server, "from my other address");
                hf_association_settle(stage.association);
            }
        }
        expect_address(&stage, "B"); /* no time has passed */
        assert_int_equal(info_of(stage.server).paths_moved, 1);
        close_stage(&stage);
    }
}

/* Two peers behind one address, as when a NAT gives a port to somebody else: each is found by its ID. */
static void two_peers_at_one_address(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct stage stage;
        open_stage(&stage, versions[v], 4, 8);
        struct hf_connection *second = crowd_join(&stage.crowd, 1);
        crowd_pass(&stage.crowd, 2000);
        assert_true(crowd_is_open(second));
        strcpy(stage.crowd.clients[1].address, "0");
        rename_client(&stage, "away");
        client_says(&stage, "and I am elsewhere");
        struct hf_association *other = hf_listener_next(stage.crowd.listener);
        assert_non_null(other);
        (void)lab_event(hf_association_connection(other), HF_EVENT_OPENED);
        hf_association_settle(other);
        say(second, "I am where the first was");
        (void)crowd_to_listener(&stage.crowd);
        expect_data(hf_association_connection(other), "I am where the first was");
        hf_association_settle(other);
        crowd_pass(&stage.crowd, 3000);
        expect_address(&stage, "away");
        assert_int_equal(crowd_counts(&stage.crowd).moved, 2);
        assert_int_equal(crowd_counts(&stage.crowd).associations, 2);
        close_stage(&stage);
    }
}

/* ---- further IDs, RFC 9147 9 ---- */

static void ids_are_asked_for_given_used_and_retired(void **state)
{
    (void)state;
    struct stage stage;
    uint8_t first[8], old[DATAGRAM_MAX];
    size_t old_len;
    open_stage(&stage, HF_TLS13, 0, 8);
    memcpy(first, info_of(stage.server).own, 8);
    assert_int_equal(hf_ask_for_connection_ids(stage.client, 3), HF_OK);
    assert_int_equal(hf_ask_for_connection_ids(stage.client, 3), HF_ERR_wrong_call); /* not answered yet */
    crowd_pass(&stage.crowd, 2000);
    assert_int_equal(info_of(stage.client).spare, 3);
    assert_memory_equal(info_of(stage.client).peer, first, 8);

    say(stage.client, "on its way");
    hf_drain(stage.client, old, sizeof old, &old_len);
    rename_client(&stage, "new");
    assert_int_equal(hf_prefer_path(stage.client, 0), HF_OK); /* the same path: nothing changes */
    assert_int_equal(info_of(stage.client).spare, 3);
    assert_int_equal(hf_give_connection_ids(stage.server, 1, true), HF_OK);
    hf_association_settle(stage.association);
    rename_client(&stage, "0");
    crowd_pass(&stage.crowd, 2000);
    assert_int_equal(info_of(stage.client).spare, 0); /* of those it had none counts any more */
    assert_memory_equal(info_of(stage.client).peer, info_of(stage.server).own, 8);
    assert_memory_not_equal(info_of(stage.client).peer, first, 8);
    say(stage.client, "under the new one");
    crowd_run(&stage.crowd);
    expect_data(stage.server, "under the new one");
    hf_listener_feed(stage.crowd.listener, "0", 1, old, old_len, stage.crowd.now_ms); /* the old one counts still */
    expect_data(stage.server, "on its way");
    crowd_pass(&stage.crowd, 250000);
    say(stage.client, "much later");
    crowd_run(&stage.crowd);
    expect_data(stage.server, "much later");

    assert_true(hf_give_connection_ids(stage.server, 7, false) == HF_OK); /* there is room again */
    close_stage(&stage);
}

static void a_move_uses_another_id(void **state)
{
    (void)state;
    struct stage stage;
    uint8_t before[8];
    open_stage(&stage, HF_TLS13, 8, 8);
    assert_int_equal(hf_ask_for_connection_ids(stage.server, 2), HF_OK);
    hf_association_settle(stage.association);
    crowd_pass(&stage.crowd, 2000);
    assert_int_equal(info_of(stage.server).spare, 2);
    memcpy(before, info_of(stage.server).peer, 8);
    rename_client(&stage, "new");
    client_says(&stage, "moved");
    crowd_pass(&stage.crowd, 3000);
    assert_int_equal(info_of(stage.server).spare, 1);
    assert_memory_not_equal(info_of(stage.server).peer, before, 8);
    server_says(&stage, "hello there");
    crowd_run(&stage.crowd);
    expect_data(stage.client, "hello there");
    close_stage(&stage);
}

static void what_may_not_be_asked_is_a_wrong_call(void **state)
{
    (void)state;
    struct stage stage;
    open_stage(&stage, HF_TLS12, 8, 8);
    assert_int_equal(hf_ask_for_connection_ids(stage.client, 1), HF_ERR_wrong_call); /* 1.2 has no such message */
    assert_int_equal(hf_give_connection_ids(stage.client, 1, false), HF_ERR_wrong_call);
    close_stage(&stage);
    open_stage(&stage, HF_TLS13, 0, 8);
    assert_int_equal(hf_give_connection_ids(stage.client, 1, false), HF_ERR_wrong_call); /* it wants none */
    assert_int_equal(hf_ask_for_connection_ids(stage.server, 1), HF_ERR_wrong_call);
    assert_int_equal(hf_ask_for_connection_ids(stage.client, 0), HF_ERR_wrong_call);
    assert_int_equal(hf_ask_for_connection_ids(stage.client, 9), HF_ERR_wrong_call);
    assert_int_equal(hf_give_connection_ids(stage.server, 8, false), HF_ERR_wrong_call); /* with the first: nine */
    close_stage(&stage);
}

/* ---- what a peer may not send ---- */

static enum hf_error take(struct hf_connection *connection, enum hf_input input, const char *body, size_t len)
{
    const struct hf_taken taken = {.input = input, .body = hf_span_of(body, len), .whole = hf_span_of(body, len)};
    return hf_machine_take(&connection->handshake, &taken);
}

static void wrong_messages_are_refused(void **state)
{
    (void)state;
    static const struct {
        enum hf_input input;
        size_t of_client, of_server, len;
        const char *body;
        enum hf_error error;
    } cases[] = {
        {HF_INPUT_new_connection_id, 8, 8, 3, "\0\0\1", HF_OK}, /* none, spare: fewer than asked for */
        {HF_INPUT_new_connection_id, 8, 8, 3, "\0\0\0", HF_ERR_illegal_parameter},
        {HF_INPUT_new_connection_id, 8, 8, 6, "\0\3\2ab\2", HF_ERR_illegal_parameter},
        {HF_INPUT_new_connection_id, 8, 8, 4, "\0\1\0\1", HF_ERR_illegal_parameter}, /* an empty ID */
        {HF_INPUT_new_connection_id, 8, 8, 5, "\0\3\2ab", HF_ERR_decode_error},
        {HF_INPUT_new_connection_id, 8, 8, 6, "\0\3\3ab\1", HF_ERR_decode_error},
        {HF_INPUT_new_connection_id, 0, 8, 6, "\0\3\2ab\1", HF_ERR_unexpected_message}, /* it has said none */
        {HF_INPUT_request_connection_id, 8, 8, 1, "\1", HF_OK},
        {HF_INPUT_request_connection_id, 8, 8, 0, "", HF_ERR_decode_error},
        {HF_INPUT_request_connection_id, 8, 8, 2, "\1\1", HF_ERR_decode_error},
        {HF_INPUT_request_connection_id, 8, 0, 1, "\1", HF_ERR_unexpected_message},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct stage stage;
        open_stage(&stage, HF_TLS13, cases[i].of_client, cases[i].of_server);
        assert_int_equal(take(stage.server, cases[i].input, cases[i].body, cases[i].len), cases[i].error);
        close_stage(&stage);
    }
}

/* RFC 9147 9: neither message without the extension. */
static void without_agreement_no_message_is_taken(void **state)
{
    (void)state;
    struct crowd crowd;
    crowd_open(&crowd, HF_TLS13, NULL);
    struct hf_connection *client = crowd_join(&crowd, 0);
    crowd_run(&crowd);
    assert_true(crowd_is_open(client));
    assert_int_equal(take(client, HF_INPUT_new_connection_id, "\0\3\2ab\1", 6), HF_ERR_unexpected_message);
    assert_int_equal(take(client, HF_INPUT_request_connection_id, "\1", 1), HF_ERR_unexpected_message);
    crowd_close(&crowd);
}

static void a_flood_of_requests_ends_the_connection(void **state)
{
    (void)state;
    struct stage stage;
    enum hf_error error = HF_OK;
    unsigned requests = 0;
    open_stage(&stage, HF_TLS13, 8, 8);
    for (; error == HF_OK && requests < 100; requests++)
        error = take(stage.server, HF_INPUT_request_connection_id, "\1", 1);
    assert_int_equal(error, HF_ERR_too_many_ids_requested);
    assert_int_equal(requests, 33);
    close_stage(&stage);
}

/* A record of the type return_routability_check, under the client's keys. */
static void send_check(struct stage *stage, const void *content, size_t len)
{
    struct hf_datagram *datagram = (struct hf_datagram *)stage->client->framing;
    assert_int_equal(
        hf_sender_send_record(&datagram->sender, HF_CONTENT_RETURN_ROUTABILITY_CHECK, hf_span_of(content, len)), HF_OK);
    hf_outbox_close(&datagram->sender.outbox);
    crowd_run(&stage->crowd);
}

static void checks_are_read_and_unknown_ones_ignored(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct stage stage;
        open_stage(&stage, versions[v], 0, 8);
        send_check(&stage, "\1unasked!", 9);
        send_check(&stage, "\7of the future", 14);
        assert_null(hf_failure(stage.server));
        send_check(&stage, "\0short", 6);
        assert_non_null(hf_failure(stage.server));
        assert_int_equal(hf_failure(stage.server)->error, HF_ERR_decode_error);
        close_stage(&stage);
    }
}

/* RFC 9853 3: not unless both have said rrc. */
static void checks_without_agreement_are_refused(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct stage stage;
        open_stage(&stage, versions[v], 0, 8);
        hf_framing_routes(stage.server->framing)->check.is_agreed = false;
        send_check(&stage, "\0question", 9);
        assert_non_null(hf_failure(stage.server));
        assert_int_equal(hf_failure(stage.server)->error, HF_ERR_unexpected_message);
        close_stage(&stage);
    }
}

/* RFC 9146 3: where an ID was agreed on, a record without it is nobody's. */
static void a_record_without_the_id_is_dropped(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct stage stage;
        open_stage(&stage, versions[v], 0, 8);
        struct hf_datagram *datagram = (struct hf_datagram *)stage.client->framing;
        uint64_t dropped = hf_datagrams_dropped(stage.server);
        datagram->sender.outbox.id = hf_span_of(NULL, 0);
        say(stage.client, "without");
        crowd_run(&stage.crowd);
        assert_true(hf_datagrams_dropped(stage.server) > dropped);
        hf_routing_changed(datagram);
        client_says(&stage, "with");
        close_stage(&stage);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_as_agreed),
        cmocka_unit_test(records_show_the_id),
        cmocka_unit_test(both_must_want_them),
        cmocka_unit_test(a_peer_moves),
        cmocka_unit_test(a_copy_from_elsewhere_moves_nobody),
        cmocka_unit_test(a_victims_address_gets_little),
        cmocka_unit_test(forgeries_and_replays_with_the_id_change_nothing),
        cmocka_unit_test(an_older_record_moves_nothing),
        cmocka_unit_test(a_client_that_prefers_another_path_is_followed_at_once),
        cmocka_unit_test(two_peers_at_one_address),
        cmocka_unit_test(ids_are_asked_for_given_used_and_retired),
        cmocka_unit_test(a_move_uses_another_id),
        cmocka_unit_test(what_may_not_be_asked_is_a_wrong_call),
        cmocka_unit_test(wrong_messages_are_refused),
        cmocka_unit_test(without_agreement_no_message_is_taken),
        cmocka_unit_test(a_flood_of_requests_ends_the_connection),
        cmocka_unit_test(checks_are_read_and_unknown_ones_ignored),
        cmocka_unit_test(checks_without_agreement_are_refused),
        cmocka_unit_test(a_record_without_the_id_is_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
