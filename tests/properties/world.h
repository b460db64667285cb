/* A world: what is drawn from a seed before anything is played. Two ends, how each is configured, what lies between
 * them, and what the application does. The same seed is the same world on every run of one build. */
#ifndef HF_TESTS_WORLD_H
#define HF_TESTS_WORLD_H

#include <handfast/early.h>
#include <handfast/psk.h>
#include <handfast/session.h>

#include "support/lab.h"

enum world_kind {
    WORLD_CALM = 0, /* nothing is between the ends (over datagrams: a network that may lose) */
    WORLD_WIRE,     /* somebody without keys changes what passes */
    WORLD_ROGUE,    /* one end is an attacker with keys */
    WORLD_KINDS
};

enum world_psk { WORLD_PSK_NONE = 0, WORLD_PSK_SAME, WORLD_PSK_DIFFERS };

enum { WORLD_ROUNDS_MAX = 4, WORLD_LIST_MAX = 512 };

/* One thing that the application does once both ends are open. */
struct world_round {
    enum hf_role who;
    size_t len; /* of data */
    bool update, ask_update;
};

struct world_side {
    enum hf_role role;
    enum lab_who who;
    enum make_certificate_key key;
    bool anonymous, trusts_other, key_held, judges, refuses;
    enum hf_version min, max;
    char suites[WORLD_LIST_MAX], groups[WORLD_LIST_MAX];
    const char *alpn;
};

struct world {
    uint64_t seed, random;
    enum world_kind kind;
    enum hf_role rogue; /* of a world with one */
    bool over_datagrams;
    struct world_side sides[2];
    enum hf_client_auth auth;
    const char *name; /* by which the client calls the server */
    enum world_psk psk12, psk13;
    bool tickets, cached, early, connection_ids, historic;
    bool twice;      /* a second connection may resume the first's session */
    bool suspicious; /* ... for which the server's rules changed */
    unsigned anew;
    size_t record_limit, fragment_len, key_shares, datagram_max;
    struct world_round rounds[WORLD_ROUNDS_MAX];
    size_t round_count;
};

/* Certificates and keys, all of them, so that they are the same whatever is played. Once a program, behind
 * steady_install. */
void world_prepare(void);

void world_draw(struct world *world, uint64_t seed, bool over_datagrams);

/* 0 to below - 1; and whether something of this chance happens. */
unsigned world_random(struct world *world, unsigned below);
bool world_chance(struct world *world, unsigned per_cent);

/* A config, or NULL where what was drawn does not go together; `seen` is told of its connections' messages. */
struct hf_config *world_config(const struct world *world, enum hf_role role,
                               void (*seen)(void *, const struct hf_connection *, const struct hf_seen *),
                               void *context);

/* SHA-256 of an identity's leaf; lives until the program ends. */
const uint8_t *world_fingerprint(enum lab_who who, enum make_certificate_key key);

#endif
