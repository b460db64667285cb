/* KeyUpdate: RFC 9846 4.7.3. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "engine/connection.h"
#include "handshake/machine.h"
#include "support/lab.h"

static void open_pair(struct lab_pair *pair)
{
    lab_pair_open(pair, NULL, NULL);
    (void)lab_pair_run(pair);
    assert_true(hf_machine_is_open(&pair->server->handshake));
}

static size_t output_len(const struct hf_connection *connection)
{
    const uint8_t *wire;
    return hf_output(connection, &wire);
}

static void assert_alive(struct lab_pair *pair)
{
    uint8_t got[2];
    size_t len = 0;
    assert_int_equal(hf_write(pair->client, "hi", 2, &len), HF_OK);
    (void)lab_pair_run(pair);
    assert_int_equal(hf_read(pair->server, got, sizeof got, &len), HF_OK);
    assert_int_equal(len, 2);
    assert_null(hf_failure(pair->client));
    assert_null(hf_failure(pair->server));
}

/* New in RFC 9846: until the peer's KeyUpdate came, we must not ask for another. */
static void asks_once_until_the_peer_answered(void **state)
{
    (void)state;
    struct lab_pair pair;
    open_pair(&pair);
    assert_int_equal(hf_key_update(pair.client, /* ask_peer= */ true), HF_OK);
    assert_true(pair.client->handshake.ask_peer_update);
    assert_int_equal(hf_key_update(pair.client, /* ask_peer= */ true), HF_OK);
    assert_false(pair.client->handshake.ask_peer_update);
    (void)lab_pair_run(&pair);
    assert_int_equal(hf_key_update(pair.client, /* ask_peer= */ true), HF_OK);
    assert_true(pair.client->handshake.ask_peer_update);
    (void)lab_pair_run(&pair);
    assert_alive(&pair);
    lab_pair_close(&pair);
}

/* RFC 9846 4.7.3: at the cap none goes out, neither by itself nor as an answer; data still does. */
static void none_goes_out_beyond_the_cap(void **state)
{
    (void)state;
    struct lab_pair pair;
    open_pair(&pair);
    pair.server->handshake.key_updates_sent = HF_HANDSHAKE_KEY_UPDATES_MAX - 1;
    assert_int_equal(hf_key_update(pair.server, /* ask_peer= */ false), HF_OK);
    assert_int_equal(hf_key_update(pair.server, /* ask_peer= */ false), HF_ERR_wrong_call);
    pair.server->handshake.update_waits = false;
    (void)lab_pair_run(&pair);
    assert_int_equal(hf_key_update(pair.client, /* ask_peer= */ true), HF_OK);
    (void)lab_move(pair.client, pair.server, 16384);
    assert_int_equal(output_len(pair.server), 0);
    assert_alive(&pair);
    lab_pair_close(&pair);
}

static void send_request(struct hf_connection *from)
{
    from->handshake.update_asked = false; /* a peer that does not keep the rule */
    assert_int_equal(hf_key_update(from, /* ask_peer= */ true), HF_OK);
}

/* A peer that asks and asks, between data so that no limit is met, while we send none. */
static void many_requests_get_one_answer_while_we_are_silent(void **state)
{
    (void)state;
    struct lab_pair pair;
    uint8_t got[16];
    size_t len = 0;
    open_pair(&pair);
    for (int i = 0; i < 200; i++) {
        send_request(pair.client);
        assert_int_equal(hf_write(pair.client, "x", 1, &len), HF_OK);
        (void)lab_move(pair.client, pair.server, 16384);
        assert_int_equal(hf_read(pair.server, got, sizeof got, &len), HF_OK);
        assert_int_equal(len, 1);
    }
    assert_in_range(output_len(pair.server), 1, 64);
    (void)lab_pair_run(&pair);
    assert_int_equal(hf_write(pair.server, "y", 1, &len), HF_OK);
    (void)lab_pair_run(&pair);
    send_request(pair.client); /* data went under the new keys: so the next one is answered again */
    (void)lab_move(pair.client, pair.server, 16384);
    assert_in_range(output_len(pair.server), 1, 64);
    (void)lab_pair_run(&pair);
    assert_alive(&pair);
    lab_pair_close(&pair);
}

static void floods_without_data_are_refused(void **state)
{
    (void)state;
    struct lab_pair pair;
    open_pair(&pair);
    for (int i = 0; i < 32; i++) {
        assert_int_equal(hf_key_update(pair.client, /* ask_peer= */ false), HF_OK);
        (void)lab_pair_run(&pair);
    }
    assert_null(hf_failure(pair.server));
    assert_int_equal(hf_key_update(pair.client, /* ask_peer= */ false), HF_OK);
    (void)lab_pair_run(&pair);
    assert_non_null(hf_failure(pair.server));
    assert_int_equal(hf_failure(pair.server)->error, HF_ERR_too_many_key_updates);
    lab_pair_close(&pair);
}

static enum hf_error feed_message(struct lab_pair *pair, const void *message, size_t len)
{
    assert_int_equal(hf_framing_send_message(pair->client->framing, hf_span_of(message, len)), HF_OK);
    assert_int_equal(hf_framing_flush(pair->client->framing), HF_OK);
    (void)lab_move(pair->client, pair->server, 16384);
    return hf_failure(pair->server) == NULL ? HF_OK : hf_failure(pair->server)->error;
}

static void wrong_bytes_are_refused(void **state)
{
    (void)state;
    static const struct {
        uint8_t message[16];
        size_t len;
        enum hf_error error;
    } cases[] = {
        {{24, 0, 0, 1, 2}, 5, HF_ERR_illegal_parameter},
        {{24, 0, 0, 0}, 4, HF_ERR_decode_error},
        {{24, 0, 0, 2, 0, 0}, 6, HF_ERR_decode_error},
        {{24, 0, 0, 1, 0, 24, 0, 0, 1, 0}, 10, HF_ERR_keys_change_inside_message},
        {{24, 0, 0, 1, 0, 24}, 6, HF_ERR_keys_change_inside_message},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lab_pair pair;
        open_pair(&pair);
        assert_int_equal(feed_message(&pair, cases[i].message, cases[i].len), cases[i].error);
        lab_pair_close(&pair);
    }
}

static void tls12_has_none(void **state)
{
    (void)state;
    struct lab_pair pair;
    lab_pair_open(&pair, NULL, &(struct lab_side){.max = HF_TLS12});
    (void)lab_pair_run(&pair);
    assert_int_equal(hf_key_update(pair.client, /* ask_peer= */ false), HF_ERR_wrong_call);
    lab_pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_once_until_the_peer_answered),
        cmocka_unit_test(none_goes_out_beyond_the_cap),
        cmocka_unit_test(many_requests_get_one_answer_while_we_are_silent),
        cmocka_unit_test(floods_without_data_are_refused),
        cmocka_unit_test(wrong_bytes_are_refused),
        cmocka_unit_test(tls12_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
