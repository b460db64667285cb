#include "support/network.h"

#include <stdlib.h>
#include <string.h>

enum { ADDRESS_LEN = 11 };

/* "the client", and which of its addresses. */
static void write_address(uint8_t binding, uint8_t address[ADDRESS_LEN])
{
    memcpy(address, "the client", ADDRESS_LEN);
    address[ADDRESS_LEN - 1] = binding;
}

/* splitmix64 */
static uint64_t mixed(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

unsigned network_random(struct network *network, unsigned below)
{
    return (unsigned)(mixed(network->random += UINT64_C(0x9e3779b97f4a7c15)) % below);
}

void network_start(struct network *network, const struct network_weather *weather, uint64_t seed, uint64_t now_ms)
{
    memset(network, 0, sizeof *network);
    network->weather = *weather;
    network->random = mixed(seed + 1); /* else one seed's numbers were the next one's, but for the first */
    network->now_ms = now_ms;
    network->packets = malloc(NETWORK_PACKETS_MAX * sizeof *network->packets);
    if (network->packets == NULL)
        abort();
}

void network_stop(struct network *network)
{
    free(network->packets);
    network->packets = NULL;
}

static bool happens(struct network *network, unsigned per_mille)
{
    return per_mille > 0 && network_random(network, 1000) < per_mille;
}

static unsigned delay(struct network *network)
{
    const struct network_weather *weather = &network->weather;
    unsigned ms = weather->delay_min_ms;
    if (weather->delay_max_ms > weather->delay_min_ms)
        ms += network_random(network, weather->delay_max_ms - weather->delay_min_ms + 1);
    return happens(network, weather->reorder) ? ms + weather->delay_max_ms : ms;
}

static void damage(struct network *network, struct network_packet *packet)
{
    if (happens(network, network->weather.corrupt))
        packet->bytes[network_random(network, (unsigned)packet->len)] ^= (uint8_t)(1u << network_random(network, 8));
    if (happens(network, network->weather.truncate))
        packet->len = network_random(network, (unsigned)packet->len);
}

static void put(struct network *network, bool to_server, const uint8_t *bytes, size_t len, unsigned after_ms)
{
    if (network->count == NETWORK_PACKETS_MAX || len > NETWORK_PACKET_MAX)
        return;
    struct network_packet *packet = &network->packets[network->count++];
    packet->due_ms = network->now_ms + after_ms;
    packet->order = network->order++;
    packet->to_server = to_server;
    packet->binding = to_server ? network->binding : network->binding_to;
    packet->len = len;
    memcpy(packet->bytes, bytes, len);
    damage(network, packet);
}

static void put_by_fate(struct network *network, bool to_server, const uint8_t *bytes, size_t len)
{
    enum { DELAYED_MS = 25 };
    unsigned ms = network->weather.delay_min_ms;
    enum network_fate fate = network->fate(network->fate_context, to_server, network->nth[to_server]++);
    if (fate != NETWORK_LOSE)
        put(network, to_server, bytes, len, fate == NETWORK_DELAY ? ms + DELAYED_MS : ms);
    if (fate == NETWORK_DOUBLE)
        put(network, to_server, bytes, len, ms);
}

static void take(struct network *network, bool to_server, const uint8_t *bytes, size_t len)
{
    const struct network_weather *weather = &network->weather;
    network->datagrams_sent++;
    network->bytes_sent += len;
    if (network->fate != NULL) {
        put_by_fate(network, to_server, bytes, len);
        return;
    }
    if (weather->mtu != 0 && len > weather->mtu)
        return;
    if (!happens(network, weather->loss))
        put(network, to_server, bytes, len, delay(network));
    if (happens(network, weather->duplicate))
        put(network, to_server, bytes, len, delay(network));
    if (happens(network, weather->replay))
        put(network, to_server, bytes, len, delay(network) + 2000);
}

static void collect_from(struct network *network, struct hf_connection *from, bool to_server)
{
    const uint8_t *bytes;
    for (size_t len = hf_output(from, &bytes); len > 0; len = hf_output(from, &bytes)) {
        take(network, to_server, bytes, len);
        hf_drained(from, len);
    }
}

static void collect_from_listener(struct network *network)
{
    struct hf_outgoing out;
    while (hf_listener_output(network->listener, &out)) {
        uint8_t address[ADDRESS_LEN];
        network->binding_to = out.address[out.address_len - 1];
        write_address(network->binding_to, address);
        if (out.address_len == ADDRESS_LEN && memcmp(address, out.address, ADDRESS_LEN) == 0) /* forged: nobody's */
            take(network, /* to_server= */ false, out.wire, out.len);
        hf_listener_sent(network->listener);
    }
}

void network_collect(struct network *network, struct hf_connection *client, struct hf_connection *server)
{
    collect_from(network, client, /* to_server= */ true);
    if (network->listener != NULL)
        collect_from_listener(network);
    else
        collect_from(network, server, /* to_server= */ false);
}

static struct network_packet *first_due(struct network *network)
{
    struct network_packet *first = NULL;
    for (size_t i = 0; i < network->count; i++) {
        struct network_packet *one = &network->packets[i];
        if (first == NULL || one->due_ms < first->due_ms || (one->due_ms == first->due_ms && one->order < first->order))
            first = one;
    }
    return first;
}

static void deliver(struct network *network, struct network_packet *packet, struct hf_connection *to)
{
    uint8_t address[ADDRESS_LEN];
    write_address(packet->binding, address);
    if (packet->to_server && network->listener != NULL)
        hf_listener_feed(network->listener, address, sizeof address, packet->bytes, packet->len, network->now_ms);
    else if (network->listener == NULL || packet->binding == network->binding)
        (void)hf_feed(to, packet->bytes, packet->len, network->now_ms);
    *packet = network->packets[--network->count];
}

static uint64_t earliest(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t server_deadline(const struct network *network, const struct hf_connection *server)
{
    return network->listener != NULL ? hf_listener_deadline(network->listener) : hf_deadline(server);
}

static void tick_server(const struct network *network, struct hf_connection *server)
{
    if (network->listener != NULL)
        hf_listener_tick(network->listener, network->now_ms);
    else if (hf_deadline(server) <= network->now_ms)
        (void)hf_tick(server, network->now_ms);
}

bool network_step(struct network *network, struct hf_connection *client, struct hf_connection *server,
                  uint64_t until_ms)
{
    struct network_packet *packet = first_due(network);
    uint64_t packet_ms = packet == NULL ? UINT64_MAX : packet->due_ms;
    uint64_t tick_ms = earliest(hf_deadline(client), server_deadline(network, server));
    uint64_t next_ms = earliest(packet_ms, tick_ms);
    if (next_ms == UINT64_MAX || next_ms > until_ms)
        return false;
    network->now_ms = next_ms > network->now_ms ? next_ms : network->now_ms;
    if (packet_ms <= tick_ms) {
        deliver(network, packet, packet->to_server ? server : client);
    } else {
        if (hf_deadline(client) <= network->now_ms)
            (void)hf_tick(client, network->now_ms);
        tick_server(network, server);
    }
    network_collect(network, client, server);
    return true;
}
