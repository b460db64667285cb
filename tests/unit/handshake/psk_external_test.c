/* Keys of TLS 1.3 shared beforehand, in whole handshakes: over streams and datagrams, with a HelloRetryRequest, as they
 * are and imported; who opens, and what else looks like from outside. RFC 9846 4.3.11, F.6; RFC 9258. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <handfast/psk.h>

#include <string.h>

#include "base/must.h"
#include "engine/connection.h"
#include "support/lab.h"

static const char right[] = "a key of thirty-two random bytes";
static const char wrong[] = "another thirty-two random bytes.";

#define KEY(name, name_len, bytes, ...)                                                                                \
    ((struct hf_psk){.identity = name, .identity_len = name_len, .key = bytes, .key_len = 32, __VA_ARGS__})
#define US KEY("us", 2, right)

/* What a side is like, beside keys. */
struct side {
    struct hf_psk keys[4];
    size_t count;
    const char *suites, *groups;
    bool datagrams, alone;
    hf_psk_find *find;
};

static struct hf_connection *make(enum hf_role role, const struct side *side)
{
    struct hf_failure failure = {0};
    struct hf_builder *builder = hf_builder_new(role);
    for (size_t i = 0; i < side->count; i++)
        hf_builder_psk13(builder, &side->keys[i]);
    if (side->find != NULL)
        hf_builder_psk13_find(builder, side->find, NULL);
    if (side->suites != NULL)
        hf_builder_suites(builder, side->suites);
    if (side->groups != NULL)
        hf_builder_groups(builder, side->groups);
    if (side->datagrams)
        hf_builder_datagrams(builder);
    if (side->alone)
        hf_builder_historic(builder, HF_HISTORIC_PSK_WITHOUT_KEY_EXCHANGE);
    if (role == HF_CLIENT)
        hf_builder_any_server_name(builder);
    struct hf_config *config = hf_builder_finish(builder, LAB_NOW_S, &failure);
    assert_non_null(config);
    struct hf_connection *connection = hf_connection_new(config, NULL, LAB_NOW_MS, &failure);
    hf_config_drop(config);
    assert_non_null(connection);
    return connection;
}

static void run(struct lab_pair *pair, const struct side *client, const struct side *server)
{
    pair->client = make(HF_CLIENT, client);
    pair->server = make(HF_SERVER, server);
    (void)lab_pair_run(pair);
}

static void assert_opens_by(const struct hf_connection *connection, const char *name, size_t len)
{
    struct hf_session_info info;
    hf_session_info(connection, &info);
    assert_null(hf_failure(connection));
    assert_true(info.opened && !info.asked_for_certificate && !info.presented_certificate && !info.resumed);
    assert_int_equal(info.psk_identity_len, len);
    assert_memory_equal(info.psk_identity, name, len);
    assert_null(hf_peer(connection));
}

static void assert_both_open_by(struct lab_pair *pair, const char *name, size_t len)
{
    assert_opens_by(pair->client, name, len);
    assert_opens_by(pair->server, name, len);
    assert_false(lab_event(pair->server, HF_EVENT_UNAUTHENTICATED));
    lab_pair_close(pair);
}

static void assert_refused(const struct side *client, const struct side *server, enum hf_error error)
{
    struct lab_pair pair;
    run(&pair, client, server);
    assert_non_null(hf_failure(pair.server));
    assert_int_equal(hf_failure(pair.server)->error, error);
    assert_int_equal(hf_failure(pair.server)->alert, HF_ALERT_decrypt_error);
    assert_non_null(hf_failure(pair.client));
    assert_int_equal(hf_failure(pair.client)->alert, HF_ALERT_decrypt_error);
    lab_pair_close(&pair);
}

/* As many as can be offered, with the longest names and contexts: a ClientHello of more than 16 KiB. */
static void names_may_be_long(void **state)
{
    static char names[4][HF_PSK_NAME_MAX];
    static const char context[HF_PSK_NAME_MAX];
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct lab_pair pair;
        struct side client = {.count = HF_COUNT(names), .datagrams = i != 0};
        for (size_t j = 0; j < HF_COUNT(names); j++) {
            names[j][0] = (char)j;
            client.keys[j] = KEY(names[j], sizeof names[j], right, .imported = true, .context = context,
                                 .context_len = sizeof context);
        }
        struct side server = {.keys = {client.keys[3]}, .count = 1, .datagrams = i != 0};
        run(&pair, &client, &server);
        assert_both_open_by(&pair, names[3], sizeof names[3]);
    }
}

