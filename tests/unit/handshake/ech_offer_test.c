/* Encrypted Client Hello in whole handshakes, over streams and datagrams, with and without a HelloRetryRequest: what a
 * server that can open the hello sees, what becomes of a client whose hello is not opened, and of one that has nothing
 * to encrypt to. The independent peer is BoringSSL's suite (tests/bogo). RFC 9849 6, 7. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <handfast/early.h>
#include <handfast/psk.h>
#include <handfast/session.h>

#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "engine/connection.h"
#include "support/ech_lab.h"
#include "support/keepers.h"
#include "support/lab_check.h"
#include "support/resume_lab.h"
#include "support/test_allocator.h"
#include "wire/extension.h"
#include "wire/read.h"

static int set_up(void **state)
{
    (void)state;
    return keepers_new(64, 1000000);
}

/* ---- sides ---- */

static enum ech_lab_key offered;
static bool over_datagrams, demands;
static char log_text[16384];

static void keep_line(void *context, const char *line)
{
    const size_t len = strlen(log_text);
    (void)context;
    snprintf(log_text + len, sizeof log_text - len, "%s\n", line);
}

/* The ClientHello as it goes over the wire, and what is encrypted in it. */
static struct seen {
    uint8_t bytes[4096];
    size_t len, count;
} outer, inner;

static void look(void *context, const struct hf_connection *connection, const struct hf_seen *seen)
{
    struct seen *into = strcmp(seen->message, "ClientHello") == 0        ? &outer
                        : strcmp(seen->message, "ClientHelloInner") == 0 ? &inner
                                                                         : NULL;
    (void)context;
    (void)connection;
    if (into == NULL || !seen->sent || seen->len > sizeof into->bytes)
        return;
    memcpy(into->bytes, seen->bytes, seen->len);
    into->len = seen->len;
    into->count++;
}

static void encrypts(struct hf_builder *builder)
{
    const struct hf_span list = ech_lab_list(offered);
    if (over_datagrams)
        hf_builder_datagrams(builder);
    hf_builder_ech_configs(builder, list.data, list.len);
    if (demands)
        hf_builder_ech_demand(builder);
    hf_builder_session_tickets(builder);
    hf_builder_observe(builder, look, NULL);
    hf_builder_key_log(builder, keep_line, NULL);
}

static void add(struct hf_builder *builder, enum ech_lab_key key, bool retry)
{
    hf_builder_ech_pem(builder, ech_lab_pem(key), strlen(ech_lab_pem(key)), retry);
}

static void opens(struct hf_builder *builder)
{
    if (over_datagrams)
        hf_builder_datagrams(builder);
    keepers_with_tickets(builder);
    add(builder, ECH_LAB_SAME_ID, /* retry= */ false);
    add(builder, ECH_LAB_NOBODY, /* retry= */ false);
    add(builder, ECH_LAB_PUBLIC, /* retry= */ true);
}

static void opens_others(struct hf_builder *builder)
{
    if (over_datagrams)
        hf_builder_datagrams(builder);
    add(builder, ECH_LAB_OTHER, /* retry= */ true);
}

static void opens_nothing(struct hf_builder *builder)
{
    if (over_datagrams)
        hf_builder_datagrams(builder);
}

#define CLIENT(...) ((struct lab_side){.who = LAB_CLIENT, .more = encrypts, __VA_ARGS__})
#define SERVER(...) ((struct lab_side){.more = opens, __VA_ARGS__})

static enum hf_ech_state state_of(const struct hf_connection *connection)
{
    struct hf_ech_info info;
    hf_ech_info(connection, &info);
    return info.state;
}

static void begin(enum ech_lab_key key, bool datagrams)
{
    offered = key;
    over_datagrams = datagrams;
    demands = true;
    outer = inner = (struct seen){.len = 0};
    log_text[0] = '\0';
}

static void run(struct lab_pair *pair, const struct lab_side *client, const struct lab_side *server)
{
    lab_pair_open(pair, client, server);
    (void)lab_pair_run(pair);
}

