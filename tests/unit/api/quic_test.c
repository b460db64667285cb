/* TLS under QUIC, end to end: by level, with secrets; what RFC 9001 forbids is told with the code that it names. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <handfast/early.h>
#include <handfast/quic.h>
#include <handfast/transfer.h>

#include <string.h>

#include "base/reader.h"
#include "base/span.h"
#include "base/writer.h"
#include "support/lab_check.h"
#include "support/quic_lab.h"
#include "support/test_allocator.h"

enum { PROTOCOL_VIOLATION = 0x0a, BUFFER_EXCEEDED = 0x0d, CRYPTO_ERROR = 0x100 };
enum { CLIENT_HELLO = 1, NEW_SESSION_TICKET = 4, END_OF_EARLY_DATA = 5, ENCRYPTED_EXTENSIONS = 8 };
enum { CERTIFICATE_REQUEST = 13, KEY_UPDATE = 24, QUIC_PARAMETERS = 57, ALPN = 16 };

static void assert_fails(struct hf_connection *connection, enum hf_error error, uint64_t code)
{
    assert_non_null(hf_failure(connection));
    assert_int_equal(hf_failure(connection)->error, error);
    assert_int_equal(hf_failure(connection)->by, HF_BY_US);
    assert_int_equal(hf_quic_error_code(connection), code);
}

/* ---- what goes well ---- */

static void both_ends_open_with_the_same_secrets(void **state)
{
    (void)state;
    static const size_t cuts[] = {0, 1, 7};
    for (size_t i = 0; i < HF_COUNT(cuts); i++) {
        struct quic_lab lab;
        quic_lab_open(&lab, NULL, NULL);
        lab.cut = cuts[i];
        quic_lab_run(&lab);
        quic_lab_assert_open(&lab);
        assert_int_equal(lab.client.secret_count, 4);
        assert_int_equal(lab.server.secret_count, 4);
        assert_string_equal(hf_peer_spiffe_id(hf_peer(lab.server.connection)), "spiffe://lab/billing");
        uint8_t a[32], b[32];
        assert_int_equal(hf_export(lab.client.connection, "EXPORTER-x", NULL, 0, a, sizeof a), HF_OK);
        assert_int_equal(hf_export(lab.server.connection, "EXPORTER-x", NULL, 0, b, sizeof b), HF_OK);
        assert_memory_equal(a, b, sizeof a);
        assert_int_equal(hf_quic_error_code(lab.client.connection), 0);
        quic_lab_close(&lab);
    }
}

static const struct {
    enum hf_quic_level level;
    bool writes;
} client_order[] = {{HF_QUIC_HANDSHAKE, false},
                    {HF_QUIC_HANDSHAKE, true},
                    {HF_QUIC_APPLICATION, false},
                    {HF_QUIC_APPLICATION, true}},
  server_order[] = {
      {HF_QUIC_HANDSHAKE, true}, {HF_QUIC_HANDSHAKE, false}, {HF_QUIC_APPLICATION, true}, {HF_QUIC_APPLICATION, false}};

/* RFC 9001 4.1.4: each as soon as it can be; a server reads 1-RTT only once the client's Finished came (5.7). */
static void secrets_come_in_order(void **state)
{
    (void)state;
    struct quic_lab lab;
    quic_lab_open(&lab, NULL, NULL);
    (void)quic_lab_move(&lab, &lab.client, &lab.server);
    assert_int_equal(lab.server.secret_count, 3);
    quic_lab_run(&lab);
    for (size_t i = 0; i < HF_COUNT(client_order); i++) {
        assert_int_equal(lab.client.secrets[i].level, client_order[i].level);
        assert_int_equal(lab.client.secrets[i].writes, client_order[i].writes);
        assert_int_equal(lab.server.secrets[i].level, server_order[i].level);
        assert_int_equal(lab.server.secrets[i].writes, server_order[i].writes);
    }
    quic_lab_close(&lab);
}

static void a_retry_takes_a_second_hello(void **state)
{
    (void)state;
    const struct lab_side server = {.groups = "secp384r1"};
    struct quic_lab lab;
    struct hf_session_info info;
    quic_lab_open(&lab, NULL, &server);
    quic_lab_run(&lab);
    quic_lab_assert_open(&lab);
    hf_session_info(lab.client.connection, &info);
    assert_true(info.hello_retried);
    quic_lab_close(&lab);
}

