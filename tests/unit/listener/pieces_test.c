/* Hellos that take several datagrams: the first piece is answered, nothing is kept, and the handshake opens. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "support/crowd.h"
#include "support/test_allocator.h"

enum { DATAGRAM_MAX = 2048, RECORD_HEADER = 13, HEADERS = 25, TYPE_COOKIE = 44, TYPE_KEY_SHARE = 51 };

static void with_large_shares(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    hf_builder_key_shares(builder, 3);
    hf_builder_datagram_max(builder, 400); /* as if they were ML-KEM's, which not every libcrypto has */
}

static void with_small_datagrams(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    hf_builder_datagram_max(builder, 228);
    hf_builder_alpn(builder, "a protocol of a long name,another protocol of a long name,a third one,a fourth one");
}

static void with_protocols(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    hf_builder_alpn(builder, "another protocol of a long name");
}

static struct hf_config *make(enum hf_role role, enum hf_version version, const char *groups,
                              void (*more)(struct hf_builder *builder))
{
    const struct lab_side side = {.min = version, .max = version, .groups = groups, .more = more};
    struct hf_failure failure;
    struct hf_config *config = lab_config(role, &side, &failure);
    assert_non_null(config);
    return config;
}

/* A crowd of one, of these configs. */
static void open_with(struct crowd *crowd, struct hf_config *client, struct hf_config *server)
{
    crowd_open(crowd, HF_TLS13, NULL);
    hf_listener_free(crowd->listener);
    hf_config_drop(crowd->server_config);
    hf_config_drop(crowd->client_config);
    crowd->server_config = server;
    crowd->client_config = client;
    crowd->listener = hf_listener_new(server, NULL, NULL);
    assert_non_null(crowd->listener);
    (void)crowd_join(crowd, 0);
}

static void open_large13(struct crowd *crowd, const char *server_groups)
{
    struct hf_config *client = make(HF_CLIENT, HF_TLS13, "secp521r1:secp384r1:secp256r1:x25519", with_large_shares);
    open_with(crowd, client, crowd_config(HF_SERVER, HF_TLS13, server_groups, NULL));
    const uint8_t *hello;
    size_t len = hf_output(crowd->clients[0].connection, &hello);
    assert_true(len >= HEADERS);
    assert_true(len - HEADERS < (size_t)(hello[14] << 16 | hello[15] << 8 | hello[16])); /* its message is longer */
}

static void a_large_hello_opens_in_13(void **state)
{
    (void)state;
    struct crowd crowd;
    struct hf_session_info info;
    open_large13(&crowd, "secp256r1");
    crowd_run(&crowd);
    assert_true(crowd_is_open(crowd.clients[0].connection));
    hf_session_info(crowd.clients[0].connection, &info);
    assert_true(info.hello_retried);
    assert_string_equal(info.group, "secp256r1");
    assert_int_equal(crowd_counts(&crowd).cookies, 1);
    assert_int_equal(crowd_counts(&crowd).admitted, 1);
    assert_int_equal(crowd_counts(&crowd).associations, 1);
    crowd_close(&crowd);
}

static void a_large_hello_opens_in_12(void **state)
{
    (void)state;
    struct crowd crowd;
    open_with(&crowd, make(HF_CLIENT, HF_TLS12, NULL, with_small_datagrams),
              make(HF_SERVER, HF_TLS12, NULL, with_protocols));
    crowd_run(&crowd);
    assert_true(crowd_is_open(crowd.clients[0].connection));
    assert_int_equal(crowd_counts(&crowd).cookies, 1);
    crowd_close(&crowd);
}

/* Its shares were not seen when it was answered, and no other may be asked for a second time (RFC 9846 4.2.4). */
static void a_large_hello_without_share_is_told_why(void **state)
{
    (void)state;
    struct crowd crowd;
    open_large13(&crowd, "x25519");
    crowd_run(&crowd);
    struct hf_association *association = hf_listener_next(crowd.listener);
    assert_non_null(association);
    const struct hf_failure *failure = hf_failure(hf_association_connection(association));
    assert_non_null(failure);
    assert_int_equal(failure->error, HF_ERR_hello_in_pieces);
    assert_int_equal(failure->alert, HF_ALERT_handshake_failure);
    crowd_close(&crowd);
}

