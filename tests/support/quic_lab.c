#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "support/quic_lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/span.h"

static void (*more_settings)(struct hf_builder *builder);

static void add_quic(struct hf_builder *builder)
{
    hf_builder_quic(builder);
    hf_builder_alpn(builder, "hq");
    if (more_settings != NULL)
        more_settings(builder);
}

static void stop(const struct hf_failure *failure)
{
    char text[1024];
    (void)hf_failure_explain(failure, LAB_NOW_S, text, sizeof text);
    (void)fprintf(stderr, "quic lab: %s\n", text);
    abort();
}

struct hf_config *quic_lab_config(enum hf_role role, const struct lab_side *side)
{
    struct lab_side with_quic = side == NULL ? (struct lab_side){0} : *side;
    struct hf_failure failure = {0};
    more_settings = with_quic.more;
    with_quic.more = add_quic;
    struct hf_config *config = lab_config(role, &with_quic, &failure);
    if (config == NULL)
        stop(&failure);
    return config;
}

struct hf_connection *quic_lab_connection(enum hf_role role, const struct lab_side *side, const char *parameters,
                                          struct hf_span session)
{
    struct hf_config *config = quic_lab_config(role, side);
    struct hf_failure failure = {0};
    const struct hf_quic_beginning beginning = {
        .peer_name = role == HF_CLIENT ? "server.lab" : NULL,
        .parameters = parameters,
        .parameters_len = strlen(parameters),
        .session = session.data,
        .session_len = session.len,
        .now_ms = LAB_NOW_MS,
    };
    struct hf_connection *connection = hf_quic_connection_new(config, &beginning, &failure);
    hf_config_drop(config);
    if (connection == NULL)
        stop(&failure);
    return connection;
}

void quic_lab_open(struct quic_lab *lab, const struct lab_side *client, const struct lab_side *server)
{
    *lab = (struct quic_lab){0};
    lab->client.connection = quic_lab_connection(HF_CLIENT, client, "client's", hf_span_of(NULL, 0));
    lab->server.connection = quic_lab_connection(HF_SERVER, server, "server's", hf_span_of(NULL, 0));
}

void quic_lab_close(struct quic_lab *lab)
{
    hf_connection_free(lab->client.connection);
    hf_connection_free(lab->server.connection);
}

void quic_lab_take_secrets(struct quic_lab_end *end)
{
    struct hf_quic_secret secret;
    while (hf_quic_next_secret(end->connection, &secret)) {
        assert_in_range(end->secret_count, 0, QUIC_LAB_SECRETS - 1);
        struct quic_lab_secret *kept = &end->secrets[end->secret_count++];
        *kept = (struct quic_lab_secret){
            .level = secret.level, .writes = secret.writes, .suite = secret.suite, .len = secret.len};
        assert_true(hf_span_copy(hf_span_of(secret.secret, secret.len), kept->bytes, sizeof kept->bytes));
    }
}

size_t quic_lab_move(struct quic_lab *lab, struct quic_lab_end *from, struct quic_lab_end *to)
{
    enum hf_quic_level level;
    const uint8_t *bytes;
    quic_lab_take_secrets(from);
    size_t len = hf_quic_output(from->connection, &level, &bytes);
    if (lab->cut > 0 && len > lab->cut)
        len = lab->cut;
    if (len > 0)
        (void)hf_quic_feed(to->connection, level, bytes, len, LAB_NOW_MS);
    hf_quic_drained(from->connection, level, len);
    quic_lab_take_secrets(to);
    return len;
}

void quic_lab_run(struct quic_lab *lab)
{
    size_t moved;
    do {
        moved = quic_lab_move(lab, &lab->client, &lab->server);
        moved += quic_lab_move(lab, &lab->server, &lab->client);
    } while (moved > 0);
}

const struct quic_lab_secret *quic_lab_secret_of(const struct quic_lab_end *end, enum hf_quic_level level, bool writes)
{
    for (size_t i = 0; i < end->secret_count; i++)
        if (end->secrets[i].level == level && end->secrets[i].writes == writes)
            return &end->secrets[i];
    return NULL;
}

static void assert_pair(const struct quic_lab_end *writer, const struct quic_lab_end *reader, enum hf_quic_level level)
{
    const struct quic_lab_secret *written = quic_lab_secret_of(writer, level, /* writes= */ true);
    const struct quic_lab_secret *read = quic_lab_secret_of(reader, level, /* writes= */ false);
    assert_non_null(written);
    assert_non_null(read);
    assert_int_equal(written->suite, read->suite);
    assert_int_equal(written->len, read->len);
    assert_memory_equal(written->bytes, read->bytes, read->len);
}

void quic_lab_assert_secrets(const struct quic_lab *lab, enum hf_quic_level level)
{
    assert_pair(&lab->client, &lab->server, level);
    assert_pair(&lab->server, &lab->client, level);
}

static void assert_info(const struct hf_connection *connection, const char *parameters)
{
    struct hf_session_info info;
    const uint8_t *bytes;
    hf_session_info(connection, &info);
    assert_true(info.opened);
    assert_int_equal(info.version, HF_TLS13);
    assert_string_equal(info.alpn, "hq");
    assert_int_equal(hf_quic_peer_parameters(connection, &bytes), strlen(parameters));
    assert_memory_equal(bytes, parameters, strlen(parameters));
}

void quic_lab_assert_open(const struct quic_lab *lab)
{
    const struct hf_connection *const ends[] = {lab->client.connection, lab->server.connection};
    for (size_t i = 0; i < 2; i++)
        if (hf_failure(ends[i]) != NULL)
            stop(hf_failure(ends[i]));
    assert_info(lab->client.connection, "server's");
    assert_info(lab->server.connection, "client's");
    quic_lab_assert_secrets(lab, HF_QUIC_HANDSHAKE);
    quic_lab_assert_secrets(lab, HF_QUIC_APPLICATION);
}
