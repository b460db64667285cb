/* The framing behind the handshake, through whole connections over a network in virtual time. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "datagram/parts.h"
#include "engine/connection.h"
#include "support/key_holder.h"
#include "support/lab.h"
#include "support/lab_check.h"
#include "support/network.h"

#include <string.h>

#include <string.h>

static const struct network_weather fair = {.delay_min_ms = 10, .delay_max_ms = 10};

static struct hf_datagram *inside(struct hf_connection *connection)
{
    return (struct hf_datagram *)connection->framing;
}

struct ends {
    struct network network;
    struct lab_pair pair;
};

static void over_datagrams(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    hf_builder_datagram_max(builder, 700);
}

static void run(struct ends *ends)
{
    uint64_t until_ms = ends->network.now_ms + 2000;
    while (network_step(&ends->network, ends->pair.client, ends->pair.server, until_ms))
        ;
    assert_null(hf_failure(ends->pair.client));
    assert_null(hf_failure(ends->pair.server));
}

static void open_ends(struct ends *ends, const struct network_weather *weather)
{
    const struct lab_side side = {.min = HF_TLS13, .max = HF_TLS13, .more = over_datagrams};
    lab_pair_open(&ends->pair, &side, &side);
    network_start(&ends->network, weather, 7, LAB_NOW_MS);
    network_collect(&ends->network, ends->pair.client, ends->pair.server);
    run(ends);
    assert_true(lab_event(ends->pair.client, HF_EVENT_OPENED));
    assert_true(lab_event(ends->pair.server, HF_EVENT_OPENED));
}

static void close_ends(struct ends *ends)
{
    network_stop(&ends->network);
    lab_pair_close(&ends->pair);
}

static void say(struct ends *ends, struct hf_connection *from, struct hf_connection *to)
{
    char got[16];
    size_t len;
    assert_int_equal(hf_write(from, "hello", 5, &len), HF_OK);
    network_collect(&ends->network, ends->pair.client, ends->pair.server);
    run(ends);
    assert_int_equal(hf_read(to, got, sizeof got, &len), HF_OK);
    assert_int_equal(len, 5);
}

/* The epochs of the two directions know nothing of each other: ACKs of the one that does not turn name higher ones. */
static void one_end_turns_its_keys_often(void **state)
{
    (void)state;
    struct ends ends;
    open_ends(&ends, &fair);
    for (unsigned i = 0; i < 10; i++) {
        struct hf_connection *turning = i < 5 ? ends.pair.server : ends.pair.client;
        assert_int_equal(hf_key_update(turning, /* ask_peer= */ false), HF_OK);
        network_collect(&ends.network, ends.pair.client, ends.pair.server);
        run(&ends);
        say(&ends, turning, i < 5 ? ends.pair.client : ends.pair.server);
    }
    close_ends(&ends);
}

/* A KeyUpdate that is wanted while another flight is out waits for it, and goes then. */
static void flights_behind_the_handshake_go_one_after_the_other(void **state)
{
    (void)state;
    struct ends ends;
    const struct lab_side side = {.min = HF_TLS13, .max = HF_TLS13, .more = over_datagrams};
    lab_pair_open(&ends.pair, &side, &side);
    network_start(&ends.network, &fair, 7, LAB_NOW_MS);
    network_collect(&ends.network, ends.pair.client, ends.pair.server);
    while (!lab_event(ends.pair.client, HF_EVENT_OPENED))
        assert_true(network_step(&ends.network, ends.pair.client, ends.pair.server, LAB_NOW_MS + 1000));
    size_t sent = ends.network.datagrams_sent;
    assert_int_equal(hf_key_update(ends.pair.client, /* ask_peer= */ false), HF_OK); /* its Finished is on its way */
    network_collect(&ends.network, ends.pair.client, ends.pair.server);
    assert_int_equal(ends.network.datagrams_sent, sent);
    run(&ends);
    assert_true(ends.network.datagrams_sent > sent);
    say(&ends, ends.pair.client, ends.pair.server);
    close_ends(&ends);
}