static void a_front_that_tells_no_version_is_not_answered(void **state)
{
    (void)state;
    struct crowd crowd;
    const struct lab_side side = {.more = with_small_datagrams}; /* of both versions */
    struct hf_config *client = lab_config(HF_CLIENT, &side, NULL);
    const struct lab_side both = {.more = with_protocols};
    open_with(&crowd, client, lab_config(HF_SERVER, &both, NULL));
    (void)crowd_to_listener(&crowd);
    assert_int_equal(crowd_from_listener(&crowd), 0);
    assert_int_equal(crowd_counts(&crowd).cookies, 0);
    assert_true(crowd_counts(&crowd).strays > 0);
    crowd_close(&crowd);
}

static void forged_fronts_leave_nothing_and_amplify_nothing(void **state)
{
    (void)state;
    struct hf_test_allocator test;
    struct crowd crowd;
    struct hf_outgoing out;
    const uint8_t *hello;
    size_t answered = 0;
    hf_test_allocator_init(&test, 0);
    struct hf_config *client = make(HF_CLIENT, HF_TLS13, "secp521r1:secp384r1:secp256r1", with_large_shares);
    open_with(&crowd, client, crowd_config(HF_SERVER, HF_TLS13, "secp256r1", &test.allocator));
    size_t live = test.live;
    size_t len = hf_output(crowd.clients[0].connection, &hello);
    for (uint32_t i = 0; i < 1000; i++) {
        hf_listener_feed(crowd.listener, &i, sizeof i, hello, len, crowd.now_ms);
        for (; hf_listener_output(crowd.listener, &out); hf_listener_sent(crowd.listener))
            answered += out.len;
    }
    assert_int_equal(test.live, live);
    assert_int_equal(crowd_counts(&crowd).associations, 0);
    assert_int_equal(crowd_counts(&crowd).cookies, 1000);
    assert_true(answered > 0 && answered <= 3 * 1000 * len);
    crowd_close(&crowd);
    assert_int_equal(test.live, 0);
}

/* ---- clients that cut and order their hellos otherwise ---- */

static size_t take(struct hf_connection *client, uint8_t into[DATAGRAM_MAX])
{
    size_t len;
    hf_drain(client, into, DATAGRAM_MAX, &len);
    assert_true(len > HEADERS);
    return len;
}

/* Where an extension begins in a datagram with a whole hello. */
static size_t find(const uint8_t *datagram, size_t len, uint8_t type, size_t from)
{
    for (size_t at = from; at + 6 < len; at++)
        if (datagram[at] == 0 && datagram[at + 1] == type &&
            (size_t)(datagram[at + 2] << 8 | datagram[at + 3]) ==
                2U + (size_t)(datagram[at + 4] << 8 | datagram[at + 5]))
            return at;
    fail();
    return 0;
}

/* Feeds the bytes [from, to) of the hello that fills this datagram, as a fragment of it. */
static void feed_part(struct crowd *crowd, const uint8_t *datagram, size_t from, size_t to)
{
    uint8_t part[DATAGRAM_MAX];
    size_t offset = from - HEADERS, len = to - from;
    memcpy(part, datagram, HEADERS);
    part[11] = (uint8_t)((len + 12) >> 8);
    part[12] = (uint8_t)(len + 12);
    part[19] = 0;
    part[20] = (uint8_t)(offset >> 8);
    part[21] = (uint8_t)offset;
    part[22] = 0;
    part[23] = (uint8_t)(len >> 8);
    part[24] = (uint8_t)len;
    memcpy(part + HEADERS, datagram + from, len);
    hf_listener_feed(crowd->listener, "0", 1, part, HEADERS + len, crowd->now_ms);
}

/* A client whose first hello showed its key_share's beginning in its first piece: its second hello. */
static size_t second_hello(struct crowd *crowd, uint8_t second[DATAGRAM_MAX])
{
    uint8_t first[DATAGRAM_MAX];
    crowd_open(crowd, HF_TLS13, NULL);
    (void)crowd_join(crowd, 0);
    size_t len = take(crowd->clients[0].connection, first);
    size_t at = find(first, len, TYPE_KEY_SHARE, HEADERS + 40) + 6;
    feed_part(crowd, first, HEADERS, at);
    feed_part(crowd, first, at, len);
    assert_int_equal(crowd_from_listener(crowd), 1);
    return take(crowd->clients[0].connection, second);
}

