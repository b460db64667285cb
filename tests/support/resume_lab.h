/* Two connections of TLS 1.2 one after the other, of which the second may resume the first; and the store between. */
#ifndef HF_TESTS_RESUME_LAB_H
#define HF_TESTS_RESUME_LAB_H

#include <handfast/session.h>

#include "session/session.h"
#include "support/lab_check.h"

struct resume_bytes {
    uint8_t at[8192];
    size_t len;
};

/* What both ends kept of a connection. */
struct resume_store {
    uint8_t id[32];
    size_t id_len;
    struct resume_bytes client, server;
};

/* `more` for servers: sessions on. */
void resume_lab_sessions_on(struct hf_builder *builder);

/* A server of TLS 1.2 with sessions on and the defaults of the lab. */
extern const struct lab_side resume_lab_server;

/* One visit of a client. NULL sides: the lab's client, and the server above. now_ms 0: LAB_NOW_MS. */
struct resume_visit {
    const struct lab_side *client, *server;
    uint64_t now_ms;
};

/* Makes the pair of resume_lab_open, and moves nothing yet. */
void resume_lab_begin(struct lab_pair *pair, const struct resume_visit *visit, const struct resume_store *store);

/* Opens a pair, the client offering what the store has (nothing, when it is empty), and moves its bytes until nothing
 * moves: the server may then wait for the session. Configs are made anew for each visit. */
void resume_lab_open(struct lab_pair *pair, const struct resume_visit *visit, const struct resume_store *store);

/* The same, and answers the server from the store, if it asks for what is there; else with nothing. */
void resume_lab_visit(struct lab_pair *pair, const struct resume_visit *visit, const struct resume_store *store);

/* Moves bytes both ways at this time until nothing moves. */
void resume_lab_run(struct lab_pair *pair, uint64_t now_ms);

/* Keeps what both ends of an open pair give; both must agree on the ID. */
void resume_lab_keep(const struct lab_pair *pair, struct resume_store *store);

/* A whole first connection that is kept. */
void resume_lab_first(const struct resume_visit *visit, struct resume_store *store);

/* Changes a kept session, and seals it again under the policy of `connection`, so that the bytes are good. */
void resume_lab_forge(struct resume_bytes *bytes, const struct hf_connection *connection,
                      void (*change)(struct hf_session *session));

/* Both ends are open and agree, data flows, and the session was, or was not, resumed. */
void resume_lab_assert_open(struct lab_pair *pair, bool resumed);

#endif
