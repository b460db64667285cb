/* What lasts of a handshake and what goes: key log, working set, the names asked for. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "engine/connection.h"
#include "support/lab_check.h"
#include "support/test_allocator.h"

static struct log {
    size_t count;
    char lines[8][256];
} client_log, server_log;

static void take_line(void *context, const char *line)
{
    struct log *log = context;
    assert_true(log->count < 8);
    (void)snprintf(log->lines[log->count++], sizeof log->lines[0], "%s", line);
}

static void log_client(struct hf_builder *builder)
{
    hf_builder_key_log(builder, take_line, &client_log);
}

static void log_server(struct hf_builder *builder)
{
    hf_builder_key_log(builder, take_line, &server_log);
}

static bool has_line(const struct log *log, const char *line)
{
    for (size_t i = 0; i < log->count; i++)
        if (strcmp(log->lines[i], line) == 0)
            return true;
    return false;
}

static bool has_label(const struct log *log, const char *label)
{
    for (size_t i = 0; i < log->count; i++)
        if (strncmp(log->lines[i], label, strlen(label)) == 0 && log->lines[i][strlen(label)] == ' ')
            return true;
    return false;
}

static void both_ends_log_the_same_keys(void **state)
{
    (void)state;
    static const char *const labels[2][6] = {
        {"CLIENT_RANDOM"},
        {"CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0",
         "SERVER_TRAFFIC_SECRET_0", "EXPORTER_SECRET"},
    };
    for (int v = 0; v < 2; v++) {
        struct lab_pair pair;
        client_log.count = 0;
        server_log.count = 0;
        lab_pair_open(&pair, &(struct lab_side){.max = lab_versions[v], .more = log_client},
                      &(struct lab_side){.more = log_server});
        (void)lab_pair_run(&pair);
        lab_assert_open(&pair);
        assert_int_equal(client_log.count, v == 0 ? 1 : 5);
        assert_int_equal(server_log.count, client_log.count);
        for (size_t i = 0; i < client_log.count; i++) {
            assert_true(has_line(&server_log, client_log.lines[i]));
            assert_true(has_label(&client_log, labels[v][i]));
        }
        lab_pair_close(&pair);
    }
}

/* An idle connection holds its keys and little else. */
static void the_working_set_goes(void **state)
{
    (void)state;
    for (int v = 0; v < 2; v++) {
        struct hf_test_allocator client, server;
        struct lab_pair pair;
        hf_test_allocator_init(&client, 0);
        hf_test_allocator_init(&server, 0);
        lab_pair_open(&pair, &(struct lab_side){.max = lab_versions[v], .allocator = &client.allocator},
                      &(struct lab_side){.allocator = &server.allocator});
        (void)lab_pair_run(&pair);
        lab_assert_open(&pair);
        assert_null(pair.client->handshake.work);
        assert_null(pair.server->handshake.work);
        print_message("1.%d: client %zu bytes with its config, %zu at most; server %zu, %zu\n", v + 2,
                      client.live_bytes, client.peak_bytes, server.live_bytes, server.peak_bytes);
        lab_pair_close(&pair);
        assert_int_equal(client.live, 0);
        assert_int_equal(server.live, 0);
    }
}

static enum hf_error try_name(enum hf_role role, const char *name, bool any)
{
    struct hf_failure failure = {0};
    struct hf_builder *builder = hf_builder_new(role);
    const struct lab_identity *identity = lab_identity(role == HF_SERVER ? LAB_SERVER : LAB_CLIENT, MAKE_KEY_P256);
    hf_builder_identity_pem(builder, identity->chain, strlen(identity->chain), identity->key, strlen(identity->key));
    hf_builder_trust_pem(builder, lab_root(), strlen(lab_root()));
    if (any)
        hf_builder_any_server_name(builder);
    struct hf_config *config = hf_builder_finish(builder, LAB_NOW_S, &failure);
    assert_non_null(config);
    struct hf_connection *connection = hf_connection_new(config, name, LAB_NOW_MS, &failure);
    assert_int_equal(connection == NULL, failure.error != HF_OK);
    if (connection == NULL)
        assert_int_equal(failure.by, HF_BY_SETTINGS);
    hf_connection_free(connection);
    hf_config_drop(config);
    return failure.error;
}

static void names_of_peers_are_checked(void **state)
{
    (void)state;
    static const char *const good[] = {"server.lab", "server.lab.", "127.0.0.1", "::1", "xn--bcher-kva.example", "a"};
    static const char *const bad[] = {"", ".", "a..b", "-a.lab", "a b", "a.lab:443", "b\303\274cher.example", "*.lab"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_int_equal(try_name(HF_CLIENT, good[i], /* any= */ false), HF_OK);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        print_message("%s\n", bad[i]);
        assert_int_equal(try_name(HF_CLIENT, bad[i], /* any= */ false), HF_ERR_setting_invalid);
    }
    assert_int_equal(try_name(HF_CLIENT, NULL, /* any= */ false), HF_ERR_setting_invalid);
    assert_int_equal(try_name(HF_CLIENT, NULL, /* any= */ true), HF_OK);
    assert_int_equal(try_name(HF_SERVER, "client.lab", /* any= */ false), HF_ERR_setting_invalid);
    assert_int_equal(try_name(HF_SERVER, NULL, /* any= */ false), HF_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ends_log_the_same_keys),
        cmocka_unit_test(the_working_set_goes),
        cmocka_unit_test(names_of_peers_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