/* ---- taken ---- */

/* The SNI of a hello as it was seen; empty: none. */
static struct hf_span name_in(const struct seen *seen)
{
    struct hf_wire_client_hello hello;
    struct hf_span payload;
    struct hf_wire_server_name_list list;
    struct hf_wire_server_name name = {.host_name = {0}};
    assert_false(over_datagrams);
    assert_int_equal(hf_wire_read_client_hello(hf_span_of(seen->bytes + 4, seen->len - 4), &hello), HF_OK);
    if (!hf_wire_extension_find(hello.extensions, HF_EXTENSION_server_name, &payload))
        return name.host_name;
    assert_int_equal(hf_wire_read_server_name_list(payload, &list), HF_OK);
    struct hf_reader names = hf_reader_of(list.names);
    assert_true(hf_wire_next_server_name(&names, &name));
    return name.host_name;
}

static void assert_taken(struct lab_pair *pair, bool retried)
{
    struct hf_session_info info;
    if (!pair->client->handshake.resumed)
        lab_assert_open(pair);
    assert_null(hf_failure(pair->client));
    assert_null(hf_failure(pair->server));
    hf_session_info(pair->server, &info);
    assert_true(info.opened);
    assert_string_equal(info.server_name, "server.lab");
    assert_int_equal(info.hello_retried, retried);
    assert_int_equal(state_of(pair->client), HF_ECH_ACCEPTED);
    assert_int_equal(state_of(pair->server), HF_ECH_ACCEPTED);
    assert_int_equal(outer.count, retried ? 2 : 1);
    assert_int_equal(inner.count, outer.count);
    lab_assert_data(pair, pair->client, pair->server);
    lab_assert_data(pair, pair->server, pair->client);
}

/* Keys that share an identifier, and one that does not fit, stand before the right one. */
static void what_a_server_opens_it_works_with(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 8; i++) {
        struct lab_pair pair;
        const bool retried = (i & 2) != 0;
        begin((i & 4) != 0 ? ECH_LAB_NOBODY : ECH_LAB_PUBLIC, (i & 1) != 0);
        run(&pair, &CLIENT(.groups = "x25519:secp256r1"), &SERVER(.groups = retried ? "secp256r1" : NULL));
        assert_taken(&pair, retried);
        lab_pair_close(&pair);
    }
}

static void the_name_stands_in_the_inner_hello_only(void **state)
{
    struct lab_pair pair;
    struct hf_ech_info info;
    (void)state;
    begin(ECH_LAB_NOBODY, /* datagrams= */ false);
    run(&pair, &CLIENT(.alpn = "h2"), &SERVER(.alpn = "h2"));
    assert_taken(&pair, /* retried= */ false);
    assert_true(hf_span_equal(name_in(&outer), hf_span_of_text("public.lab")));
    assert_true(hf_span_equal(name_in(&inner), hf_span_of_text("server.lab")));
    hf_ech_info(pair.client, &info);
    assert_string_equal(info.public_name, "public.lab");
    assert_null(info.retry_configs);
    lab_pair_close(&pair);
}

/* RFC 9850 2.3: both lines by the random of the outer hello, the others by that of the inner one. */
static void the_key_log_tells(void **state)
{
    struct lab_pair pair;
    char digits[2 * 32 + 1];
    (void)state;
    begin(ECH_LAB_PUBLIC, /* datagrams= */ false);
    run(&pair, &CLIENT(), &SERVER());
    for (size_t i = 0; i < 32; i++)
        snprintf(digits + 2 * i, 3, "%02x", outer.bytes[6 + i]);
    const char *secret = strstr(log_text, "ECH_SECRET ");
    const char *config = strstr(log_text, "ECH_CONFIG ");
    const char *traffic = strstr(log_text, "CLIENT_TRAFFIC_SECRET_0 ");
    assert_true(secret != NULL && config != NULL && traffic != NULL);
    assert_memory_equal(secret + 11, digits, 64);
    assert_memory_equal(config + 11, digits, 64);
    assert_memory_not_equal(traffic + 24, digits, 64);
    lab_pair_close(&pair);
}

