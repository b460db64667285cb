#include "support/resume_lab.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "engine/connection.h"
#include "handshake/resumption.h"

const struct lab_side resume_lab_server = {.min = HF_TLS12, .max = HF_TLS12, .more = resume_lab_sessions_on};

void resume_lab_sessions_on(struct hf_builder *builder)
{
    hf_builder_sessions_outside(builder);
}

static uint64_t time_of(const struct resume_visit *visit)
{
    return visit->now_ms == 0 ? LAB_NOW_MS : visit->now_ms;
}

static struct hf_connection *open_side(enum hf_role role, const struct resume_visit *visit,
                                       const struct resume_store *store)
{
    static const struct lab_side any_client = {0};
    const struct lab_side *side = role == HF_CLIENT ? visit->client : visit->server;
    if (side == NULL)
        side = role == HF_CLIENT ? &any_client : &resume_lab_server;
    struct hf_failure failure = {0};
    struct hf_config *config = lab_config(role, side, &failure);
    const char *name = side->name != NULL ? side->name : "server.lab";
    if (config == NULL) {
        char text[1024];
        (void)hf_failure_explain(&failure, LAB_NOW_S, text, sizeof text);
        print_message("config: %s\n", text);
    }
    assert_non_null(config);
    struct hf_connection *connection =
        role == HF_CLIENT
            ? hf_connection_resume(config, name, store->client.at, store->client.len, time_of(visit), &failure)
            : hf_connection_new(config, NULL, time_of(visit), &failure);
    assert_non_null(connection);
    hf_config_drop(config);
    return connection;
}

static size_t move(struct hf_connection *from, struct hf_connection *to, uint64_t now_ms)
{
    uint8_t wire[16384];
    size_t len = 0;
    hf_drain(from, wire, sizeof wire, &len);
    if (len > 0)
        (void)hf_feed(to, wire, len, now_ms);
    return len;
}

void resume_lab_run(struct lab_pair *pair, uint64_t now_ms)
{
    while (move(pair->client, pair->server, now_ms) + move(pair->server, pair->client, now_ms) > 0)
        ;
}

void resume_lab_begin(struct lab_pair *pair, const struct resume_visit *visit, const struct resume_store *store)
{
    pair->client = open_side(HF_CLIENT, visit, store);
    pair->server = open_side(HF_SERVER, visit, store);
}

void resume_lab_open(struct lab_pair *pair, const struct resume_visit *visit, const struct resume_store *store)
{
    resume_lab_begin(pair, visit, store);
    resume_lab_run(pair, time_of(visit));
}

void resume_lab_visit(struct lab_pair *pair, const struct resume_visit *visit, const struct resume_store *store)
{
    const uint8_t *id = NULL;
    size_t id_len = 0;
    resume_lab_open(pair, visit, store);
    if (!hf_session_wanted(pair->server, &id, &id_len))
        return;
    bool found = id_len == store->id_len && memcmp(id, store->id, id_len) == 0;
    (void)hf_answer_session(pair->server, found ? store->server.at : NULL, found ? store->server.len : 0);
    resume_lab_run(pair, time_of(visit));
}

static void keep(const struct hf_connection *connection, struct resume_bytes *bytes)
{
    bytes->len = 0;
    assert_int_equal(hf_session_bytes(connection, bytes->at, sizeof bytes->at, &bytes->len), HF_OK);
    assert_int_equal(bytes->len, hf_session_size(connection));
}

void resume_lab_keep(const struct lab_pair *pair, struct resume_store *store)
{
    const uint8_t *id = NULL;
    store->id_len = hf_session_id(pair->server, &id);
    assert_int_equal(store->id_len, 32);
    memcpy(store->id, id, store->id_len);
    assert_int_equal(hf_session_id(pair->client, &id), store->id_len);
    assert_memory_equal(id, store->id, store->id_len);
    keep(pair->client, &store->client);
    keep(pair->server, &store->server);
}

void resume_lab_first(const struct resume_visit *visit, struct resume_store *store)
{
    struct lab_pair pair;
    *store = (struct resume_store){0};
    resume_lab_visit(&pair, visit, store);
    resume_lab_assert_open(&pair, /* resumed= */ false);
    resume_lab_keep(&pair, store);
    lab_pair_close(&pair);
}

void resume_lab_forge(struct resume_bytes *bytes, const struct hf_connection *connection,
                      void (*change)(struct hf_session *session))
{
    struct hf_session session;
    struct hf_digest policy;
    struct resume_bytes forged;
    assert_int_equal(hf_session_read(hf_span_of(bytes->at, bytes->len), &session), HF_OK);
    change(&session);
    assert_int_equal(hf_resumption_policy(&connection->handshake, &policy), HF_OK);
    const struct hf_session_seal seal = {connection->config->toolbox, hf_digest_span(&policy)};
    struct hf_writer writer = hf_writer_of(forged.at, sizeof forged.at);
    assert_int_equal(hf_session_write(&session, &seal, &writer), HF_OK);
    forged.len = writer.len;
    *bytes = forged;
}

void resume_lab_assert_open(struct lab_pair *pair, bool resumed)
{
    struct hf_session_info client;
    struct hf_session_info server;
    char text[2048];
    for (int i = 0; i < 2; i++) {
        const struct hf_failure *failure = hf_failure(i == 0 ? pair->client : pair->server);
        if (failure != NULL && hf_failure_explain(failure, LAB_NOW_S, text, sizeof text) > 0)
            print_message("%s: %s\n", i == 0 ? "client" : "server", text);
    }
    hf_session_info(pair->client, &client);
    hf_session_info(pair->server, &server);
    assert_true(client.opened);
    assert_true(server.opened);
    assert_true(client.accepted);
    assert_int_equal(client.resumed, resumed);
    assert_int_equal(server.resumed, resumed);
    assert_string_equal(client.suite, server.suite);
    assert_string_equal(client.alpn, server.alpn);
    assert_string_equal(client.server_name, server.server_name);
    assert_int_equal(client.extended_master_secret, server.extended_master_secret);
    assert_non_null(hf_peer(pair->client));
    lab_assert_data(pair, pair->client, pair->server);
    lab_assert_data(pair, pair->server, pair->client);
}