/* RFC 9001 8.4: nothing for middleboxes. The hello has an empty legacy_session_id. */
static void hellos_do_not_look_like_tls12(void **state)
{
    (void)state;
    struct quic_lab lab;
    enum hf_quic_level level;
    const uint8_t *bytes;
    quic_lab_open(&lab, NULL, NULL);
    assert_true(hf_quic_output(lab.client.connection, &level, &bytes) > 40);
    assert_int_equal(level, HF_QUIC_INITIAL);
    assert_int_equal(bytes[0], CLIENT_HELLO);
    assert_int_equal(bytes[4 + 2 + 32], 0);
    quic_lab_close(&lab);
}

static void a_client_hears_of_acceptance_by_the_confirmation(void **state)
{
    (void)state;
    struct quic_lab lab;
    quic_lab_open(&lab, NULL, NULL);
    hf_quic_confirmed(lab.client.connection); /* too early: nothing */
    quic_lab_run(&lab);
    assert_false(lab_event(lab.client.connection, HF_EVENT_ACCEPTED)); /* no ticket says it, as it does over TCP */
    hf_quic_confirmed(lab.client.connection);
    assert_true(lab_event(lab.client.connection, HF_EVENT_ACCEPTED));
    quic_lab_close(&lab);
}

/* What has no meaning here does nothing, and ends nothing. */
static void calls_of_streams_are_refused(void **state)
{
    (void)state;
    struct quic_lab lab;
    uint8_t room[HF_SEND_ROOM_MIN];
    const uint8_t *bytes;
    size_t len = 0;
    struct hf_sending sending = {.wire = room, .wire_room = sizeof room};
    struct hf_receiving receiving = {.wire = "x", .wire_len = 1};
    quic_lab_open(&lab, NULL, NULL);
    struct hf_connection *client = lab.client.connection;
    assert_int_equal(hf_output(client, &bytes), 0);
    hf_drain(client, room, sizeof room, &len);
    assert_int_equal(len, 0);
    assert_int_equal(hf_feed(client, "x", 1, LAB_NOW_MS), HF_ERR_wrong_call);
    assert_int_equal(hf_early_room(client), 0);
    quic_lab_run(&lab);
    assert_int_equal(hf_write(client, "x", 1, &len), HF_ERR_wrong_call);
    assert_int_equal(hf_send(client, &sending), HF_ERR_wrong_call);
    assert_int_equal(hf_receive(client, &receiving, LAB_NOW_MS), HF_ERR_wrong_call);
    assert_int_equal(hf_key_update(client, /* ask_peer= */ false), HF_ERR_wrong_call);
    hf_rest(client);
    hf_close(client);
    quic_lab_run(&lab);
    quic_lab_assert_open(&lab);
    quic_lab_close(&lab);
}

static void calls_of_quic_do_nothing_to_streams(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct hf_quic_secret secret;
    enum hf_quic_level level;
    const uint8_t *bytes;
    lab_pair_open(&pair, NULL, NULL);
    assert_int_equal(hf_quic_feed(pair.client, HF_QUIC_INITIAL, "x", 1, LAB_NOW_MS), HF_ERR_wrong_call);
    assert_int_equal(hf_quic_output(pair.client, &level, &bytes), 0);
    hf_quic_drained(pair.client, HF_QUIC_INITIAL, 1);
    hf_quic_discard(pair.client, HF_QUIC_INITIAL);
    hf_quic_confirmed(pair.client);
    assert_false(hf_quic_next_secret(pair.client, &secret));
    assert_int_equal(hf_quic_peer_parameters(pair.client, &bytes), 0);
    assert_int_equal(hf_quic_peer_closed(pair.client, HF_QUIC_INITIAL, 0, LAB_NOW_MS), HF_ERR_wrong_call);
    assert_int_equal(hf_quic_error_code(pair.client), 0);
    (void)lab_pair_run(&pair);
    lab_assert_open(&pair);
    lab_pair_close(&pair);
}

