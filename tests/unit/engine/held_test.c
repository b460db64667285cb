/* Bytes that come at the wrong time, too many, or end: what is taken, held and told. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>

#include "engine/connection.h"
#include "handshake/machine.h"
#include "support/lab.h"

static void ask_verdict(struct hf_builder *builder)
{
    hf_builder_verdict_outside(builder);
}

/* Too much at once is not half taken: the same bytes may come again when there is room. */
static void what_is_too_much_is_not_taken_at_all(void **state)
{
    (void)state;
    struct lab_pair pair;
    size_t room = HF_ENGINE_HELD_MAX + 1;
    uint8_t *wire = calloc(1, room);
    uint8_t got[4];
    size_t len = 0;
    assert_non_null(wire);
    lab_pair_open(&pair, NULL, NULL);
    (void)lab_pair_run(&pair);
    assert_int_equal(hf_feed(pair.server, wire, room, LAB_NOW_MS), HF_ERR_wrong_call);
    assert_int_equal(hf_write(pair.client, "data", 4, &len), HF_OK);
    (void)lab_pair_run(&pair);
    assert_int_equal(hf_read(pair.server, got, sizeof got, &len), HF_OK);
    assert_memory_equal(got, "data", 4);
    lab_pair_close(&pair);
    free(wire);
}

/* The transport ends while the application thinks: when it answers, it hears that there is nobody any more. */
static void an_end_while_an_answer_is_waited_for_is_told_behind_it(void **state)
{
    (void)state;
    struct lab_pair pair;
    lab_pair_open(&pair, NULL, &(struct lab_side){.more = ask_verdict});
    (void)lab_pair_run(&pair);
    assert_true(lab_event(pair.server, HF_EVENT_NEEDS_VERDICT));
    assert_int_equal(hf_key_update(pair.client, /* ask_peer= */ false), HF_OK); /* the client is open already */
    (void)lab_pair_run(&pair);
    assert_true(hf_buffer_len(&pair.server->held) > 0);
    assert_int_equal(hf_feed_end(pair.server, LAB_NOW_MS), HF_OK);
    assert_int_equal(hf_answer_verdict(pair.server, true), HF_ERR_truncated);
    assert_true(lab_event(pair.server, HF_EVENT_FAILED));
    assert_int_equal(hf_failure(pair.server)->by, HF_BY_NETWORK);
    lab_pair_close(&pair);
}

/* What came before the cut is read first. */
static void data_before_a_cut_is_read(void **state)
{
    (void)state;
    struct lab_pair pair;
    uint8_t got[8];
    size_t len = 0;
    lab_pair_open(&pair, NULL, NULL);
    (void)lab_pair_run(&pair);
    assert_int_equal(hf_write(pair.client, "data", 4, &len), HF_OK);
    (void)lab_pair_run(&pair);
    assert_int_equal(hf_feed_end(pair.server, LAB_NOW_MS), HF_OK);
    assert_int_equal(hf_read(pair.server, got, sizeof got, &len), HF_OK);
    assert_int_equal(len, 4);
    assert_int_equal(hf_read(pair.server, got, sizeof got, &len), HF_ERR_truncated);
    lab_pair_close(&pair);
}

/* The bytes of the client's first record: its ClientHello. */
static size_t first_record(struct hf_connection *client, uint8_t *wire, size_t room)
{
    size_t len = 0;
    hf_drain(client, wire, room, &len);
    assert_true(len > 9);
    return len;
}

static void set16(uint8_t *at, size_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void grow(uint8_t *at, size_t by)
{
    set16(at, ((size_t)at[0] << 8 | at[1]) + by);
}

/* A ClientHello with handshake bytes behind it in its record: nobody who waits for our answer writes them. */
static void bytes_behind_a_flight_are_refused(void **state)
{
    (void)state;
    static const enum hf_version versions[] = {HF_TLS12, HF_TLS13};
    for (size_t i = 0; i < 2; i++) {
        struct lab_pair pair;
        uint8_t wire[4096] = {0};
        lab_pair_open(&pair, NULL, &(struct lab_side){.min = versions[i], .max = versions[i]});
        size_t len = first_record(pair.client, wire, sizeof wire - 1);
        wire[len++] = 16;
        grow(wire + 3, 1);
        assert_int_not_equal(hf_feed(pair.server, wire, len, LAB_NOW_MS), HF_OK);
        assert_int_equal(hf_failure(pair.server)->alert, HF_ALERT_unexpected_message);
        lab_pair_close(&pair);
    }
}

/* Offsets in our client's hello: 5 record header, 4 message header, 2 version, 32 random, 1 + 32 session ID. */
static size_t extensions_at(const uint8_t *wire)
{
    size_t at = 5 + 4 + 2 + 32;
    at += 1 + (size_t)wire[at];
    at += 2 + ((size_t)wire[at] << 8 | wire[at + 1]);
    return at + 1 + (size_t)wire[at];
}

/* A client that thinks it may send early data (its ticket was another's): those records are dropped, up to a bound. */
static void early_data_is_skipped(void **state)
{
    (void)state;
    static const uint8_t early_data[] = {0, 42, 0, 0};
    static uint8_t record[5 + 1000] = {23, 3, 3, 1000 >> 8, 1000 & 0xff};
    static const char *const groups[] = {"x25519", "secp384r1"}; /* the second makes the server ask for another share */
    for (size_t i = 0; i < 2; i++) {
        struct lab_pair pair;
        uint8_t wire[4096] = {0};
        lab_pair_open(&pair, &(struct lab_side){.groups = "x25519:secp384r1"},
                      &(struct lab_side){.groups = groups[i], .min = HF_TLS13});
        size_t len = first_record(pair.client, wire, sizeof wire - sizeof early_data);
        assert_true(hf_span_copy(hf_span_of(early_data, sizeof early_data), wire + len, sizeof early_data));
        grow(wire + 3, sizeof early_data);
        grow(wire + 7, sizeof early_data); /* the low bytes of the 24-bit length */
        grow(wire + extensions_at(wire), sizeof early_data);
        assert_int_equal(hf_feed(pair.server, wire, len + sizeof early_data, LAB_NOW_MS), HF_OK);
        for (int sent = 0; sent < 16; sent++)
            assert_int_equal(hf_feed(pair.server, record, sizeof record, LAB_NOW_MS), HF_OK);
        assert_int_not_equal(hf_feed(pair.server, record, sizeof record, LAB_NOW_MS), HF_OK);
        lab_pair_close(&pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_too_much_is_not_taken_at_all),
        cmocka_unit_test(an_end_while_an_answer_is_waited_for_is_told_behind_it),
        cmocka_unit_test(data_before_a_cut_is_read),
        cmocka_unit_test(bytes_behind_a_flight_are_refused),
        cmocka_unit_test(early_data_is_skipped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
