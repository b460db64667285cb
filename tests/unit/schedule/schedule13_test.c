/* The traces of RFC 8448 replayed: every record that it prints is opened, its messages compared, its Finished and
 * binders recomputed, and sealed again byte for byte. What differs in one bit of the key schedule differs here. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "record/tls13.h"
#include "schedule/schedule13.h"
#include "schedule/transcript.h"
#include "stream/stream.h"
#include "support/vector_page.h"

#include <stdlib.h>
#include <string.h>

#define KEY_LEN    16
#define BINDER_LEN 32
#define LIST_LEN   35 /* of one binder of 32 bytes: list's length, its own, itself */

struct trace {
    const char *section;
    struct hf_vector_page page;
    struct hf_toolbox *toolbox;
    struct hf_transcript transcript;
    struct hf_schedule13 schedule;
    bool has_early_data;
    struct hf_framing *client; /* reads what the server sent, writes what the client sent */
    struct hf_framing *server;
};

#define assert_spans_equal(a, b) assert_true(hf_span_equal(a, b))

static struct hf_span get(const struct trace *trace, const char *name)
{
    return hf_vector_page_get(&trace->page, trace->section, name);
}

static void give_back(struct hf_span bytes)
{
    free((void *)(uintptr_t)bytes.data);
}

static void open_trace(struct trace *trace, const char *section)
{
    *trace = (struct trace){.section = section, .page = hf_vector_page_open("rfc8448.txt")};
    assert_int_equal(hf_toolbox_new(&hf_allocation_standard, &trace->toolbox), HF_OK);
    hf_transcript_init(&trace->transcript, trace->toolbox, &hf_allocation_standard);
    hf_schedule13_init(&trace->schedule, trace->toolbox, HF_HASH_SHA256);
    assert_int_equal(hf_stream_new(&hf_allocation_standard, &trace->client), HF_OK);
    assert_int_equal(hf_stream_new(&hf_allocation_standard, &trace->server), HF_OK);
}

static void close_trace(struct trace *trace)
{
    hf_framing_free(trace->client);
    hf_framing_free(trace->server);
    hf_schedule13_wipe(&trace->schedule);
    hf_transcript_release(&trace->transcript);
    hf_toolbox_free(trace->toolbox);
    hf_vector_page_free(&trace->page);
}

static struct hf_digest digest_of(const struct trace *trace)
{
    struct hf_digest digest;
    assert_int_equal(hf_transcript_digest(&trace->transcript, &digest), HF_OK);
    return digest;
}

static struct hf_record_protection *protection(const struct trace *trace, enum hf_secret13 which,
                                               enum hf_aead_direction direction)
{
    HF_WIPED_KEYS struct hf_traffic_keys keys = {0};
    struct hf_record_protection *made = NULL;
    assert_int_equal(hf_schedule13_keys(&trace->schedule, which, KEY_LEN, &keys), HF_OK);
    assert_int_equal(
        hf_tls13_new(trace->toolbox, &hf_allocation_standard, HF_AEAD_AES_128_GCM, direction, &keys, &made), HF_OK);
    return made;
}

static void turn(struct trace *trace, enum hf_role sender, enum hf_secret13 which)
{
    struct hf_framing *from = sender == HF_CLIENT ? trace->client : trace->server;
    struct hf_framing *to = sender == HF_CLIENT ? trace->server : trace->client;
    assert_int_equal(hf_framing_turn_write(from, protection(trace, which, HF_AEAD_SEAL)), HF_OK);
    assert_int_equal(hf_framing_turn_read(to, protection(trace, which, HF_AEAD_OPEN)), HF_OK);
}

static void feed_all(struct hf_framing *framing, struct hf_span *wire)
{
    size_t taken = 0;
    assert_int_equal(hf_framing_feed(framing, *wire, &taken), HF_OK);
    assert_true(taken > 0);
    *wire = hf_span_part(*wire, taken, wire->len);
}

/* The next unit of `wire`, fed to the end that reads it. */
static struct hf_unit next_unit(struct hf_framing *framing, struct hf_span *wire)
{
    struct hf_unit unit = {0};
    assert_int_equal(hf_framing_next(framing, &unit), HF_OK);
    while (unit.kind == HF_UNIT_NONE && wire->len > 0) {
        feed_all(framing, wire);
        assert_int_equal(hf_framing_next(framing, &unit), HF_OK);
    }
    return unit;
}

static void expect_output(struct hf_framing *framing, struct hf_span wire)
{
    assert_int_equal(hf_framing_flush(framing), HF_OK);
    assert_spans_equal(hf_framing_output(framing), wire);
    hf_framing_consumed(framing, wire.len);
}