/* ---- levels ---- */

static void bytes_of_another_level_are_a_violation(void **state)
{
    (void)state;
    static const enum hf_quic_level wrong[] = {HF_QUIC_EARLY, HF_QUIC_HANDSHAKE, HF_QUIC_APPLICATION};
    struct quic_lab lab;
    for (size_t i = 0; i < HF_COUNT(wrong); i++) {
        quic_lab_open(&lab, NULL, NULL);
        assert_int_equal(hf_quic_feed(lab.server.connection, wrong[i], "x", 1, LAB_NOW_MS),
                         HF_ERR_wrong_encryption_level);
        assert_fails(lab.server.connection, HF_ERR_wrong_encryption_level, PROTOCOL_VIOLATION);
        quic_lab_close(&lab);
    }
    quic_lab_open(&lab, NULL, NULL);
    (void)quic_lab_move(&lab, &lab.client, &lab.server);
    (void)hf_quic_feed(lab.server.connection, HF_QUIC_INITIAL, "x", 1, LAB_NOW_MS); /* one that was left */
    assert_fails(lab.server.connection, HF_ERR_wrong_encryption_level, PROTOCOL_VIOLATION);
    quic_lab_close(&lab);
    quic_lab_open(&lab, NULL, NULL);
    assert_int_equal(hf_quic_feed(lab.server.connection, (enum hf_quic_level)4, "x", 1, LAB_NOW_MS), HF_ERR_wrong_call);
    assert_null(hf_failure(lab.server.connection));
    quic_lab_close(&lab);
}

/* RFC 9001 4.1.3: bytes behind the message that ends their level. */
static void leftovers_of_a_level_are_a_violation(void **state)
{
    (void)state;
    struct quic_lab lab;
    enum hf_quic_level level;
    const uint8_t *bytes;
    uint8_t room[4096];
    quic_lab_open(&lab, NULL, NULL);
    (void)quic_lab_move(&lab, &lab.client, &lab.server);
    size_t len = hf_quic_output(lab.server.connection, &level, &bytes);
    assert_int_equal(level, HF_QUIC_INITIAL);
    assert_true(hf_span_copy(hf_span_of(bytes, len), room, sizeof room));
    room[len] = ENCRYPTED_EXTENSIONS;
    (void)hf_quic_feed(lab.client.connection, HF_QUIC_INITIAL, room, len + 1, LAB_NOW_MS);
    assert_fails(lab.client.connection, HF_ERR_keys_change_inside_message, PROTOCOL_VIOLATION);
    quic_lab_close(&lab);
}

static void a_discarded_level_is_silent(void **state)
{
    (void)state;
    struct quic_lab lab;
    enum hf_quic_level level;
    const uint8_t *bytes;
    quic_lab_open(&lab, NULL, NULL);
    (void)quic_lab_move(&lab, &lab.client, &lab.server);
    hf_quic_discard(lab.server.connection, HF_QUIC_INITIAL);
    assert_true(hf_quic_output(lab.server.connection, &level, &bytes) > 0);
    assert_int_equal(level, HF_QUIC_HANDSHAKE);
    assert_int_equal(hf_quic_feed(lab.server.connection, HF_QUIC_INITIAL, "x", 1, LAB_NOW_MS), HF_OK);
    assert_null(hf_failure(lab.server.connection));
    quic_lab_close(&lab);
}

static void judges_itself(struct hf_builder *builder)
{
    hf_builder_verdict_outside(builder);
}

/* While the application is asked bytes wait, within a bound. */
static void what_waits_for_an_answer_is_bounded(void **state)
{
    (void)state;
    static const uint8_t many[1 << 16];
    const struct lab_side client = {.more = judges_itself};
    struct quic_lab lab;
    enum hf_error error = HF_OK;
    quic_lab_open(&lab, &client, NULL);
    quic_lab_run(&lab);
    assert_non_null(hf_peer_candidate(lab.client.connection));
    size_t fed = 0;
    while (error == HF_OK && fed < sizeof many * 8) {
        error = hf_quic_feed(lab.client.connection, HF_QUIC_HANDSHAKE, many, sizeof many, LAB_NOW_MS);
        fed += sizeof many;
    }
    assert_true(fed > sizeof many * 2);
    assert_fails(lab.client.connection, HF_ERR_crypto_buffer_exceeded, BUFFER_EXCEEDED);
    quic_lab_close(&lab);
}