/* Where the schedule is told, nothing else counts. */
static void the_schedule_can_be_told(void **state)
{
    (void)state;
    const struct lab_side side = {.more = over_datagrams};
    struct lab_pair pair;
    lab_pair_open(&pair, &side, &side);
    hf_set_retransmission(pair.client, 100);
    uint64_t now_ms = LAB_NOW_MS;
    unsigned times = 0;
    while (hf_deadline(pair.client) != UINT64_MAX) {
        const uint8_t *wire;
        for (size_t len = hf_output(pair.client, &wire); len > 0; len = hf_output(pair.client, &wire)) {
            assert_true(len <= 700);
            hf_drained(pair.client, len);
        }
        assert_int_equal(hf_deadline(pair.client) - now_ms, times < 10 ? 100u << times : 60000);
        now_ms = hf_deadline(pair.client);
        times++;
        (void)hf_tick(pair.client, now_ms);
    }
    assert_int_equal(times, 13);
    assert_int_equal(hf_failure(pair.client)->error, HF_ERR_datagrams_unanswered);
    lab_pair_close(&pair);
}

static void turn(struct ends *ends, struct hf_connection *turning)
{
    assert_int_equal(hf_key_update(turning, /* ask_peer= */ false), HF_OK);
    network_collect(&ends->network, ends->pair.client, ends->pair.server);
    run(ends);
    say(ends, turning, turning == ends->pair.client ? ends->pair.server : ends->pair.client);
}

/* No further keys go out, neither wanted nor asked for (RFC 9147 8); data does, both ways. */
static void assert_spent(struct ends *ends, struct hf_connection *spent, struct hf_connection *other)
{
    uint32_t last = inside(spent)->sender.next_message_seq;
    assert_int_equal(hf_key_update(spent, /* ask_peer= */ false), HF_ERR_wrong_call);
    assert_int_equal(hf_key_update(other, /* ask_peer= */ true), HF_OK);
    network_collect(&ends->network, ends->pair.client, ends->pair.server);
    run(ends);
    assert_int_equal(inside(spent)->sender.next_message_seq, last);
    say(ends, spent, other);
    say(ends, other, spent);
}

static void the_last_epoch_is_used(void **state)
{
    (void)state;
    struct ends ends;
    open_ends(&ends, &fair);
    hf_epoch_current_write(&inside(ends.pair.client)->sender.writes)->epoch = UINT16_MAX - 2;
    hf_epoch_current_read(&inside(ends.pair.server)->reads)->epoch = UINT16_MAX - 2;
    turn(&ends, ends.pair.client);
    turn(&ends, ends.pair.client);
    assert_int_equal(hf_epoch_current_read(&inside(ends.pair.server)->reads)->epoch, UINT16_MAX);
    assert_spent(&ends, ends.pair.client, ends.pair.server);
    close_ends(&ends);
}

static void the_last_message_number_is_used(void **state)
{
    (void)state;
    struct ends ends;
    open_ends(&ends, &fair);
    inside(ends.pair.server)->sender.next_message_seq = UINT16_MAX - 1;
    inside(ends.pair.client)->reassemble.next = UINT16_MAX - 1;
    turn(&ends, ends.pair.server);
    turn(&ends, ends.pair.server);
    assert_spent(&ends, ends.pair.server, ends.pair.client);
    close_ends(&ends);
}

static void one_group(struct hf_builder *builder)
{
    over_datagrams(builder);
    hf_builder_groups(builder, "P-384");
}

static enum network_fate lose_second_hellos(void *context, bool to_server, size_t nth)
{
    const bool *loses = context;
    return to_server && *loses && nth > 0 ? NETWORK_LOSE : NETWORK_PASS;
}

/* RFC 9147 7.2: who answers has our flight. In the clear that may be forged, so what is answered goes again by the
 * timer no more, and at once when the peer repeats itself. */