static void check_finished(struct trace *trace, enum hf_role sender, struct hf_span body)
{
    struct hf_digest digest = digest_of(trace);
    struct hf_digest verify_data;
    assert_int_equal(hf_schedule13_finished(&trace->schedule, sender, &digest, &verify_data), HF_OK);
    assert_spans_equal(hf_digest_span(&verify_data), body);
}

/* Opens a flight up to and with its Finished, checks that, and seals it again. */
static void replay_flight(struct trace *trace, enum hf_role sender, struct hf_span wire)
{
    struct hf_framing *reader = sender == HF_CLIENT ? trace->server : trace->client;
    struct hf_framing *writer = sender == HF_CLIENT ? trace->client : trace->server;
    struct hf_span left = wire;
    if (wire.data[0] == HF_CONTENT_CHANGE_CIPHER_SPEC)
        assert_int_equal(hf_framing_send_ccs(writer), HF_OK);
    for (bool is_done = false; !is_done;) {
        struct hf_unit unit = next_unit(reader, &left);
        assert_int_equal(unit.kind, HF_UNIT_HANDSHAKE);
        assert_true(unit.is_protected);
        is_done = unit.type == 20;
        if (is_done)
            check_finished(trace, sender, unit.body);
        assert_int_equal(hf_transcript_add(&trace->transcript, unit.whole), HF_OK);
        assert_int_equal(hf_framing_send_message(writer, unit.whole), HF_OK);
    }
    assert_true(hf_framing_between_messages(reader));
    expect_output(writer, wire);
}

/* A plaintext record with one message: through the framing, into the transcript. */
static void replay_hello(struct trace *trace, enum hf_role sender, const char *name)
{
    struct hf_framing *reader = sender == HF_CLIENT ? trace->server : trace->client;
    struct hf_framing *writer = sender == HF_CLIENT ? trace->client : trace->server;
    struct hf_span wire = get(trace, name);
    assert_non_null(wire.data);
    struct hf_span left = wire;
    struct hf_unit unit = next_unit(reader, &left);
    assert_int_equal(unit.kind, HF_UNIT_HANDSHAKE);
    assert_false(unit.is_protected);
    assert_spans_equal(unit.whole, hf_span_part(wire, HF_RECORD_HEADER_LEN, wire.len));
    if (sender == HF_SERVER) {
        hf_framing_set_rules(trace->client, HF_RULES_13);
        hf_framing_set_rules(trace->server, HF_RULES_13);
    }
    assert_int_equal(hf_transcript_add(&trace->transcript, unit.whole), HF_OK);
    assert_int_equal(hf_framing_send_message(writer, unit.whole), HF_OK);
    expect_output(writer, wire);
    give_back(wire);
}

static void replay_retry(struct trace *trace)
{
    assert_int_equal(hf_transcript_choose(&trace->transcript, HF_HASH_SHA256, /* keep_messages = */ false), HF_OK);
    assert_int_equal(hf_transcript_retry(&trace->transcript), HF_OK);
    replay_hello(trace, HF_SERVER, "hello_retry_request");
    replay_hello(trace, HF_CLIENT, "client_hello_2");
}

static void check_binder(struct trace *trace)
{
    struct hf_span record = get(trace, "client_hello");
    struct hf_span hello = hf_span_part(record, HF_RECORD_HEADER_LEN, record.len);
    struct hf_digest digest;
    struct hf_digest binder;
    assert_int_equal(hf_transcript_digest_with(&trace->transcript, HF_HASH_SHA256,
                                               hf_span_part(hello, 0, hello.len - LIST_LEN), &digest),
                     HF_OK);
    assert_int_equal(hf_schedule13_binder(&trace->schedule, HF_PSK_RESUMPTION, &digest, &binder), HF_OK);
    assert_spans_equal(hf_digest_span(&binder), hf_span_part(hello, hello.len - BINDER_LEN, BINDER_LEN));
    give_back(record);
}

static void check_secret(const struct trace *trace, enum hf_secret13 which, const char *name)
{
    struct hf_span wanted = get(trace, name);
    const struct hf_secret *secret = hf_schedule13_secret(&trace->schedule, which);
    assert_non_null(secret);
    if (wanted.data != NULL)
        assert_spans_equal(hf_secret_span(secret), wanted);
    give_back(wanted);
}

static void check_current(const struct trace *trace, const char *name)
{
    struct hf_span wanted = get(trace, name);
    if (wanted.data != NULL)
        assert_spans_equal(hf_secret_span(&trace->schedule.current), wanted);
    give_back(wanted);
}

