/* GREASE: which numbers there are, that they stand where they may and nowhere without being asked for, and that whole
 * handshakes go on over them. RFC 8701. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "extension/grease.h"
#include "support/keepers.h"
#include "support/lab_check.h"
#include "support/resume_lab.h"

static void there_are_sixteen(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 256; i++) {
        const struct hf_grease grease = {.on = true, .seed = {(uint8_t)i, 0, 0, 0, (uint8_t)i}};
        const uint16_t value = hf_grease_value(&grease, HF_GREASE_SUITE);
        assert_int_equal(value & 0x0f0f, 0x0a0a);
        assert_int_equal(value >> 8, value & 0xff);
        uint8_t bytes[9];
        struct hf_writer writer = hf_writer_of(bytes, sizeof bytes);
        hf_grease_write_extension(&grease, /* is_last= */ false, &writer);
        hf_grease_write_extension(&grease, /* is_last= */ true, &writer);
        assert_int_equal(writer.len, 4 + 5);
        assert_int_not_equal(bytes[0], bytes[4]); /* two of one type may not stand in a hello */
    }
}

static void none_unless_on(void **state)
{
    (void)state;
    uint8_t bytes[16];
    struct hf_writer writer = hf_writer_of(bytes, sizeof bytes);
    const struct hf_grease off = {.on = false};
    hf_grease_write(&off, HF_GREASE_GROUP, &writer);
    hf_grease_write_extension(&off, /* is_last= */ true, &writer);
    assert_int_equal(writer.len, 0);
}

static void greased(struct hf_builder *builder)
{
    hf_builder_grease(builder);
    hf_builder_session_tickets(builder);
}

static void greased_server(struct hf_builder *builder)
{
    hf_builder_grease(builder);
    keepers_with_tickets(builder);
}

/* In both versions, with a HelloRetryRequest (whose hellos must be alike), and from session to session. */
static void handshakes_go_on_over_it(void **state)
{
    (void)state;
    static const char *const groups[] = {NULL, "secp384r1"};
    for (size_t i = 0; i < 4; i++) {
        const struct lab_side client = {.max = i % 2 == 0 ? HF_TLS13 : HF_TLS12, .more = greased};
        const struct lab_side server = {.more = greased_server, .groups = groups[i / 2]};
        const struct resume_visit visit = {.client = &client, .server = &server};
        struct resume_store store = {0};
        for (int round = 0; round < 2; round++) {
            struct lab_pair pair;
            struct hf_session_info info;
            resume_lab_open(&pair, &visit, &store);
            resume_lab_assert_open(&pair, /* resumed= */ round > 0);
            hf_session_info(pair.client, &info);
            assert_int_equal(info.hello_retried, i == 2);
            if (hf_session_size(pair.client) > 0)
                assert_int_equal(
                    hf_session_bytes(pair.client, store.client.at, sizeof store.client.at, &store.client.len), HF_OK);
            lab_pair_close(&pair);
        }
    }
}

static uint16_t last_seen;
static size_t count_seen;

/* The first suite of a ClientHello of TLS, behind version, random and a session ID of 32 bytes. */
static void see(void *context, const struct hf_connection *connection, const struct hf_seen *what)
{
    (void)context, (void)connection;
    enum { AT = 4 + 2 + 32 + 1 + 32 + 2 };
    if (!what->sent || what->message == NULL || what->len < AT + 2 || what->bytes[0] != 1)
        return;
    last_seen = (uint16_t)(what->bytes[AT] << 8 | what->bytes[AT + 1]);
    count_seen++;
}

static void watched(struct hf_builder *builder)
{
    hf_builder_observe(builder, see, NULL);
}

static void watched_and_greased(struct hf_builder *builder)
{
    watched(builder);
    hf_builder_grease(builder);
}

static void it_is_off_by_default(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct lab_pair pair;
        count_seen = 0;
        lab_pair_open(&pair, &(struct lab_side){.more = i == 0 ? watched : watched_and_greased}, NULL);
        (void)lab_pair_run(&pair);
        assert_int_equal(count_seen, 1);
        assert_int_equal((last_seen & 0x0f0f) == 0x0a0a, i == 1);
        lab_pair_close(&pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_are_sixteen),
        cmocka_unit_test(none_unless_on),
        cmocka_unit_test(handshakes_go_on_over_it),
        cmocka_unit_test(it_is_off_by_default),
    };
    return cmocka_run_group_tests(tests, keepers_set_up, keepers_tear_down);
}
