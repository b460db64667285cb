/* A lab: certificates of every kind and two connections in memory, for tests of handshakes.
 * Certificates are made once a program. A pair is a client and a server whose bytes a test moves as it likes. */
#ifndef HF_TESTS_LAB_H
#define HF_TESTS_LAB_H

#include <handfast/connection.h>

#include "support/make_certificate.h"

#define LAB_NOW_S  MAKE_CERTIFICATE_NOW
#define LAB_NOW_MS ((uint64_t)MAKE_CERTIFICATE_NOW * 1000)

/* An identity of the lab: PEM texts. Chain: leaf, intermediate. */
struct lab_identity {
    char *chain;
    char *key;
};

enum lab_who {
    LAB_SERVER = 0,         /* for server.lab and 127.0.0.1 */
    LAB_CLIENT,             /* spiffe://lab/billing */
    LAB_CLIENT_EXPIRED,     /* three days ago */
    LAB_CLIENT_SERVER_ONLY, /* lacks clientAuth */
    LAB_CLIENT_STRANGER,    /* from another CA */
    LAB_CLIENT_GAP,         /* sends the root, but not the intermediate */
    LAB_SERVER_EXPIRED,
    LAB_SERVER_STAPLES, /* must-staple (RFC 7633) */
    LAB_CLIENT_STAPLES,
    LAB_WHO_COUNT
};

/* The PEM of the lab's root; and of the other one, which nobody trusts. */
const char *lab_root(void);
const char *lab_other_root(void);

/* An identity, with a leaf key of this kind. Lives until the program ends. */
const struct lab_identity *lab_identity(enum lab_who who, enum make_certificate_key key);

/* A current OCSP response that says that this identity's leaf is good, or that it was revoked; lives as long. */
struct hf_span lab_ocsp(enum lab_who who, enum make_certificate_key key, bool revoked);

/* CRLs of the lab's two CAs, PEM; with `revoked` the intermediate's lists that identity's leaf. Lives as long. */
const char *lab_crls(enum lab_who who, enum make_certificate_key key, bool revoked);

/* What a side of a pair is like. Zeros: mutual TLS 1.2 to 1.3 with P-256. */
struct lab_side {
    enum lab_who who; /* of a server LAB_SERVER, of a client LAB_CLIENT unless set */
    enum make_certificate_key key;
    bool anonymous;                  /* a client without certificate */
    enum hf_client_auth client_auth; /* a server's */
    enum hf_version min, max;        /* 0: the defaults */
    const char *suites, *groups, *schemes, *alpn;
    const char *name; /* a client's: NULL means server.lab */
    const struct hf_allocator *allocator;
    bool trusts_other;                        /* trusts the other root only */
    void (*more)(struct hf_builder *builder); /* further settings */
};

/* A config, or NULL; then *ret_failure says why. */
struct hf_config *lab_config(enum hf_role role, const struct lab_side *side, struct hf_failure *ret_failure);

struct lab_pair {
    struct hf_connection *client;
    struct hf_connection *server;
};

/* Connections of two configs that aborts the program when they cannot be made. NULL sides: the defaults. */
void lab_pair_open(struct lab_pair *pair, const struct lab_side *client, const struct lab_side *server);
void lab_pair_close(struct lab_pair *pair);

/* Moves bytes both ways until nothing moves any more. Returns how many bytes moved. */
size_t lab_pair_run(struct lab_pair *pair);

/* Moves at most `room` bytes a turn: 1 cuts everything into single bytes. */
size_t lab_pair_run_cut(struct lab_pair *pair, size_t room);

/* One direction, once; returns the bytes moved. */
size_t lab_move(struct hf_connection *from, struct hf_connection *to, size_t room);

/* Whether this kind of event came; takes all events of the connection that wait. */
bool lab_event(struct hf_connection *connection, enum hf_event_kind kind);

/* Whether this kind of event came: takes events off up to the first of them, and no further. */
bool lab_event_first(struct hf_connection *connection, enum hf_event_kind kind);

#endif