/* As of clients that have the cookie behind their key shares. */
static void a_cookie_in_a_later_piece_counts(void **state)
{
    (void)state;
    struct crowd crowd;
    uint8_t second[DATAGRAM_MAX];
    size_t len = second_hello(&crowd, second);
    size_t at = find(second, len, TYPE_COOKIE, HEADERS + 40) - 1;
    feed_part(&crowd, second, HEADERS, at); /* without cookie: nothing is known of it, and nothing kept */
    assert_int_equal(crowd_counts(&crowd).associations, 0);
    assert_int_equal(crowd_from_listener(&crowd), 0);
    feed_part(&crowd, second, at, len);
    assert_int_equal(crowd_counts(&crowd).admitted, 1);
    feed_part(&crowd, second, HEADERS, at); /* it comes again */
    crowd_run(&crowd);
    assert_true(crowd_is_open(crowd.clients[0].connection));
    assert_int_equal(crowd_counts(&crowd).associations, 1);
    crowd_close(&crowd);
}

static void a_late_cookie_is_for_one_address_and_must_be_ours(void **state)
{
    (void)state;
    struct crowd crowd;
    uint8_t second[DATAGRAM_MAX];
    size_t len = second_hello(&crowd, second);
    size_t at = find(second, len, TYPE_COOKIE, HEADERS + 40) - 1;
    second[at + 12] ^= 1; /* the cookie */
    feed_part(&crowd, second, at, len);
    assert_int_equal(crowd_counts(&crowd).admitted, 0);
    second[at + 12] ^= 1;
    crowd.now_ms += 200000; /* it is too old */
    feed_part(&crowd, second, at, len);
    assert_int_equal(crowd_counts(&crowd).admitted, 0);
    assert_int_equal(crowd_counts(&crowd).associations, 0);
    crowd_close(&crowd);
}

/* Nobody keeps the first hello, and its digest is made of the second: so a first piece that was changed on its way, to
 * have a suite chosen that the two would not have chosen, must be found out otherwise. */
static void a_changed_front_cannot_choose_the_suite(void **state)
{
    (void)state;
    unsigned refused = 0;
    for (uint8_t suite = 1; suite <= 3; suite++) { /* 0x1301 to 0x1303 */
        struct crowd crowd;
        uint8_t first[DATAGRAM_MAX];
        crowd_open(&crowd, HF_TLS13, NULL);
        struct hf_connection *client = crowd_join(&crowd, 0);
        size_t len = take(client, first);
        size_t at = find(first, len, TYPE_KEY_SHARE, HEADERS + 40) + 6;
        size_t suites = HEADERS + 2 + 32 + 1 + 1; /* behind version, random, an empty session ID and cookie */
        size_t count = (size_t)(first[suites] << 8 | first[suites + 1]) / 2;
        for (size_t i = 0; i < count; i++) {
            first[suites + 2 + 2 * i] = 0x13;
            first[suites + 3 + 2 * i] = suite;
        }
        feed_part(&crowd, first, HEADERS, at);
        crowd_run(&crowd);
        struct hf_association *association = hf_listener_next(crowd.listener);
        assert_non_null(association);
        const struct hf_failure *failure = hf_failure(hf_association_connection(association));
        assert_true(failure == NULL || failure->error == HF_ERR_hello_changed);
        assert_int_equal(crowd_is_open(hf_association_connection(association)), failure == NULL);
        refused += failure != NULL ? 1 : 0;
        crowd_close(&crowd);
    }
    assert_int_equal(refused, 2); /* one of them is what the two choose */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_large_hello_opens_in_13),
        cmocka_unit_test(a_large_hello_opens_in_12),
        cmocka_unit_test(a_large_hello_without_share_is_told_why),
        cmocka_unit_test(a_front_that_tells_no_version_is_not_answered),
        cmocka_unit_test(forged_fronts_leave_nothing_and_amplify_nothing),
        cmocka_unit_test(a_cookie_in_a_later_piece_counts),
        cmocka_unit_test(a_late_cookie_is_for_one_address_and_must_be_ours),
        cmocka_unit_test(a_changed_front_cannot_choose_the_suite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
