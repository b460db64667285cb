/* An attacker over a stream who pushes on each limit of docs/LIMITS.md that a peer can push on, on both sides: the
 * connection ends with the limit's own error or what comes is let lie, and the victim never holds more memory than the
 * limit says. What no keys are needed for is sent raw; the rest under the attacker's own keys. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "handshake/machine.h"
#include "support/lab_check.h"
#include "support/puppet.h"
#include "support/test_allocator.h"

enum {
    KIB = 1024,
    RECORD = 16384 + 5,
    ROOM = 48 * KIB,        /* for what a record, its buffers and a handshake's working set take beside the limit */
    MESSAGE_MAX = 64 * KIB, /* the default */
    HELD_MAX = 1024 * KIB,  /* what is fed and not read */
};

struct attack {
    struct hf_test_allocator memory; /* of the victim's config and connection */
    struct lab_pair pair;
    struct hf_connection *victim, *attacker;
    size_t before; /* bytes that the victim held when the attack began */
};

static void begin(struct attack *attack, enum hf_role victim, enum hf_version version)
{
    hf_test_allocator_init(&attack->memory, 0);
    const struct hf_allocator *allocator = &attack->memory.allocator;
    const struct lab_side client = {.max = version, .allocator = victim == HF_CLIENT ? allocator : NULL};
    const struct lab_side server = {.max = version, .allocator = victim == HF_SERVER ? allocator : NULL};
    lab_pair_open(&attack->pair, &client, &server);
    attack->victim = victim == HF_CLIENT ? attack->pair.client : attack->pair.server;
    attack->attacker = victim == HF_CLIENT ? attack->pair.server : attack->pair.client;
    attack->before = attack->memory.live_bytes;
    attack->memory.peak_bytes = attack->before;
}

/* The same once both are open. */
static struct puppet *begin_open(struct attack *attack, enum hf_role victim, enum hf_version version)
{
    begin(attack, victim, version);
    (void)lab_pair_run(&attack->pair);
    assert_true(hf_machine_is_open(&attack->victim->handshake));
    (void)lab_event(attack->victim, HF_EVENT_NONE);
    attack->before = attack->memory.live_bytes;
    attack->memory.peak_bytes = attack->before;
    return puppet_take(attack->attacker);
}

static void assert_held(const struct attack *attack, size_t most)
{
    size_t held = attack->memory.peak_bytes - attack->before;
    if (held > most)
        fail_msg("%zu bytes held, %zu are the most", held, most);
}

static void end(struct attack *attack, enum hf_error error)
{
    const struct hf_failure *failure = hf_failure(attack->victim);
    assert_string_equal(failure == NULL ? "none" : hf_error_name(failure->error),
                        error == HF_OK ? "none" : hf_error_name(error));
    lab_pair_close(&attack->pair);
    assert_int_equal(attack->memory.live, 0);
}

static void feed(struct attack *attack, const void *bytes, size_t len)
{
    (void)hf_feed(attack->victim, bytes, len, LAB_NOW_MS);
}

static void deliver(struct attack *attack)
{
    while (lab_move(attack->attacker, attack->victim, SIZE_MAX) > 0)
        ;
}

/* ---- handshake messages ---- */

static void a_length_that_is_only_said_costs_nothing(void **state)
{
    (void)state;
    static const uint8_t hello[] = {22, 3, 1, 0, 6, 1, 0xff, 0xff, 0xff, 3, 3};
    static const uint8_t answer[] = {22, 3, 3, 0, 6, 2, 0xff, 0xff, 0xff, 3, 3};
    for (int victim = HF_CLIENT; victim <= HF_SERVER; victim++) {
        struct attack attack;
        begin(&attack, (enum hf_role)victim, HF_TLS13);
        feed(&attack, victim == HF_SERVER ? hello : answer, sizeof hello);
        assert_held(&attack, ROOM);
        end(&attack, HF_ERR_handshake_message_too_long);
    }
}

/* Up to the limit it is taken, in records of any length. Then it is one that makes no sense. */
static void a_long_message_costs_its_length(void **state)
{
    (void)state;
    static const size_t pieces[] = {16384, 1000, 1};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        static uint8_t record[RECORD];
        static const uint8_t head[] = {22, 3, 1, 0, 4, 1, 0, 0xff, 0xf0};
        struct attack attack;
        begin(&attack, HF_SERVER, HF_TLS13);
        feed(&attack, head, sizeof head);
        memcpy(record, (const uint8_t[]){22, 3, 1, (uint8_t)(pieces[i] >> 8), (uint8_t)pieces[i]}, 5);
        for (size_t sent = 0; sent < MESSAGE_MAX / 2; sent += pieces[i])
            feed(&attack, record, 5 + pieces[i]);
        assert_held(&attack, 2 * MESSAGE_MAX + ROOM); /* a buffer doubles */
        end(&attack, HF_OK);
    }
}

