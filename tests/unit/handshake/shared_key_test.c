/* Sessions of connections that a shared key began, of 1.2 and 1.3: whoever comes again is still whom the key proves,
 * and the session ends with the key. RFC 4279 2; RFC 5246 F.1.4; RFC 9846 2.2, 4.7.1. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <handfast/psk.h>
#include <handfast/session.h>

#include <string.h>

#include "base/must.h"
#include "engine/connection.h"
#include "session/ticket.h"
#include "support/keepers.h"
#include "support/lab.h"
#include "support/resume_lab.h"

static const char right[] = "a key of thirty-two random bytes";
static const char other[] = "another thirty-two random bytes.";

/* What a side has: a key, of 1.2 or 1.3, and how sessions are kept. */
struct side {
    struct hf_psk key;
    bool is_12, datagrams;
    hf_psk_find *find;
    void (*keeps)(struct hf_builder *builder);
    const char *groups;
};

#define US ((struct hf_psk){.identity = "us\0er", .identity_len = 5, .key = right, .key_len = 32})
#define IMPORTED                                                                                                       \
    ((struct hf_psk){.identity = "us",                                                                                 \
                     .identity_len = 2,                                                                                \
                     .key = right,                                                                                     \
                     .key_len = 32,                                                                                    \
                     .imported = true,                                                                                 \
                     .context = "both",                                                                                \
                     .context_len = 4})

static void none(struct hf_builder *builder)
{
    (void)builder;
}

static struct hf_config *config_of(enum hf_role role, const struct side *side)
{
    struct hf_failure failure = {0};
    struct hf_builder *builder = hf_builder_new(role);
    const struct hf_psk *key = &side->key;
    if (side->is_12)
        hf_builder_psk(builder, key->identity, key->identity_len, key->key, key->key_len);
    else if (key->identity_len > 0)
        hf_builder_psk13(builder, key);
    if (side->is_12)
        hf_builder_versions(builder, HF_TLS12, HF_TLS12);
    if (side->find != NULL)
        hf_builder_psk13_find(builder, side->find, NULL);
    if (side->datagrams)
        hf_builder_datagrams(builder);
    if (side->groups != NULL)
        hf_builder_groups(builder, side->groups);
    side->keeps(builder);
    if (role == HF_CLIENT)
        hf_builder_any_server_name(builder);
    struct hf_config *config = hf_builder_finish(builder, LAB_NOW_S, &failure);
    assert_non_null(config);
    return config;
}

/* What of a visit is to be seen at either end. */
struct seen {
    bool opened, resumed, offered;
    char name[16];
    size_t name_len;
};

static void look(const struct hf_connection *connection, struct seen *seen)
{
    struct hf_session_info info;
    hf_session_info(connection, &info);
    *seen = (struct seen){.opened = info.opened, .resumed = info.resumed, .offered = info.session_offered};
    seen->name_len = info.psk_identity_len;
    if (info.psk_identity_len <= sizeof seen->name && info.psk_identity_len > 0)
        memcpy(seen->name, info.psk_identity, info.psk_identity_len);
    assert_null(hf_peer(connection));
}

/* One connection; the client offers what it kept, and keeps what it is given. */
static void visit(const struct side *client, const struct side *server, struct resume_store *store, struct seen seen[2])
{
    struct hf_failure failure;
    struct hf_config *configs[] = {config_of(HF_CLIENT, client), config_of(HF_SERVER, server)};
    struct lab_pair pair = {
        .client = hf_connection_resume(configs[0], NULL, store->client.at, store->client.len, LAB_NOW_MS, &failure),
        .server = hf_connection_new(configs[1], NULL, LAB_NOW_MS, &failure),
    };
    resume_lab_run(&pair, LAB_NOW_MS);
    const uint8_t *id;
    size_t id_len;
    if (hf_session_wanted(pair.server, &id, &id_len)) {
        assert_int_equal(hf_answer_session(pair.server, store->server.at, store->server.len), HF_OK);
        resume_lab_run(&pair, LAB_NOW_MS);
    }
    look(pair.client, &seen[0]);
    look(pair.server, &seen[1]);
    assert_false(lab_event(pair.server, HF_EVENT_UNAUTHENTICATED));
    store->client.len = store->server.len = 0;
    if (hf_session_size(pair.client) > 0)
        assert_int_equal(hf_session_bytes(pair.client, store->client.at, sizeof store->client.at, &store->client.len),
                         HF_OK);
    if (hf_session_size(pair.server) > 0)
        assert_int_equal(hf_session_bytes(pair.server, store->server.at, sizeof store->server.at, &store->server.len),
                         HF_OK);
    lab_pair_close(&pair);
    hf_config_drop(configs[0]);
    hf_config_drop(configs[1]);
}

