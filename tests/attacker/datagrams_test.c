/* The same over datagrams, where anybody can send anything: what is forged ends nothing (but a first hello's try), and
 * the victim, a connection of either side or a listener, never holds more memory than docs/LIMITS.md says, nor sends
 * more than three times what came from who has not shown that it is there. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "base/writer.h"
#include "support/crowd.h"
#include "support/lab_check.h"
#include "support/test_allocator.h"

enum { KIB = 1024, ROOM = 16 * KIB, EARLY_MAX = 32 * KIB, WAITING_MAX = 256 * KIB, MESSAGE_MAX = 64 * KIB };
enum { FLOOD = 5000, DATAGRAM = 1200, AMPLIFICATION_MAX = 3 };

struct attack {
    struct hf_test_allocator memory;
    struct lab_pair pair;
    struct hf_connection *victim;
    size_t before;
};

static void over_datagrams(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
}

/* The victim has had as many flights of its peer as `steps` says, and waits for the next. */
static void begin(struct attack *attack, enum hf_role victim, enum hf_version version, int steps)
{
    hf_test_allocator_init(&attack->memory, 0);
    const struct hf_allocator *allocator = &attack->memory.allocator;
    const struct lab_side client = {
        .max = version, .more = over_datagrams, .allocator = victim == HF_CLIENT ? allocator : NULL};
    const struct lab_side server = {
        .max = version, .more = over_datagrams, .allocator = victim == HF_SERVER ? allocator : NULL};
    lab_pair_open(&attack->pair, &client, &server);
    attack->victim = victim == HF_CLIENT ? attack->pair.client : attack->pair.server;
    for (int i = 0; i < steps; i++) {
        while (lab_move(attack->pair.client, attack->pair.server, SIZE_MAX) > 0)
            ;
        while (i + 1 < steps && lab_move(attack->pair.server, attack->pair.client, SIZE_MAX) > 0)
            ;
    }
    attack->before = attack->memory.live_bytes;
    attack->memory.peak_bytes = attack->before;
}

static void feed(struct attack *attack, const void *bytes, size_t len)
{
    uint8_t out[4096];
    size_t out_len = 0;
    (void)hf_feed(attack->victim, bytes, len, LAB_NOW_MS);
    do {
        hf_drain(attack->victim, out, sizeof out, &out_len);
    } while (out_len > 0);
}

static void assert_held(const struct attack *attack, size_t most)
{
    size_t held = attack->memory.peak_bytes - attack->before;
    if (held > most)
        fail_msg("%zu bytes held, %zu are the most", held, most);
}

static void end(struct attack *attack)
{
    lab_pair_close(&attack->pair);
    assert_int_equal(attack->memory.live, 0);
}

/* ---- what is forged ---- */

/* RFC 6347 4.1, 4.2.2: one record in the clear with one fragment. */
struct forged {
    uint64_t record, message_len, offset, len;
    uint16_t message_seq;
    uint8_t type;
};

static size_t write_fragment(const struct forged *forged, uint8_t into[DATAGRAM])
{
    struct hf_writer writer = hf_writer_of(into, DATAGRAM);
    memset(into, 0, DATAGRAM);
    hf_writer_uint(&writer, 3, 22 << 16 | 0xfefd);
    hf_writer_u16(&writer, 0);
    hf_writer_uint(&writer, 6, forged->record);
    hf_writer_u16(&writer, (uint16_t)(12 + forged->len));
    hf_writer_u8(&writer, forged->type);
    hf_writer_uint(&writer, 3, forged->message_len);
    hf_writer_u16(&writer, forged->message_seq);
    hf_writer_uint(&writer, 3, forged->offset);
    hf_writer_uint(&writer, 3, forged->len);
    return writer.len + forged->len;
}

/* Of each step of a handshake, on each side and in each version. */
static void at_each_step(void (*flood)(struct attack *attack), size_t most)
{
    for (int victim = HF_CLIENT; victim <= HF_SERVER; victim++)
        for (int v = 0; v < 2; v++)
            for (int steps = 0; steps < 3; steps++) {
                struct attack attack;
                begin(&attack, (enum hf_role)victim, lab_versions[v], steps);
                flood(&attack);
                assert_held(&attack, most);
                end(&attack);
            }
}

static void far_ahead(struct attack *attack)
{
    uint8_t datagram[DATAGRAM];
    for (unsigned i = 0; i < FLOOD; i++) {
        const struct forged forged = {
            .record = 100 + i, .message_len = 60000, .len = 1000, .message_seq = (uint16_t)(3 + i % 200), .type = 11};
        feed(attack, datagram, write_fragment(&forged, datagram));
    }
}

static void said_to_be_long(struct attack *attack)
{
    uint8_t datagram[DATAGRAM];
    for (unsigned i = 0; i < FLOOD; i++) {
        const struct forged forged = {.record = 100 + i,
                                      .message_len = 0xffffff,
                                      .offset = i * 3000,
                                      .len = 100,
                                      .message_seq = (uint16_t)(i % 12),
                                      .type = 11};
        feed(attack, datagram, write_fragment(&forged, datagram));
    }
}

/* Every other byte of it, so that nothing ever joins. */
static void in_crumbs(struct attack *attack)
{
    uint8_t datagram[DATAGRAM];
    for (unsigned i = 0; i < FLOOD; i++) {
        const struct forged forged = {.record = 100 + i,
                                      .message_len = 60000,
                                      .offset = i * 2,
                                      .len = 1,
                                      .message_seq = (uint16_t)(1 + i % 8),
                                      .type = 11};
        feed(attack, datagram, write_fragment(&forged, datagram));
    }
}

