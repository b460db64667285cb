/* hf_send and hf_receive do what hf_write and hf_read do, however pieces and rooms are cut; straight, so that nothing
 * is allocated; and what is no data on the way has its turn. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include <handfast/transfer.h>

#include "base/must.h"
#include "engine/connection.h"
#include "record/compression.h"
#include "support/lab.h"
#include "support/test_allocator.h"

#define DATA_LEN 100000
#define WIRE_LEN (DATA_LEN + 16640)

static uint8_t data[DATA_LEN], came[DATA_LEN + 1], wire[WIRE_LEN];

/* What protects the records of a pair. */
struct way {
    enum hf_version version;
    const char *suites;
    void (*more)(struct hf_builder *builder);
};

static void allow_cbc(struct hf_builder *builder)
{
    hf_builder_historic(builder, HF_HISTORIC_CBC);
}

static const struct way ways[] = {
    {HF_TLS13, NULL, NULL},
    {HF_TLS13, "TLS_CHACHA20_POLY1305_SHA256", NULL},
    {HF_TLS12, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", NULL},
    {HF_TLS12, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", NULL},
    {HF_TLS12, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", allow_cbc},
};

static struct lab_pair open_pair(const struct way *way, const struct hf_allocator *allocator)
{
    struct lab_pair pair;
    struct lab_side side = {
        .min = way->version, .max = way->version, .suites = way->suites, .more = way->more, .allocator = allocator};
    lab_pair_open(&pair, &side, &side);
    (void)lab_pair_run(&pair);
    assert_true(lab_event(pair.client, HF_EVENT_OPENED));
    assert_true(lab_event(pair.server, HF_EVENT_OPENED));
    return pair;
}

/* Numbers without order, always the same: what is cut where. */
static uint32_t seed;

static size_t draw(size_t below)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
}

/* Cuts `len` bytes at `from` into pieces, some of them empty. */
static size_t cut(const uint8_t *from, size_t len, struct hf_bytes *pieces, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t here = i + 1 == count ? len : draw(3) == 0 ? 0 : draw(len / 2 + 1);
        pieces[i] = (struct hf_bytes){from, here};
        from += here;
        len -= here;
    }
    return count;
}

/* Sends all of the data in pieces, with rooms of any length, and appends the records to `wire`. Returns its length. */
static size_t send_all(struct hf_connection *from, size_t most_room)
{
    size_t sent = 0, wire_len = 0;
    while (sent < DATA_LEN) {
        struct hf_bytes pieces[5];
        struct hf_sending sending = {.data = pieces, .wire = wire + wire_len};
        sending.data_count = cut(data + sent, DATA_LEN - sent, pieces, HF_COUNT(pieces));
        sending.wire_room = HF_SEND_ROOM_MIN + draw(most_room);
        if (sending.wire_room > WIRE_LEN - wire_len)
            sending.wire_room = WIRE_LEN - wire_len;
        assert_int_equal(hf_send(from, &sending), HF_OK);
        assert_true(sending.wire_len > 0 && sending.wire_len <= sending.wire_room);
        sent += sending.data_taken;
        wire_len += sending.wire_len;
    }
    return wire_len;
}

/* Feeds it in parts of any length to rooms of any length. Returns how much data came. */
static size_t receive_all(struct hf_connection *to, size_t wire_len, size_t most_room)
{
    size_t from = 0, given = 0, len = 0;
    while (from < wire_len || given < wire_len) {
        if (given < wire_len)
            given += 1 + draw(wire_len - given);
        struct hf_room rooms[3];
        size_t at = len;
        for (size_t i = 0; i < HF_COUNT(rooms); i++) {
            size_t here = draw(most_room);
            here = here > sizeof came - at ? sizeof came - at : here;
            rooms[i] = (struct hf_room){came + at, here};
            at += here;
        }
        struct hf_receiving receiving = {wire + from, given - from, rooms, HF_COUNT(rooms), 0, 0};
        assert_int_equal(hf_receive(to, &receiving, LAB_NOW_MS), HF_OK);
        assert_true(receiving.data_len <= at - len);
        from += receiving.wire_taken;
        len += receiving.data_len;
    }
    for (size_t got = 1; got > 0; len += got) /* what the last room had no place for */
        assert_int_equal(hf_read(to, came + len, sizeof came - len, &got), HF_OK);
    return len;
}

static void test_any_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(ways); i++) {
        struct lab_pair pair = open_pair(&ways[i], NULL);
        for (size_t most_room = 100; most_room <= 60000; most_room *= 5) {
            size_t wire_len = send_all(pair.client, most_room);
            memset(came, 0, sizeof came);
            assert_int_equal(receive_all(pair.server, wire_len, most_room), DATA_LEN);
            assert_memory_equal(came, data, DATA_LEN);
        }
        lab_pair_close(&pair);
    }
}

