/* A listener and its clients, without a network between: cookies, who a datagram is for, beginning anew, bounds, time.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include <handfast/psk.h>

#include "support/crowd.h"
#include "support/test_allocator.h"

static const enum hf_version versions[] = {HF_TLS12, HF_TLS13};

static void many_clients_share_one_listener(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct crowd crowd;
        crowd_open(&crowd, versions[v], NULL);
        for (size_t i = 0; i < CROWD_MAX; i++) {
            (void)crowd_join(&crowd, i);
            if (i % 16 == 15) /* no more at once than it has answers for */
                crowd_run(&crowd);
        }
        crowd_run(&crowd);
        for (size_t i = 0; i < CROWD_MAX; i++)
            assert_true(crowd_is_open(crowd.clients[i].connection));
        const struct hf_listener_counts counts = crowd_counts(&crowd);
        assert_int_equal(counts.associations, CROWD_MAX);
        assert_int_equal(counts.half_open, 0);
        assert_true(counts.cookies >= CROWD_MAX);
        assert_int_equal(counts.admitted, CROWD_MAX);
        crowd_close(&crowd);
    }
}

static void share_a_key(struct hf_builder *builder)
{
    const struct hf_psk psk = {
        .identity = "us", .identity_len = 2, .key = "a key of random bytes", .key_len = 21, .imported = true};
    hf_builder_psk13(builder, &psk);
}

/* The binder covers the first hello, of which only a digest came back with the cookie: RFC 9846 4.3.11.2. */
static void a_shared_key_holds_behind_a_cookie(void **state)
{
    (void)state;
    struct crowd crowd;
    struct hf_session_info info;
    crowd_open_with(&crowd, HF_TLS13, share_a_key);
    struct hf_connection *client = crowd_join(&crowd, 0);
    crowd_run(&crowd);
    assert_true(crowd_is_open(client));
    assert_int_equal(crowd_counts(&crowd).cookies, 1);
    hf_session_info(client, &info);
    assert_true(info.hello_retried && info.psk_identity_len == 2);
    crowd_close(&crowd);
}

static void data_goes_both_ways_and_closing_ends_it(void **state)
{
    (void)state;
    struct crowd crowd;
    char data[32];
    size_t len;
    crowd_open(&crowd, HF_TLS13, NULL);
    struct hf_connection *client = crowd_join(&crowd, 0);
    crowd_run(&crowd);
    struct hf_association *association = hf_listener_next(crowd.listener);
    assert_non_null(association);
    assert_null(hf_association_context(association));
    hf_association_set_context(association, &crowd);
    assert_true(lab_event(hf_association_connection(association), HF_EVENT_OPENED));
    assert_non_null(hf_peer(hf_association_connection(association)));
    assert_memory_equal(hf_association_address(association, &len), "0", 1);
    assert_int_equal(len, 1);
    assert_null(hf_listener_next(crowd.listener));

    assert_int_equal(hf_write(client, "to you", 6, &len), HF_OK);
    crowd_run(&crowd);
    assert_ptr_equal(hf_listener_next(crowd.listener), association);
    assert_ptr_equal(hf_association_context(association), &crowd);
    assert_int_equal(hf_read(hf_association_connection(association), data, sizeof data, &len), HF_OK);
    assert_int_equal(len, 6);
    assert_int_equal(hf_write(hf_association_connection(association), "and back", 8, &len), HF_OK);
    hf_association_settle(association);
    crowd_run(&crowd);
    assert_int_equal(hf_read(client, data, sizeof data, &len), HF_OK);
    assert_memory_equal(data, "and back", 8);

    hf_close(hf_association_connection(association));
    hf_association_drop(association);
    assert_int_equal(crowd_counts(&crowd).associations, 1); /* close_notify must still go */
    crowd_run(&crowd);
    assert_true(lab_event(client, HF_EVENT_PEER_CLOSED));
    assert_int_equal(crowd_counts(&crowd).associations, 0);
    crowd_close(&crowd);
}

