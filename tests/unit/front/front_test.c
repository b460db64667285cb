/* Split mode: a client, a front that has the keys, and a server that has none and makes the handshake. RFC 9849 3.1, 7.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <handfast/early.h>
#include <handfast/ech_front.h>
#include <handfast/session.h>

#include <string.h>

#include "crypto/random.h"
#include "engine/connection.h"
#include "session/early_window.h"
#include "support/ech_lab.h"
#include "support/keepers.h"
#include "support/lab_check.h"
#include "support/resume_lab.h"
#include "support/test_allocator.h"

enum { ROOM = 32768, TYPE_HANDSHAKE = 22, ECH_HIGH = 0xfe, ECH_LOW = 0x0d };

static struct hf_early_window *window;

static int set_up(void **state)
{
    (void)state;
    return hf_early_window_new(&hf_allocation_standard, &hf_random_system, &window) == HF_OK ? keepers_new(64, 1000000)
                                                                                             : -1;
}

static int tear_down(void **state)
{
    hf_early_window_free(window);
    return keepers_tear_down(state);
}

static void has_keys(struct hf_builder *builder)
{
    hf_builder_ech_pem(builder, ech_lab_pem(ECH_LAB_PUBLIC), strlen(ech_lab_pem(ECH_LAB_PUBLIC)), /* retry= */ true);
}

static void offers(struct hf_builder *builder)
{
    const struct hf_span list = ech_lab_list(ECH_LAB_PUBLIC);
    hf_builder_ech_configs(builder, list.data, list.len);
}

static void offers_another(struct hf_builder *builder)
{
    const struct hf_span list = ech_lab_list(ECH_LAB_OTHER);
    hf_builder_ech_configs(builder, list.data, list.len);
}

static void sends_early(struct hf_builder *builder)
{
    offers(builder);
    hf_builder_session_tickets(builder);
    hf_builder_early_data(builder, 1000);
}

static void takes_early(struct hf_builder *builder)
{
    hf_builder_ech_backend(builder);
    keepers_with_tickets(builder);
    hf_builder_early_data(builder, 1000);
    hf_builder_early_guard(builder, hf_early_window_guard(window));
}

static const struct lab_side client_side = {.who = LAB_CLIENT, .more = offers};
static const struct lab_side front_side = {.more = has_keys};
static const struct lab_side backend = {.more = hf_builder_ech_backend};
static const struct lab_side retrying_backend = {.more = hf_builder_ech_backend, .groups = "secp521r1"};

struct split {
    struct hf_connection *client, *server;
    struct hf_ech_front *front;
    size_t cut; /* of what the front is fed at once */
    void (*bend)(uint8_t *bytes, size_t *len);
};

static struct hf_config *config_of(enum hf_role role, const struct lab_side *side)
{
    struct hf_failure failure = {0};
    struct hf_config *config = lab_config(role, side, &failure);
    assert_non_null(config);
    return config;
}

static struct hf_connection *make(enum hf_role role, const struct lab_side *side, const struct resume_bytes *session)
{
    struct hf_failure failure = {0};
    struct hf_config *config = config_of(role, side);
    struct hf_connection *connection =
        session == NULL ? hf_connection_new(config, role == HF_CLIENT ? "server.lab" : NULL, LAB_NOW_MS, &failure)
                        : hf_connection_resume(config, "server.lab", session->at, session->len, LAB_NOW_MS, &failure);
    hf_config_drop(config);
    assert_non_null(connection);
    return connection;
}

static struct hf_ech_front *front_of(const struct lab_side *side)
{
    struct hf_failure failure = {0};
    struct hf_config *config = config_of(HF_SERVER, side);
    struct hf_ech_front *front = hf_ech_front_new(config, &failure);
    hf_config_drop(config);
    assert_non_null(front);
    return front;
}

static void open_split(struct split *split, const struct lab_side *client, const struct lab_side *server)
{
    *split = (struct split){
        .client = make(HF_CLIENT, client, NULL),
        .server = make(HF_SERVER, server, NULL),
        .front = front_of(&front_side),
        .cut = SIZE_MAX,
    };
}

static void close_split(struct split *split)
{
    hf_connection_free(split->client);
    hf_connection_free(split->server);
    hf_ech_front_free(split->front);
}

static size_t drain_front(const struct split *split)
{
    const uint8_t *bytes;
    const size_t len = hf_ech_front_output(split->front, &bytes);
    (void)hf_feed(split->server, bytes, len, LAB_NOW_MS);
    hf_ech_front_drained(split->front, len);
    return len;
}

