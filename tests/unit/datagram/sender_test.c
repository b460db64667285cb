/* How a flight is cut into records and datagrams, seen on the wire of whole connections. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/reader.h"
#include "datagram/fragment.h"
#include "datagram/mtu.h"
#include "support/lab.h"

enum { HEADER_LEN = 13, CONTENT_HANDSHAKE = 22 };

static void over_datagrams(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
}

/* RFC 6347 4.2.3. Mbed TLS 2.28 takes what follows a part of a message in its record for damage. */
static void check_record(struct hf_span content)
{
    struct hf_reader reader = hf_reader_of(content);
    while (hf_reader_more(&reader)) {
        struct hf_fragment fragment;
        assert_true(hf_fragment_read(&reader, &fragment));
        if (fragment.bytes.len < fragment.message_len)
            assert_false(hf_reader_more(&reader));
    }
}

static void check_datagram(struct hf_span datagram)
{
    struct hf_reader reader = hf_reader_of(datagram);
    while (hf_reader_more(&reader)) {
        uint8_t type = hf_reader_u8(&reader);
        if ((type & 0xe0) == 0x20)
            return; /* the header of 1.3: no plain record follows */
        (void)hf_reader_u16(&reader);
        uint16_t epoch = hf_reader_u16(&reader);
        (void)hf_reader_uint(&reader, 6);
        size_t len = hf_reader_u16(&reader);
        struct hf_span content = hf_reader_bytes(&reader, len);
        assert_false(reader.bad);
        if (type == CONTENT_HANDSHAKE && epoch == 0)
            check_record(content);
    }
}

/* Moves all datagrams of one end; how many. */
static size_t move(struct hf_connection *from, struct hf_connection *to, size_t max)
{
    const uint8_t *wire;
    size_t count = 0;
    for (size_t len = hf_output(from, &wire); len > 0; len = hf_output(from, &wire)) {
        assert_true(len <= max);
        check_datagram(hf_span_of(wire, len));
        assert_int_equal(hf_feed(to, wire, len, LAB_NOW_MS), HF_OK);
        hf_drained(from, len);
        count++;
    }
    return count;
}

static void let_later(struct hf_builder *builder)
{
    over_datagrams(builder);
    hf_builder_post_handshake_auth(builder, HF_POST_HANDSHAKE_AUTH_ON);
}

static void open_with(enum hf_version version, size_t max)
{
    const struct lab_side side = {.min = version, .max = version, .more = over_datagrams};
    struct lab_pair pair;
    lab_pair_open(&pair, &side, &side);
    hf_set_datagram_max(pair.client, max);
    hf_set_datagram_max(pair.server, max);
    size_t first = move(pair.client, pair.server, HF_MTU_DEFAULT); /* it went before it was told */
    assert_int_equal(first, 1);
    while (move(pair.server, pair.client, max) + move(pair.client, pair.server, max) > 0)
        ;
    assert_true(lab_event(pair.client, HF_EVENT_OPENED));
    assert_true(lab_event(pair.server, HF_EVENT_OPENED));
    lab_pair_close(&pair);
}

static void flights_fit_any_datagram(void **state)
{
    (void)state;
    for (size_t max = HF_MTU_MIN; max <= 1400; max += 23) {
        open_with(HF_TLS12, max);
        open_with(HF_TLS13, max);
    }
}