static void a_hello_without_cookie_leaves_nothing(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct hf_test_allocator test;
        struct crowd crowd;
        crowd_open(&crowd, versions[v], NULL);
        hf_listener_free(crowd.listener);
        hf_config_drop(crowd.server_config);
        hf_test_allocator_init(&test, 0);
        crowd.server_config = crowd_config(HF_SERVER, versions[v], NULL, &test.allocator);
        crowd.listener = hf_listener_new(crowd.server_config, NULL, NULL);
        size_t live = test.live;
        (void)crowd_join(&crowd, 0);
        const uint8_t *hello;
        size_t len = hf_output(crowd.clients[0].connection, &hello);
        for (uint32_t i = 0; i < 1000; i++)
            hf_listener_feed(crowd.listener, &i, sizeof i, hello, len, crowd.now_ms);
        assert_int_equal(test.live, live);
        assert_int_equal(crowd_counts(&crowd).associations, 0);
        assert_int_equal(crowd_counts(&crowd).cookies, 1000);
        crowd_close(&crowd);
        assert_int_equal(test.live, 0);
    }
}

static void nobody_is_sent_much_before_it_has_shown_itself(void **state)
{
    (void)state;
    const struct hf_listener_limits forged = {.skip_cookies = true};
    for (size_t v = 0; v < 2; v++)
        for (int skips = 0; skips <= 1; skips++) {
            struct crowd crowd;
            crowd_open(&crowd, versions[v], skips ? &forged : NULL);
            (void)crowd_join(&crowd, 0);
            (void)crowd_to_listener(&crowd); /* the hello only: whoever is there does not answer */
            for (size_t i = 0; i < 300; i++) {
                struct hf_outgoing out;
                crowd.now_ms += 100;
                hf_listener_tick(crowd.listener, crowd.now_ms);
                while (hf_listener_output(crowd.listener, &out)) {
                    crowd.bytes_to[0] += out.len;
                    hf_listener_sent(crowd.listener);
                }
            }
            assert_true(skips || crowd.bytes_to[0] > 0);
            assert_true(crowd.bytes_to[0] <= 3 * crowd.bytes_from[0]);
            crowd_close(&crowd);
        }
}

/* The limit does not keep those out who are there. */
static void without_cookies_handshakes_open_too(void **state)
{
    (void)state;
    const struct hf_listener_limits limits = {.skip_cookies = true};
    for (size_t v = 0; v < 2; v++) {
        struct crowd crowd;
        crowd_open(&crowd, versions[v], &limits);
        (void)crowd_join(&crowd, 0);
        crowd_pass(&crowd, 5000);
        assert_true(crowd_is_open(crowd.clients[0].connection));
        assert_int_equal(crowd_counts(&crowd).cookies, 0);
        crowd_close(&crowd);
    }
}

/* Takes what a client says next, and does not give it to anybody. */
static size_t take(struct hf_connection *client, uint8_t into[2048])
{
    size_t len;
    hf_drain(client, into, 2048, &len);
    assert_true(len > 0);
    return len;
}

/* A client that has its cookie; its next hello is taken. */
static size_t open_until_second_hello(struct crowd *crowd, enum hf_version version, uint8_t second[2048])
{
    crowd_open(crowd, version, NULL);
    (void)crowd_join(crowd, 0);
    (void)crowd_to_listener(crowd);
    (void)crowd_from_listener(crowd);
    return take(crowd->clients[0].connection, second);
}

static void a_cookie_is_for_one_address_and_one_hello(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct crowd crowd;
        uint8_t second[2048];
        size_t len = open_until_second_hello(&crowd, versions[v], second);
        hf_listener_feed(crowd.listener, "elsewhere", 9, second, len, crowd.now_ms);
        assert_int_equal(crowd_counts(&crowd).admitted, 0);
        second[13 + 12 + 2] ^= 1; /* its random */
        hf_listener_feed(crowd.listener, "0", 1, second, len, crowd.now_ms);
        assert_int_equal(crowd_counts(&crowd).admitted, 0);
        second[13 + 12 + 2] ^= 1;
        hf_listener_feed(crowd.listener, "0", 1, second, len, crowd.now_ms);
        assert_int_equal(crowd_counts(&crowd).admitted, 1);
        crowd_close(&crowd);
    }
}