static void an_answer_moves_on(void **state)
{
    (void)state;
    const struct lab_side client = {.more = judges_itself};
    struct quic_lab lab;
    quic_lab_open(&lab, &client, NULL);
    quic_lab_run(&lab);
    assert_int_equal(hf_answer_verdict(lab.client.connection, /* accept= */ true), HF_OK);
    quic_lab_run(&lab);
    quic_lab_assert_open(&lab);
    quic_lab_close(&lab);
}

static void a_message_that_is_too_long_is_refused_by_its_header(void **state)
{
    (void)state;
    struct quic_lab lab;
    static const uint8_t header[] = {CLIENT_HELLO, 0x10, 0, 0};
    quic_lab_open(&lab, NULL, NULL);
    (void)hf_quic_feed(lab.server.connection, HF_QUIC_INITIAL, header, sizeof header, LAB_NOW_MS);
    assert_fails(lab.server.connection, HF_ERR_handshake_message_too_long, CRYPTO_ERROR + HF_ALERT_illegal_parameter);
    quic_lab_close(&lab);
}

/* ---- what RFC 9001 forbids ---- */

static void feed_open(enum hf_role role, uint8_t type, struct hf_span body, enum hf_error error, uint64_t code)
{
    struct quic_lab lab;
    uint8_t room[256];
    struct hf_writer message = hf_writer_of(room, sizeof room);
    quic_lab_open(&lab, NULL, NULL);
    quic_lab_run(&lab);
    quic_lab_assert_open(&lab);
    struct hf_connection *to = role == HF_CLIENT ? lab.client.connection : lab.server.connection;
    hf_writer_u8(&message, type);
    hf_writer_vector(&message, 3, body);
    assert_true(hf_writer_end(&message));
    (void)hf_quic_feed(to, HF_QUIC_APPLICATION, room, message.len, LAB_NOW_MS);
    assert_fails(to, error, code);
    quic_lab_close(&lab);
}

static void messages_that_quic_forbids(void **state)
{
    (void)state;
    static const uint8_t update[] = {0};
    static const uint8_t request[] = {0, 0, 0};
    feed_open(HF_CLIENT, KEY_UPDATE, hf_span_of(update, sizeof update), HF_ERR_unexpected_message,
              CRYPTO_ERROR + HF_ALERT_unexpected_message); /* RFC 9001 6 */
    feed_open(HF_SERVER, KEY_UPDATE, hf_span_of(update, sizeof update), HF_ERR_unexpected_message,
              CRYPTO_ERROR + HF_ALERT_unexpected_message);
    feed_open(HF_CLIENT, CERTIFICATE_REQUEST, hf_span_of(request, sizeof request), HF_ERR_unexpected_message,
              PROTOCOL_VIOLATION); /* 4.4 */
    struct quic_lab lab;
    static const uint8_t end[] = {END_OF_EARLY_DATA, 0, 0, 0};
    quic_lab_open(&lab, NULL, NULL);
    (void)quic_lab_move(&lab, &lab.client, &lab.server);
    (void)hf_quic_feed(lab.server.connection, HF_QUIC_HANDSHAKE, end, sizeof end, LAB_NOW_MS);
    assert_fails(lab.server.connection, HF_ERR_unexpected_message, PROTOCOL_VIOLATION); /* 8.3 */
    quic_lab_close(&lab);
}

static void write_ticket(uint32_t early_max, struct hf_writer *body)
{
    hf_writer_u32(body, 3600);
    hf_writer_u32(body, 0);
    hf_writer_vector(body, 1, hf_span_of_text("n"));
    hf_writer_vector(body, 2, hf_span_of_text("ticket"));
    size_t block = hf_writer_open(body, 2);
    hf_writer_u16(body, 42); /* early_data */
    size_t payload = hf_writer_open(body, 2);
    hf_writer_u32(body, early_max);
    hf_writer_close(body, payload, 2);
    hf_writer_close(body, block, 2);
}