/* As they are and imported, for both hashes, with and without a HelloRetryRequest, over both transports. */
static void a_key_opens_without_certificates(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 32; i++) {
        struct lab_pair pair;
        struct hf_session_info info;
        struct side client = {.keys = {KEY("us\0er", 5, right)}, .count = 1, .datagrams = (i & 1) != 0};
        client.keys[0].imported = (i & 2) != 0;
        client.keys[0].hash = (i & 4) != 0 ? HF_PSK_SHA384 : HF_PSK_SHA256;
        struct side server = client;
        client.groups = "x25519:secp256r1";
        server.groups = (i & 8) != 0 ? "secp256r1" : NULL;
        if ((i & 16) != 0 && (i & 2) != 0)
            server.suites = "TLS_AES_256_GCM_SHA384"; /* an imported key serves every hash */
        run(&pair, &client, &server);
        hf_session_info(pair.client, &info);
        assert_int_equal(info.hello_retried, (i & 8) != 0);
        assert_int_equal(pair.client->handshake.suite->hash == HF_HASH_SHA384,
                         (i & 2) == 0 ? (i & 4) != 0 : server.suites != NULL);
        assert_both_open_by(&pair, "us\0er", 5);
    }
}

static void without_a_key_exchange_where_both_allow_it(void **state)
{
    (void)state;
    struct side client = {.keys = {US}, .count = 1, .alone = true, .groups = "x25519"};
    struct side server = {.keys = {US}, .count = 1, .alone = true, .groups = "secp256r1"};
    struct lab_pair pair;
    run(&pair, &client, &server);
    assert_null(pair.server->handshake.group);
    assert_both_open_by(&pair, "us", 2);
    server.alone = false;
    run(&pair, &client, &server);
    assert_int_equal(hf_failure(pair.server)->error, HF_ERR_no_common_group);
    lab_pair_close(&pair);
}

/* Nobody learns which names there are; a NUL ends none. */
static void wrong_keys_and_unknown_names_look_alike(void **state)
{
    static const struct {
        const char *name;
        size_t len;
    } names[] = {{"us", 2}, {"us\0ers", 6}, {"us\0eR", 5}, {"them", 4}};
    (void)state;
    const struct side server = {.keys = {KEY("us\0er", 5, right)}, .count = 1};
    for (size_t i = 0; i < HF_COUNT(names); i++) {
        const struct side client = {.keys = {KEY(names[i].name, names[i].len, right)}, .count = 1};
        assert_refused(&client, &server, HF_ERR_psk_unknown);
    }
    const struct side client = {.keys = {KEY("us\0er", 5, wrong)}, .count = 1};
    assert_refused(&client, &server, HF_ERR_psk_binder_wrong);
}

/* RFC 9846 4.3.11: the hash is the key's. RFC 9258 5.1: the name has context, protocol and hash in it. */
static void keys_of_other_kinds_are_other_keys(void **state)
{
    (void)state;
    const struct side server = {.keys = {US}, .count = 1};
    const struct side importing = {.keys = {KEY("us", 2, right, .imported = true, .context = "a", .context_len = 1)},
                                   .count = 1};
    struct side other = {.keys = {US}, .count = 1, .suites = "TLS_AES_256_GCM_SHA384"};
    other.keys[0].hash = HF_PSK_SHA384;
    assert_refused(&other, &server, HF_ERR_psk_unknown); /* at the server it is for SHA-256 */
    other.suites = NULL;
    assert_refused(&other, &server, HF_ERR_psk_binder_wrong);
    assert_refused(&server, &importing, HF_ERR_psk_unknown);
    assert_refused(&importing, &server, HF_ERR_psk_unknown);
    const struct side bound = {.keys = {KEY("us", 2, right, .imported = true, .context = "b", .context_len = 1)},
                               .count = 1};
    assert_refused(&bound, &importing, HF_ERR_psk_unknown);
    const struct side derived = {
        .keys = {KEY("us", 2, right, .imported = true, .context = "a", .context_len = 1, .hash = HF_PSK_SHA384)},
        .count = 1};
    assert_refused(&derived, &importing, HF_ERR_psk_binder_wrong);
}

static void a_server_takes_its_own_first(void **state)
{
    (void)state;
    const struct side client = {.keys = {KEY("a", 1, right), KEY("b", 1, wrong), KEY("c", 1, right)}, .count = 3};
    const struct side server = {.keys = {KEY("d", 1, right), KEY("c", 1, right), KEY("a", 1, right)}, .count = 3};
    struct lab_pair pair;
    run(&pair, &client, &server);
    assert_both_open_by(&pair, "c", 1);
}

/* ---- keys that the application finds ---- */

static unsigned asked;

static size_t find(void *context, const struct hf_psk *wanted, uint8_t key[HF_PSK_KEY_MAX], enum hf_psk_hash *ret_hash)
{
    (void)context;
    asked++;
    bool is_ours = wanted->identity_len == 4 && memcmp(wanted->identity, "them", 4) == 0;
    if (!is_ours || (wanted->imported && wanted->context_len != 2))
        return 0;
    memcpy(key, right, 32);
    *ret_hash = wanted->imported ? HF_PSK_SHA384 : HF_PSK_SHA256;
    return 32;
}