static void for_later_keys(struct attack *attack)
{
    uint8_t datagram[DATAGRAM];
    for (unsigned i = 0; i < FLOOD; i++) {
        memset(datagram, (int)i, sizeof datagram);
        if (i % 2 == 0) /* RFC 9147 4: a unified header */
            memcpy(datagram, (const uint8_t[]){(uint8_t)(0x2c | i / 2 % 4), 0, (uint8_t)i, 4, 0}, 5);
        else /* RFC 6347 4.1: the next epoch */
            memcpy(datagram, (const uint8_t[]){22, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, (uint8_t)i, 4, 0}, 13);
        feed(attack, datagram, sizeof datagram);
    }
}

static void of_nothing(struct attack *attack)
{
    uint8_t datagram[DATAGRAM];
    uint64_t z = 1;
    for (unsigned i = 0; i < FLOOD; i++) {
        for (size_t k = 0; k < 100; k++)
            datagram[k] = (uint8_t)((z = z * UINT64_C(6364136223846793005) + 1442695040888963407) >> 56);
        feed(attack, datagram, i % 100);
    }
}

static void fragments_far_ahead_wait_in_a_bound(void **state)
{
    (void)state;
    at_each_step(far_ahead, 2 * MESSAGE_MAX + ROOM);
}

static void lengths_that_are_only_said_cost_nothing(void **state)
{
    (void)state;
    at_each_step(said_to_be_long, ROOM);
}

static void crumbs_are_few(void **state)
{
    (void)state;
    at_each_step(in_crumbs, 5 * MESSAGE_MAX + ROOM);
}

static void records_for_later_keys_are_few(void **state)
{
    (void)state;
    at_each_step(for_later_keys, EARLY_MAX + ROOM);
}

static void junk_costs_nothing(void **state)
{
    (void)state;
    at_each_step(of_nothing, ROOM);
}

/* Junk and forgeries of the future are dropped: who is in the middle of a handshake goes on, and opens. */
static void none_of_it_keeps_anybody_out(void **state)
{
    (void)state;
    for (int v = 0; v < 2; v++) {
        struct attack attack;
        begin(&attack, HF_SERVER, lab_versions[v], 1);
        for_later_keys(&attack);
        of_nothing(&attack);
        while (lab_pair_run(&attack.pair) > 0)
            ;
        assert_null(hf_failure(attack.victim));
        end(&attack);
    }
}

/* What is fed while the application does not read waits in a bound; the rest is lost, as datagrams may be. */
static void unread_datagrams_wait_in_a_bound(void **state)
{
    (void)state;
    for (int victim = HF_CLIENT; victim <= HF_SERVER; victim++) {
        struct attack attack;
        uint8_t wire[2048];
        begin(&attack, (enum hf_role)victim, HF_TLS13, 0);
        (void)lab_pair_run(&attack.pair);
        struct hf_connection *attacker = victim == HF_CLIENT ? attack.pair.server : attack.pair.client;
        attack.before = attack.memory.live_bytes;
        attack.memory.peak_bytes = attack.before;
        for (int i = 0; i < FLOOD; i++) {
            static const uint8_t data[1000];
            size_t taken = 0, len = 0;
            assert_int_equal(hf_write(attacker, data, sizeof data, &taken), HF_OK);
            hf_drain(attacker, wire, sizeof wire, &len);
            (void)hf_feed(attack.victim, wire, len, LAB_NOW_MS);
        }
        assert_null(hf_failure(attack.victim));
        assert_held(&attack, 2 * WAITING_MAX + ROOM);
        end(&attack);
    }
}

/* ---- a listener ---- */

/* Hellos from forged sources: nothing is kept of them, and no more is sent than three times what came. */
static void forged_sources_leave_nothing(void **state)
{
    (void)state;
    for (int v = 0; v < 2; v++) {
        struct crowd crowd;
        struct hf_outgoing out;
        struct hf_listener_counts counts;
        uint8_t hello[4096];
        size_t len = 0, came = 0, went = 0;
        crowd_open(&crowd, lab_versions[v], NULL);
        hf_drain(crowd_join(&crowd, 0), hello, sizeof hello, &len);
        assert_true(len > 0);
        for (unsigned i = 0; i < FLOOD; i++) {
            const uint8_t address[4] = {1, 2, (uint8_t)(i >> 8), (uint8_t)i};
            hf_listener_feed(crowd.listener, address, sizeof address, hello, len, crowd.now_ms);
            came += len;
            while (hf_listener_output(crowd.listener, &out)) {
                went += out.len;
                hf_listener_sent(crowd.listener);
            }
        }
        hf_listener_counts(crowd.listener, &counts);
        assert_int_equal(counts.associations, 0);
        assert_true(went <= AMPLIFICATION_MAX * came);
        crowd_close(&crowd);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fragments_far_ahead_wait_in_a_bound),
        cmocka_unit_test(lengths_that_are_only_said_cost_nothing),
        cmocka_unit_test(crumbs_are_few),
        cmocka_unit_test(records_for_later_keys_are_few),
        cmocka_unit_test(junk_costs_nothing),
        cmocka_unit_test(none_of_it_keeps_anybody_out),
        cmocka_unit_test(unread_datagrams_wait_in_a_bound),
        cmocka_unit_test(forged_sources_leave_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