static void assert_by(const struct seen seen[2], const struct hf_psk *key, bool resumed)
{
    for (int i = 0; i < 2; i++) {
        assert_true(seen[i].opened);
        assert_int_equal(seen[i].resumed, resumed);
        assert_int_equal(seen[i].name_len, key->identity_len);
        assert_memory_equal(seen[i].name, key->identity, key->identity_len);
    }
}

static void outside(struct hf_builder *builder)
{
    hf_builder_sessions_outside(builder);
}

static const struct hf_psk us = US, imported = IMPORTED;

/* Over both transports, by each way of keeping, and again from the session that a resumption gave. */
static void a_session_follows_and_tells_the_key(void **state)
{
    (void)state;
    static const struct {
        const struct hf_psk *key;
        bool is_12;
        void (*client)(struct hf_builder *builder);
        void (*server)(struct hf_builder *builder);
    } cases[] = {
        {&us, false, hf_builder_session_tickets, keepers_with_tickets},
        {&us, false, hf_builder_session_tickets, keepers_with_cache},
        {&imported, false, hf_builder_session_tickets, keepers_with_tickets},
        {&us, true, hf_builder_session_tickets, keepers_with_tickets},
        {&us, true, none, keepers_with_cache},
        {&us, true, none, outside},
    };
    for (size_t i = 0; i < 2 * HF_COUNT(cases); i++) {
        const struct side client = {.key = *cases[i / 2].key,
                                    .is_12 = cases[i / 2].is_12,
                                    .keeps = cases[i / 2].client,
                                    .datagrams = i % 2 != 0};
        struct side server = client;
        struct resume_store store = {0};
        struct seen seen[2];
        server.keeps = cases[i / 2].server;
        for (int round = 0; round < 3; round++) {
            struct resume_store before = store;
            visit(&client, &server, &store, seen);
            assert_by(seen, cases[i / 2].key, /* resumed= */ round > 0);
            if (store.client.len == 0) /* of 1.2: the old one goes on */
                store = before;
        }
    }
}

/* RFC 9846 4.2.4: the session's hash goes on. */
static void with_a_retry_too(void **state)
{
    (void)state;
    const struct side client = {.key = us, .keeps = hf_builder_session_tickets, .groups = "x25519:secp256r1"};
    const struct side server = {.key = us, .keeps = keepers_with_tickets, .groups = "secp256r1"};
    struct resume_store store = {0};
    struct seen seen[2];
    for (int round = 0; round < 2; round++) {
        visit(&client, &server, &store, seen);
        assert_by(seen, &us, /* resumed= */ round > 0);
    }
}

static bool knows = true;
static size_t find(void *context, const struct hf_psk *wanted, uint8_t key[HF_PSK_KEY_MAX], enum hf_psk_hash *ret_hash)
{
    (void)context, (void)ret_hash;
    if (!knows || wanted->identity_len != 5 || memcmp(wanted->identity, us.identity, 5) != 0)
        return 0;
    memcpy(key, right, 32);
    return 32;
}