/* Whole records in one piece and enough room: not one allocation, either way. */
static void test_straight(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(ways); i++) {
        struct hf_test_allocator test;
        hf_test_allocator_init(&test, 0);
        struct lab_pair pair = open_pair(&ways[i], &test.allocator);
        const struct hf_bytes piece = {data, 5 * 16384};
        struct hf_sending sending = {.data = &piece, .data_count = 1, .wire = wire, .wire_room = sizeof wire};
        size_t before = test.count;
        assert_int_equal(hf_send(pair.client, &sending), HF_OK);
        assert_int_equal(sending.data_taken, piece.len);
        struct hf_room room = {came, sizeof came};
        struct hf_receiving receiving = {wire, sending.wire_len, &room, 1, 0, 0};
        assert_int_equal(hf_receive(pair.server, &receiving, LAB_NOW_MS), HF_OK);
        assert_int_equal(receiving.wire_taken, sending.wire_len);
        assert_int_equal(receiving.data_len, piece.len);
        assert_memory_equal(came, data, piece.len);
        assert_int_equal(test.count, before);
        assert_false(lab_event(pair.server, HF_EVENT_DATA));
        lab_pair_close(&pair);
    }
}

/* Rooms that a record's content just fills, as readers of 16 KiB have them: no allocation, and nothing behind them. */
static void test_tight(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(ways); i++) {
        struct hf_test_allocator test;
        hf_test_allocator_init(&test, 0);
        struct lab_pair pair = open_pair(&ways[i], &test.allocator);
        const struct hf_bytes piece = {data, 4 * 16384 + 1000};
        struct hf_sending sending = {.data = &piece, .data_count = 1, .wire = wire, .wire_room = sizeof wire};
        assert_int_equal(hf_send(pair.client, &sending), HF_OK);
        size_t before = test.count, from = 0;
        for (size_t len = 0; len < piece.len;) {
            struct hf_room room = {came, piece.len - len < 16384 ? 1000 : 16384};
            struct hf_receiving receiving = {wire + from, sending.wire_len - from, &room, 1, 0, 0};
            came[room.len] = 0xee;
            assert_int_equal(hf_receive(pair.server, &receiving, LAB_NOW_MS), HF_OK);
            assert_int_equal(receiving.data_len, room.len);
            assert_memory_equal(came, data + len, room.len);
            assert_int_equal(came[room.len], 0xee);
            len += receiving.data_len;
            from += receiving.wire_taken;
        }
        assert_int_equal(from, sending.wire_len);
        if (ways[i].more == NULL)
            assert_int_equal(test.count, before);
        lab_pair_close(&pair);
    }
}

static void pass_one(const struct lab_pair *pair)
{
    const struct hf_bytes piece = {data, 100};
    struct hf_sending sending = {.data = &piece, .data_count = 1, .wire = wire, .wire_room = sizeof wire};
    assert_int_equal(hf_send(pair->client, &sending), HF_OK);
    struct hf_room room = {came, sizeof came};
    struct hf_receiving receiving = {wire, sending.wire_len, &room, 1, 0, 0};
    assert_int_equal(hf_receive(pair->server, &receiving, LAB_NOW_MS), HF_OK);
    assert_int_equal(receiving.data_len, piece.len);
    assert_memory_equal(came, data, piece.len);
}

/* What a connection keeps for speed it gives back, and makes again, as often as it is told. */
static void test_rest(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(ways); i++) {
        struct hf_test_allocator test;
        hf_test_allocator_init(&test, 0);
        struct lab_pair pair = open_pair(&ways[i], &test.allocator);
        hf_rest(pair.client);
        hf_rest(pair.server);
        const size_t at_rest = test.live_bytes;
        for (int round = 0; round < 2; round++) {
            for (int record = 0; record < 20; record++)
                pass_one(&pair);
            assert_true(test.live_bytes >= at_rest);
            hf_rest(pair.client);
            hf_rest(pair.server);
            assert_int_equal(test.live_bytes, at_rest);
        }
        pass_one(&pair);
        lab_pair_close(&pair);
    }
}

