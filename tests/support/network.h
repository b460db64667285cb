/* A network in memory that loses, doubles, reorders, delays, damages and cuts datagrams, in virtual time: what happens
 * follows from the seed alone. Two connections are moved over it until both are done. */
#ifndef HF_TESTS_NETWORK_H
#define HF_TESTS_NETWORK_H

#include <handfast/listener.h>

enum { NETWORK_PACKETS_MAX = 512, NETWORK_PACKET_MAX = 2048 };

/* Chances are per mille, each judged for itself. Zeros and a delay: a perfect network. */
struct network_weather {
    unsigned loss;
    unsigned duplicate;
    unsigned reorder; /* is delayed by as much again as the longest delay */
    unsigned corrupt; /* one bit */
    unsigned truncate;
    unsigned replay; /* an old datagram comes again, much later */
    unsigned delay_min_ms, delay_max_ms;
    size_t mtu; /* what is longer is lost; 0: none */
};

struct network_packet {
    uint64_t due_ms;
    uint64_t order; /* of packets that are due together */
    bool to_server;
    uint8_t binding; /* of the client's address that it is from, or for */
    size_t len;
    uint8_t bytes[NETWORK_PACKET_MAX];
};

struct network {
    struct network_weather weather;
    uint64_t now_ms;
    uint64_t random;
    uint64_t order;
    struct network_packet *packets; /* on their way */
    size_t count;
    size_t datagrams_sent; /* by both ends, also those that were lost */
    size_t bytes_sent;
    /* When it is not NULL: says whether the nth datagram of a direction is lost, delayed behind the next, or doubled.
     */
    enum network_fate (*fate)(void *context, bool to_server, size_t nth);
    void *fate_context;
    size_t nth[2];
    /* When it is not NULL it stands for the server, and the server's connection is not looked at. */
    struct hf_listener *listener;
    uint8_t binding;    /* which address the client has now, at a listener: what is for another one is lost */
    uint8_t binding_to; /* for which the datagram is that is being taken from the listener */
};

enum network_fate { NETWORK_PASS, NETWORK_LOSE, NETWORK_DELAY, NETWORK_DOUBLE };

void network_start(struct network *network, const struct network_weather *weather, uint64_t seed, uint64_t now_ms);
void network_stop(struct network *network);

/* 0 to below - 1. */
unsigned network_random(struct network *network, unsigned below);

/* Takes all that the two ends have to say. */
void network_collect(struct network *network, struct hf_connection *client, struct hf_connection *server);

/* Moves on to the next thing that happens, at most until `until_ms`; false when nothing does. Then collects. */
bool network_step(struct network *network, struct hf_connection *client, struct hf_connection *server,
                  uint64_t until_ms);

#endif