/* Application data or an alert under the application keys, both ways of the record. */
static void replay_record(struct trace *trace, enum hf_role sender, const char *name)
{
    struct hf_framing *reader = sender == HF_CLIENT ? trace->server : trace->client;
    struct hf_framing *writer = sender == HF_CLIENT ? trace->client : trace->server;
    struct hf_span wire = get(trace, name);
    struct hf_span left = wire;
    size_t taken = 0;
    if (wire.data == NULL)
        return;
    struct hf_unit unit = next_unit(reader, &left);
    assert_true(unit.is_protected);
    if (unit.kind == HF_UNIT_DATA)
        assert_int_equal(hf_framing_send_data(writer, unit.data, &taken), HF_OK);
    else if (unit.kind == HF_UNIT_ALERT)
        assert_int_equal(hf_framing_send_alert(writer, unit.alert_level, unit.alert), HF_OK);
    else
        fail_msg("no unit in %s", name);
    expect_output(writer, wire);
    give_back(wire);
}

static void replay_ticket(struct trace *trace)
{
    struct hf_span wire = get(trace, "new_session_ticket");
    struct hf_span left = wire;
    static const uint8_t nonce[] = {0, 0};
    HF_WIPED struct hf_secret psk = {0};
    if (wire.data == NULL)
        return;
    struct hf_unit unit = next_unit(trace->client, &left);
    assert_int_equal(unit.kind, HF_UNIT_HANDSHAKE);
    assert_int_equal(unit.type, 4);
    assert_spans_equal(hf_span_part(unit.body, 8, 3), hf_span_of("\x02\0\0", 3)); /* the nonce that it holds */
    assert_int_equal(hf_schedule13_ticket_psk(&trace->schedule, hf_span_of(nonce, sizeof nonce), &psk), HF_OK);
    struct hf_span wanted = get(trace, "psk");
    assert_spans_equal(hf_secret_span(&psk), wanted);
    assert_int_equal(hf_framing_send_message(trace->server, unit.whole), HF_OK);
    expect_output(trace->server, wire);
    give_back(wanted);
    give_back(wire);
}

static void start_early(struct trace *trace)
{
    HF_WIPED struct hf_secret psk = {0};
    struct hf_span bytes = get(trace, "psk");
    bool is_resumed = strcmp(trace->section, "resumed") == 0;
    if (is_resumed)
        assert_true(hf_secret_set(&psk, bytes));
    assert_int_equal(hf_schedule13_early(&trace->schedule, &psk), HF_OK);
    if (is_resumed)
        check_binder(trace);
    give_back(bytes);
}

static void replay_early_data(struct trace *trace)
{
    struct hf_digest hello;
    struct hf_span record = get(trace, "early_data");
    if (record.data == NULL)
        return;
    give_back(record);
    assert_int_equal(hf_transcript_digest_with(&trace->transcript, HF_HASH_SHA256, hf_span_of(NULL, 0), &hello), HF_OK);
    assert_int_equal(hf_schedule13_early_traffic(&trace->schedule, &hello), HF_OK);
    turn(trace, HF_CLIENT, HF_SECRET13_CLIENT_EARLY);
    replay_record(trace, HF_CLIENT, "early_data");
}

static void enter_handshake(struct trace *trace)
{
    struct hf_premaster shared = {0};
    struct hf_span bytes = get(trace, "shared");
    assert_true(hf_span_copy(bytes, shared.bytes, sizeof shared.bytes));
    shared.len = bytes.len;
    assert_int_equal(hf_transcript_choose(&trace->transcript, HF_HASH_SHA256, /* keep_messages = */ false), HF_OK);
    struct hf_digest hellos = digest_of(trace);
    assert_int_equal(hf_schedule13_shared(&trace->schedule, &shared), HF_OK);
    assert_int_equal(shared.len, 0);
    assert_int_equal(shared.bytes[0], 0);
    check_current(trace, "handshake_secret");
    assert_int_equal(hf_schedule13_handshake(&trace->schedule, &hellos), HF_OK);
    check_secret(trace, HF_SECRET13_CLIENT_HANDSHAKE, "c_hs");
    check_secret(trace, HF_SECRET13_SERVER_HANDSHAKE, "s_hs");
    give_back(bytes);
}