static enum hf_error through_front(const struct split *split, const uint8_t *bytes, size_t len)
{
    enum hf_error error = HF_OK;
    for (size_t at = 0; at < len && error == HF_OK;) {
        size_t taken;
        const size_t part = len - at < split->cut ? len - at : split->cut;
        error = hf_ech_front_feed(split->front, bytes + at, part, &taken);
        at += taken;
        if (error == HF_OK && taken == 0)
            assert_true(drain_front(split) > 0);
        (void)drain_front(split);
    }
    return error;
}

/* Until nothing moves; a front that fails tells the client by its alert. */
static enum hf_error run(struct split *split)
{
    enum hf_error error = HF_OK;
    for (size_t moved = 1; moved > 0;) {
        uint8_t bytes[ROOM];
        const uint8_t *alert;
        size_t len;
        hf_drain(split->client, bytes, sizeof bytes / 2, &len);
        moved = len;
        if (split->bend != NULL && len > 0)
            split->bend(bytes, &len);
        if (error == HF_OK)
            error = through_front(split, bytes, len);
        if (error != HF_OK && (len = hf_ech_front_alert(split->front, &alert)) > 0)
            (void)hf_feed(split->client, alert, len, LAB_NOW_MS);
        hf_drain(split->server, bytes, sizeof bytes, &len);
        moved += len;
        (void)hf_feed(split->client, bytes, len, LAB_NOW_MS);
    }
    return error;
}

static struct hf_ech_front_info info_of(const struct hf_ech_front *front)
{
    struct hf_ech_front_info info;
    hf_ech_front_info(front, &info);
    return info;
}

static void assert_state(const struct hf_connection *connection, enum hf_ech_state state)
{
    struct hf_ech_info info;
    hf_ech_info(connection, &info);
    assert_int_equal(info.state, state);
}

static void assert_open(const struct split *split)
{
    struct lab_pair pair = {split->client, split->server};
    lab_assert_open(&pair);
}

/* Data goes both ways, what the client sends through the front. */
static void assert_data(struct split *split)
{
    uint8_t got[8];
    size_t len;
    assert_int_equal(hf_write(split->client, "ping", 4, &len), HF_OK);
    assert_int_equal(hf_write(split->server, "pong", 4, &len), HF_OK);
    assert_int_equal(run(split), HF_OK);
    assert_int_equal(hf_read(split->server, got, sizeof got, &len), HF_OK);
    assert_memory_equal(got, "ping", 4);
    assert_int_equal(hf_read(split->client, got, sizeof got, &len), HF_OK);
    assert_memory_equal(got, "pong", 4);
}

/* Mutual, with and without a second hello, whole and byte by byte. */
static void the_server_behind_makes_the_handshake(void **state)
{
    (void)state;
    const struct lab_side *const servers[] = {&backend, &retrying_backend};
    const size_t cuts[] = {SIZE_MAX, 100, 1};
    for (size_t i = 0; i < HF_COUNT(servers) * HF_COUNT(cuts); i++) {
        struct split split;
        struct hf_session_info session;
        open_split(&split, &client_side, servers[i % HF_COUNT(servers)]);
        split.cut = cuts[i / HF_COUNT(servers)];
        assert_int_equal(info_of(split.front).state, HF_ECH_FRONT_READING);
        assert_int_equal(run(&split), HF_OK);
        assert_open(&split);
        assert_int_equal(info_of(split.front).state, HF_ECH_FRONT_OPENED);
        assert_string_equal(info_of(split.front).server_name, "server.lab");
        assert_null(info_of(split.front).failure);
        assert_state(split.client, HF_ECH_ACCEPTED);
        assert_state(split.server, HF_ECH_ACCEPTED);
        assert_non_null(hf_peer(split.server));
        hf_session_info(split.client, &session);
        assert_int_equal(session.hello_retried, i % HF_COUNT(servers) == 1);
        assert_data(&split);
        close_split(&split);
    }
}

