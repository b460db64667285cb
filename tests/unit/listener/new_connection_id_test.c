/* Further connection IDs asked for, given, used and retired; and what a peer may not send of IDs and checks. RFC 9147
 * 9, RFC 9146 3, RFC 9853 3. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "datagram/parts.h"
#include "engine/connection.h"
#include "handshake/machine.h"
#include "support/roaming.h"

enum { DATAGRAM_MAX = 2048 };

static const enum hf_version versions[] = {HF_TLS12, HF_TLS13};

static void ids_are_asked_for_given_used_and_retired(void **state)
{
    (void)state;
    struct roaming stage;
    uint8_t first[8], old[DATAGRAM_MAX];
    size_t old_len;
    roaming_open(&stage, HF_TLS13, 0, 8);
    memcpy(first, roaming_info(stage.server).own, 8);
    assert_int_equal(hf_ask_for_connection_ids(stage.client, 3), HF_OK);
    assert_int_equal(hf_ask_for_connection_ids(stage.client, 3), HF_ERR_wrong_call); /* not answered yet */
    crowd_pass(&stage.crowd, 2000);
    assert_int_equal(roaming_info(stage.client).spare, 3);
    assert_memory_equal(roaming_info(stage.client).peer, first, 8);

    roaming_say(stage.client, "on its way");
    hf_drain(stage.client, old, sizeof old, &old_len);
    roaming_move(&stage, "new");
    assert_int_equal(hf_prefer_path(stage.client, 0), HF_OK); /* the same path: nothing changes */
    assert_int_equal(roaming_info(stage.client).spare, 3);
    assert_int_equal(hf_give_connection_ids(stage.server, 1, true), HF_OK);
    hf_association_settle(stage.association);
    roaming_move(&stage, "0");
    crowd_pass(&stage.crowd, 2000);
    assert_int_equal(roaming_info(stage.client).spare, 0); /* of those it had none counts any more */
    assert_memory_equal(roaming_info(stage.client).peer, roaming_info(stage.server).own, 8);
    assert_memory_not_equal(roaming_info(stage.client).peer, first, 8);
    roaming_say(stage.client, "under the new one");
    crowd_run(&stage.crowd);
    roaming_expect_data(stage.server, "under the new one");
    hf_listener_feed(stage.crowd.listener, "0", 1, old, old_len, stage.crowd.now_ms); /* the old one counts still */
    roaming_expect_data(stage.server, "on its way");
    crowd_pass(&stage.crowd, 250000);
    roaming_say(stage.client, "much later");
    crowd_run(&stage.crowd);
    roaming_expect_data(stage.server, "much later");

    assert_true(hf_give_connection_ids(stage.server, 7, false) == HF_OK); /* there is room again */
    roaming_close(&stage);
}

static void a_move_uses_another_id(void **state)
{
    (void)state;
    struct roaming stage;
    uint8_t before[8];
    roaming_open(&stage, HF_TLS13, 8, 8);
    assert_int_equal(hf_ask_for_connection_ids(stage.server, 2), HF_OK);
    hf_association_settle(stage.association);
    crowd_pass(&stage.crowd, 2000);
    assert_int_equal(roaming_info(stage.server).spare, 2);
    memcpy(before, roaming_info(stage.server).peer, 8);
    roaming_move(&stage, "new");
    roaming_client_says(&stage, "moved");
    crowd_pass(&stage.crowd, 3000);
    assert_int_equal(roaming_info(stage.server).spare, 1);
    assert_memory_not_equal(roaming_info(stage.server).peer, before, 8);
    roaming_server_says(&stage, "hello there");
    crowd_run(&stage.crowd);
    roaming_expect_data(stage.client, "hello there");
    roaming_close(&stage);
}

static void what_may_not_be_asked_is_a_wrong_call(void **state)
{
    (void)state;
    struct roaming stage;
    roaming_open(&stage, HF_TLS12, 8, 8);
    assert_int_equal(hf_ask_for_connection_ids(stage.client, 1), HF_ERR_wrong_call); /* 1.2 has no such message */
    assert_int_equal(hf_give_connection_ids(stage.client, 1, false), HF_ERR_wrong_call);
    roaming_close(&stage);
    roaming_open(&stage, HF_TLS13, 0, 8);
    assert_int_equal(hf_give_connection_ids(stage.client, 1, false), HF_ERR_wrong_call); /* it wants none */
    assert_int_equal(hf_ask_for_connection_ids(stage.server, 1), HF_ERR_wrong_call);
    assert_int_equal(hf_ask_for_connection_ids(stage.client, 0), HF_ERR_wrong_call);
    assert_int_equal(hf_ask_for_connection_ids(stage.client, 9), HF_ERR_wrong_call);
    assert_int_equal(hf_give_connection_ids(stage.server, 8, false), HF_ERR_wrong_call); /* with the first: nine */
    roaming_close(&stage);
}

/* ---- what nobody drains ---- */

static const struct hf_outbox *outbox_of(const struct hf_connection *connection)
{
    return &((const struct hf_datagram *)connection->framing)->sender.outbox;
}

static size_t memory_of(const struct hf_outbox *outbox)
{
    size_t sum = 0;
    for (const struct hf_outbox_datagram *one = outbox->first; one != NULL; one = one->next)
        sum += sizeof *one + one->room;
    return sum;
}

/* Sends one record of the client's and gives it to the server, whose answers stay where they are. */
static void pour(struct roaming *stage, uint8_t type, const char *content, size_t len)
{
    uint8_t bytes[DATAGRAM_MAX];
    size_t wire_len;
    struct hf_sender *sender = &((struct hf_datagram *)stage->client->framing)->sender;
    assert_int_equal(hf_sender_send_record(sender, type, hf_span_of(content, len)), HF_OK);
    hf_outbox_close(&sender->outbox);
    hf_drain(stage->client, bytes, sizeof bytes, &wire_len);
    hf_listener_feed(stage->crowd.listener, "0", 1, bytes, wire_len, stage->crowd.now_ms);
    assert_null(hf_failure(stage->server));
}

