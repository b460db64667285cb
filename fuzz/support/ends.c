#include "support/ends.h"

#include <handfast/quic.h>

#include "support/lab.h"
#include "support/steady.h"

#include <stdlib.h>

static void over_datagrams(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
}

static void over_quic(struct hf_builder *builder)
{
    hf_builder_quic(builder);
    hf_builder_alpn(builder, "h3");
}

static const struct lab_side of_quic = {.more = over_quic};
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

static struct hf_config *quic_server_config;

static struct hf_connection *quic_end(enum hf_role role, struct hf_config *config)
{
    struct hf_failure failure;
    const struct hf_quic_beginning beginning = {
        .peer_name = role == HF_CLIENT ? "server.lab" : NULL,
        .parameters = "parameters",
        .parameters_len = 10,
        .now_ms = LAB_NOW_MS,
    };
    struct hf_connection *connection = hf_quic_connection_new(config, &beginning, &failure);
    if (connection == NULL)
        abort();
    return connection;
}

struct hf_connection *ends_quic_client(void)
{
    static struct hf_config *config;
    return quic_end(HF_CLIENT, config_of(HF_CLIENT, &of_quic, &config));
}

struct hf_config *ends_quic_server_config(void)
{
    return config_of(HF_SERVER, &of_quic, &quic_server_config);
}

struct hf_connection *ends_quic_server(void)
{
    return quic_end(HF_SERVER, ends_quic_server_config());
}

void ends_check(const struct hf_connection *connection)
{
    const struct hf_failure *failure = hf_failure(connection);
    struct hf_session_info info;
    struct hf_connection_id_info ids;
    char text[2048];
    hf_session_info(connection, &info);
    hf_connection_id_info(connection, &ids);
    (void)hf_datagrams_dropped(connection);
    (void)hf_datagram_room(connection);
    if (!ids.used && ids.spare + ids.paths_moved > 0)
        abort();
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

static void take_levels(struct hf_connection *connection)
{
    struct hf_quic_secret secret;
    enum hf_quic_level level;
    struct hf_event event;
    const uint8_t *bytes;
    size_t len;
    while (hf_quic_next_secret(connection, &secret))
        if (secret.len == 0 || secret.level == HF_QUIC_INITIAL)
            abort();
    while ((len = hf_quic_output(connection, &level, &bytes)) > 0)
        hf_quic_drained(connection, level, len);
    while (hf_next_event(connection, &event))
        ;
    if ((hf_failure(connection) == NULL || hf_failure(connection)->by != HF_BY_US) &&
        hf_quic_error_code(connection) != 0)
        abort();
}

void ends_feed_levels(struct hf_connection *connection, const uint8_t *list, size_t len)
{
    enum { CRYPTO, DISCARDED, CLOSED, DONE, NUMBER_LEN = 2 };
    take_levels(connection);
    for (size_t at = 0; len - at >= 1 + NUMBER_LEN;) {
        enum hf_quic_level level = (enum hf_quic_level)(list[at] & 3);
        unsigned what = list[at] >> 2 & 3;
        size_t number = (size_t)list[at + 1] << 8 | list[at + 2];
        at += what == CRYPTO || what == CLOSED ? 1 + NUMBER_LEN : 1;
        if (what == CRYPTO) {
            number = number < len - at ? number : len - at;
            (void)hf_quic_feed(connection, level, list + at, number, LAB_NOW_MS);
            at += number;
        } else if (what == DISCARDED) {
            hf_quic_discard(connection, level);
        } else if (what == CLOSED) {
            (void)hf_quic_peer_closed(connection, level, number, LAB_NOW_MS);
        } else {
            hf_quic_confirmed(connection);
        }
        take_levels(connection);
        ends_check(connection);
    }
}
