/* Sessions between the connections of one case: a client's last one, and a server's by ID. */
#ifndef HF_BOGO_SESSIONS_H
#define HF_BOGO_SESSIONS_H

#include <handfast/early.h>
#include <handfast/session.h>

enum { BOGO_SESSION_MAX = 1 << 17, BOGO_SESSION_ID_MAX = 32 };

struct bogo_sessions {
    uint8_t id[BOGO_SESSION_ID_MAX];
    size_t id_len;
    uint8_t bytes[BOGO_SESSION_MAX]; /* of the last session made */
    size_t len;
};

/* The server's own store, that lasts as long as the case, and the keys of its tickets. Ends the program when there is
 * no memory. */
struct hf_session_cache *bogo_sessions_cache(void);
struct hf_ticket_keys *bogo_sessions_ticket_keys(void);

/* From now on tickets are sealed by another key, and those of the older one are renewed. */
void bogo_sessions_renew(void);
void bogo_sessions_end(void);

/* Keeps what the connection gives to keep, instead of what was there. */
void bogo_sessions_keep(struct bogo_sessions *sessions, const struct hf_connection *connection);

/* Answers a server that asks for a session. */
enum hf_error bogo_sessions_answer(const struct bogo_sessions *sessions, struct hf_connection *connection);

/* Against replays of early data. */
extern const struct hf_early_guard bogo_sessions_guard;

#endif
