/* Early data over datagrams: in epoch 1, beside the handshake's, without EndOfEarlyData. RFC 9147 5.6, 6.1. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <handfast/early.h>
#include <handfast/session.h>

#include <string.h>

#include "crypto/random.h"
#include "engine/connection.h"
#include "session/early_window.h"
#include "support/keepers.h"
#include "support/resume_lab.h"

enum { MAX = 1000, ROOM = 2048, DATAGRAMS = 8, UNIFIED = 0x20, UNIFIED_MASK = 0xe0, EPOCH_MASK = 3 };

static struct hf_early_window *window;

static int set_up(void **state)
{
    (void)state;
    return keepers_new(64, 1000000);
}

static int open_window(void **state)
{
    (void)state;
    return hf_early_window_new(&hf_allocation_standard, &hf_random_system, &window) == HF_OK ? 0 : -1;
}

static int close_window(void **state)
{
    (void)state;
    hf_early_window_free(window);
    return 0;
}

static void takes(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    keepers_with_tickets(builder);
    hf_builder_early_data(builder, MAX);
    hf_builder_early_guard(builder, hf_early_window_guard(window));
}

static void takes_with_ids(struct hf_builder *builder)
{
    takes(builder);
    hf_builder_connection_ids(builder, 4);
}

static void takes_short_records(struct hf_builder *builder)
{
    takes(builder);
    hf_builder_record_size_limit(builder, 512);
}

static void takes_none(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    keepers_with_tickets(builder);
}

static void sends(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    hf_builder_session_tickets(builder);
    hf_builder_early_data(builder, 1 << 20);
}

static void sends_short_records(struct hf_builder *builder)
{
    sends(builder);
    hf_builder_record_size_limit(builder, 1000);
}

static void sends_with_ids(struct hf_builder *builder)
{
    sends(builder);
    hf_builder_connection_ids(builder, 4);
}

static const struct lab_side client_side = {.more = sends}, server_side = {.more = takes};

static struct hf_connection *make(enum hf_role role, const struct lab_side *side, const struct resume_bytes *session)
{
    struct hf_failure failure = {0};
    struct hf_config *config = lab_config(role, side, &failure);
    assert_non_null(config);
    struct hf_connection *connection =
        role == HF_CLIENT ? hf_connection_resume(config, "server.lab", session->at, session->len, LAB_NOW_MS, &failure)
                          : hf_connection_new(config, NULL, LAB_NOW_MS, &failure);
    hf_config_drop(config);
    assert_non_null(connection);
    return connection;
}

/* A first connection of these, then a second pair of which the client has written `text` early. */
static void begin(struct lab_pair *pair, const struct lab_side *client, const struct lab_side *first,
                  const struct lab_side *server, const char *text)
{
    struct resume_bytes session = {0};
    size_t len;
    *pair = (struct lab_pair){make(HF_CLIENT, client, &session), make(HF_SERVER, first, NULL)};
    (void)lab_pair_run(pair);
    lab_assert_open(pair);
    assert_true(lab_event_first(pair->client, HF_EVENT_SESSION));
    assert_int_equal(hf_session_bytes(pair->client, session.at, sizeof session.at, &session.len), HF_OK);
    lab_pair_close(pair);
    *pair = (struct lab_pair){make(HF_CLIENT, client, &session), make(HF_SERVER, server, NULL)};
    assert_int_equal(hf_early_room(pair->client), MAX);
    assert_int_equal(hf_write_early(pair->client, text, strlen(text), &len), HF_OK);
    assert_int_equal(len, strlen(text));
}

static void read_early(struct hf_connection *server, const char *text)
{
    char got[64];
    size_t len = 1;
    assert_int_equal(hf_read(server, got, sizeof got, &len), HF_OK);
    assert_int_equal(len, 0); /* never there */
    assert_int_equal(hf_read_early(server, got, sizeof got, &len), HF_OK);
    assert_int_equal(len, strlen(text));
    assert_memory_equal(got, text, len);
}

static bool is_taken(const struct hf_connection *connection)
{
    struct hf_session_info info;
    hf_session_info(connection, &info);
    return info.early_data;
}

static void assert_taken(struct lab_pair *pair, const char *text)
{
    (void)lab_pair_run(pair);
    assert_true(lab_event_first(pair->server, HF_EVENT_EARLY_DATA));
    assert_string_equal(hf_peer_spiffe_id(hf_early_peer(pair->server)), "spiffe://lab/billing");
    read_early(pair->server, text);
    (void)lab_pair_run(pair);
    assert_true(is_taken(pair->client) && is_taken(pair->server));
    assert_false(lab_event(pair->client, HF_EVENT_EARLY_REFUSED));
    resume_lab_assert_open(pair, /* resumed= */ true);
}