/* RFC 9001 4.6.1. */
static void tickets_say_nothing_but_all_of_early_data(void **state)
{
    (void)state;
    uint8_t room[64];
    struct hf_writer body = hf_writer_of(room, sizeof room);
    write_ticket(16384, &body);
    feed_open(HF_CLIENT, NEW_SESSION_TICKET, hf_writer_span(&body), HF_ERR_quic_rule_broken, PROTOCOL_VIOLATION);
}

/* Rewrites a message without the extension of this type, or with a session ID of one byte. `fixed`: bytes of the body
 * before the extensions. */
static size_t rewrite(struct hf_span message, size_t fixed, unsigned drop, uint8_t *into, size_t room)
{
    struct hf_writer writer = hf_writer_of(into, room);
    struct hf_reader reader = hf_reader_of(message);
    hf_writer_u8(&writer, hf_reader_u8(&reader));
    (void)hf_reader_u24(&reader);
    size_t whole = hf_writer_open(&writer, 3);
    hf_writer_bytes(&writer, hf_reader_bytes(&reader, fixed));
    size_t block = hf_writer_open(&writer, 2);
    struct hf_reader list = hf_reader_of(hf_reader_vector(&reader, 2, 0, 0xffff));
    while (hf_reader_more(&list)) {
        uint16_t type = hf_reader_u16(&list);
        struct hf_span payload = hf_reader_vector(&list, 2, 0, 0xffff);
        if (type == drop)
            continue;
        hf_writer_u16(&writer, type);
        hf_writer_vector(&writer, 2, payload);
    }
    hf_writer_close(&writer, block, 2);
    hf_writer_close(&writer, whole, 3);
    assert_true(hf_writer_end(&writer));
    return writer.len;
}

/* Of a ClientHello of ours: version, random, no session ID, suites, compression. */
static size_t fixed_of_hello(struct hf_span hello)
{
    struct hf_reader reader = hf_reader_of(hf_span_part(hello, 4, hello.len));
    (void)hf_reader_bytes(&reader, 2 + 32);
    (void)hf_reader_vector(&reader, 1, 0, 32);
    (void)hf_reader_vector(&reader, 2, 0, 0xffff);
    (void)hf_reader_vector(&reader, 1, 0, 255);
    return hello.len - 4 - reader.left;
}

static void a_hello_lacks(unsigned extension, enum hf_error error, uint64_t code)
{
    struct quic_lab lab;
    enum hf_quic_level level;
    const uint8_t *bytes;
    uint8_t room[4096];
    quic_lab_open(&lab, NULL, NULL);
    size_t len = hf_quic_output(lab.client.connection, &level, &bytes);
    struct hf_span hello = hf_span_of(bytes, len);
    len = rewrite(hello, fixed_of_hello(hello), extension, room, sizeof room);
    (void)hf_quic_feed(lab.server.connection, HF_QUIC_INITIAL, room, len, LAB_NOW_MS);
    assert_fails(lab.server.connection, error, code);
    quic_lab_close(&lab);
}

static void an_answer_lacks(unsigned extension, enum hf_error error, uint64_t code)
{
    struct quic_lab lab;
    enum hf_quic_level level;
    const uint8_t *bytes;
    uint8_t room[4096];
    quic_lab_open(&lab, NULL, NULL);
    (void)quic_lab_move(&lab, &lab.client, &lab.server);
    (void)quic_lab_move(&lab, &lab.server, &lab.client);
    size_t len = hf_quic_output(lab.server.connection, &level, &bytes);
    assert_int_equal(level, HF_QUIC_HANDSHAKE);
    assert_int_equal(bytes[0], ENCRYPTED_EXTENSIONS);
    size_t first = 4 + (size_t)bytes[2] * 256 + bytes[3];
    assert_true(first <= len);
    len = rewrite(hf_span_of(bytes, first), 0, extension, room, sizeof room);
    (void)hf_quic_feed(lab.client.connection, HF_QUIC_HANDSHAKE, room, len, LAB_NOW_MS);
    assert_fails(lab.client.connection, error, code);
    quic_lab_close(&lab);
}

