/* Two ends of TLS under QUIC in memory: the lab's certificates, CRYPTO bytes moved by level, secrets compared. */
#ifndef HF_TESTS_QUIC_LAB_H
#define HF_TESTS_QUIC_LAB_H

#include <handfast/quic.h>

#include "support/lab.h"

enum { QUIC_LAB_SECRETS = 8 };

/* One that came out. */
struct quic_lab_secret {
    enum hf_quic_level level;
    bool writes;
    uint16_t suite;
    uint8_t bytes[64];
    size_t len;
};

struct quic_lab_end {
    struct hf_connection *connection;
    struct quic_lab_secret secrets[QUIC_LAB_SECRETS];
    size_t secret_count;
};

struct quic_lab {
    struct quic_lab_end client, server;
    size_t cut; /* 0, or the most bytes that are fed at once */
};

/* The lab's config with QUIC and the protocol "hq" on; NULL side: the defaults. Aborts when it cannot be made. */
struct hf_config *quic_lab_config(enum hf_role role, const struct lab_side *side);

/* A connection of it. parameters: a text; session may be empty. */
struct hf_connection *quic_lab_connection(enum hf_role role, const struct lab_side *side, const char *parameters,
                                          struct hf_span session);

/* Both, with "client's" and "server's" for parameters. */
void quic_lab_open(struct quic_lab *lab, const struct lab_side *client, const struct lab_side *server);
void quic_lab_close(struct quic_lab *lab);

/* Moves bytes once from one to the other, and takes the secrets of both; returns how many bytes moved. A failure shows
 * in the connection. */
size_t quic_lab_move(struct quic_lab *lab, struct quic_lab_end *from, struct quic_lab_end *to);

/* Both ways until nothing moves. */
void quic_lab_run(struct quic_lab *lab);

/* Takes what secrets there are. */
void quic_lab_take_secrets(struct quic_lab_end *end);

/* The secret of this level and direction; NULL: it did not come. */
const struct quic_lab_secret *quic_lab_secret_of(const struct quic_lab_end *end, enum hf_quic_level level, bool writes);

/* Each secret of a level is there at both ends, and the same. */
void quic_lab_assert_secrets(const struct quic_lab *lab, enum hf_quic_level level);

/* Both are open, agree and have all secrets. */
void quic_lab_assert_open(const struct quic_lab *lab);

#endif