static void a_part_in_the_clear_silences_a_flight_and_loses_nothing(void **state)
{
    (void)state;
    static const uint8_t part[] = {22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 14, 1,
                                   0,  1,    0,    0, 1, 0, 0, 0, 0, 0, 2, 3, 3};
    const struct lab_side client = {.min = HF_TLS13,
                                    .max = HF_TLS13,
                                    .groups = "x25519:P-384",
                                    .more = over_datagrams}; /* a hello of one datagram */
    const struct lab_side server = {.min = HF_TLS13, .max = HF_TLS13, .more = one_group};
    struct ends ends;
    bool loses = true;
    lab_pair_open(&ends.pair, &client, &server);
    network_start(&ends.network, &fair, 7, LAB_NOW_MS);
    ends.network.fate = lose_second_hellos;
    ends.network.fate_context = &loses;
    network_collect(&ends.network, ends.pair.client, ends.pair.server);
    while (network_step(&ends.network, ends.pair.client, ends.pair.server, LAB_NOW_MS + 50))
        ;
    uint64_t due_ms = hf_deadline(ends.pair.server);
    assert_true(due_ms < UINT64_MAX); /* the HelloRetryRequest is out */
    assert_int_equal(hf_feed(ends.pair.server, part, sizeof part, ends.network.now_ms), HF_OK);
    assert_true(hf_deadline(ends.pair.server) <= due_ms); /* an ACK is due */
    network_collect(&ends.network, ends.pair.client, ends.pair.server);
    assert_int_equal(hf_tick(ends.pair.server, hf_deadline(ends.pair.server)), HF_OK);
    assert_int_equal(hf_deadline(ends.pair.server), UINT64_MAX);
    assert_false(hf_flight_is_empty(&inside(ends.pair.server)->sender.flight));
    loses = false;
    run(&ends);
    assert_true(lab_event(ends.pair.client, HF_EVENT_OPENED));
    assert_true(lab_event(ends.pair.server, HF_EVENT_OPENED));
    close_ends(&ends);
}

static enum hf_error found_wrong;

static enum hf_error open_wrong(struct hf_record_protection *protection, const struct hf_record_wire *wire,
                                uint8_t *into, struct hf_record_content *ret_content)
{
    (void)protection, (void)wire, (void)into, (void)ret_content;
    return found_wrong;
}

/* RFC 9147 4.5.2: what does not open is anybody's; what opens and is wrong then is the peer's. */
static void what_opens_and_is_wrong_is_the_peers(void **state)
{
    (void)state;
    static const struct {
        enum hf_error found;
        enum hf_error failed;
        enum hf_alert alert;
    } rows[] = {
        {HF_ERR_bad_record, HF_OK, HF_ALERT_none},
        {HF_ERR_record_too_long, HF_ERR_record_too_long, HF_ALERT_record_overflow},
        {HF_ERR_inner_plaintext_empty, HF_ERR_inner_plaintext_empty, HF_ALERT_unexpected_message},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ends ends;
        const uint8_t *wire;
        size_t len;
        open_ends(&ends, &fair);
        struct hf_record_protection *protection = hf_epoch_current_read(&inside(ends.pair.server)->reads)->protection;
        struct hf_record_methods methods = *protection->methods;
        methods.open = open_wrong;
        protection->methods = &methods;
        assert_int_equal(hf_write(ends.pair.client, "hello", 5, &len), HF_OK);
        len = hf_output(ends.pair.client, &wire);
        found_wrong = rows[i].found;
        assert_int_equal(hf_feed(ends.pair.server, wire, len, ends.network.now_ms), rows[i].failed);
        if (rows[i].failed == HF_OK)
            assert_null(hf_failure(ends.pair.server));
        else
            lab_assert_failed(ends.pair.server, &(struct lab_failure){rows[i].failed, HF_BY_US, rows[i].alert});
        close_ends(&ends);
    }
}

/* ... and what is longer than any record may be is not even opened. */
static void no_record_is_opened_that_is_too_long(void **state)
{
    (void)state;
    enum { HEADER_LEN = 5, BODY_MAX = 16384 + 256 };
    static uint8_t wire[HEADER_LEN + BODY_MAX + 1];
    for (size_t more = 0; more < 2; more++) {
        struct ends ends;
        const size_t body_len = BODY_MAX + more;
        const uint8_t header[HEADER_LEN] = {0x2f, 0, 9, (uint8_t)(body_len >> 8), (uint8_t)body_len};
        assert_true(hf_span_copy(hf_span_of(header, sizeof header), wire, sizeof wire));
        open_ends(&ends, &fair);
        struct hf_record_protection *protection = hf_epoch_current_read(&inside(ends.pair.server)->reads)->protection;
        struct hf_record_methods methods = *protection->methods;
        methods.open = open_wrong;
        protection->methods = &methods;
        found_wrong = HF_ERR_record_too_long;
        assert_int_equal(hf_feed(ends.pair.server, wire, HEADER_LEN + body_len, ends.network.now_ms),
                         more == 0 ? HF_ERR_record_too_long : HF_OK);
        close_ends(&ends);
    }
}

