/* How large a datagram may be. Handshake flights begin with what every path carries, and shrink when they are lost
 * again and again (RFC 9147 4.4); application data may fill what the application says of its path. */
#ifndef HF_DATAGRAM_MTU_H
#define HF_DATAGRAM_MTU_H

#include <stdbool.h>
#include <stddef.h>

enum {
    HF_MTU_DEFAULT = 1200, /* payload of UDP: what IPv6 carries everywhere, with room for tunnels */
    HF_MTU_MIN = 228,      /* 256 bytes of IPv4 and UDP: less is not asked for */
    HF_MTU_MAX = 65507     /* the longest payload of UDP over IPv4 */
};

struct hf_mtu {
    size_t path;   /* as told, or the default */
    size_t flight; /* of datagrams of the handshake; never above path */
    bool is_known; /* told: loss says nothing of it */
};

void hf_mtu_init(struct hf_mtu *mtu);

/* The application knows better: clipped to MIN and MAX. */
void hf_mtu_set(struct hf_mtu *mtu, size_t payload);

/* A flight was lost `times` times in a row. */
void hf_mtu_lost(struct hf_mtu *mtu, unsigned times);

/* ... that is one hello: whole and in pieces in turn, for one who answers with a cookie keeps no pieces
 * (RFC 9147 5.1). */
void hf_mtu_lost_hello(struct hf_mtu *mtu, unsigned times);

#endif