static void early_data_goes_through(void **state)
{
    (void)state;
    const struct lab_side client = {.who = LAB_CLIENT, .more = sends_early};
    const struct lab_side servers[] = {{.more = takes_early}, {.more = takes_early, .groups = "secp521r1"}};
    for (size_t i = 0; i < HF_COUNT(servers); i++) {
        struct split split;
        struct resume_bytes session = {0};
        struct hf_session_info info;
        size_t len;
        open_split(&split, &client, &servers[0]);
        assert_int_equal(run(&split), HF_OK);
        assert_true(lab_event_first(split.client, HF_EVENT_SESSION));
        assert_int_equal(hf_session_bytes(split.client, session.at, sizeof session.at, &session.len), HF_OK);
        close_split(&split);
        open_split(&split, &client, &servers[i]);
        hf_connection_free(split.client);
        split.client = make(HF_CLIENT, &client, &session);
        assert_int_equal(hf_write_early(split.client, "early", 5, &len), HF_OK);
        assert_int_equal(run(&split), HF_OK);
        uint8_t got[8];
        assert_int_equal(hf_read_early(split.server, got, sizeof got, &len), HF_OK);
        assert_int_equal(len, i == 0 ? 5 : 0);
        assert_int_equal(run(&split), HF_OK);
        hf_session_info(split.server, &info);
        assert_true(info.opened && info.resumed);
        assert_int_equal(info.early_data,
                         i == 0); /* behind a HelloRetryRequest there is none, and the front is not in its way */
        assert_state(split.server, HF_ECH_ACCEPTED);
        assert_data(&split);
        close_split(&split);
    }
}

/* What no key opens, and what is not encrypted, goes to a server of the public name, with the same keys. */
static void other_hellos_pass(void **state)
{
    (void)state;
    const struct lab_side stale = {.who = LAB_CLIENT, .more = offers_another}, plain = {.who = LAB_CLIENT};
    struct split split;
    struct hf_ech_info told;
    open_split(&split, &stale, &front_side);
    split.cut = 7;
    assert_int_equal(run(&split), HF_OK);
    assert_int_equal(info_of(split.front).state, HF_ECH_FRONT_PASSED);
    assert_string_equal(info_of(split.front).server_name, "");
    assert_int_equal(hf_failure(split.client)->error, HF_ERR_ech_rejected);
    hf_ech_info(split.client, &told);
    assert_true(hf_span_equal(hf_span_of(told.retry_configs, told.retry_configs_len), ech_lab_list(ECH_LAB_PUBLIC)));
    close_split(&split);
    for (int v = 0; v < 2; v++) {
        open_split(&split, &(struct lab_side){.who = LAB_CLIENT, .max = lab_versions[v]}, &front_side);
        assert_int_equal(run(&split), HF_OK);
        assert_int_equal(info_of(split.front).state, HF_ECH_FRONT_PASSED);
        assert_open(&split);
        assert_data(&split);
        close_split(&split);
    }
    open_split(&split, &plain, &front_side);
    assert_int_equal(through_front(&split, (const uint8_t *)"GET / HTTP/1.1\r\n", 16), HF_OK);
    assert_int_equal(info_of(split.front).state, HF_ECH_FRONT_PASSED);
    assert_int_equal(hf_failure(split.server)->error, HF_ERR_not_tls);
    close_split(&split);
}

/* ---- what is refused ---- */

static size_t find_ech(const uint8_t *bytes, size_t len)
{
    for (size_t i = 5; i + 4 < len; i++)
        if (bytes[i] == ECH_HIGH && bytes[i + 1] == ECH_LOW)
            return i;
    return 0;
}

/* Bends the second hello, which is in the clear, too. */
static int hellos;
static void (*bend_second)(uint8_t *ech);

static void bend(uint8_t *bytes, size_t *len)
{
    const size_t at = find_ech(bytes, *len);
    if (at > 0 && ++hellos == 2)
        bend_second(bytes + at);
}

static void hide(uint8_t *ech)
{
    ech[1] ^= 0x40; /* it has another type */
}

static void break_payload(uint8_t *ech)
{
    ech[4 + 10 + 20] ^= 1;
}

static void change_id(uint8_t *ech)
{
    ech[4 + 1 + 4] ^= 1;
}

static void change_kdf(uint8_t *ech)
{
    ech[4 + 1 + 1] ^= 2;
}

