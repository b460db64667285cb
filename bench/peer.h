/* A contender of the bench: a TLS implementation behind a few functions, both ends in one process, bytes in memory.
 * One file an adapter; peers.c lists those that this machine has. An adapter does what its manual recommends and no
 * more: no callbacks, no options, that an application would not set. */
#ifndef HF_BENCH_PEER_H
#define HF_BENCH_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire.h"

enum bench_version { BENCH_TLS12 = 12, BENCH_TLS13 = 13 };
enum bench_end { BENCH_CLIENT, BENCH_SERVER, BENCH_ENDS };
enum bench_aead { BENCH_AES_128_GCM, BENCH_AES_256_GCM, BENCH_CHACHA20_POLY1305, BENCH_AEADS };
enum bench_progress { BENCH_WAITS, BENCH_DONE, BENCH_FAILED };

/* Whom the certificates name. */
#define BENCH_SERVER_NAME "server.bench"

/* PEM texts: leaf, intermediate; the leaf's key. */
struct bench_identity {
    const char *chain;
    const char *key;
};

struct bench_setup {
    enum bench_version version;
    bool mutual;
    bool resumes;  /* the server gives tickets, and takes them */
    bool prepares; /* key shares are made ahead, and their making is not counted */
    bool rsa;      /* keys of the certificates: RSA of 2048 bits; else P-256 */
    enum bench_aead aead;
    struct bench_identity identity[BENCH_ENDS];
    const char *root;
};

/* The key exchange is X25519 everywhere. */
struct bench_peer {
    const char *name;
    const char *(*version)(void);
    /* Configs of both ends; NULL: it cannot do this. */
    void *(*open)(const struct bench_setup *setup);
    void (*close)(void *configs);
    /* A connection; a client's resumes `session`, NULL: none. NULL on failure. */
    void *(*end_new)(void *configs, enum bench_end end, struct bench_link link, void *session);
    void (*end_free)(void *end);
    /* Takes what came, gives what must go. */
    enum bench_progress (*drive)(void *end);
    bool (*write)(void *end, const uint8_t *data, size_t len);
    /* What came, decrypted; 0: nothing. */
    size_t (*read)(void *end, uint8_t *into, size_t room);
    /* Makes the key shares of one connection ahead; NULL: it cannot. */
    void (*prepare)(void *configs);
    /* What a client keeps of its connection to resume it; NULL: nothing. */
    void *(*session)(void *end);
    void (*session_free)(void *session);
    /* Allocations by its own code, without its crypto library's; NULL: not told apart. */
    size_t (*own_allocations)(void);
};

/* NULL-terminated. The first two are Handfast: as it is, and without its cache of verified chains. */
enum { BENCH_OURS = 2 };
extern const struct bench_peer *const bench_peers[];

/* Packaged peers that this build was made without, as words; "" if none. */
extern const char bench_peers_missing[];

#endif