/* RFC 9147 5.1: illegal_parameter, so that the client begins anew; RFC 6347 4.2.1: another cookie. */
static void an_old_cookie_is_told_so(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct crowd crowd;
        uint8_t second[2048];
        size_t len = open_until_second_hello(&crowd, versions[v], second);
        hf_listener_feed(crowd.listener, "0", 1, second, len, crowd.now_ms + 200000);
        assert_int_equal(crowd_counts(&crowd).admitted, 0);
        assert_int_equal(crowd_counts(&crowd).refused, versions[v] == HF_TLS13 ? 1 : 0);
        assert_int_equal(crowd_counts(&crowd).cookies, versions[v] == HF_TLS13 ? 1 : 2);
        crowd_close(&crowd);
    }
}

/* The second hello must be the first but for what may change, though nobody kept the first: RFC 9846 4.2.2. */
static void a_changed_second_hello_is_refused(void **state)
{
    (void)state;
    struct crowd crowd;
    uint8_t second[2048];
    crowd_open(&crowd, HF_TLS13, NULL);
    (void)crowd_join(&crowd, 0);
    (void)crowd_to_listener(&crowd);
    (void)crowd_from_listener(&crowd);
    size_t len = take(crowd.clients[0].connection, second);
    for (size_t i = 0; i + 10 < len; i++)
        if (memcmp(second + i, "server.lab", 10) == 0)
            second[i] = 'S';
    hf_listener_feed(crowd.listener, "0", 1, second, len, crowd.now_ms);
    struct hf_association *association = hf_listener_next(crowd.listener);
    assert_non_null(association);
    const struct hf_failure *failure = hf_failure(hf_association_connection(association));
    assert_non_null(failure);
    assert_string_equal(hf_error_name(failure->error), "hello_changed");
    crowd_close(&crowd);
}

static void a_group_without_share_is_asked_for_with_the_cookie(void **state)
{
    (void)state;
    struct crowd crowd;
    struct hf_session_info info;
    crowd_open(&crowd, HF_TLS13, NULL);
    hf_listener_free(crowd.listener);
    hf_config_drop(crowd.server_config);
    crowd.server_config = crowd_config(HF_SERVER, HF_TLS13, "secp256r1", NULL);
    crowd.listener = hf_listener_new(crowd.server_config, NULL, NULL);
    (void)crowd_join(&crowd, 0);
    crowd_run(&crowd);
    assert_true(crowd_is_open(crowd.clients[0].connection));
    hf_session_info(crowd.clients[0].connection, &info);
    assert_string_equal(info.group, "secp256r1");
    assert_true(info.hello_retried);
    assert_int_equal(crowd_counts(&crowd).cookies, 1);
    crowd_close(&crowd);
}

static void a_hello_that_nothing_can_come_of_is_told_why(void **state)
{
    (void)state;
    struct crowd crowd;
    crowd_open(&crowd, HF_TLS13, NULL);
    hf_config_drop(crowd.client_config);
    crowd.client_config = crowd_config(HF_CLIENT, HF_TLS12, NULL, NULL);
    (void)crowd_join(&crowd, 0);
    crowd_run(&crowd);
    assert_int_equal(crowd_counts(&crowd).refused, 1);
    assert_int_equal(crowd_counts(&crowd).associations, 0);
    crowd_pass(&crowd, 30000);
    const struct hf_failure *failure = hf_failure(crowd.clients[0].connection);
    assert_non_null(failure);
    assert_int_equal(failure->by, HF_BY_PEER);
    crowd_close(&crowd);
}

/* RFC 6347 4.2.8, RFC 9147 5.11. */
static void who_begins_anew_replaces_itself_once_proven(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct crowd crowd;
        crowd_open(&crowd, versions[v], NULL);
        (void)crowd_join(&crowd, 0);
        crowd_run(&crowd);
        struct hf_association *old = hf_listener_next(crowd.listener);
        (void)crowd_join(&crowd, 0);
        (void)crowd_to_listener(&crowd); /* its first hello */
        assert_null(hf_failure(hf_association_connection(old)));
        (void)crowd_from_listener(&crowd);
        (void)crowd_to_listener(&crowd); /* the one with the cookie */
        assert_int_equal(crowd_counts(&crowd).associations, 2);
        assert_null(hf_failure(hf_association_connection(old)));
        crowd_run(&crowd);
        assert_true(crowd_is_open(crowd.clients[0].connection));
        const struct hf_failure *failure = hf_failure(hf_association_connection(old));
        assert_non_null(failure);
        assert_string_equal(hf_error_name(failure->error), "association_replaced");
        assert_int_equal(crowd_counts(&crowd).replaced, 1);
        hf_association_drop(old);
        assert_int_equal(crowd_counts(&crowd).associations, 1);
        crowd_close(&crowd);
    }
}