/* Who asks for paths as fast as it can does not fill the memory of a server whose socket takes nothing. */
static void answers_that_wait_are_bounded(void **state)
{
    (void)state;
    struct roaming stage;
    for (size_t v = 0; v < HF_COUNT(versions); v++) {
        roaming_open(&stage, versions[v], 8, 8);
        for (unsigned i = 0; i < 20000; i++)
            pour(&stage, HF_CONTENT_RETURN_ROUTABILITY_CHECK, "\0cookie08", 9);
        assert_true(memory_of(outbox_of(stage.server)) > HF_OUTBOX_BYTES_MAX / 2);
        assert_true(memory_of(outbox_of(stage.server)) < HF_OUTBOX_BYTES_MAX + DATAGRAM_MAX);
        crowd_pass(&stage.crowd, 1000);
        assert_int_equal(memory_of(outbox_of(stage.server)), 0);
        roaming_client_says(&stage, "still here");
        roaming_close(&stage);
    }
}

/* What was to be acknowledged at once is acknowledged when there is room. */
static void acks_that_wait_are_bounded(void **state)
{
    (void)state;
    struct roaming stage;
    roaming_open(&stage, HF_TLS13, 8, 8);
    struct hf_datagram *server = (struct hf_datagram *)stage.server->framing;
    for (unsigned i = 0; i < 20000; i++) {
        hf_ack_note(&server->ack, HF_EPOCH_APPLICATION13, i);
        server->is_ack_urgent = true;
        hf_listener_feed(stage.crowd.listener, "0", 1, "none", 4, stage.crowd.now_ms);
    }
    assert_true(memory_of(outbox_of(stage.server)) > HF_OUTBOX_BYTES_MAX / 2);
    assert_true(memory_of(outbox_of(stage.server)) < HF_OUTBOX_BYTES_MAX + DATAGRAM_MAX);
    assert_true(server->ack.has_news);
    crowd_run(&stage.crowd);
    crowd_pass(&stage.crowd, 1000);
    assert_false(server->ack.has_news);
    assert_int_equal(memory_of(outbox_of(stage.server)), 0);
    roaming_close(&stage);
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
        struct roaming stage;
        roaming_open(&stage, HF_TLS13, cases[i].of_client, cases[i].of_server);
        assert_int_equal(take(stage.server, cases[i].input, cases[i].body, cases[i].len), cases[i].error);
        roaming_close(&stage);
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
    struct roaming stage;
    enum hf_error error = HF_OK;
    unsigned requests = 0;
    roaming_open(&stage, HF_TLS13, 8, 8);
    for (; error == HF_OK && requests < 100; requests++)
        error = take(stage.server, HF_INPUT_request_connection_id, "\1", 1);
    assert_int_equal(error, HF_ERR_too_many_ids_requested);
    assert_int_equal(requests, 33);
    roaming_close(&stage);
}

/* A record of the type return_routability_check, under the client's keys. */
static void send_check(struct roaming *stage, const void *content, size_t len)
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
        struct roaming stage;
        roaming_open(&stage, versions[v], 0, 8);
        send_check(&stage, "\1unasked!", 9);
        send_check(&stage, "\7of the future", 14);
        assert_null(hf_failure(stage.server));
        send_check(&stage, "\0short", 6);
        assert_non_null(hf_failure(stage.server));
        assert_int_equal(hf_failure(stage.server)->error, HF_ERR_decode_error);
        roaming_close(&stage);
    }
}

/* RFC 9853 3: not unless both have said rrc. */
static void checks_without_agreement_are_refused(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct roaming stage;
        roaming_open(&stage, versions[v], 0, 8);
        hf_framing_routes(stage.server->framing)->check.is_agreed = false;
        send_check(&stage, "\0question", 9);
        assert_non_null(hf_failure(stage.server));
        assert_int_equal(hf_failure(stage.server)->error, HF_ERR_unexpected_message);
        roaming_close(&stage);
    }
}

/* RFC 9146 3: where an ID was agreed on, a record without it is nobody's. */
static void a_record_without_the_id_is_dropped(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct roaming stage;
        roaming_open(&stage, versions[v], 0, 8);
        struct hf_datagram *datagram = (struct hf_datagram *)stage.client->framing;
        uint64_t dropped = hf_datagrams_dropped(stage.server);
        datagram->sender.outbox.id = hf_span_of(NULL, 0);
        roaming_say(stage.client, "without");
        crowd_run(&stage.crowd);
        assert_true(hf_datagrams_dropped(stage.server) > dropped);
        hf_routing_changed(datagram);
        roaming_client_says(&stage, "with");
        roaming_close(&stage);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_asked_for_given_used_and_retired),
        cmocka_unit_test(a_move_uses_another_id),
        cmocka_unit_test(what_may_not_be_asked_is_a_wrong_call),
        cmocka_unit_test(answers_that_wait_are_bounded),
        cmocka_unit_test(acks_that_wait_are_bounded),
        cmocka_unit_test(wrong_messages_are_refused),
        cmocka_unit_test(without_agreement_no_message_is_taken),
        cmocka_unit_test(a_flood_of_requests_ends_the_connection),
        cmocka_unit_test(checks_are_read_and_unknown_ones_ignored),
        cmocka_unit_test(checks_without_agreement_are_refused),
        cmocka_unit_test(a_record_without_the_id_is_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