/* The client's flight; after early data it begins with EndOfEarlyData, a record under the early keys. */
static void replay_client_flight(struct trace *trace)
{
    struct hf_span all = get(trace, "client_flight");
    struct hf_span wire = all;
    if (trace->has_early_data) {
        struct hf_span first = hf_span_part(wire, 0, 5 + 21);
        struct hf_span left = first;
        struct hf_unit unit = next_unit(trace->server, &left);
        assert_int_equal(unit.type, 5);
        assert_int_equal(hf_transcript_add(&trace->transcript, unit.whole), HF_OK);
        assert_int_equal(hf_framing_send_message(trace->client, unit.whole), HF_OK);
        expect_output(trace->client, first);
        wire = hf_span_part(wire, first.len, wire.len);
    }
    turn(trace, HF_CLIENT, HF_SECRET13_CLIENT_HANDSHAKE);
    replay_flight(trace, HF_CLIENT, wire);
    give_back(all);
}

static void replay_handshake(struct trace *trace)
{
    struct hf_span server_flight = get(trace, "server_flight");
    enter_handshake(trace);
    turn(trace, HF_SERVER, HF_SECRET13_SERVER_HANDSHAKE);
    replay_flight(trace, HF_SERVER, server_flight);
    struct hf_digest to_server_finished = digest_of(trace);
    trace->has_early_data = hf_schedule13_secret(&trace->schedule, HF_SECRET13_EARLY_EXPORTER) != NULL;
    assert_int_equal(hf_schedule13_master(&trace->schedule, &to_server_finished), HF_OK);
    assert_null(hf_schedule13_secret(&trace->schedule, HF_SECRET13_CLIENT_EARLY));
    assert_null(hf_schedule13_secret(&trace->schedule, HF_SECRET13_EARLY_EXPORTER));
    check_current(trace, "master_secret");
    check_secret(trace, HF_SECRET13_CLIENT_TRAFFIC, "c_ap");
    check_secret(trace, HF_SECRET13_SERVER_TRAFFIC, "s_ap");
    check_secret(trace, HF_SECRET13_EXPORTER, "exporter");
    turn(trace, HF_SERVER, HF_SECRET13_SERVER_TRAFFIC);

    replay_client_flight(trace);
    struct hf_digest to_client_finished = digest_of(trace);
    assert_int_equal(hf_schedule13_resumption(&trace->schedule, &to_client_finished), HF_OK);
    check_secret(trace, HF_SECRET13_RESUMPTION, "resumption");
    assert_null(hf_schedule13_secret(&trace->schedule, HF_SECRET13_CLIENT_HANDSHAKE));
    turn(trace, HF_CLIENT, HF_SECRET13_CLIENT_TRAFFIC);
    give_back(server_flight);
}

static void replay(const char *section)
{
    struct trace trace;
    open_trace(&trace, section);
    start_early(&trace);
    replay_hello(&trace, HF_CLIENT, "client_hello");
    struct hf_span retry = get(&trace, "hello_retry_request");
    if (retry.data != NULL)
        replay_retry(&trace);
    give_back(retry);
    replay_early_data(&trace);
    replay_hello(&trace, HF_SERVER, "server_hello");
    replay_handshake(&trace);
    replay_ticket(&trace);
    replay_record(&trace, HF_CLIENT, "client_data");
    replay_record(&trace, HF_SERVER, "server_data");
    replay_record(&trace, HF_CLIENT, "client_close");
    replay_record(&trace, HF_SERVER, "server_close");
    close_trace(&trace);
}

static void simple_handshake(void **state)
{
    (void)state;
    replay("simple");
}

static void resumed_handshake_with_early_data(void **state)
{
    (void)state;
    replay("resumed");
}

static void hello_retry(void **state)
{
    (void)state;
    replay("hello_retry");
}

static void client_authentication(void **state)
{
    (void)state;
    replay("client_auth");
}

static void middlebox_compatibility(void **state)
{
    (void)state;
    replay("middlebox");
}