static void second_hellos_go_on_with_the_first(void **state)
{
    (void)state;
    const struct {
        void (*how)(uint8_t *ech);
        enum hf_error error;
        enum hf_alert alert;
    } cases[] = {
        {hide, HF_ERR_missing_extension, HF_ALERT_missing_extension},
        {change_id, HF_ERR_illegal_parameter, HF_ALERT_illegal_parameter},
        {change_kdf, HF_ERR_illegal_parameter, HF_ALERT_illegal_parameter},
        {break_payload, HF_ERR_ech_not_opened, HF_ALERT_decrypt_error},
    };
    for (size_t i = 0; i < HF_COUNT(cases); i++) {
        struct split split;
        size_t taken;
        const uint8_t *bytes;
        open_split(&split, &client_side, &retrying_backend);
        hellos = 0;
        bend_second = cases[i].how;
        split.bend = bend;
        assert_int_equal(run(&split), cases[i].error);
        const struct hf_ech_front_info info = info_of(split.front);
        assert_int_equal(info.state, HF_ECH_FRONT_FAILED);
        assert_int_equal(info.failure->error, cases[i].error);
        assert_int_equal(info.failure->alert, cases[i].alert);
        assert_string_equal(info.failure->where, "encrypted_client_hello in the second ClientHello");
        assert_int_equal(hf_failure(split.client)->alert, cases[i].alert);
        assert_int_equal(hf_failure(split.client)->by, HF_BY_PEER);
        assert_int_equal(hf_ech_front_output(split.front, &bytes), 0);
        assert_int_equal(hf_ech_front_feed(split.front, "x", 1, &taken), cases[i].error);
        assert_int_equal(taken, 0);
        close_split(&split);
    }
}

static void record_of(uint8_t type, const uint8_t *content, size_t len, uint8_t *into)
{
    const uint8_t header[] = {type, 3, 3, (uint8_t)(len >> 8), (uint8_t)len};
    memcpy(into, header, sizeof header);
    memcpy(into + sizeof header, content, len);
}

/* A message other than a hello, a hello that is cut by other records, an empty record: none goes to the server. */
static void what_is_no_second_hello_is_refused(void **state)
{
    (void)state;
    static const struct {
        uint8_t bytes[16];
        size_t len;
    } cases[] = {
        {{22, 3, 3, 0, 4, 2, 0, 0, 0}, 9},
        {{22, 3, 3, 0, 0}, 5},
        {{22, 3, 3, 0, 2, 1, 0, 23, 3, 3, 0, 1, 0}, 13},
        {{22, 3, 3, 0, 6, 1, 0, 0, 1, 0, 0}, 11},
        {{22, 3, 3, 0x40, 1}, 5},
        {{22, 3, 3, 0, 4, 1, 0xff, 0xff, 0xff}, 9},
    };
    for (size_t i = 0; i < HF_COUNT(cases); i++) {
        struct split split;
        uint8_t bytes[ROOM];
        size_t len;
        open_split(&split, &client_side, &retrying_backend);
        hf_drain(split.client, bytes, sizeof bytes, &len);
        assert_int_equal(through_front(&split, bytes, len), HF_OK);
        assert_int_equal(through_front(&split, cases[i].bytes, cases[i].len), HF_ERR_unexpected_message);
        assert_int_equal(info_of(split.front).failure->alert, HF_ALERT_unexpected_message);
        close_split(&split);
    }
}

/* An inner hello must not come from the network. */
static void inner_hellos_of_the_network_are_refused(void **state)
{
    (void)state;
    struct split split;
    uint8_t bytes[ROOM];
    size_t len, taken;
    const uint8_t *inner;
    open_split(&split, &client_side, &backend);
    struct hf_ech_front *another = front_of(&front_side);
    hf_drain(split.client, bytes, sizeof bytes, &len);
    assert_int_equal(hf_ech_front_feed(split.front, bytes, len, &taken), HF_OK);
    len = hf_ech_front_output(split.front, &inner);
    assert_true(len > 0);
    assert_int_equal(hf_ech_front_feed(another, inner, len, &taken), HF_ERR_illegal_parameter);
    assert_int_equal(info_of(another).failure->alert, HF_ALERT_illegal_parameter);
    assert_int_equal(hf_ech_front_feed(split.front, "x", 1, &taken), HF_OK); /* while output waits */
    assert_int_equal(taken, 0);
    hf_ech_front_free(another);
    close_split(&split);
}