/* RFC 9147 6.1: also data of no bytes. */
static void keys_of_the_handshake_protect_no_data(void **state)
{
    (void)state;
    for (size_t len = 0; len < 2; len++) {
        const struct lab_side side = {.min = HF_TLS13, .max = HF_TLS13, .more = over_datagrams};
        struct lab_pair pair;
        const uint8_t *wire;
        uint64_t sequence;
        lab_pair_open(&pair, &side, &side);
        size_t wire_len = hf_output(pair.client, &wire);
        assert_int_equal(hf_feed(pair.server, wire, wire_len, LAB_NOW_MS), HF_OK);
        struct hf_sender *sender = &inside(pair.server)->sender;
        struct hf_epoch_write *write = hf_epoch_find_write(&sender->writes, HF_EPOCH_HANDSHAKE13);
        assert_int_equal(hf_outbox_seal(&sender->outbox, write, sender->mtu.path, HF_CONTENT_APPLICATION_DATA,
                                        hf_span_of((const uint8_t *)"x", len), &sequence),
                         HF_OK);
        hf_outbox_close(&sender->outbox);
        enum hf_error error = HF_OK;
        while (error == HF_OK && (wire_len = hf_output(pair.server, &wire)) > 0) {
            error = hf_feed(pair.client, wire, wire_len, LAB_NOW_MS);
            hf_drained(pair.server, wire_len);
        }
        assert_int_equal(error, HF_ERR_unexpected_message);
        lab_pair_close(&pair);
    }
}

static void signed_elsewhere(struct hf_builder *builder)
{
    over_datagrams(builder);
    const struct lab_identity *identity = lab_identity(LAB_CLIENT, MAKE_KEY_P256);
    hf_builder_identity_outside(builder, identity->chain, strlen(identity->chain));
}

/* RFC 9147 7.1: who cannot answer at once says what came, so that it does not come again. */
static void a_slow_signer_lets_an_ack_go(void **state)
{
    (void)state;
    const struct lab_side client = {.min = HF_TLS13, .max = HF_TLS13, .anonymous = true, .more = signed_elsewhere};
    const struct lab_side server = {.min = HF_TLS13, .max = HF_TLS13, .more = over_datagrams};
    struct ends ends;
    struct hf_signature_wanted wanted;
    const uint8_t *wire;
    uint8_t signature[128];
    lab_pair_open(&ends.pair, &client, &server);
    network_start(&ends.network, &fair, 7, LAB_NOW_MS);
    network_collect(&ends.network, ends.pair.client, ends.pair.server);
    while (!hf_signature_wanted(ends.pair.client, &wanted))
        assert_true(network_step(&ends.network, ends.pair.client, ends.pair.server, LAB_NOW_MS + 100));
    assert_int_equal(hf_output(ends.pair.client, &wire), 0);
    assert_in_range(hf_deadline(ends.pair.client), ends.network.now_ms + 1, ends.network.now_ms + 100);
    assert_int_equal(hf_tick(ends.pair.client, hf_deadline(ends.pair.client)), HF_OK);
    assert_in_range(hf_output(ends.pair.client, &wire), 1, 100);
    network_collect(&ends.network, ends.pair.client, ends.pair.server);
    run(&ends);
    assert_int_equal(hf_deadline(ends.pair.server), UINT64_MAX); /* it has all of its flight acknowledged */
    size_t len = key_holder_sign(LAB_CLIENT, &wanted, signature, sizeof signature);
    assert_int_equal(hf_answer_signature(ends.pair.client, signature, len), HF_OK);
    network_collect(&ends.network, ends.pair.client, ends.pair.server);
    run(&ends);
    assert_true(lab_event(ends.pair.client, HF_EVENT_OPENED));
    assert_true(lab_event(ends.pair.server, HF_EVENT_OPENED));
    close_ends(&ends);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_end_turns_its_keys_often),
        cmocka_unit_test(flights_behind_the_handshake_go_one_after_the_other),
        cmocka_unit_test(the_schedule_can_be_told),
        cmocka_unit_test(the_last_epoch_is_used),
        cmocka_unit_test(the_last_message_number_is_used),
        cmocka_unit_test(a_part_in_the_clear_silences_a_flight_and_loses_nothing),
        cmocka_unit_test(what_opens_and_is_wrong_is_the_peers),
        cmocka_unit_test(no_record_is_opened_that_is_too_long),
        cmocka_unit_test(keys_of_the_handshake_protect_no_data),
        cmocka_unit_test(a_slow_signer_lets_an_ack_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
