/* Peers that change their address: found by connection ID, asked where they are, and never moved by anybody else.
 * RFC 9146 6, RFC 9853 5. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "support/roaming.h"

enum { DATAGRAM_MAX = 2048 };

static const enum hf_version versions[] = {HF_TLS12, HF_TLS13};

static void ids_are_as_agreed(void **state)
{
    (void)state;
    static const size_t lens[][2] = {{0, 8}, {8, 0}, {3, 20}, {0, 0}};
    for (size_t v = 0; v < 2; v++)
        for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
            struct roaming stage;
            roaming_open(&stage, versions[v], lens[i][0], lens[i][1]);
            const struct hf_connection_id_info client = roaming_info(stage.client), server = roaming_info(stage.server);
            assert_true(client.used && server.used && client.checks_paths && server.checks_paths);
            assert_int_equal(client.own_len, lens[i][0]);
            assert_int_equal(client.peer_len, lens[i][1]);
            assert_int_equal(server.own_len, lens[i][1]);
            assert_int_equal(server.peer_len, lens[i][0]);
            if (lens[i][1] > 0)
                assert_memory_equal(client.peer, server.own, server.own_len);
            if (lens[i][0] > 0)
                assert_memory_equal(server.peer, client.own, client.own_len);
            roaming_say(stage.client, "to the server");
            roaming_server_says(&stage, "to the client");
            crowd_run(&stage.crowd);
            roaming_expect_data(stage.server, "to the server");
            roaming_expect_data(stage.client, "to the client");
            roaming_close(&stage);
        }
}

/* What goes over the wire is as RFC 9146 4 and RFC 9147 4 say. */
static void records_show_the_id(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct roaming stage;
        const uint8_t *wire;
        roaming_open(&stage, versions[v], 0, 8);
        const struct hf_connection_id_info server = roaming_info(stage.server);
        roaming_say(stage.client, "x");
        assert_true(hf_output(stage.client, &wire) > 20);
        if (versions[v] == HF_TLS13) {
            assert_int_equal(wire[0] & 0xf0, 0x30);
            assert_memory_equal(wire + 1, server.own, 8);
        } else {
            assert_int_equal(wire[0], 25);
            assert_memory_equal(wire + 11, server.own, 8);
        }
        roaming_server_says(&stage, "y");
        struct hf_outgoing out;
        assert_true(hf_listener_output(stage.crowd.listener, &out));
        assert_int_equal(versions[v] == HF_TLS13 ? out.wire[0] & 0xf0 : out.wire[0],
                         versions[v] == HF_TLS13 ? 0x20 : 23);
        roaming_close(&stage);
    }
}

/* One end alone does not use them. */
static void both_must_want_them(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct crowd crowd;
        crowd_open(&crowd, versions[v], NULL);
        hf_config_drop(crowd.client_config);
        crowd.client_config = roaming_client_config(versions[v], 4);
        struct hf_connection *client = crowd_join(&crowd, 0);
        crowd_run(&crowd);
        assert_true(crowd_is_open(client));
        assert_false(roaming_info(client).used);
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
            struct roaming stage;
            roaming_check(basic ? HF_PATH_CHECK_BASIC : HF_PATH_CHECK_ENHANCED);
            roaming_open(&stage, versions[v], 0, 8);
            roaming_move(&stage, "new");
            roaming_client_says(&stage, "from elsewhere");
            assert_true(roaming_info(stage.server).checking);
            roaming_expect_address(&stage, "0");
            roaming_server_says(&stage, "and back");
            crowd_pass(&stage.crowd, basic ? 200 : 3000);
            roaming_expect_address(&stage, "new");
            roaming_expect_data(stage.client, "and back");
            assert_true(lab_event(stage.server, HF_EVENT_PEER_MOVED));
            assert_false(lab_event(stage.server, HF_EVENT_PEER_MOVED)); /* once */
            hf_association_settle(stage.association);
            const struct hf_connection_id_info info = roaming_info(stage.server);
            assert_int_equal(info.paths_moved, 1);
            assert_false(info.checking);
            assert_int_equal(crowd_counts(&stage.crowd).moved, 1);
            assert_int_equal(crowd_counts(&stage.crowd).associations, 1);
            roaming_move(&stage, "newer");
            roaming_client_says(&stage, "again");
            crowd_pass(&stage.crowd, 3000);
            roaming_expect_address(&stage, "newer");
            roaming_close(&stage);
        }
}

