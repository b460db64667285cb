/* Early data beside Encrypted Client Hello, over streams and datagrams: it goes under keys of the inner hello, and a
 * server that takes the outer one takes none of it (RFC 9849 6.1, 6.1.5, 6.1.6). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <handfast/early.h>
#include <handfast/session.h>

#include <string.h>

#include "crypto/random.h"
#include "session/early_window.h"
#include "support/ech_lab.h"
#include "support/keepers.h"
#include "support/lab_check.h"
#include "support/resume_lab.h"

enum { MAX = 1000 };

static const char text[] = "early";
static struct hf_early_window *window;
static bool over_datagrams;

static int set_up(void **state)
{
    (void)state;
    if (hf_early_window_new(&hf_allocation_standard, &hf_random_system, &window) != HF_OK)
        return -1;
    return keepers_new(64, 1000000);
}

static int tear_down(void **state)
{
    (void)state;
    hf_early_window_free(window);
    return 0;
}

static void over(struct hf_builder *builder)
{
    if (over_datagrams)
        hf_builder_datagrams(builder);
}

static void encrypts(struct hf_builder *builder)
{
    const struct hf_span list = ech_lab_list(ECH_LAB_PUBLIC);
    over(builder);
    hf_builder_ech_configs(builder, list.data, list.len);
    hf_builder_session_tickets(builder);
    hf_builder_early_data(builder, MAX);
}

static void serves(struct hf_builder *builder, enum ech_lab_key key)
{
    over(builder);
    keepers_with_tickets(builder);
    hf_builder_early_data(builder, MAX);
    hf_builder_early_guard(builder, hf_early_window_guard(window));
    hf_builder_ech_pem(builder, ech_lab_pem(key), strlen(ech_lab_pem(key)), /* retry= */ true);
}

static void opens(struct hf_builder *builder)
{
    serves(builder, ECH_LAB_PUBLIC);
}

static void opens_others(struct hf_builder *builder)
{
    serves(builder, ECH_LAB_OTHER);
}

static void opens_nothing(struct hf_builder *builder)
{
    over(builder);
}

static struct hf_connection *make(enum hf_role role, const struct lab_side *side, const struct resume_bytes *session)
{
    struct hf_failure failure = {0};
    struct hf_config *config = lab_config(role, side, &failure);
    assert_non_null(config);
    struct hf_connection *connection =
        role == HF_CLIENT ? hf_connection_resume(config, "server.lab", session->at, session->len, LAB_NOW_MS, &failure)
                          : hf_connection_new(config, NULL, LAB_NOW_MS, &failure);
    hf_config_drop(config);
    assert_non_null(connection);
    return connection;
}

/* A first connection, whose hello is opened, then a second one with data ahead, to this server. */
static void come_again(struct lab_pair *pair, const struct lab_side *server)
{
    static const struct lab_side client = {.more = encrypts, .groups = "x25519:secp256r1"}, first = {.more = opens};
    struct resume_bytes session = {0};
    size_t len;
    *pair = (struct lab_pair){make(HF_CLIENT, &client, &session), make(HF_SERVER, &first, NULL)};
    (void)lab_pair_run(pair);
    lab_assert_open(pair);
    assert_true(lab_event_first(pair->client, HF_EVENT_SESSION));
    assert_int_equal(hf_session_bytes(pair->client, session.at, sizeof session.at, &session.len), HF_OK);
    lab_pair_close(pair);
    *pair = (struct lab_pair){make(HF_CLIENT, &client, &session), make(HF_SERVER, server, NULL)};
    assert_int_equal(hf_early_room(pair->client), MAX);
    assert_int_equal(hf_write_early(pair->client, text, strlen(text), &len), HF_OK);
    assert_int_equal(len, strlen(text));
    (void)lab_pair_run(pair);
}

static void who_opens_the_hello_takes_it(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct lab_pair pair;
        struct hf_session_info info;
        char got[64];
        size_t len;
        over_datagrams = i != 0;
        come_again(&pair, &(struct lab_side){.more = opens});
        assert_int_equal(hf_read_early(pair.server, got, sizeof got, &len), HF_OK);
        assert_int_equal(len, strlen(text));
        (void)lab_pair_run(&pair);
        hf_session_info(pair.client, &info);
        assert_true(info.opened && info.early_data && info.resumed);
        lab_pair_close(&pair);
    }
}

static void a_retry_refuses_it(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct lab_pair pair;
        struct hf_session_info info;
        over_datagrams = i != 0;
        come_again(&pair, &(struct lab_side){.more = opens, .groups = "secp256r1"});
        hf_session_info(pair.client, &info);
        assert_true(info.opened && !info.early_data && info.resumed && info.hello_retried);
        assert_true(lab_event(pair.client, HF_EVENT_EARLY_REFUSED));
        assert_false(lab_event(pair.server, HF_EVENT_EARLY_DATA));
        lab_pair_close(&pair);
    }
}

static void who_does_not_takes_nothing_of_it(void **state)
{
    static const struct lab_side servers[] = {
        {.more = opens_others, .client_auth = HF_CLIENT_AUTH_REQUEST},
        {.more = opens_others, .client_auth = HF_CLIENT_AUTH_REQUEST, .groups = "secp256r1"},
        {.more = opens_nothing, .client_auth = HF_CLIENT_AUTH_REQUEST},
    };
    (void)state;
    for (unsigned i = 0; i < 2 * HF_COUNT(servers); i++) {
        static const struct lab_failure found = {HF_ERR_ech_rejected, HF_BY_US, HF_ALERT_ech_required};
        struct lab_pair pair;
        over_datagrams = (i & 1) != 0;
        come_again(&pair, &servers[i / 2]);
        lab_assert_failed(pair.client, &found);
        assert_true(lab_event(pair.client, HF_EVENT_EARLY_REFUSED));
        assert_false(lab_event(pair.server, HF_EVENT_EARLY_DATA));
        assert_int_equal(hf_failure(pair.server)->error, HF_ERR_peer_wants_ech);
        lab_pair_close(&pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_opens_the_hello_takes_it),
        cmocka_unit_test(a_retry_refuses_it),
        cmocka_unit_test(who_does_not_takes_nothing_of_it),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
