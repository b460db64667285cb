#include "support/ends.h"

#include "support/lab.h"
#include "support/steady.h"

#include <stdlib.h>

static void over_datagrams(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
}

static const struct lab_side of_streams = {0}, of_datagrams = {.more = over_datagrams};

static struct hf_config *config_of(enum hf_role role, const struct lab_side *side, struct hf_config **config)
{
    struct hf_failure failure;
    if (*config == NULL) {
        steady_install();
        *config = lab_config(role, side, &failure);
        if (*config == NULL)
            abort();
    }
    steady_restart();
    return *config;
}

static struct hf_connection *end(enum hf_role role, const struct lab_side *side, struct hf_config **config)
{
    struct hf_failure failure;
    const char *name = role == HF_CLIENT ? "server.lab" : NULL;
    struct hf_connection *connection = hf_connection_new(config_of(role, side, config), name, LAB_NOW_MS, &failure);
    if (connection == NULL)
        abort();
    return connection;
}

struct hf_connection *ends_client(void)
{
    static struct hf_config *config;
    return end(HF_CLIENT, &of_streams, &config);
}

struct hf_connection *ends_server(void)
{
    static struct hf_config *config;
    return end(HF_SERVER, &of_streams, &config);
}

static struct hf_config *datagram_client_config, *datagram_server_config;

struct hf_connection *ends_datagram_client(void)
{
    return end(HF_CLIENT, &of_datagrams, &datagram_client_config);
}

struct hf_connection *ends_datagram_server(void)
{
    return end(HF_SERVER, &of_datagrams, &datagram_server_config);
}

struct hf_config *ends_datagram_server_config(void)
{
    return config_of(HF_SERVER, &of_datagrams, &datagram_server_config);
}

struct hf_config *ends_datagram_client_config(void)
{
    return config_of(HF_CLIENT, &of_datagrams, &datagram_client_config);
}

void ends_check(const struct hf_connection *connection)
{
    const struct hf_failure *failure = hf_failure(connection);
    struct hf_session_info info;
    char text[2048];
    hf_session_info(connection, &info);
    if (failure != NULL && (hf_failure_explain(failure, LAB_NOW_S, text, sizeof text) == 0 || hf_peer(connection)))
        abort();
    if (!info.opened && hf_peer(connection) != NULL)
        abort();
}

static void take_out(struct hf_connection *connection)
{
    uint8_t room[4096];
    size_t len = 0;
    do {
        hf_drain(connection, room, sizeof room, &len);
    } while (len > 0);
    while (hf_read(connection, room, sizeof room, &len) == HF_OK && len > 0)
        ;
}

void ends_feed(struct hf_connection *connection, const uint8_t *wire, size_t len, size_t cut)
{
    size_t at = 0;
    while (at < len) {
        size_t piece = cut == 0 || cut > len - at ? len - at : cut;
        (void)hf_feed(connection, wire + at, piece, LAB_NOW_MS);
        take_out(connection);
        at += piece;
    }
    ends_check(connection);
    (void)hf_feed_end(connection, LAB_NOW_MS);
    ends_check(connection);
}

void ends_feed_datagrams(struct hf_connection *connection, const uint8_t *list, size_t len)
{
    enum { HEAD_LEN = 3, UNIT_MS = 16, TICKS_MAX = 64 };
    uint64_t now_ms = LAB_NOW_MS;
    for (size_t at = 0; len - at >= HEAD_LEN;) {
        size_t datagram_len = (size_t)list[at + 1] << 8 | list[at + 2];
        now_ms += (uint64_t)list[at] * UNIT_MS;
        at += HEAD_LEN;
        if (datagram_len > len - at)
            datagram_len = len - at;
        for (unsigned i = 0; i < TICKS_MAX && hf_deadline(connection) <= now_ms; i++)
            (void)hf_tick(connection, now_ms);
        (void)hf_feed(connection, list + at, datagram_len, now_ms);
        take_out(connection);
        ends_check(connection);
        at += datagram_len;
    }
}