/* Both take the whole handshake, and tickets behind it. */
static void test_handshake(void **state)
{
    struct lab_pair pair;
    (void)state;
    lab_pair_open(&pair, NULL, NULL);
    struct hf_connection *ends[] = {pair.client, pair.server};
    for (size_t turn = 0; turn < 8; turn++) {
        struct hf_sending sending = {.wire = wire, .wire_room = sizeof wire};
        assert_int_equal(hf_send(ends[turn % 2], &sending), HF_OK);
        struct hf_receiving receiving = {wire, sending.wire_len, NULL, 0, 0, 0};
        assert_int_equal(hf_receive(ends[1 - turn % 2], &receiving, LAB_NOW_MS), HF_OK);
        assert_int_equal(receiving.wire_taken, sending.wire_len);
    }
    assert_true(lab_event(pair.client, HF_EVENT_OPENED));
    assert_true(lab_event(pair.server, HF_EVENT_OPENED));
    lab_pair_close(&pair);
}

/* New keys, an order for them, and close_notify between records of data, all in one call. */
static void test_between(void **state)
{
    struct lab_pair pair = open_pair(&ways[0], NULL);
    const struct hf_bytes piece = {data, 1000};
    size_t wire_len = 0;
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        if (i == 2)
            hf_close(pair.client);
        else
            assert_int_equal(hf_key_update(pair.client, /* ask_peer= */ true), HF_OK);
        struct hf_sending sending = {
            .data = &piece, .data_count = i < 2, .wire = wire + wire_len, .wire_room = sizeof wire - wire_len};
        assert_int_equal(hf_send(pair.client, &sending), HF_OK);
        assert_int_equal(sending.data_taken, i < 2 ? piece.len : 0);
        wire_len += sending.wire_len;
    }
    struct hf_room room = {came, sizeof came};
    struct hf_receiving receiving = {wire, wire_len, &room, 1, 0, 0};
    assert_int_equal(hf_receive(pair.server, &receiving, LAB_NOW_MS), HF_OK);
    assert_int_equal(receiving.wire_taken, wire_len);
    assert_int_equal(receiving.data_len, 2000);
    assert_memory_equal(came, data, 1000);
    assert_memory_equal(came + 1000, data, 1000);
    assert_true(lab_event(pair.server, HF_EVENT_PEER_CLOSED));
    assert_true(lab_move(pair.server, pair.client, SIZE_MAX) > 0); /* the update that was asked for */
    lab_pair_close(&pair);
}

/* What waits in the connection comes first, and what was held by hf_feed too. */
static void test_behind_feed(void **state)
{
    struct lab_pair pair = open_pair(&ways[0], NULL);
    size_t taken = 0, first = 0;
    const struct hf_bytes piece = {data + 20000, 3000};
    (void)state;
    assert_int_equal(hf_write(pair.client, data, 20000, &taken), HF_OK);
    assert_int_equal(taken, 20000);
    hf_drain(pair.client, wire, sizeof wire, &first);
    assert_int_equal(hf_feed(pair.server, wire, first, LAB_NOW_MS), HF_OK);
    struct hf_sending sending = {.data = &piece, .data_count = 1, .wire = wire, .wire_room = sizeof wire};
    assert_int_equal(hf_send(pair.client, &sending), HF_OK);
    struct hf_room room = {came, sizeof came};
    struct hf_receiving receiving = {wire, sending.wire_len, &room, 1, 0, 0};
    assert_int_equal(hf_receive(pair.server, &receiving, LAB_NOW_MS), HF_OK);
    assert_int_equal(receiving.data_len, 23000);
    assert_memory_equal(came, data, 23000);
    lab_pair_close(&pair);
}

/* A forged record gives no byte of itself: what came before it is given, and then the failure. */
static void test_forged(void **state)
{
    (void)state;
    for (size_t i = 0; i < HF_COUNT(ways); i++) {
        struct lab_pair pair = open_pair(&ways[i], NULL);
        const struct hf_bytes piece = {data, 16384 + 300};
        struct hf_sending sending = {.data = &piece, .data_count = 1, .wire = wire, .wire_room = sizeof wire};
        assert_int_equal(hf_send(pair.client, &sending), HF_OK);
        wire[sending.wire_len - 1] ^= 1;
        memset(came, 0, sizeof came);
        struct hf_room room = {came, sizeof came};
        struct hf_receiving receiving = {wire, sending.wire_len, &room, 1, 0, 0};
        assert_int_equal(hf_receive(pair.server, &receiving, LAB_NOW_MS), HF_OK);
        assert_int_equal(receiving.data_len, 16384);
        static const uint8_t zeros[64];
        assert_memory_equal(came + 16384 + 100, zeros, sizeof zeros);
        assert_int_equal(hf_receive(pair.server, &receiving, LAB_NOW_MS), HF_ERR_bad_record);
        assert_int_equal(receiving.data_len + receiving.wire_taken, 0);
        struct hf_sending alert = {.wire = wire, .wire_room = sizeof wire};
        assert_int_equal(hf_send(pair.server, &alert), HF_ERR_bad_record);
        assert_true(alert.wire_len > 0);
        assert_int_not_equal(hf_feed(pair.client, wire, alert.wire_len, LAB_NOW_MS), HF_OK);
        lab_pair_close(&pair);
    }
}