/* A session is offered in the inner hello; random bytes of its lengths stand in the clear. */
static void sessions_are_resumed(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        static struct resume_bytes session;
        struct hf_failure failure = {0};
        struct lab_pair pair;
        const bool retried = (i & 2) != 0;
        begin(ECH_LAB_PUBLIC, (i & 1) != 0);
        struct lab_side client = CLIENT(.groups = "x25519:secp256r1");
        struct lab_side server = SERVER(.groups = retried ? "secp256r1" : NULL);
        run(&pair, &client, &server);
        assert_true(lab_event_first(pair.client, HF_EVENT_SESSION));
        assert_int_equal(hf_session_bytes(pair.client, session.at, sizeof session.at, &session.len), HF_OK);
        lab_pair_close(&pair);
        struct hf_config *of_client = lab_config(HF_CLIENT, &client, &failure);
        struct hf_config *of_server = lab_config(HF_SERVER, &server, &failure);
        outer = inner = (struct seen){.len = 0};
        pair.client = hf_connection_resume(of_client, "server.lab", session.at, session.len, LAB_NOW_MS, &failure);
        pair.server = hf_connection_new(of_server, NULL, LAB_NOW_MS, &failure);
        hf_config_drop(of_client);
        hf_config_drop(of_server);
        (void)lab_pair_run(&pair);
        assert_taken(&pair, retried);
        assert_true(pair.client->handshake.resumed && pair.server->handshake.resumed);
        lab_pair_close(&pair);
    }
}

static void has_long_names(struct hf_builder *builder)
{
    static char names[2][HF_PSK_NAME_MAX];
    static const char context[HF_PSK_NAME_MAX], key[HF_PSK_KEY_MAX];
    encrypts(builder);
    for (size_t i = 0; i < HF_COUNT(names); i++) {
        names[i][0] = (char)i;
        const struct hf_psk psk = {
            .identity = names[i],
            .identity_len = sizeof names[i],
            .key = key,
            .key_len = sizeof key,
            .imported = true,
            .context = context,
            .context_len = sizeof context,
        };
        hf_builder_psk13(builder, &psk);
    }
}

/* Such names stand in it twice: what stands in the clear is as long (RFC 9849 6.1.2). */
static void hellos_may_be_long(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        struct lab_pair pair;
        begin(ECH_LAB_PUBLIC, (i & 1) != 0);
        run(&pair, &(struct lab_side){.who = LAB_CLIENT, .more = has_long_names, .groups = "x25519:secp256r1"},
            &SERVER(.groups = (i & 2) != 0 ? "secp256r1" : NULL));
        lab_assert_open(&pair);
        assert_int_equal(state_of(pair.server), HF_ECH_ACCEPTED);
        lab_pair_close(&pair);
    }
}

/* ---- not taken ---- */

static void assert_rejected(struct lab_pair *pair, struct hf_span retry)
{
    static const struct lab_failure found = {HF_ERR_ech_rejected, HF_BY_US, HF_ALERT_ech_required};
    struct hf_ech_info info;
    lab_assert_failed(pair->client, &found);
    hf_ech_info(pair->client, &info);
    assert_int_equal(info.state, HF_ECH_REJECTED);
    assert_true(hf_span_equal(hf_span_of(info.retry_configs, info.retry_configs_len), retry));
    assert_int_equal(pair->client->handshake.presented, false);
    assert_null(hf_peer(pair->client));
    assert_non_null(hf_failure(pair->server));
}