/* RFC 9001 8.1, 8.2: 0x016d and 0x0178. */
static void what_hellos_must_have(void **state)
{
    (void)state;
    a_hello_lacks(QUIC_PARAMETERS, HF_ERR_missing_extension, 0x016d);
    a_hello_lacks(ALPN, HF_ERR_no_application_protocol, 0x0178);
    an_answer_lacks(QUIC_PARAMETERS, HF_ERR_missing_extension, 0x016d);
    an_answer_lacks(ALPN, HF_ERR_no_application_protocol, 0x0178);
}

/* RFC 9001 8.4. */
static void a_hello_may_not_ask_for_compatibility(void **state)
{
    (void)state;
    struct quic_lab lab;
    enum hf_quic_level level;
    const uint8_t *bytes;
    uint8_t room[4096];
    enum { FIXED = 2 + 32 };
    quic_lab_open(&lab, NULL, NULL);
    size_t len = hf_quic_output(lab.client.connection, &level, &bytes);
    struct hf_writer writer = hf_writer_of(room, sizeof room);
    struct hf_span body = hf_span_of(bytes + 4, len - 4);
    hf_writer_u8(&writer, CLIENT_HELLO);
    size_t whole = hf_writer_open(&writer, 3);
    hf_writer_bytes(&writer, hf_span_part(body, 0, FIXED));
    hf_writer_vector(&writer, 1, hf_span_of_text("x"));
    hf_writer_bytes(&writer, hf_span_part(body, FIXED + 1, body.len));
    hf_writer_close(&writer, whole, 3);
    (void)hf_quic_feed(lab.server.connection, HF_QUIC_INITIAL, room, writer.len, LAB_NOW_MS);
    assert_fails(lab.server.connection, HF_ERR_quic_rule_broken, PROTOCOL_VIOLATION);
    quic_lab_close(&lab);
}

/* RFC 9001 8.2: where there is no QUIC the extension is refused. */
static void parameters_have_no_place_in_records(void **state)
{
    (void)state;
    struct quic_lab lab;
    struct lab_pair pair;
    enum hf_quic_level level;
    const uint8_t *bytes;
    uint8_t room[4096];
    quic_lab_open(&lab, NULL, NULL);
    lab_pair_open(&pair, NULL, NULL);
    size_t len = hf_quic_output(lab.client.connection, &level, &bytes);
    struct hf_writer record = hf_writer_of(room, sizeof room);
    hf_writer_u8(&record, 22);
    hf_writer_u16(&record, 0x0303);
    hf_writer_vector(&record, 2, hf_span_of(bytes, len));
    (void)hf_feed(pair.server, room, record.len, LAB_NOW_MS);
    assert_int_equal(hf_failure(pair.server)->error, HF_ERR_extension_unsupported);
    assert_int_equal(hf_failure(pair.server)->alert, HF_ALERT_unsupported_extension);
    lab_pair_close(&pair);
    quic_lab_close(&lab);
}

/* ---- alerts, as QUIC carries them ---- */

static void a_refusal_is_told_by_its_code(void **state)
{
    (void)state;
    const struct lab_side client = {.anonymous = true};
    struct quic_lab lab;
    quic_lab_open(&lab, &client, NULL);
    quic_lab_run(&lab);
    uint64_t code = hf_quic_error_code(lab.server.connection);
    assert_int_equal(code, CRYPTO_ERROR + HF_ALERT_certificate_required);
    (void)hf_quic_peer_closed(lab.client.connection, HF_QUIC_APPLICATION, code, LAB_NOW_MS);
    const struct hf_failure *failure = hf_failure(lab.client.connection);
    assert_non_null(failure);
    assert_int_equal(failure->by, HF_BY_PEER);
    assert_int_equal(failure->alert, HF_ALERT_certificate_required);
    assert_int_equal(hf_quic_error_code(lab.client.connection), 0);
    quic_lab_close(&lab);
}