static void assert_not_taken(struct lab_pair *pair)
{
    (void)lab_pair_run(pair);
    assert_false(lab_event(pair->server, HF_EVENT_EARLY_DATA));
    assert_true(lab_event_first(pair->client, HF_EVENT_EARLY_REFUSED));
    assert_false(is_taken(pair->client) || is_taken(pair->server));
    assert_int_equal(hf_early_room(pair->client), 0);
    resume_lab_assert_open(pair, /* resumed= */ true);
}

static void a_server_reads_two_epochs(void **state)
{
    (void)state;
    struct lab_pair pair;
    begin(&pair, &client_side, &server_side, &server_side, "early");
    assert_taken(&pair, "early");
    lab_pair_close(&pair);
}

static void connection_ids_do_not_hinder_it(void **state)
{
    (void)state;
    const struct lab_side client = {.more = sends_with_ids}, server = {.more = takes_with_ids};
    struct lab_pair pair;
    begin(&pair, &client, &server, &server, "early");
    assert_taken(&pair, "early");
    lab_pair_close(&pair);
}

static void who_takes_none_drops_it(void **state)
{
    (void)state;
    const struct lab_side none = {.more = takes_none}, retrying = {.more = takes, .groups = "secp384r1"};
    struct lab_pair pair;
    begin(&pair, &client_side, &server_side, &none, "early");
    assert_not_taken(&pair);
    lab_pair_close(&pair);
    begin(&pair, &client_side, &server_side, &retrying, "early"); /* the second hello is in the clear again */
    assert_not_taken(&pair);
    lab_pair_close(&pair);
}

/* ---- out of order ---- */

struct datagram {
    uint8_t bytes[ROOM];
    size_t len;
};

static size_t take_all(struct hf_connection *from, struct datagram datagrams[DATAGRAMS])
{
    size_t count = 0;
    for (;;) {
        struct datagram *one = &datagrams[count];
        hf_drain(from, one->bytes, sizeof one->bytes, &one->len);
        if (one->len == 0)
            return count;
        assert_true(++count < DATAGRAMS);
    }
}

static bool is_of_epoch(const struct datagram *datagram, unsigned epoch)
{
    return (datagram->bytes[0] & UNIFIED_MASK) == UNIFIED && (datagram->bytes[0] & EPOCH_MASK) == epoch;
}

static void what_overtakes_the_hello_waits_for_it(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct datagram sent[DATAGRAMS];
    begin(&pair, &client_side, &server_side, &server_side, "early");
    size_t count = take_all(pair.client, sent);
    assert_true(count >= 2);
    assert_true(is_of_epoch(&sent[count - 1], 1));
    for (size_t i = count; i > 0; i--)
        assert_int_equal(hf_feed(pair.server, sent[i - 1].bytes, sent[i - 1].len, LAB_NOW_MS), HF_OK);
    assert_taken(&pair, "early");
    lab_pair_close(&pair);
}

/* Behind the handshake it is no data any more: neither early nor any other. */
static void what_comes_too_late_is_dropped(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct datagram sent[DATAGRAMS];
    char got[16];
    size_t len;
    begin(&pair, &client_side, &server_side, &server_side, "early");
    size_t count = take_all(pair.client, sent);
    for (size_t i = 0; i + 1 < count; i++)
        assert_int_equal(hf_feed(pair.server, sent[i].bytes, sent[i].len, LAB_NOW_MS), HF_OK);
    (void)lab_pair_run(&pair);
    assert_true(is_taken(pair.client) && is_taken(pair.server));
    uint64_t dropped = hf_datagrams_dropped(pair.server);
    assert_int_equal(hf_feed(pair.server, sent[count - 1].bytes, sent[count - 1].len, LAB_NOW_MS), HF_OK);
    assert_int_equal(hf_datagrams_dropped(pair.server), dropped + 1);
    assert_int_equal(hf_read(pair.server, got, sizeof got, &len), HF_OK);
    assert_int_equal(len, 0);
    assert_int_equal(hf_read_early(pair.server, got, sizeof got, &len), HF_OK);
    assert_int_equal(len, 0);
    resume_lab_assert_open(&pair, /* resumed= */ true);
    lab_pair_close(&pair);
}

static void a_record_counts_once(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct datagram sent[DATAGRAMS];
    begin(&pair, &client_side, &server_side, &server_side, "early");
    size_t count = take_all(pair.client, sent);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(hf_feed(pair.server, sent[i].bytes, sent[i].len, LAB_NOW_MS), HF_OK);
    read_early(pair.server, "early");
    assert_int_equal(hf_feed(pair.server, sent[count - 1].bytes, sent[count - 1].len, LAB_NOW_MS), HF_OK);
    read_early(pair.server, "");
    lab_pair_close(&pair);
}

/* ---- how much ---- */