static size_t find_too_long(void *context, const struct hf_psk *wanted, uint8_t key[HF_PSK_KEY_MAX],
                            enum hf_psk_hash *ret_hash)
{
    (void)context, (void)wanted, (void)key, (void)ret_hash;
    return HF_PSK_KEY_MAX + 1;
}

static void the_application_finds_keys(void **state)
{
    (void)state;
    struct lab_pair pair;
    const struct side server = {.keys = {US}, .count = 1, .find = find};
    struct side client = {.keys = {KEY("they", 4, right), KEY("them", 4, right)}, .count = 2};
    asked = 0;
    run(&pair, &client, &server);
    assert_int_equal(asked, 2);
    assert_both_open_by(&pair, "them", 4);
    client.keys[1] = KEY("them", 4, right, .imported = true, .context = "ab", .context_len = 2, .hash = HF_PSK_SHA384);
    run(&pair, &client, &server);
    assert_both_open_by(&pair, "them", 4);
    client.keys[1] = KEY("them", 4, wrong);
    assert_refused(&client, &server, HF_ERR_psk_binder_wrong);
    client.keys[1] = KEY("us", 2, right); /* of the config: nobody is asked */
    asked = 0;
    run(&pair, &client, &server);
    assert_int_equal(asked, 0);
    assert_both_open_by(&pair, "us", 2);
    assert_refused(&client, &(struct side){.find = find_too_long}, HF_ERR_psk_unknown);
}

/* ---- beside certificates ---- */

static void has_key(struct hf_builder *builder)
{
    hf_builder_psk13(builder, &US);
}

static void has_another_key(struct hf_builder *builder)
{
    hf_builder_psk13(builder, &KEY("them", 4, right));
}

static void certificates_serve_where_no_key_does(void **state)
{
    (void)state;
    struct lab_pair pair;
    struct hf_session_info info;
    lab_pair_open(&pair, &(struct lab_side){.more = has_key}, &(struct lab_side){.more = has_key});
    (void)lab_pair_run(&pair);
    assert_both_open_by(&pair, "us", 2);
    lab_pair_open(&pair, &(struct lab_side){.more = has_key}, &(struct lab_side){.more = has_another_key});
    (void)lab_pair_run(&pair);
    hf_session_info(pair.server, &info);
    assert_true(info.opened && info.psk_identity == NULL && hf_peer(pair.server) != NULL);
    lab_pair_close(&pair);
    lab_pair_open(&pair, &(struct lab_side){.anonymous = true, .more = has_key},
                  &(struct lab_side){.more = has_another_key});
    (void)lab_pair_run(&pair);
    assert_int_equal(hf_failure(pair.server)->error, HF_ERR_certificate_missing);
    lab_pair_close(&pair);
}

/* A client that is nobody without its key does not go on without. */
static void a_client_of_keys_only_opens_by_one(void **state)
{
    (void)state;
    struct hf_failure failure;
    const struct side client = {.keys = {US}, .count = 1};
    struct hf_config *config = lab_config(HF_SERVER, &(struct lab_side){.client_auth = HF_CLIENT_AUTH_NONE}, &failure);
    struct lab_pair pair = {.client = make(HF_CLIENT, &client)};
    pair.server = hf_connection_new(config, NULL, LAB_NOW_MS, &failure);
    hf_config_drop(config);
    (void)lab_pair_run(&pair);
    assert_int_equal(hf_failure(pair.client)->error, HF_ERR_psk_not_taken);
    assert_int_equal(hf_failure(pair.client)->alert, HF_ALERT_handshake_failure);
    lab_pair_close(&pair);
    /* And a server of keys only serves nobody who has none. */
    lab_pair_open(&pair, &(struct lab_side){0}, &(struct lab_side){0});
    hf_connection_free(pair.server);
    pair.server = make(HF_SERVER, &client);
    (void)lab_pair_run(&pair);
    assert_int_equal(hf_failure(pair.server)->error, HF_ERR_psk_unknown);
    lab_pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_opens_without_certificates),
        cmocka_unit_test(names_may_be_long),
        cmocka_unit_test(without_a_key_exchange_where_both_allow_it),
        cmocka_unit_test(wrong_keys_and_unknown_names_look_alike),
        cmocka_unit_test(keys_of_other_kinds_are_other_keys),
        cmocka_unit_test(a_server_takes_its_own_first),
        cmocka_unit_test(the_application_finds_keys),
        cmocka_unit_test(certificates_serve_where_no_key_does),
        cmocka_unit_test(a_client_of_keys_only_opens_by_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