/* No certificate of the client's goes out; a server that asks for none learns by the alert. */
static void a_server_that_cannot_open_it_proves_the_public_name(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 16; i++) {
        struct lab_pair pair;
        begin(ECH_LAB_PUBLIC, (i & 1) != 0);
        const bool retried = (i & 2) != 0, has_keys = (i & 4) != 0;
        const struct lab_side server = {
            .more = has_keys ? opens_others : opens_nothing,
            .groups = retried ? "secp256r1" : NULL,
            .client_auth = (i & 8) != 0 ? HF_CLIENT_AUTH_NONE : HF_CLIENT_AUTH_REQUEST,
        };
        run(&pair, &CLIENT(.groups = "x25519:secp256r1"), &server);
        assert_rejected(&pair, has_keys ? ech_lab_list(ECH_LAB_OTHER) : hf_span_of(NULL, 0));
        assert_int_equal(hf_failure(pair.server)->error, HF_ERR_peer_wants_ech);
        assert_int_equal(state_of(pair.server), has_keys ? HF_ECH_REJECTED : HF_ECH_NONE);
        lab_pair_close(&pair);
    }
}

static void must_present(struct hf_builder *builder)
{
    encrypts(builder);
    hf_builder_must_present(builder);
}

/* Also of a client that must present one. Whoever asks may be anyone: nothing of the server is proven by then. */
static void a_server_that_cannot_open_it_asks_in_vain(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct lab_pair pair;
        begin(ECH_LAB_PUBLIC, /* datagrams= */ false);
        const struct lab_side server = {
            .more = opens_nothing, .client_auth = HF_CLIENT_AUTH_REQUEST, .min = HF_TLS12, .max = i ? HF_TLS12 : 0};
        run(&pair, &(struct lab_side){.who = LAB_CLIENT, .more = must_present}, &server);
        assert_rejected(&pair, hf_span_of(NULL, 0));
        lab_pair_close(&pair);
    }
}

static void encrypts_beside_grease(struct hf_builder *builder)
{
    encrypts(builder);
    hf_builder_grease(builder);
}

static size_t shares_in(const struct seen *seen)
{
    struct hf_wire_client_hello hello;
    struct hf_span payload;
    struct hf_wire_key_share_offer offer;
    struct hf_wire_key_share_entry entry;
    size_t count = 0;
    assert_int_equal(hf_wire_read_client_hello(hf_span_of(seen->bytes + 4, seen->len - 4), &hello), HF_OK);
    assert_true(hf_wire_extension_find(hello.extensions, HF_EXTENSION_key_share, &payload));
    assert_int_equal(hf_wire_read_key_share_offer(payload, &offer), HF_OK);
    struct hf_reader shares = hf_reader_of(offer.shares);
    while (hf_wire_next_key_share_entry(&shares, &entry))
        count++;
    return count;
}

/* RFC 9846 4.2.2: the second hello has the one share that was asked for, in the clear as inside. */
static void grease_gives_way_to_the_share_that_is_asked_for(void **state)
{
    (void)state;
    struct lab_pair pair;
    const struct lab_side client = {.who = LAB_CLIENT, .more = encrypts_beside_grease, .groups = "x25519:secp256r1"};
    begin(ECH_LAB_PUBLIC, /* datagrams= */ false);
    run(&pair, &client, &SERVER(.groups = "secp256r1"));
    assert_taken(&pair, /* retried= */ true);
    assert_int_equal(outer.count, 2);
    assert_int_equal(shares_in(&inner), 1);
    assert_int_equal(shares_in(&outer), 1);
    lab_pair_close(&pair);
}

static void so_does_a_server_of_an_older_version(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct lab_pair pair;
        begin(ECH_LAB_PUBLIC, i != 0);
        const struct lab_side server = {
            .more = opens_nothing, .client_auth = HF_CLIENT_AUTH_REQUEST, .min = HF_TLS12, .max = HF_TLS12};
        run(&pair, &CLIENT(), &server);
        assert_rejected(&pair, hf_span_of(NULL, 0));
        lab_pair_close(&pair);
    }
}

static void starts_at_once(struct hf_builder *builder)
{
    encrypts(builder);
    hf_builder_false_start(builder, HF_FALSE_START_ALWAYS);
}

