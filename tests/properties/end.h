/* One end of a connection that is played: it works as an application would, notes what it was told, and checks after
 * each step what must hold of every connection whatever its peer does. A property that does not hold ends the program,
 * and says which seed shows it. */
#ifndef HF_TESTS_END_H
#define HF_TESTS_END_H

#include "world.h"

enum { END_WORDS_MAX = 2048, END_NAME_MAX = 64, END_EXPORTER_LEN = 32, END_DATA_COUNT = 64, END_SESSION_MAX = 16384 };

/* What an end knew when it opened. */
struct end_view {
    enum hf_version version;
    char suite[END_NAME_MAX], group[END_NAME_MAX], alpn[END_NAME_MAX], own_scheme[END_NAME_MAX],
        peer_scheme[END_NAME_MAX], psk[END_NAME_MAX];
    bool resumed, retried, asked, presented, extended_master_secret, early;
    bool is_late; /* it had failed again before anybody could ask: no peer and no exporter then */
    bool has_peer;
    uint8_t fingerprint[32]; /* of the peer's certificate */
    uint8_t exporter[END_EXPORTER_LEN];
};

struct end {
    struct world *world;
    enum hf_role role;
    struct hf_connection *connection;
    struct end *other;
    bool is_rogue;
    bool peer_is_rogue;
    uint64_t random;           /* what libcrypto draws while this end works */
    char words[END_WORDS_MAX]; /* the handshake's messages that came, until it opened */
    bool retry_came;           /* a second hello of ours is no new beginning */
    bool opened, accepted, peer_closed, early_refused;
    struct end_view view;
    size_t wrote, read, early_wrote, early_read; /* bytes */
    unsigned came[END_DATA_COUNT];               /* over datagrams: how often each datum */
    unsigned wrote_count;
    uint8_t session[END_SESSION_MAX]; /* to be resumed */
    size_t session_len;
};

/* Says what does not hold and how to see it again, and ends the program. */
void end_demand(const struct world *world, bool holds, const char *property);

/* Whether this side's certificate holds for who trusts the lab's CA, or the other one. */
bool end_is_sound(const struct world_side *side, bool by_other);

/* An observer for the configs; its context is the end. */
void end_seen(void *context, const struct hf_connection *connection, const struct hf_seen *what);

/* Begins with a connection, which is the end's from now on. */
void end_begin(struct end *end, struct hf_connection *connection);
void end_free(struct end *end);

/* Takes events, answers, reads; then checks. After everything that was done to the connection. */
void end_work(struct end *end);

void end_feed(struct end *end, const uint8_t *wire, size_t len);

/* The application's part of a round, and early data. */
void end_do(struct end *end, const struct world_round *round);
void end_write_early(struct end *end, size_t len);

/* The transport is gone. */
void end_cut(struct end *end);

/* What came of it, as one text: the same for the same wire, however it is cut; but behind '|' stands what nobody can
 * ask for who saw the opening too late. */
void end_summary(const struct end *end, char *into, size_t room);

#endif
