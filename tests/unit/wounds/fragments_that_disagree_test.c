/* Fragments of a client's Certificate that disagree on how long it is, or come twice with other bytes: GnuTLS
 * CVE-2026-33846, CVE-2026-42009, CVE-2026-33845. In the clear they are anybody's, and the handshake goes on; under
 * keys they are the peer's, and end it. RFC 6347 4.2.3, RFC 9147 5.5. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "datagram/parts.h"
#include "engine/connection.h"
#include "support/lab_check.h"

enum { CERTIFICATE = 11, ROOM = 256, STEP_MS = 500, STEPS = 20 };

static void open_pair(struct lab_pair *pair, enum hf_version version)
{
    const struct lab_side side = {.min = version, .max = version, .more = hf_builder_datagrams};
    lab_pair_open(pair, &side, &side);
}

static void move_all(struct hf_connection *from, struct hf_connection *to)
{
    while (lab_move(from, to, 16384) > 0)
        ;
}

struct piece {
    uint8_t type;
    size_t message_len, offset, len;
};

static const struct piece cases[][2] = {
    {{CERTIFICATE, 40, 0, 20}, {CERTIFICATE, 60, 20, 20}},  /* longer than it was */
    {{CERTIFICATE, 60, 0, 20}, {CERTIFICATE, 30, 20, 10}},  /* shorter */
    {{CERTIFICATE, 60, 40, 20}, {CERTIFICATE, 50, 0, 20}},  /* the end first */
    {{CERTIFICATE, 40, 0, 20}, {16, 40, 20, 10}},           /* another message of the same number */
    {{CERTIFICATE, 30000, 0, 20}, {CERTIFICATE, 30, 0, 20}} /* much longer */
};
enum { CASES = sizeof cases / sizeof cases[0] };

static struct hf_span write_piece(const struct piece *piece, uint16_t message_seq, uint8_t fill, uint8_t into[ROOM])
{
    uint8_t bytes[64];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = fill;
    const struct hf_fragment fragment = {.type = piece->type,
                                         .message_len = piece->message_len,
                                         .message_seq = message_seq,
                                         .offset = piece->offset,
                                         .bytes = hf_span_of(bytes, piece->len)};
    struct hf_writer writer = hf_writer_of(into, ROOM);
    hf_fragment_write(&writer, &fragment);
    return hf_writer_span(&writer);
}

static void feed_in_the_clear(struct hf_connection *server, struct hf_span content, uint64_t sequence)
{
    uint8_t record[ROOM + 13];
    struct hf_writer writer = hf_writer_of(record, sizeof record);
    hf_writer_u8(&writer, HF_CONTENT_HANDSHAKE);
    hf_writer_u16(&writer, 0xfefd);
    hf_writer_u16(&writer, 0);
    hf_writer_uint(&writer, 6, sequence);
    hf_writer_vector(&writer, 2, content);
    assert_int_equal(hf_feed(server, record, writer.len, LAB_NOW_MS), HF_OK);
}

static void in_the_clear_they_keep_nobody_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        struct lab_pair pair;
        uint8_t content[ROOM];
        open_pair(&pair, HF_TLS12);
        move_all(pair.client, pair.server);
        move_all(pair.server, pair.client);
        for (unsigned round = 0; round < 2; round++)
            for (size_t j = 0; j < 2; j++)
                feed_in_the_clear(pair.server, write_piece(&cases[i][j], 1, (uint8_t)(round + j), content),
                                  1000 + 2 * round + j);
        uint64_t now_ms = LAB_NOW_MS;
        for (unsigned step = 0; step < STEPS; step++) {
            (void)lab_pair_run(&pair);
            now_ms += STEP_MS;
            (void)hf_tick(pair.client, now_ms);
            (void)hf_tick(pair.server, now_ms);
        }
        lab_assert_open(&pair);
        lab_pair_close(&pair);
    }
}

/* Under the handshake's keys, before anything of the true Certificate. */
static void under_keys_they_end_the_handshake(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        struct lab_pair pair;
        uint8_t content[ROOM];
        const uint8_t *wire;
        open_pair(&pair, HF_TLS13);
        move_all(pair.client, pair.server);
        move_all(pair.server, pair.client);
        for (size_t len = hf_output(pair.client, &wire); len > 0; len = hf_output(pair.client, &wire))
            hf_drained(pair.client, len); /* its own flight is lost */
        struct hf_sender *sender = &((struct hf_datagram *)pair.client->framing)->sender;
        struct hf_epoch_write *write = hf_epoch_find_write(&sender->writes, HF_EPOCH_HANDSHAKE13);
        assert_non_null(write);
        for (size_t j = 0; j < 2; j++) {
            uint64_t sequence;
            struct hf_span piece = write_piece(&cases[i][j], 1, 7, content);
            assert_int_equal(hf_outbox_seal(&sender->outbox, write, 1200, HF_CONTENT_HANDSHAKE, piece, &sequence),
                             HF_OK);
            hf_outbox_close(&sender->outbox);
        }
        move_all(pair.client, pair.server);
        assert_non_null(hf_failure(pair.server));
        assert_int_equal(hf_failure(pair.server)->error, HF_ERR_illegal_parameter);
        assert_null(hf_peer(pair.server));
        lab_pair_close(&pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_the_clear_they_keep_nobody_out),
        cmocka_unit_test(under_keys_they_end_the_handshake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
