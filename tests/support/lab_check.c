#include "support/lab_check.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

const enum hf_version lab_versions[2] = {HF_TLS12, HF_TLS13};

static void explain(const char *who, const struct hf_connection *connection)
{
    char text[2048];
    if (hf_failure(connection) == NULL)
        return;
    (void)hf_failure_explain(hf_failure(connection), LAB_NOW_S, text, sizeof text);
    print_message("%s (%s): %s\n", who, hf_error_name(hf_failure(connection)->error), text);
}

void lab_assert_open(struct lab_pair *pair)
{
    struct hf_session_info client;
    struct hf_session_info server;
    explain("client", pair->client);
    explain("server", pair->server);
    hf_session_info(pair->client, &client);
    hf_session_info(pair->server, &server);
    assert_true(client.opened);
    assert_true(server.opened);
    assert_int_equal(client.version, server.version);
    assert_string_equal(client.suite, server.suite);
    assert_string_equal(client.group, server.group);
    assert_string_equal(client.alpn, server.alpn);
    assert_string_equal(client.server_name, server.server_name);
    assert_string_equal(client.own_scheme, server.peer_scheme);
    assert_string_equal(client.peer_scheme, server.own_scheme);
    assert_int_equal(client.hello_retried, server.hello_retried);
    assert_int_equal(client.asked_for_certificate, server.asked_for_certificate);
    assert_int_equal(client.extended_master_secret, server.extended_master_secret);
    assert_int_equal(client.presented_certificate, hf_peer(pair->server) != NULL);
    assert_non_null(hf_peer(pair->client));
    assert_null(hf_failure(pair->client));
    assert_null(hf_failure(pair->server));
}

void lab_assert_failed(struct hf_connection *connection, const struct lab_failure *wanted)
{
    const struct hf_failure *failure = hf_failure(connection);
    struct hf_session_info info;
    uint8_t byte = 0;
    size_t len = 0;
    char text[1024];
    assert_non_null(failure);
    assert_string_equal(hf_error_name(failure->error), hf_error_name(wanted->error));
    assert_int_equal(failure->by, wanted->by);
    assert_int_equal(failure->alert, wanted->alert);
    assert_true(hf_failure_explain(failure, LAB_NOW_S, text, sizeof text) > 0);
    hf_session_info(connection, &info);
    assert_false(info.opened);
    assert_false(info.accepted);
    assert_null(hf_peer(connection));
    assert_int_equal(hf_feed(connection, &byte, 1, LAB_NOW_MS), wanted->error);
    assert_int_equal(hf_write(connection, &byte, 1, &len), wanted->error);
    assert_int_equal(hf_read(connection, &byte, 1, &len), wanted->error);
    assert_int_equal(len, 0);
    assert_int_equal(hf_tick(connection, LAB_NOW_MS), wanted->error);
    assert_int_equal(hf_key_update(connection, /* ask_peer= */ false), wanted->error);
    assert_int_equal(hf_feed_end(connection, LAB_NOW_MS), wanted->error);
    assert_int_equal(hf_export(connection, "EXPORTER-x", NULL, 0, &byte, 1), wanted->error);
}

void lab_assert_data(struct lab_pair *pair, struct hf_connection *from, struct hf_connection *to)
{
    static const char text[] = "who goes there?";
    char got[sizeof text] = {0};
    size_t len = 0;
    assert_int_equal(hf_write(from, text, sizeof text, &len), HF_OK);
    assert_int_equal(len, sizeof text);
    (void)lab_pair_run(pair);
    assert_int_equal(hf_read(to, got, sizeof got, &len), HF_OK);
    assert_int_equal(len, sizeof text);
    assert_string_equal(got, text);
}

void lab_assert_talks(enum hf_version version, const struct lab_side *client, const struct lab_side *server)
{
    struct lab_pair pair;
    struct lab_side limited = server == NULL ? (struct lab_side){0} : *server;
    limited.min = version;
    limited.max = version;
    lab_pair_open(&pair, client, &limited);
    (void)lab_pair_run(&pair);
    lab_assert_open(&pair);
    lab_assert_data(&pair, pair.client, pair.server);
    lab_assert_data(&pair, pair.server, pair.client);
    lab_pair_close(&pair);
}

void lab_pair_run_at(struct lab_pair *pair, uint64_t client_ms, uint64_t server_ms)
{
    uint8_t wire[16384];
    size_t to_server;
    size_t to_client;
    do {
        hf_drain(pair->client, wire, sizeof wire, &to_server);
        (void)hf_feed(pair->server, wire, to_server, server_ms);
        hf_drain(pair->server, wire, sizeof wire, &to_client);
        (void)hf_feed(pair->client, wire, to_client, client_ms);
    } while (to_server + to_client > 0);
}