/* Without the enhanced check's first question to the old address it could not be told from a copy on a quicker way. */
static void a_copy_from_elsewhere_moves_nobody(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct roaming stage;
        uint8_t wire[DATAGRAM_MAX];
        size_t len;
        roaming_open(&stage, versions[v], 0, 8);
        for (unsigned i = 0; i < 5; i++) {
            roaming_say(stage.client, "raced");
            hf_drain(stage.client, wire, sizeof wire, &len);
            hf_listener_feed(stage.crowd.listener, "attacker", 8, wire, len, stage.crowd.now_ms);
            hf_listener_feed(stage.crowd.listener, "0", 1, wire, len, stage.crowd.now_ms); /* the original is late */
            roaming_expect_data(stage.server, "raced");
            hf_association_settle(stage.association);
            crowd_pass(&stage.crowd, 3000);
            roaming_expect_address(&stage, "0");
            assert_int_equal(roaming_info(stage.server).paths_stayed, i + 1);
        }
        assert_int_equal(roaming_info(stage.server).paths_moved, 0);
        roaming_close(&stage);
    }
}

/* The address of a victim who does not answer: it gets a few small questions, and no more. */
static void a_victims_address_gets_little(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct roaming stage;
        uint8_t wire[DATAGRAM_MAX];
        struct hf_outgoing out;
        size_t len, sent = 0;
        roaming_check(HF_PATH_CHECK_BASIC);
        roaming_open(&stage, versions[v], 0, 8);
        roaming_say(stage.client, "x");
        hf_drain(stage.client, wire, sizeof wire, &len);
        hf_listener_feed(stage.crowd.listener, "victim", 6, wire, len, stage.crowd.now_ms);
        for (unsigned i = 0; i < 100; i++)
            roaming_server_says(&stage, "a large answer, again and again, which would be much more than what came");
        for (unsigned i = 0; i < 100; i++) {
            stage.crowd.now_ms += 100;
            hf_listener_tick(stage.crowd.listener, stage.crowd.now_ms);
            for (; hf_listener_output(stage.crowd.listener, &out); hf_listener_sent(stage.crowd.listener))
                sent += out.address_len == 6 ? out.len : 0;
        }
        assert_true(sent > 0 && sent <= 3 * len);
        assert_int_equal(roaming_info(stage.server).paths_failed, 1);
        roaming_expect_address(&stage, "0");
        roaming_close(&stage);
    }
}

/* Whoever knows the ID, and no key. */
static void forgeries_and_replays_with_the_id_change_nothing(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct roaming stage;
        uint8_t wire[DATAGRAM_MAX], forged[DATAGRAM_MAX];
        size_t len;
        roaming_open(&stage, versions[v], 0, 8);
        roaming_say(stage.client, "genuine");
        hf_drain(stage.client, wire, sizeof wire, &len);
        hf_listener_feed(stage.crowd.listener, "0", 1, wire, len, stage.crowd.now_ms);
        roaming_expect_data(stage.server, "genuine");
        for (size_t i = 0; i < len; i++) {
            memcpy(forged, wire, len);
            forged[i] ^= 0x5a;
            hf_listener_feed(stage.crowd.listener, "attacker", 8, forged, len, stage.crowd.now_ms);
            hf_listener_feed(stage.crowd.listener, "attacker", 8, wire, i, stage.crowd.now_ms);
        }
        hf_listener_feed(stage.crowd.listener, "attacker", 8, wire, len, stage.crowd.now_ms); /* a replay */
        assert_null(hf_failure(stage.server));
        assert_false(roaming_info(stage.server).checking);
        crowd_pass(&stage.crowd, 3000);
        roaming_expect_address(&stage, "0");
        assert_int_equal(roaming_info(stage.server).paths_moved + roaming_info(stage.server).paths_failed, 0);
        roaming_say(stage.client, "still here");
        crowd_run(&stage.crowd);
        roaming_expect_data(stage.server, "still here");
        roaming_close(&stage);
    }
}

/* What was overtaken on the old way, and comes late, does not move it back: RFC 9146 6. */
static void an_older_record_moves_nothing(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct roaming stage;
        uint8_t late[DATAGRAM_MAX];
        size_t len;
        roaming_open(&stage, versions[v], 0, 8);
        roaming_say(stage.client, "late");
        hf_drain(stage.client, late, sizeof late, &len);
        roaming_move(&stage, "new");
        roaming_client_says(&stage, "newer");
        crowd_pass(&stage.crowd, 3000);
        roaming_expect_address(&stage, "new");
        hf_listener_feed(stage.crowd.listener, "0", 1, late, len, stage.crowd.now_ms);
        roaming_expect_data(stage.server, "late");
        assert_false(roaming_info(stage.server).checking);
        roaming_expect_address(&stage, "new");
        roaming_close(&stage);
    }
}

