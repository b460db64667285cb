#include "support/crowd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TURNS_MAX = 60 };

static void over_datagrams(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
}

struct hf_config *crowd_config(enum hf_role role, enum hf_version version, const char *groups,
                               const struct hf_allocator *allocator)
{
    const struct lab_side side = {
        .min = version, .max = version, .groups = groups, .more = over_datagrams, .allocator = allocator};
    struct hf_failure failure;
    return lab_config(role, &side, &failure);
}

void crowd_open(struct crowd *crowd, enum hf_version version, const struct hf_listener_limits *limits)
{
    memset(crowd, 0, sizeof *crowd);
    crowd->now_ms = LAB_NOW_MS;
    crowd->client_config = crowd_config(HF_CLIENT, version, "x25519:secp256r1", NULL);
    crowd->server_config = crowd_config(HF_SERVER, version, "x25519:secp256r1", NULL);
    crowd->listener = hf_listener_new(crowd->server_config, limits, NULL);
    if (crowd->listener == NULL)
        abort();
}

static void (*further)(struct hf_builder *builder);

static void over_datagrams_and(struct hf_builder *builder)
{
    hf_builder_datagrams(builder);
    further(builder);
}

void crowd_open_with(struct crowd *crowd, enum hf_version version, void (*more)(struct hf_builder *builder))
{
    const struct lab_side side = {
        .min = version, .max = version, .groups = "x25519:secp256r1", .more = over_datagrams_and};
    struct hf_failure failure;
    memset(crowd, 0, sizeof *crowd);
    crowd->now_ms = LAB_NOW_MS;
    further = more;
    crowd->client_config = lab_config(HF_CLIENT, &side, &failure);
    crowd->server_config = lab_config(HF_SERVER, &side, &failure);
    crowd->listener = hf_listener_new(crowd->server_config, /* limits= */ NULL, NULL);
    if (crowd->listener == NULL)
        abort();
}

struct hf_connection *crowd_join(struct crowd *crowd, size_t place)
{
    struct crowd_client *one = &crowd->clients[place];
    hf_connection_free(one->connection);
    one->connection = hf_connection_new(crowd->client_config, "server.lab", crowd->now_ms, NULL);
    if (one->connection == NULL)
        abort();
    (void)snprintf(one->address, sizeof one->address, "%zu", place);
    crowd->count = place < crowd->count ? crowd->count : place + 1;
    return one->connection;
}

void crowd_close(struct crowd *crowd)
{
    for (size_t i = 0; i < crowd->count; i++)
        hf_connection_free(crowd->clients[i].connection);
    hf_listener_free(crowd->listener);
    hf_config_drop(crowd->client_config);
    hf_config_drop(crowd->server_config);
}

struct hf_listener_counts crowd_counts(const struct crowd *crowd)
{
    struct hf_listener_counts counts;
    hf_listener_counts(crowd->listener, &counts);
    return counts;
}

static struct crowd_client *find(struct crowd *crowd, const struct hf_outgoing *out)
{
    for (size_t i = 0; i < crowd->count; i++)
        if (out->address_len == strlen(crowd->clients[i].address) &&
            memcmp(out->address, crowd->clients[i].address, out->address_len) == 0)
            return &crowd->clients[i];
    return NULL;
}

size_t crowd_to_listener(struct crowd *crowd)
{
    const uint8_t *bytes;
    size_t moved = 0;
    for (size_t i = 0; i < crowd->count; i++) {
        struct crowd_client *one = &crowd->clients[i];
        if (one->connection == NULL)
            continue;
        for (size_t len = hf_output(one->connection, &bytes); len > 0; len = hf_output(one->connection, &bytes)) {
            hf_listener_feed(crowd->listener, one->address, strlen(one->address), bytes, len, crowd->now_ms);
            hf_drained(one->connection, len);
            crowd->bytes_from[i] += len;
            moved++;
        }
    }
    return moved;
}

size_t crowd_from_listener(struct crowd *crowd)
{
    struct hf_outgoing out;
    size_t moved = 0;
    while (hf_listener_output(crowd->listener, &out)) {
        struct crowd_client *one = find(crowd, &out);
        if (one != NULL) {
            crowd->bytes_to[one - crowd->clients] += out.len;
            if (one->connection != NULL)
                (void)hf_feed(one->connection, out.wire, out.len, crowd->now_ms);
        }
        hf_listener_sent(crowd->listener);
        moved++;
    }
    return moved;
}

void crowd_run(struct crowd *crowd)
{
    for (size_t i = 0; i < TURNS_MAX; i++)
        if (crowd_to_listener(crowd) + crowd_from_listener(crowd) == 0)
            return;
    abort(); /* it does not come to rest */
}

void crowd_pass(struct crowd *crowd, uint64_t ms)
{
    uint64_t until_ms = crowd->now_ms + ms;
    while (crowd->now_ms < until_ms) {
        crowd->now_ms += 100;
        if (hf_listener_deadline(crowd->listener) <= crowd->now_ms)
            hf_listener_tick(crowd->listener, crowd->now_ms);
        for (size_t i = 0; i < crowd->count; i++)
            if (crowd->clients[i].connection != NULL && hf_deadline(crowd->clients[i].connection) <= crowd->now_ms)
                (void)hf_tick(crowd->clients[i].connection, crowd->now_ms);
        crowd_run(crowd);
    }
}

bool crowd_is_open(const struct hf_connection *connection)
{
    struct hf_session_info info;
    hf_session_info(connection, &info);
    return info.opened && hf_failure(connection) == NULL;
}