/* A hello in records of a byte each has a bound, as a whole one has. */
static void what_is_kept_is_bounded(void **state)
{
    (void)state;
    struct split split;
    uint8_t bytes[ROOM], record[8];
    size_t len, taken;
    enum hf_error error = HF_OK;
    open_split(&split, &client_side, &backend);
    hf_drain(split.client, bytes, sizeof bytes, &len);
    record_of(TYPE_HANDSHAKE, (const uint8_t *)"\1\0\xff\xff", 4, bytes);
    assert_int_equal(hf_ech_front_feed(split.front, bytes, 9, &taken), HF_OK);
    record_of(TYPE_HANDSHAKE, (const uint8_t *)"", 1, record);
    size_t fed = 0;
    for (; error == HF_OK && info_of(split.front).state == HF_ECH_FRONT_READING; fed += 6)
        error = hf_ech_front_feed(split.front, record, 6, &taken);
    assert_int_equal(error, HF_ERR_handshake_message_too_long);
    assert_true(fed < 3 * 0x10000);
    close_split(&split);
}

static void configs_that_are_none_for_it(void **state)
{
    (void)state;
    const struct lab_side sides[] = {{.who = LAB_CLIENT, .more = offers}, {.more = NULL}, backend};
    for (size_t i = 0; i < HF_COUNT(sides); i++) {
        struct hf_failure failure = {0};
        struct hf_config *config = config_of(i == 0 ? HF_CLIENT : HF_SERVER, &sides[i]);
        assert_null(hf_ech_front_new(config, &failure));
        assert_int_equal(failure.error, HF_ERR_setting_invalid);
        assert_null(hf_ech_front_new(config, NULL));
        hf_config_drop(config);
    }
    hf_ech_front_free(NULL);
}

static char logged[2][4096]; /* of the client, of the front */

static void log_line(void *context, const char *text)
{
    char *into = context;
    if (strncmp(text, "ECH_SECRET ", 11) == 0 && strlen(text) < sizeof logged[0])
        memcpy(into, text, strlen(text) + 1);
}

static void offers_and_logs(struct hf_builder *builder)
{
    offers(builder);
    hf_builder_key_log(builder, log_line, logged[0]);
}

static void has_keys_and_logs(struct hf_builder *builder)
{
    has_keys(builder);
    hf_builder_key_log(builder, log_line, logged[1]);
}

static void the_front_logs_what_the_client_does(void **state)
{
    (void)state;
    struct split split;
    open_split(&split, &(struct lab_side){.who = LAB_CLIENT, .more = offers_and_logs}, &backend);
    hf_ech_front_free(split.front);
    split.front = front_of(&(struct lab_side){.more = has_keys_and_logs});
    assert_int_equal(run(&split), HF_OK);
    assert_open(&split);
    assert_true(strlen(logged[0]) > 11);
    assert_string_equal(logged[0], logged[1]);
    close_split(&split);
}

/* Whether an allocation failed. */
static bool starve(struct hf_config *config, struct hf_test_allocator *test, size_t n)
{
    struct split split = {
        .client = make(HF_CLIENT, &client_side, NULL),
        .server = make(HF_SERVER, &retrying_backend, NULL),
        .cut = SIZE_MAX,
    };
    struct hf_failure failure = {0};
    const size_t live = test->live;
    test->fail_at = test->count + n;
    split.front = hf_ech_front_new(config, &failure);
    if (split.front == NULL) {
        assert_int_equal(failure.error, HF_ERR_no_memory);
    } else {
        const enum hf_error error = run(&split);
        assert_true(error == HF_OK || error == HF_ERR_no_memory);
        assert_int_equal(info_of(split.front).state, error == HF_OK ? HF_ECH_FRONT_OPENED : HF_ECH_FRONT_FAILED);
    }
    const bool failed = hf_test_allocator_failed(test);
    close_split(&split);
    assert_int_equal(test->live, live);
    return failed;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    struct hf_test_allocator test;
    hf_test_allocator_init(&test, 0);
    const struct lab_side side = {.more = has_keys, .allocator = &test.allocator};
    struct hf_config *config = config_of(HF_SERVER, &side);
    size_t n = 1;
    while (starve(config, &test, n))
        n++;
    assert_true(n > 10);
    hf_config_drop(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_server_behind_makes_the_handshake),
        cmocka_unit_test(early_data_goes_through),
        cmocka_unit_test(other_hellos_pass),
        cmocka_unit_test(second_hellos_go_on_with_the_first),
        cmocka_unit_test(what_is_no_second_hello_is_refused),
        cmocka_unit_test(inner_hellos_of_the_network_are_refused),
        cmocka_unit_test(what_is_kept_is_bounded),
        cmocka_unit_test(configs_that_are_none_for_it),
        cmocka_unit_test(the_front_logs_what_the_client_does),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