/* RFC 9853 5.2: a client that moved by itself says so on its old way, so that it is followed at once. */
static void a_client_that_prefers_another_path_is_followed_at_once(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct roaming stage;
        struct hf_outgoing out;
        uint8_t wire[DATAGRAM_MAX];
        const uint8_t *shown;
        size_t len;
        roaming_open(&stage, versions[v], 0, 8);
        assert_int_equal(hf_prefer_path(stage.client, 1), HF_OK);
        roaming_say(stage.client, "from my other address");
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
                    roaming_expect_data(stage.server, "from my other address");
                hf_association_settle(stage.association);
            }
        }
        roaming_expect_address(&stage, "B"); /* no time has passed */
        assert_int_equal(roaming_info(stage.server).paths_moved, 1);
        roaming_close(&stage);
    }
}

/* Two peers behind one address, as when a NAT gives a port to somebody else: each is found by its ID. */
static void two_peers_at_one_address(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct roaming stage;
        roaming_open(&stage, versions[v], 4, 8);
        struct hf_connection *second = crowd_join(&stage.crowd, 1);
        crowd_pass(&stage.crowd, 2000);
        assert_true(crowd_is_open(second));
        strcpy(stage.crowd.clients[1].address, "0");
        roaming_move(&stage, "away");
        roaming_client_says(&stage, "and I am elsewhere");
        struct hf_association *other = hf_listener_next(stage.crowd.listener);
        assert_non_null(other);
        (void)lab_event(hf_association_connection(other), HF_EVENT_OPENED);
        hf_association_settle(other);
        roaming_say(second, "I am where the first was");
        (void)crowd_to_listener(&stage.crowd);
        roaming_expect_data(hf_association_connection(other), "I am where the first was");
        hf_association_settle(other);
        crowd_pass(&stage.crowd, 3000);
        roaming_expect_address(&stage, "away");
        assert_int_equal(crowd_counts(&stage.crowd).moved, 2);
        assert_int_equal(crowd_counts(&stage.crowd).associations, 2);
        roaming_close(&stage);
    }
}

/* RFC 6347 4.2.8, RFC 9147 5.11: by address, for a hello has no ID. */
static void who_begins_anew_replaces_whoever_is_there(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct roaming stage;
        roaming_open(&stage, versions[v], 8, 8);
        struct hf_connection *second = crowd_join(&stage.crowd, 0);
        crowd_pass(&stage.crowd, 2000);
        assert_true(crowd_is_open(second));
        assert_int_equal(hf_failure(stage.server)->error, HF_ERR_association_replaced);
        assert_int_equal(crowd_counts(&stage.crowd).replaced, 1);
        roaming_close(&stage);
    }
}

static void who_has_moved_away_is_not_replaced(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct roaming stage;
        roaming_open(&stage, versions[v], 0, 8);
        roaming_move(&stage, "new");
        roaming_client_says(&stage, "moved");
        crowd_pass(&stage.crowd, 3000);
        roaming_expect_address(&stage, "new");
        struct hf_connection *second = crowd_join(&stage.crowd, 1);
        strcpy(stage.crowd.clients[1].address, "0"); /* where the first was */
        crowd_pass(&stage.crowd, 2000);
        assert_true(crowd_is_open(second));
        roaming_client_says(&stage, "still here");
        assert_int_equal(crowd_counts(&stage.crowd).replaced, 0);
        assert_int_equal(crowd_counts(&stage.crowd).associations, 2);
        roaming_close(&stage);
    }
}

/* The goodbye waits for the end of the check, and goes to where the peer is. */
static void who_is_dropped_while_it_moves_is_told(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct roaming stage;
        roaming_open(&stage, versions[v], 0, 8);
        roaming_move(&stage, "new");
        roaming_client_says(&stage, "moved");
        assert_true(roaming_info(stage.server).checking);
        hf_close(stage.server);
        hf_association_drop(stage.association);
        assert_int_equal(crowd_counts(&stage.crowd).associations, 1);
        crowd_pass(&stage.crowd, 3000);
        assert_true(lab_event(stage.client, HF_EVENT_PEER_CLOSED));
        assert_int_equal(crowd_counts(&stage.crowd).associations, 0);
        roaming_close(&stage);
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
        cmocka_unit_test(who_begins_anew_replaces_whoever_is_there),
        cmocka_unit_test(who_has_moved_away_is_not_replaced),
        cmocka_unit_test(who_is_dropped_while_it_moves_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
