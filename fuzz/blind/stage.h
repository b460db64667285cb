/* What the targets without cryptography share: configs of many kinds, and an input that is a list of steps, so that a
 * mutator can change what is in a record and leave its frame alone. RFC 9846, 5246, 9147, 6347. */
#ifndef HF_FUZZ_BLIND_STAGE_H
#define HF_FUZZ_BLIND_STAGE_H

#include <handfast/connection.h>

#include "base/span.h"

/* The first byte of an input: which config. Bit 4 is the targets' own. */
enum stage_bits {
    STAGE_FLAVOUR = 7,    /* enum stage_flavour */
    STAGE_OLDER = 8,      /* 1.2 only */
    STAGE_BLOCKS = 32,    /* of STAGE_HISTORIC: suites with block ciphers only */
    STAGE_INTEGRITY = 64, /* likewise: without encryption; with both, block ciphers may encrypt MACs */
    STAGE_ALL = STAGE_FLAVOUR | STAGE_OLDER | STAGE_BLOCKS | STAGE_INTEGRITY
};

enum stage_flavour {
    STAGE_PLAIN = 0,
    STAGE_SESSIONS, /* tickets and early data; a client comes with a session of 1.3, or of 1.2 */
    STAGE_HISTORIC, /* every old suite, and renegotiation */
    STAGE_SHARED_KEY,
    STAGE_LATER,  /* certificates asked for later; a HelloRetryRequest */
    STAGE_RAW,    /* public keys instead of certificates */
    STAGE_PAPERS, /* compression, delegation, staples, ECH; over datagrams connection IDs and SRTP */
    STAGE_OUTSIDE /* the key and the verdict are the application's; over datagrams connection IDs */
};

/* A step: a byte that says which, and to which epoch it belongs; two bytes of length; as many bytes. What is "in the
 * clear" or "sealed" is put into a record, by its first byte's type; a message gets its length, too. */
enum stage_step_kind {
    STEP_RAW = 0, /* bytes, or one datagram, as they are; of a stream with epoch 1 by hf_receive, 3 with little room */
    STEP_CLEAR,   /* type, content */
    STEP_SEALED,
    STEP_CLEAR_MESSAGE, /* message type, body */
    STEP_SEALED_MESSAGE,
    STEP_DO,   /* what an application does: which, how much */
    STEP_TIME, /* passes: units of 64 ms */
    STEP_END,  /* of the transport */
    STEP_KINDS,
    STEP_EPOCH_SHIFT = 3 /* two bits: epoch of DTLS */
};

struct stage_step {
    uint8_t op;
    struct hf_span bytes;
};

/* Takes the next step off the input; false at its end. */
bool stage_next(struct hf_span *input, struct stage_step *ret_step);

/* The steps' bytes again: for the mutator. Returns the length, 0 when it does not fit. */
size_t stage_write(const struct stage_step *step, uint8_t *into, size_t room);

struct stage {
    struct hf_connection *connection;
    uint64_t now_ms;
    uint64_t sealed;      /* records, over datagrams their number */
    uint16_t message_seq; /* over datagrams */
    bool over_datagrams;
    bool is_older; /* records have an explicit nonce */
};

/* Plays the whole input with one end. Aborts where a connection breaks what must hold of each. */
void stage_play(enum hf_role role, bool over_datagrams, struct hf_span input);

/* A connection of such a config, steady from its first byte on; and the config itself, lent. */
struct hf_connection *stage_connection(enum hf_role role, bool over_datagrams, uint8_t profile);
struct hf_config *stage_config(enum hf_role role, bool over_datagrams, uint8_t profile);

/* Takes events and answers them, reads, and throws away what is to be sent unless `wire` wants it (returns its length).
 */
size_t stage_work(struct hf_connection *connection, uint8_t *wire, size_t room);

/* One thing that an application does. */
void stage_do(struct hf_connection *connection, struct hf_span what, uint64_t now_ms);

#endif