/* RFC 9147 4.4: what fits is told beforehand, and is exact. */
static void data_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    static const enum hf_version versions[] = {HF_TLS12, HF_TLS13};
    static const size_t maxima[] = {HF_MTU_MIN, 576, HF_MTU_DEFAULT, 9000, HF_MTU_MAX};
    static const uint8_t data[HF_MTU_MAX];
    for (size_t v = 0; v < 2; v++)
        for (size_t i = 0; i < sizeof maxima / sizeof maxima[0]; i++) {
            const struct lab_side side = {.min = versions[v], .max = versions[v], .more = over_datagrams};
            struct lab_pair pair;
            const uint8_t *wire;
            size_t taken = 1;
            lab_pair_open(&pair, &side, &side);
            (void)lab_pair_run(&pair);
            hf_set_datagram_max(pair.client, maxima[i]);
            size_t room = hf_datagram_room(pair.client);
            assert_int_equal(hf_write(pair.client, data, room + 1, &taken), HF_ERR_datagram_too_long);
            assert_int_equal(taken, 0);
            assert_null(hf_failure(pair.client));
            assert_int_equal(hf_output(pair.client, &wire), 0);
            assert_int_equal(hf_write(pair.client, data, room, &taken), HF_OK);
            assert_int_equal(taken, room);
            size_t len = hf_output(pair.client, &wire);
            assert_true(len <= maxima[i]);
            assert_true(len == maxima[i] || room == 16384); /* of which a record holds no more */
            hf_drained(pair.client, len);
            assert_int_equal(hf_output(pair.client, &wire), 0);
            lab_pair_close(&pair);
        }
}

/* A listener keeps no pieces of a first hello, and a narrow path lets no long one through. */
static void a_hello_is_tried_whole_and_in_pieces(void **state)
{
    (void)state;
    enum { ALPN_COUNT = 80, TIMES = 8 };
    static const size_t datagrams[TIMES] = {1, 1, 1, 1, 2, 1, 2, 1};
    char alpn[ALPN_COUNT * 8] = "";
    for (size_t i = 0; i < ALPN_COUNT; i++)
        strcat(alpn, i == 0 ? "abcdef" : ",abcdef");
    const struct lab_side side = {.min = HF_TLS13, .alpn = alpn, .more = over_datagrams};
    struct lab_pair pair;
    lab_pair_open(&pair, &side, NULL);
    for (size_t i = 0; i < TIMES; i++) {
        const uint8_t *wire;
        size_t count = 0;
        for (size_t len = hf_output(pair.client, &wire); len > 0; len = hf_output(pair.client, &wire)) {
            hf_drained(pair.client, len);
            count++;
        }
        assert_int_equal(count, datagrams[i]);
        assert_int_equal(hf_tick(pair.client, hf_deadline(pair.client)), HF_OK);
    }
    lab_pair_close(&pair);
}

/* RFC 9147 8: behind a KeyUpdate the old keys are for nothing new; what was asked for meanwhile goes under the new
 * ones. */
static void messages_behind_a_key_update_wait_for_its_keys(void **state)
{
    (void)state;
    const struct lab_side side = {.more = let_later};
    struct lab_pair pair;
    lab_pair_open(&pair, &side, &side);
    (void)lab_pair_run(&pair);
    for (uint64_t ms = 500; ms <= 4000; ms += 500) {
        if (ms == 1000) { /* nothing is under way */
            assert_int_equal(hf_key_update(pair.server, /* ask_peer= */ false), HF_OK);
            assert_int_equal(hf_ask_for_certificate(pair.server), HF_OK);
            (void)lab_move(pair.server, pair.client, 16384);
            const uint8_t *wire;
            assert_int_equal(hf_output(pair.server, &wire), 0); /* the request is not out */
        }
        (void)hf_tick(pair.client, LAB_NOW_MS + ms);
        (void)hf_tick(pair.server, LAB_NOW_MS + ms);
        (void)lab_pair_run(&pair);
    }
    assert_true(lab_event(pair.client, HF_EVENT_CERTIFICATE_REQUESTED));
    assert_true(lab_event(pair.server, HF_EVENT_CERTIFICATE_ANSWERED));
    assert_null(hf_failure(pair.server));
    lab_pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flights_fit_any_datagram),
        cmocka_unit_test(data_that_does_not_fit_is_refused),
        cmocka_unit_test(a_hello_is_tried_whole_and_in_pieces),
        cmocka_unit_test(messages_behind_a_key_update_wait_for_its_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