static void certificates_are_counted(void **state)
{
    (void)state;
    struct make_certificate *one =
        make_certificate(&(struct make_certificate_of){.subject = "CN=one of many", .key = MAKE_KEY_ED25519});
    const struct hf_span der = make_certificate_span(one);
    for (int victim = HF_CLIENT; victim <= HF_SERVER; victim++)
        for (int v = 0; v < 2; v++) {
            enum { COUNT = 65 };
            static uint8_t body[MESSAGE_MAX];
            struct hf_writer writer = hf_writer_of(body, sizeof body);
            struct attack attack;
            begin(&attack, (enum hf_role)victim, lab_versions[v]);
            struct puppet *puppet = puppet_take(attack.attacker);
            puppet_stop_before(puppet, HF_MESSAGE_certificate);
            (void)lab_pair_run(&attack.pair);
            if (v == 1)
                hf_writer_u8(&writer, 0);
            hf_writer_uint(&writer, 3, COUNT * (der.len + (v == 1 ? 5 : 3)));
            for (int i = 0; i < COUNT; i++) {
                hf_writer_vector(&writer, 3, der);
                if (v == 1)
                    hf_writer_u16(&writer, 0);
            }
            assert_true(hf_writer_end(&writer));
            puppet_send_message(puppet, 11, hf_writer_span(&writer));
            deliver(&attack);
            assert_held(&attack, 2 * MESSAGE_MAX + ROOM);
            end(&attack, HF_ERR_too_many_certificates);
        }
    make_certificate_free(one);
}

/* A thousand extensions that nobody knows, and one twice. */
static void extensions_cost_their_bytes(void **state)
{
    (void)state;
    for (int twice = 0; twice < 2; twice++) {
        enum { COUNT = 1000, FIRST = 0x5000 };
        static uint8_t record[RECORD];
        struct hf_writer writer = hf_writer_of(record, sizeof record);
        const size_t list = COUNT * 4, body = 2 + 32 + 1 + 4 + 2 + 2 + list;
        struct attack attack;
        begin(&attack, HF_SERVER, HF_TLS13);
        hf_writer_uint(&writer, 3, 22 << 16 | 0x0301);
        hf_writer_u16(&writer, (uint16_t)(4 + body));
        hf_writer_uint(&writer, 4, 1u << 24 | (unsigned)body);
        hf_writer_u16(&writer, 0x0303);
        for (int i = 0; i < 32; i++)
            hf_writer_u8(&writer, (uint8_t)i);
        hf_writer_u8(&writer, 0);
        hf_writer_uint(&writer, 4, 2u << 16 | 0x1301);
        hf_writer_u16(&writer, 0x0100);
        hf_writer_u16(&writer, (uint16_t)list);
        for (int i = 0; i < COUNT; i++)
            hf_writer_uint(&writer, 4, (uint64_t)(FIRST + (twice && i == COUNT - 1 ? 0 : i)) << 16);
        assert_true(hf_writer_end(&writer));
        feed(&attack, record, writer.len);
        assert_held(&attack, ROOM);
        end(&attack, twice ? HF_ERR_duplicate_extension : HF_ERR_extended_master_secret_missing);
    }
}

/* ---- floods of what is nearly nothing ---- */

static void warnings_end_it(void **state)
{
    (void)state;
    for (int victim = HF_CLIENT; victim <= HF_SERVER; victim++)
        for (int v = 0; v < 2; v++) {
            struct attack attack;
            struct puppet *puppet = begin_open(&attack, (enum hf_role)victim, lab_versions[v]);
            for (int i = 0; i < 40; i++)
                puppet_send_alert(puppet, 1, HF_ALERT_user_canceled);
            deliver(&attack);
            assert_held(&attack, ROOM);
            end(&attack, HF_ERR_too_many_warnings);
        }
}

static void warnings_in_the_clear_end_it(void **state)
{
    (void)state;
    static const uint8_t warning[] = {21, 3, 3, 0, 2, 1, 90};
    struct attack attack;
    begin(&attack, HF_SERVER, HF_TLS13);
    (void)lab_move(attack.attacker, attack.victim, SIZE_MAX);
    for (int i = 0; i < 40; i++)
        feed(&attack, warning, sizeof warning);
    assert_held(&attack, ROOM);
    assert_non_null(hf_failure(attack.victim));
    lab_pair_close(&attack.pair);
}

static void decoys_end_it(void **state)
{
    (void)state;
    static const uint8_t ccs[] = {20, 3, 3, 0, 1, 1};
    struct attack attack;
    begin(&attack, HF_SERVER, HF_TLS13);
    (void)lab_move(attack.attacker, attack.victim, SIZE_MAX);
    for (int i = 0; i < 40; i++)
        feed(&attack, ccs, sizeof ccs);
    assert_held(&attack, ROOM);
    assert_non_null(hf_failure(attack.victim));
    lab_pair_close(&attack.pair);
}