static void a_key_that_the_application_finds_is_asked_for_again(void **state)
{
    (void)state;
    const struct side client = {.key = us, .keeps = hf_builder_session_tickets};
    const struct side server = {.find = find, .keeps = keepers_with_tickets};
    struct resume_store store = {0};
    struct seen seen[2];
    for (int round = 0; round < 2; round++) {
        visit(&client, &server, &store, seen);
        assert_by(seen, &us, /* resumed= */ round > 0);
    }
    knows = false;
    visit(&client, &server, &store, seen);
    knows = true;
    assert_true(seen[0].offered && !seen[0].opened && !seen[1].opened);
}

/* The name alone does not do: another key took it, or another name has it; at either end. */
static void a_session_ends_with_its_key(void **state)
{
    (void)state;
    struct hf_psk changed = us, renamed = us;
    changed.key = other;
    renamed.identity = "us\0ex";
    const struct hf_psk *later[] = {&changed, &renamed, &us};
    for (int is_12 = 0; is_12 < 2; is_12++)
        for (size_t i = 0; i < 2 * HF_COUNT(later); i++) {
            struct side client = {.key = us, .is_12 = is_12 == 1, .keeps = hf_builder_session_tickets};
            struct side server = {.key = us, .is_12 = is_12 == 1, .keeps = keepers_with_tickets};
            const bool same = later[i / 2] == &us, both = i % 2 == 0;
            struct resume_store store = {0};
            struct seen seen[2];
            visit(&client, &server, &store, seen);
            assert_by(seen, &us, /* resumed= */ false);
            client.key = *later[i / 2];
            if (both)
                server.key = *later[i / 2];
            visit(&client, &server, &store, seen);
            assert_int_equal(seen[0].offered, same); /* the client saw it first */
            assert_int_equal(seen[0].opened, same || both);
            assert_int_equal(seen[1].resumed, same);
        }
}

static void a_server_without_the_key_does_not_resume(void **state)
{
    (void)state;
    for (int is_12 = 0; is_12 < 2; is_12++) {
        const struct side client = {.key = us, .is_12 = is_12 == 1, .keeps = hf_builder_session_tickets};
        struct side server = client;
        struct resume_store store = {0};
        struct seen seen[2];
        server.keeps = keepers_with_tickets;
        visit(&client, &server, &store, seen);
        assert_by(seen, &us, /* resumed= */ false);
        server.key.key = other;
        visit(&client, &server, &store, seen);
        assert_true(seen[0].offered && !seen[0].opened && !seen[1].opened && !seen[1].resumed);
    }
}

/* A session keeps the whole name, or there is none. */
static void a_long_name_leaves_no_session(void **state)
{
    (void)state;
    static const char name[HF_SESSION_KEY_NAME_MAX + 1] = "long";
    static const char context[1];
    for (size_t more = 0; more < 2; more++) {
        const struct side client = {.key = {.identity = name,
                                            .identity_len = HF_SESSION_KEY_NAME_MAX - 1 + more,
                                            .key = right,
                                            .key_len = 32,
                                            .imported = true,
                                            .context = context,
                                            .context_len = 1},
                                    .keeps = hf_builder_session_tickets};
        struct side server = client;
        struct resume_store store = {0};
        struct seen seen[2];
        server.keeps = keepers_with_tickets;
        for (int round = 0; round < 2; round++) {
            visit(&client, &server, &store, seen);
            assert_true(seen[0].opened && seen[1].opened);
            assert_int_equal(store.client.len > 0, more == 0);
            assert_int_equal(seen[1].resumed, round > 0 && more == 0);
        }
    }
}

static int set_up(void **state)
{
    (void)state;
    return keepers_new(64, 1000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_follows_and_tells_the_key),
        cmocka_unit_test(with_a_retry_too),
        cmocka_unit_test(a_key_that_the_application_finds_is_asked_for_again),
        cmocka_unit_test(a_session_ends_with_its_key),
        cmocka_unit_test(a_server_without_the_key_does_not_resume),
        cmocka_unit_test(a_long_name_leaves_no_session),
    };
    return cmocka_run_group_tests(tests, set_up, keepers_tear_down);
}