static void one_call_is_one_record(void **state)
{
    (void)state;
    static const uint8_t zeros[2 * MAX];
    struct lab_pair pair;
    char got[MAX];
    size_t len;
    begin(&pair, &client_side, &server_side, &server_side, "early");
    assert_int_equal(hf_write_early(pair.client, zeros, MAX, &len), HF_ERR_datagram_too_long); /* 5 are gone */
    assert_int_equal(len, 0);
    hf_set_datagram_max(pair.client, 300);
    assert_int_equal(hf_write_early(pair.client, zeros, 400, &len), HF_ERR_datagram_too_long);
    assert_int_equal(hf_write_early(pair.client, zeros, 100, &len), HF_OK);
    assert_int_equal(hf_early_room(pair.client), MAX - 105);
    (void)lab_pair_run(&pair);
    read_early(pair.server, "early");
    (void)lab_pair_run(&pair);
    assert_int_equal(hf_read_early(pair.server, got, sizeof got, &len), HF_OK);
    assert_int_equal(len, 100);
    (void)lab_pair_run(&pair);
    resume_lab_assert_open(&pair, /* resumed= */ true);
    assert_int_equal(hf_early_room(pair.client), 0);
    lab_pair_close(&pair);
}

/* Its room ends with the server's hello: from there on the client's keys are those of the handshake. */
static void nothing_goes_early_behind_the_servers_hello(void **state)
{
    (void)state;
    struct lab_pair pair;
    size_t len;
    begin(&pair, &client_side, &server_side, &server_side, "early");
    while (lab_move(pair.client, pair.server, ROOM) > 0)
        ;
    (void)lab_move(pair.server, pair.client, ROOM);
    assert_int_equal(hf_early_room(pair.client), 0);
    assert_int_equal(hf_write_early(pair.client, "x", 1, &len), HF_ERR_wrong_call);
    assert_taken(&pair, "early");
    lab_pair_close(&pair);
}

/* RFC 8449 4: what the server said of records holds again behind early data, of which the client could not know it. */
static void records_behind_it_are_as_long_as_was_said(void **state)
{
    (void)state;
    static const struct lab_side client = {.more = sends_short_records}, server = {.more = takes_short_records};
    static const struct hf_framing_limits none = {0};
    static const char text[600] = "long";
    struct lab_pair pair;
    size_t len;
    begin(&pair, &client, &server, &server, "early");
    assert_taken(&pair, "early");
    assert_true(hf_datagram_room(pair.client) < sizeof text);
    hf_framing_set_limits(pair.client->framing, &none);
    assert_int_equal(hf_write(pair.client, text, sizeof text, &len), HF_OK);
    (void)lab_pair_run(&pair);
    assert_non_null(hf_failure(pair.server));
    assert_int_equal(hf_failure(pair.server)->error, HF_ERR_record_too_long);
    lab_pair_close(&pair);
}

/* RFC 9846 E.3: a server that is older than the session ends it; the next try offers none, and its hello is no early
 * data. HelloVerifyRequest says so before ServerHello does. */
static void a_request_of_12_leads_to_a_hello_without_it(void **state)
{
    (void)state;
    static const uint8_t request[] = {22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0,    0,    17, 3,    0,
                                      0,  5,    0,    0, 0, 0, 0, 0, 0, 5, 0xfe, 0xfd, 2,  0xaa, 0xbb};
    struct lab_pair pair;
    const uint8_t *wire;
    size_t len;
    begin(&pair, &client_side, &server_side, &server_side, "early");
    while ((len = hf_output(pair.client, &wire)) > 0)
        hf_drained(pair.client, len);
    assert_int_equal(hf_feed(pair.client, request, sizeof request, LAB_NOW_MS), HF_OK);
    assert_true(lab_event(pair.client, HF_EVENT_EARLY_REFUSED));
    assert_int_equal(hf_early_room(pair.client), 0);
    len = hf_output(pair.client, &wire);
    assert_true(len > 13);
    assert_int_equal(wire[0], 22);
    assert_int_equal(wire[13], 1);
    lab_pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_server_reads_two_epochs, open_window, close_window),
        cmocka_unit_test_setup_teardown(connection_ids_do_not_hinder_it, open_window, close_window),
        cmocka_unit_test_setup_teardown(who_takes_none_drops_it, open_window, close_window),
        cmocka_unit_test_setup_teardown(what_overtakes_the_hello_waits_for_it, open_window, close_window),
        cmocka_unit_test_setup_teardown(what_comes_too_late_is_dropped, open_window, close_window),
        cmocka_unit_test_setup_teardown(a_record_counts_once, open_window, close_window),
        cmocka_unit_test_setup_teardown(one_call_is_one_record, open_window, close_window),
        cmocka_unit_test_setup_teardown(nothing_goes_early_behind_the_servers_hello, open_window, close_window),
        cmocka_unit_test_setup_teardown(records_behind_it_are_as_long_as_was_said, open_window, close_window),
        cmocka_unit_test_setup_teardown(a_request_of_12_leads_to_a_hello_without_it, open_window, close_window),
    };
    return cmocka_run_group_tests(tests, set_up, keepers_tear_down);
}