static void an_unfinished_new_beginning_harms_nobody(void **state)
{
    (void)state;
    for (size_t v = 0; v < 2; v++) {
        struct crowd crowd;
        size_t len;
        char data[8];
        crowd_open(&crowd, versions[v], NULL);
        struct hf_connection *first = crowd_join(&crowd, 0);
        crowd_run(&crowd);
        struct hf_association *old = hf_listener_next(crowd.listener);
        crowd.clients[0].connection = NULL;
        (void)crowd_join(&crowd, 0);
        (void)crowd_to_listener(&crowd);
        (void)crowd_from_listener(&crowd);
        (void)crowd_to_listener(&crowd);
        assert_int_equal(crowd_counts(&crowd).half_open, 1);
        hf_connection_free(crowd.clients[0].connection);
        crowd.clients[0].connection = first;
        assert_int_equal(hf_write(first, "still", 5, &len), HF_OK);
        (void)crowd_to_listener(&crowd);
        assert_int_equal(hf_read(hf_association_connection(old), data, sizeof data, &len), HF_OK);
        assert_int_equal(len, 5);
        crowd.clients[0].connection = NULL; /* what is sent to the other one is lost */
        crowd_pass(&crowd, 31000);
        crowd.clients[0].connection = first;
        assert_int_equal(crowd_counts(&crowd).half_open, 0);
        assert_null(hf_failure(hf_association_connection(old)));
        assert_int_equal(hf_write(first, "still", 5, &len), HF_OK);
        (void)crowd_to_listener(&crowd);
        assert_int_equal(hf_read(hf_association_connection(old), data, sizeof data, &len), HF_OK);
        assert_int_equal(len, 5);
        crowd_close(&crowd);
    }
}

static void bounds_hold(void **state)
{
    (void)state;
    const struct hf_listener_limits limits = {.associations = 6, .half_open = 4, .handshake_ms = 5000};
    struct crowd crowd;
    crowd_open(&crowd, HF_TLS13, &limits);
    for (size_t i = 0; i < 10; i++)
        (void)crowd_join(&crowd, i);
    (void)crowd_to_listener(&crowd);
    (void)crowd_from_listener(&crowd);
    (void)crowd_to_listener(&crowd);
    assert_int_equal(crowd_counts(&crowd).half_open, 4);
    assert_int_equal(crowd_counts(&crowd).turned_away, 6);
    crowd_pass(&crowd, 4000); /* those that were turned away come again */
    assert_int_equal(crowd_counts(&crowd).associations, 6);
    assert_int_equal(crowd_counts(&crowd).half_open, 0);
    crowd_close(&crowd);
}

static void a_half_open_one_has_its_time(void **state)
{
    (void)state;
    const struct hf_listener_limits limits = {.handshake_ms = 5000};
    struct crowd crowd;
    crowd_open(&crowd, HF_TLS12, &limits);
    (void)crowd_join(&crowd, 0);
    (void)crowd_to_listener(&crowd);
    (void)crowd_from_listener(&crowd);
    (void)crowd_to_listener(&crowd);
    assert_int_equal(crowd_counts(&crowd).half_open, 1);
    hf_connection_free(crowd.clients[0].connection);
    crowd.clients[0].connection = NULL;
    crowd_pass(&crowd, 4800);
    assert_int_equal(crowd_counts(&crowd).half_open, 1);
    crowd_pass(&crowd, 400);
    assert_int_equal(crowd_counts(&crowd).half_open, 0);
    struct hf_association *association = hf_listener_next(crowd.listener);
    assert_non_null(association);
    assert_string_equal(hf_error_name(hf_failure(hf_association_connection(association))->error),
                        "datagrams_unanswered");
    hf_association_drop(association);
    assert_int_equal(crowd_counts(&crowd).associations, 0);
    crowd_close(&crowd);
}