static void allow_compression(struct hf_builder *builder)
{
    hf_builder_historic(builder, HF_HISTORIC_COMPRESSION);
}

/* A record that is shorter than the room, and longer than it when it is inflated, waits for more room like any other.
 */
static void test_inflated(void **state)
{
    static const uint8_t zeros[16384];
    const struct way way = {HF_TLS12, NULL, allow_compression};
    (void)state;
    if (!hf_record_compression_available())
        skip();
    struct lab_pair pair = open_pair(&way, NULL);
    const struct hf_bytes piece = {zeros, sizeof zeros};
    struct hf_sending sending = {.data = &piece, .data_count = 1, .wire = wire, .wire_room = sizeof wire};
    assert_int_equal(hf_send(pair.client, &sending), HF_OK);
    assert_int_equal(sending.data_taken, sizeof zeros);
    struct hf_room room = {came, 4000};
    struct hf_receiving receiving = {wire, sending.wire_len, &room, 1, 0, 0};
    assert_true(sending.wire_len < room.len);
    memset(came, 0xee, sizeof came);
    assert_int_equal(hf_receive(pair.server, &receiving, LAB_NOW_MS), HF_OK);
    assert_int_equal(receiving.wire_taken, sending.wire_len);
    assert_int_equal(receiving.data_len, room.len);
    assert_int_equal(came[room.len], 0xee);
    room = (struct hf_room){came + room.len, sizeof came - room.len};
    receiving.wire_len = 0;
    assert_int_equal(hf_receive(pair.server, &receiving, LAB_NOW_MS), HF_OK);
    assert_int_equal(receiving.data_len, sizeof zeros - 4000);
    assert_memory_equal(came, zeros, sizeof zeros);
    lab_pair_close(&pair);
}

static void datagrams(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
}

static void test_refused(void **state)
{
    struct lab_pair pair;
    const struct hf_bytes piece = {data, 10};
    struct hf_sending sending = {.data = &piece, .data_count = 1, .wire = wire, .wire_room = sizeof wire};
    struct hf_receiving receiving = {wire, 0, NULL, 0, 0, 0};
    (void)state;
    lab_pair_open(&pair, NULL, NULL);
    assert_int_equal(hf_send(pair.client, &sending), HF_ERR_wrong_call); /* not open yet */
    assert_true(sending.wire_len > 0);                                   /* but here is the hello */
    (void)hf_feed(pair.server, wire, sending.wire_len, LAB_NOW_MS);
    (void)lab_pair_run(&pair);
    sending.wire_room = HF_SEND_ROOM_MIN - 1;
    assert_int_equal(hf_send(pair.client, &sending), HF_ERR_wrong_call);
    sending.wire_room = HF_SEND_ROOM_MIN;
    assert_int_equal(hf_send(pair.client, &sending), HF_OK);
    hf_close(pair.client);
    assert_int_equal(hf_send(pair.client, &sending), HF_ERR_wrong_call);
    lab_pair_close(&pair);

    lab_pair_open(&pair, &(struct lab_side){.more = datagrams}, &(struct lab_side){.more = datagrams});
    assert_int_equal(hf_send(pair.client, &sending), HF_ERR_wrong_call);
    assert_int_equal(hf_receive(pair.client, &receiving, LAB_NOW_MS), HF_ERR_wrong_call);
    lab_pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_cut),     cmocka_unit_test(test_straight),  cmocka_unit_test(test_rest),
        cmocka_unit_test(test_tight),       cmocka_unit_test(test_handshake), cmocka_unit_test(test_between),
        cmocka_unit_test(test_behind_feed), cmocka_unit_test(test_forged),    cmocka_unit_test(test_refused),
        cmocka_unit_test(test_inflated),
    };
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 31 + i / 256);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
