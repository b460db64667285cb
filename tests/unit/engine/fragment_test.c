/* Record sizes on the wire: RFC 6066 4, RFC 8449 4. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "engine/connection.h"
#include "handshake/machine.h"
#include "support/lab.h"

static void limit_fragments(struct hf_builder *builder)
{
    hf_builder_max_fragment_length(builder, 512);
}

static void limit_records(struct hf_builder *builder)
{
    hf_builder_record_size_limit(builder, 512);
}

/* The longest body of the records that wait to be drained. */
static size_t longest(const struct hf_connection *connection)
{
    const uint8_t *wire;
    size_t len = hf_output(connection, &wire);
    size_t most = 0;
    for (size_t at = 0; at + 5 <= len;) {
        size_t body = (size_t)wire[at + 3] << 8 | wire[at + 4];
        most = body > most ? body : most;
        at += 5 + body;
    }
    return most;
}

/* A server's longest record in its first flight of 1.2, all of it in the clear and longer than 512 bytes. */
static size_t longest_of_first_flight(void (*limit)(struct hf_builder *builder))
{
    struct lab_pair pair;
    lab_pair_open(&pair, &(struct lab_side){.more = limit}, &(struct lab_side){.max = HF_TLS12});
    (void)lab_move(pair.client, pair.server, 16384);
    size_t most = longest(pair.server);
    (void)lab_pair_run(&pair);
    assert_true(hf_machine_is_open(&pair.client->handshake));
    assert_true(hf_machine_is_open(&pair.server->handshake));
    lab_pair_close(&pair);
    return most;
}

/* Handshake messages in the clear are fragments too. */
static void a_max_fragment_length_holds_without_keys_too(void **state)
{
    (void)state;
    assert_int_equal(longest_of_first_flight(limit_fragments), 512);
}

static void a_record_size_limit_does_not(void **state)
{
    (void)state;
    assert_true(longest_of_first_flight(limit_records) > 512);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_max_fragment_length_holds_without_keys_too),
        cmocka_unit_test(a_record_size_limit_does_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