static void what_is_no_hello_is_dropped(void **state)
{
    (void)state;
    struct crowd crowd;
    crowd_open(&crowd, HF_TLS13, NULL);
    char long_address[HF_LISTENER_ADDRESS_MAX + 1] = {0};
    hf_listener_feed(crowd.listener, "1", 1, "", 0, crowd.now_ms);
    hf_listener_feed(crowd.listener, "1", 1, "GET / HTTP/1.1\r\n\r\n", 18, crowd.now_ms);
    hf_listener_feed(crowd.listener, "1", 0, "x", 1, crowd.now_ms);
    hf_listener_feed(crowd.listener, long_address, sizeof long_address, "x", 1, crowd.now_ms);
    assert_int_equal(crowd_counts(&crowd).strays, 4);
    (void)crowd_join(&crowd, 0);
    uint8_t hello[2048];
    size_t len = take(crowd.clients[0].connection, hello);
    for (size_t cut = 0; cut < len; cut++)
        hf_listener_feed(crowd.listener, "1", 1, hello, cut, crowd.now_ms);
    assert_int_equal(crowd_counts(&crowd).strays, 4 + len);
    assert_int_equal(crowd_counts(&crowd).cookies + crowd_counts(&crowd).associations, 0);
    crowd_close(&crowd);
}

static void only_servers_over_datagrams_listen(void **state)
{
    (void)state;
    struct hf_failure failure;
    const struct lab_side side = {.more = NULL};
    struct hf_config *stream = lab_config(HF_SERVER, &side, &failure);
    struct hf_config *client = crowd_config(HF_CLIENT, HF_TLS13, NULL, NULL);
    assert_null(hf_listener_new(stream, NULL, &failure));
    assert_string_equal(hf_error_name(failure.error), "setting_invalid");
    assert_null(hf_listener_new(client, NULL, NULL));
    hf_config_drop(stream);
    hf_config_drop(client);
    hf_listener_free(NULL);
}

/* Each allocation in turn fails: the client comes again, and nothing is lost or kept. */
static void without_memory_a_hello_comes_again(void **state)
{
    (void)state;
    for (size_t n = 1;; n++) {
        struct hf_test_allocator test;
        struct crowd crowd;
        crowd_open(&crowd, HF_TLS13, NULL);
        hf_listener_free(crowd.listener);
        hf_config_drop(crowd.server_config);
        hf_test_allocator_init(&test, 0);
        crowd.server_config = crowd_config(HF_SERVER, HF_TLS13, NULL, &test.allocator);
        test.count = 0;
        test.fail_at = n;
        crowd.listener = hf_listener_new(crowd.server_config, NULL, NULL);
        if (crowd.listener != NULL) {
            (void)crowd_join(&crowd, 0);
            crowd_run(&crowd);
        }
        bool failed = hf_test_allocator_failed(&test);
        if (!failed)
            assert_true(crowd_is_open(crowd.clients[0].connection));
        crowd_close(&crowd);
        assert_int_equal(test.live, 0);
        if (!failed)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_clients_share_one_listener),
        cmocka_unit_test(a_shared_key_holds_behind_a_cookie),
        cmocka_unit_test(data_goes_both_ways_and_closing_ends_it),
        cmocka_unit_test(a_hello_without_cookie_leaves_nothing),
        cmocka_unit_test(nobody_is_sent_much_before_it_has_shown_itself),
        cmocka_unit_test(without_cookies_handshakes_open_too),
        cmocka_unit_test(a_cookie_is_for_one_address_and_one_hello),
        cmocka_unit_test(an_old_cookie_is_told_so),
        cmocka_unit_test(a_changed_second_hello_is_refused),
        cmocka_unit_test(a_group_without_share_is_asked_for_with_the_cookie),
        cmocka_unit_test(a_hello_that_nothing_can_come_of_is_told_why),
        cmocka_unit_test(who_begins_anew_replaces_itself_once_proven),
        cmocka_unit_test(an_unfinished_new_beginning_harms_nobody),
        cmocka_unit_test(bounds_hold),
        cmocka_unit_test(a_half_open_one_has_its_time),
        cmocka_unit_test(what_is_no_hello_is_dropped),
        cmocka_unit_test(only_servers_over_datagrams_listen),
        cmocka_unit_test(without_memory_a_hello_comes_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