static void key_updates_end_it(void **state)
{
    (void)state;
    for (int victim = HF_CLIENT; victim <= HF_SERVER; victim++) {
        struct attack attack;
        (void)begin_open(&attack, (enum hf_role)victim, HF_TLS13);
        for (int i = 0; i < 40 && hf_failure(attack.victim) == NULL; i++) {
            (void)hf_key_update(attack.attacker, /* ask_peer= */ true);
            deliver(&attack); /* what it answers waits: the attacker reads nothing */
        }
        assert_held(&attack, ROOM);
        end(&attack, HF_ERR_too_many_key_updates);
    }
}

static void hello_requests_end_it(void **state)
{
    (void)state;
    struct attack attack;
    struct puppet *puppet = begin_open(&attack, HF_CLIENT, HF_TLS12);
    for (int i = 0; i < 40; i++)
        puppet_send_message(puppet, 0, hf_span_of(NULL, 0));
    deliver(&attack);
    assert_held(&attack, ROOM);
    assert_non_null(hf_failure(attack.victim));
    lab_pair_close(&attack.pair);
}

/* ---- what a peer can have us keep ---- */

static void takes_tickets(struct hf_builder *builder)
{
    hf_builder_session_tickets(builder);
}

/* RFC 9846 4.7.1: each as long as it may be. */
static void tickets_are_few(void **state)
{
    (void)state;
    enum { COUNT = 300, TICKET = 8000, KEPT = 8 };
    static uint8_t body[TICKET + 64];
    struct attack attack;
    hf_test_allocator_init(&attack.memory, 0);
    lab_pair_open(&attack.pair,
                  &(struct lab_side){.who = LAB_CLIENT, .more = takes_tickets, .allocator = &attack.memory.allocator},
                  NULL);
    attack.victim = attack.pair.client;
    attack.attacker = attack.pair.server;
    (void)lab_pair_run(&attack.pair);
    attack.before = attack.memory.live_bytes;
    attack.memory.peak_bytes = attack.before;
    struct puppet *puppet = puppet_take(attack.attacker);
    for (int i = 0; i < COUNT; i++) {
        struct hf_writer writer = hf_writer_of(body, sizeof body);
        uint8_t ticket[TICKET] = {(uint8_t)i, (uint8_t)(i >> 8)};
        hf_writer_uint(&writer, 4, 3600);
        hf_writer_uint(&writer, 4, (unsigned)i);
        hf_writer_vector(&writer, 1, hf_span_of("\0\1", 2));
        hf_writer_vector(&writer, 2, hf_span_of(ticket, sizeof ticket));
        hf_writer_u16(&writer, 0);
        puppet_send_message(puppet, 4, hf_writer_span(&writer));
        deliver(&attack);
    }
    assert_held(&attack, KEPT * (TICKET + 2 * KIB) + ROOM);
    end(&attack, HF_OK);
}

static void unread_data_waits_at_the_attacker(void **state)
{
    (void)state;
    for (int victim = HF_CLIENT; victim <= HF_SERVER; victim++)
        for (int v = 0; v < 2; v++) {
            static uint8_t data[16384], wire[RECORD + 256];
            struct attack attack;
            enum hf_error error = HF_OK;
            struct puppet *puppet = begin_open(&attack, (enum hf_role)victim, lab_versions[v]);
            for (int i = 0; i < 100 && error == HF_OK; i++) {
                size_t len = 0;
                assert_true(puppet_send_data(puppet, hf_span_of(data, sizeof data)));
                hf_drain(attack.attacker, wire, sizeof wire, &len);
                error = hf_feed(attack.victim, wire, len, LAB_NOW_MS);
            }
            assert_int_equal(error, HF_ERR_wrong_call);
            assert_held(&attack, 2 * HELD_MAX + ROOM);
            end(&attack, HF_OK);
        }
}

/* An attacker that reads nothing: what we say waits, up to a bound. */
static void our_output_is_bounded(void **state)
{
    (void)state;
    for (int victim = HF_CLIENT; victim <= HF_SERVER; victim++) {
        static const uint8_t data[16384];
        struct attack attack;
        size_t taken = 1;
        (void)begin_open(&attack, (enum hf_role)victim, HF_TLS13);
        for (int i = 0; i < 1000 && taken > 0; i++)
            assert_int_equal(hf_write(attack.victim, data, sizeof data, &taken), HF_OK);
        assert_int_equal(taken, 0);
        assert_held(&attack, 4 * MESSAGE_MAX);
        end(&attack, HF_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_length_that_is_only_said_costs_nothing),
        cmocka_unit_test(a_long_message_costs_its_length),
        cmocka_unit_test(certificates_are_counted),
        cmocka_unit_test(extensions_cost_their_bytes),
        cmocka_unit_test(warnings_end_it),
        cmocka_unit_test(warnings_in_the_clear_end_it),
        cmocka_unit_test(decoys_end_it),
        cmocka_unit_test(key_updates_end_it),
        cmocka_unit_test(hello_requests_end_it),
        cmocka_unit_test(tickets_are_few),
        cmocka_unit_test(unread_data_waits_at_the_attacker),
        cmocka_unit_test(our_output_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