/* RFC 9849 6.1.6: no data before the end of such a handshake, however strong its suite. */
static void nothing_is_sent_ahead_of_its_end(void **state)
{
    struct lab_pair pair;
    (void)state;
    begin(ECH_LAB_PUBLIC, /* datagrams= */ false);
    const struct lab_side server = {.client_auth = HF_CLIENT_AUTH_NONE, .min = HF_TLS12, .max = HF_TLS12};
    run(&pair, &(struct lab_side){.who = LAB_CLIENT, .more = starts_at_once}, &server);
    assert_false(lab_event(pair.client, HF_EVENT_FALSE_START));
    assert_rejected(&pair, hf_span_of(NULL, 0));
    lab_pair_close(&pair);
}

/* A server may have configurations for many names. */
enum { MANY = 200 };

static void opens_many_others(struct hf_builder *builder)
{
    for (size_t i = 0; i < MANY; i++)
        add(builder, ECH_LAB_OTHER, /* retry= */ true);
}

static void it_may_give_many_configurations(void **state)
{
    struct lab_pair pair;
    struct hf_ech_info info;
    (void)state;
    begin(ECH_LAB_PUBLIC, /* datagrams= */ false);
    run(&pair, &CLIENT(), &(struct lab_side){.more = opens_many_others});
    hf_ech_info(pair.client, &info);
    assert_int_equal(info.retry_configs_len, 2 + MANY * (ech_lab_list(ECH_LAB_OTHER).len - 2));
    assert_int_equal(hf_failure(pair.client)->error, HF_ERR_ech_rejected);
    lab_pair_close(&pair);
}

/* Whoever cannot prove the public name says nothing that counts. */
static void a_server_that_lacks_the_public_name_gives_nothing(void **state)
{
    static const struct lab_failure found = {HF_ERR_name_mismatch, HF_BY_US, HF_ALERT_bad_certificate};
    struct lab_pair pair;
    struct hf_ech_info info;
    (void)state;
    begin(ECH_LAB_NOBODY, /* datagrams= */ false);
    run(&pair, &CLIENT(), &(struct lab_side){.more = opens_others});
    lab_assert_failed(pair.client, &found);
    hf_ech_info(pair.client, &info);
    assert_null(info.retry_configs);
    lab_pair_close(&pair);
}

/* The configurations that a server gives instead open the next connection. */
static struct hf_span retry;

static void encrypts_again(struct hf_builder *builder)
{
    hf_builder_ech_configs(builder, retry.data, retry.len);
}

static void the_second_try_opens(void **state)
{
    static uint8_t kept[1024];
    struct lab_pair pair;
    struct hf_ech_info info;
    (void)state;
    begin(ECH_LAB_PUBLIC, /* datagrams= */ false);
    run(&pair, &CLIENT(), &(struct lab_side){.more = opens_others});
    hf_ech_info(pair.client, &info);
    assert_true(info.retry_configs_len > 0 && info.retry_configs_len <= sizeof kept);
    memcpy(kept, info.retry_configs, info.retry_configs_len);
    retry = hf_span_of(kept, info.retry_configs_len);
    lab_pair_close(&pair);
    run(&pair, &(struct lab_side){.who = LAB_CLIENT, .more = encrypts_again}, &(struct lab_side){.more = opens_others});
    lab_assert_open(&pair);
    assert_int_equal(state_of(pair.client), HF_ECH_ACCEPTED);
    lab_pair_close(&pair);
}

/* ---- nothing to encrypt to ---- */

static void greases(struct hf_builder *builder)
{
    hf_builder_observe(builder, look, NULL);
    hf_builder_ech_grease(builder, true);
    if (over_datagrams)
        hf_builder_datagrams(builder);
}