static void calls_out_of_order_are_refused(void **state)
{
    (void)state;
    struct trace trace;
    struct hf_digest digest = {.len = 32};
    struct hf_traffic_keys keys;
    struct hf_premaster shared = {.bytes = {1}, .len = 32};
    uint8_t out[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    struct hf_export_request request = {.label = hf_span_of_text("EXPORTER-test")};
    struct hf_secret psk;
    open_trace(&trace, "simple");
    struct hf_schedule13 *schedule = &trace.schedule;
    assert_int_equal(hf_schedule13_shared(schedule, &shared), HF_ERR_wrong_call);
    assert_int_equal(shared.len, 0); /* wiped although it failed */
    assert_int_equal(hf_schedule13_early(schedule, NULL), HF_OK);
    assert_int_equal(hf_schedule13_early(schedule, NULL), HF_ERR_wrong_call);
    assert_int_equal(hf_schedule13_handshake(schedule, &digest), HF_ERR_wrong_call);
    assert_int_equal(hf_schedule13_master(schedule, &digest), HF_ERR_wrong_call);
    assert_int_equal(hf_schedule13_resumption(schedule, &digest), HF_ERR_wrong_call);
    assert_int_equal(hf_schedule13_update(schedule, HF_CLIENT), HF_ERR_wrong_call);
    assert_int_equal(hf_schedule13_keys(schedule, HF_SECRET13_CLIENT_TRAFFIC, 16, &keys), HF_ERR_wrong_call);
    assert_int_equal(hf_schedule13_finished(schedule, HF_CLIENT, &digest, &digest), HF_ERR_wrong_call);
    assert_int_equal(hf_schedule13_ticket_psk(schedule, hf_span_of("", 1), &psk), HF_ERR_wrong_call);
    assert_int_equal(hf_schedule13_export(schedule, HF_SECRET13_EXPORTER, &request, out, sizeof out),
                     HF_ERR_wrong_call);
    assert_int_equal(out[0], 0);
    assert_int_equal(hf_schedule13_shared(schedule, NULL), HF_OK);
    assert_int_equal(hf_schedule13_shared(schedule, NULL), HF_ERR_wrong_call);
    digest.len = 31;
    assert_int_equal(hf_schedule13_handshake(schedule, &digest), HF_ERR_wrong_call);
    assert_int_equal(schedule->stage, HF_STAGE13_SHARED);
    close_trace(&trace);
}

/* RFC 9147 5.9: another prefix in every label, also in those of exporters. */
static void exported_keys_have_the_protocols_prefix(void **state)
{
    (void)state;
    uint8_t of_tls[16], of_dtls[16];
    const struct hf_export_request request = {.label = hf_span_of_text("EXPORTER-test")};
    struct hf_schedule13 schedule = {.toolbox = NULL};
    for (int i = 0; i < 2; i++) {
        struct trace trace;
        open_trace(&trace, "simple");
        schedule = trace.schedule;
        schedule.stage = HF_STAGE13_OPEN;
        for (size_t place = 0; place < HF_SCHEDULE13_PLACES; place++)
            assert_true(hf_secret_set(&schedule.places[place], hf_span_of_text("a secret of 32 bytes, in a test.")));
        if (i == 1)
            hf_schedule13_name(&schedule, "dtls13", /* has_number_keys= */ true);
        assert_int_equal(
            hf_schedule13_export(&schedule, HF_SECRET13_EXPORTER, &request, i == 0 ? of_tls : of_dtls, sizeof of_tls),
            HF_OK);
        close_trace(&trace);
    }
    assert_memory_not_equal(of_tls, of_dtls, sizeof of_tls);
}

static void update_replaces_the_secret(void **state)
{
    (void)state;
    struct trace trace;
    struct hf_digest digest = {.len = 32};
    open_trace(&trace, "simple");
    struct hf_schedule13 *schedule = &trace.schedule;
    assert_int_equal(hf_schedule13_early(schedule, NULL), HF_OK);
    assert_int_equal(hf_schedule13_shared(schedule, NULL), HF_OK);
    assert_int_equal(hf_schedule13_handshake(schedule, &digest), HF_OK);
    assert_int_equal(hf_schedule13_master(schedule, &digest), HF_OK);
    struct hf_secret client = *hf_schedule13_secret(schedule, HF_SECRET13_CLIENT_TRAFFIC);
    struct hf_secret server = *hf_schedule13_secret(schedule, HF_SECRET13_SERVER_TRAFFIC);
    assert_int_equal(hf_schedule13_update(schedule, HF_CLIENT), HF_OK);
    assert_false(hf_span_equal(hf_secret_span(&client),
                               hf_secret_span(hf_schedule13_secret(schedule, HF_SECRET13_CLIENT_TRAFFIC))));
    assert_true(hf_span_equal(hf_secret_span(&server),
                              hf_secret_span(hf_schedule13_secret(schedule, HF_SECRET13_SERVER_TRAFFIC))));
    close_trace(&trace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(simple_handshake),
        cmocka_unit_test(resumed_handshake_with_early_data),
        cmocka_unit_test(hello_retry),
        cmocka_unit_test(client_authentication),
        cmocka_unit_test(middlebox_compatibility),
        cmocka_unit_test(calls_out_of_order_are_refused),
        cmocka_unit_test(exported_keys_have_the_protocols_prefix),
        cmocka_unit_test(update_replaces_the_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