static void other_codes_cut_the_handshake_or_end_an_open_connection(void **state)
{
    (void)state;
    static const uint64_t codes[] = {0, 1, CRYPTO_ERROR, 0x200, UINT64_MAX};
    for (size_t i = 0; i < HF_COUNT(codes); i++) {
        struct quic_lab lab;
        quic_lab_open(&lab, NULL, NULL);
        (void)quic_lab_move(&lab, &lab.client, &lab.server);
        assert_int_equal(hf_quic_peer_closed(lab.server.connection, HF_QUIC_INITIAL, codes[i], LAB_NOW_MS),
                         HF_ERR_cut_in_handshake);
        assert_int_equal(hf_failure(lab.server.connection)->by, HF_BY_NETWORK);
        quic_lab_close(&lab);
        quic_lab_open(&lab, NULL, NULL);
        quic_lab_run(&lab);
        assert_int_equal(hf_quic_peer_closed(lab.server.connection, HF_QUIC_APPLICATION, codes[i], LAB_NOW_MS), HF_OK);
        assert_true(lab_event(lab.server.connection, HF_EVENT_PEER_CLOSED));
        quic_lab_close(&lab);
    }
}

/* QUIC has no close_notify: a transport that ends cuts nothing once open. */
static void the_end_of_the_transport_is_no_cut(void **state)
{
    (void)state;
    struct quic_lab lab;
    quic_lab_open(&lab, NULL, NULL);
    quic_lab_run(&lab);
    assert_int_equal(hf_feed_end(lab.server.connection, LAB_NOW_MS), HF_OK);
    assert_true(lab_event(lab.server.connection, HF_EVENT_PEER_CLOSED));
    quic_lab_close(&lab);
}

/* ---- memory ---- */

static void no_allocation_is_missed(void **state)
{
    (void)state;
    for (size_t n = 1;; n++) {
        struct hf_test_allocator test;
        struct quic_lab lab = {0};
        struct hf_failure failure;
        hf_test_allocator_init(&test, 0);
        const struct lab_side side = {.allocator = &test.allocator};
        struct hf_config *config = quic_lab_config(HF_SERVER, &side);
        const struct hf_quic_beginning beginning = {
            .parameters = "server's", .parameters_len = 8, .now_ms = LAB_NOW_MS};
        test.fail_at = test.count + n;
        lab.client.connection = quic_lab_connection(HF_CLIENT, NULL, "client's", hf_span_of(NULL, 0));
        lab.server.connection = hf_quic_connection_new(config, &beginning, &failure);
        if (lab.server.connection == NULL)
            assert_int_equal(failure.error, HF_ERR_no_memory);
        else
            quic_lab_run(&lab);
        const bool failed = hf_test_allocator_failed(&test);
        if (!failed)
            quic_lab_assert_open(&lab);
        quic_lab_close(&lab);
        hf_config_drop(config);
        assert_int_equal(test.live, 0);
        if (!failed)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ends_open_with_the_same_secrets),
        cmocka_unit_test(secrets_come_in_order),
        cmocka_unit_test(a_retry_takes_a_second_hello),
        cmocka_unit_test(hellos_do_not_look_like_tls12),
        cmocka_unit_test(a_client_hears_of_acceptance_by_the_confirmation),
        cmocka_unit_test(calls_of_streams_are_refused),
        cmocka_unit_test(calls_of_quic_do_nothing_to_streams),
        cmocka_unit_test(bytes_of_another_level_are_a_violation),
        cmocka_unit_test(leftovers_of_a_level_are_a_violation),
        cmocka_unit_test(a_discarded_level_is_silent),
        cmocka_unit_test(what_waits_for_an_answer_is_bounded),
        cmocka_unit_test(an_answer_moves_on),
        cmocka_unit_test(a_message_that_is_too_long_is_refused_by_its_header),
        cmocka_unit_test(messages_that_quic_forbids),
        cmocka_unit_test(tickets_say_nothing_but_all_of_early_data),
        cmocka_unit_test(what_hellos_must_have),
        cmocka_unit_test(a_hello_may_not_ask_for_compatibility),
        cmocka_unit_test(parameters_have_no_place_in_records),
        cmocka_unit_test(a_refusal_is_told_by_its_code),
        cmocka_unit_test(other_codes_cut_the_handshake_or_end_an_open_connection),
        cmocka_unit_test(the_end_of_the_transport_is_no_cut),
        cmocka_unit_test(no_allocation_is_missed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