/* RFC 9849 6.2: the same in both hellos, and what servers say to it is nothing. */
static void random_bytes_stand_for_it(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 8; i++) {
        struct lab_pair pair;
        begin(ECH_LAB_PUBLIC, (i & 1) != 0);
        const struct lab_side client = {.who = LAB_CLIENT, .more = greases, .groups = "x25519:secp256r1"};
        const struct lab_side server = {.more = (i & 2) != 0 ? opens : opens_nothing,
                                        .groups = (i & 4) != 0 ? "secp256r1" : NULL};
        run(&pair, &client, &server);
        lab_assert_open(&pair);
        assert_int_equal(state_of(pair.client), HF_ECH_GREASED);
        assert_int_equal(state_of(pair.server), (i & 2) != 0 ? HF_ECH_REJECTED : HF_ECH_NONE);
        assert_int_equal(inner.count, 0);
        lab_pair_close(&pair);
    }
}

/* ---- without memory ---- */

static bool starve(enum hf_role role, size_t n, bool is_opened)
{
    struct lab_side client = CLIENT(.groups = "x25519:secp256r1");
    struct lab_side server = {
        .more = is_opened ? opens : opens_others, .client_auth = HF_CLIENT_AUTH_REQUEST, .groups = "secp256r1"};
    struct hf_failure failure = {0};
    struct hf_test_allocator test;
    hf_test_allocator_init(&test, 0);
    *(role == HF_CLIENT ? &client.allocator : &server.allocator) = &test.allocator;
    struct hf_config *of_client = lab_config(HF_CLIENT, &client, &failure);
    struct hf_config *of_server = lab_config(HF_SERVER, &server, &failure);
    test.count = 0;
    test.fail_at = n;
    struct lab_pair pair = {hf_connection_new(of_client, "server.lab", LAB_NOW_MS, &failure),
                            hf_connection_new(of_server, NULL, LAB_NOW_MS, &failure)};
    if (pair.client != NULL && pair.server != NULL)
        (void)lab_pair_run(&pair);
    else
        assert_int_equal(failure.error, HF_ERR_no_memory);
    const bool failed = hf_test_allocator_failed(&test);
    struct hf_connection *starved = role == HF_CLIENT ? pair.client : pair.server;
    if (failed && starved != NULL && hf_failure(starved) != NULL && hf_failure(starved)->by == HF_BY_US)
        assert_true(hf_failure(starved)->error == HF_ERR_no_memory ||
                    hf_failure(starved)->error == HF_ERR_ech_rejected);
    lab_pair_close(&pair);
    hf_config_drop(of_client);
    hf_config_drop(of_server);
    assert_int_equal(test.live, 0);
    return failed;
}

/* With a HelloRetryRequest, taken and not. */
static void every_allocation_may_fail(void **state)
{
    (void)state;
    for (int role = HF_CLIENT; role <= HF_SERVER; role++)
        for (int opened = 0; opened < 2; opened++) {
            size_t n = 1;
            begin(ECH_LAB_PUBLIC, /* datagrams= */ false);
            while (starve((enum hf_role)role, n, opened != 0))
                n++;
            assert_true(n > 20);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_server_opens_it_works_with),
        cmocka_unit_test(the_name_stands_in_the_inner_hello_only),
        cmocka_unit_test(the_key_log_tells),
        cmocka_unit_test(hellos_may_be_long),
        cmocka_unit_test(sessions_are_resumed),
        cmocka_unit_test(a_server_that_cannot_open_it_proves_the_public_name),
        cmocka_unit_test(a_server_that_cannot_open_it_asks_in_vain),
        cmocka_unit_test(grease_gives_way_to_the_share_that_is_asked_for),
        cmocka_unit_test(so_does_a_server_of_an_older_version),
        cmocka_unit_test(nothing_is_sent_ahead_of_its_end),
        cmocka_unit_test(a_server_that_lacks_the_public_name_gives_nothing),
        cmocka_unit_test(it_may_give_many_configurations),
        cmocka_unit_test(the_second_try_opens),
        cmocka_unit_test(random_bytes_stand_for_it),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, set_up, keepers_tear_down);
}
