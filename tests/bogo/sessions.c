/* One session is enough: the suite's clients offer the latest. */
#include "sessions.h"

#include <stdlib.h>
#include <string.h>

enum { CACHE_MAX = 64, LIFETIME_S = 7200 };

static struct hf_session_cache *cache;
static struct hf_ticket_keys *ticket_keys;

struct hf_session_cache *bogo_sessions_cache(void)
{
    if (cache == NULL)
        cache = hf_session_cache_new(CACHE_MAX, LIFETIME_S);
    if (cache == NULL)
        exit(1);
    return cache;
}

struct hf_ticket_keys *bogo_sessions_ticket_keys(void)
{
    if (ticket_keys == NULL)
        ticket_keys = hf_ticket_keys_new();
    if (ticket_keys == NULL)
        exit(1);
    return ticket_keys;
}

/* Each connection of a case has a config of its own, so the guard stands outside of them. */
static bool is_first(void *context, const uint8_t name[32], uint64_t now_ms, uint64_t until_ms)
{
    static uint8_t names[16][32];
    static size_t count;
    (void)context, (void)now_ms, (void)until_ms;
    for (size_t i = 0; i < count; i++)
        if (memcmp(names[i], name, 32) == 0)
            return false;
    if (count == sizeof names / sizeof names[0])
        return false;
    memcpy(names[count++], name, 32);
    return true;
}

const struct hf_early_guard bogo_sessions_guard = {.id = 1, .first = is_first};

void bogo_sessions_renew(void)
{
    if (ticket_keys != NULL && hf_ticket_keys_rotate(ticket_keys) != HF_OK)
        exit(1);
}

void bogo_sessions_end(void)
{
    hf_session_cache_drop(cache);
    hf_ticket_keys_drop(ticket_keys);
}

void bogo_sessions_keep(struct bogo_sessions *sessions, const struct hf_connection *connection)
{
    const uint8_t *id = NULL;
    size_t id_len = hf_session_id(connection, &id);
    size_t len = 0;
    if (id_len > sizeof sessions->id ||
        hf_session_bytes(connection, sessions->bytes, sizeof sessions->bytes, &len) != HF_OK)
        return;
    sessions->len = len;
    sessions->id_len = id_len;
    if (id_len > 0)
        memcpy(sessions->id, id, id_len);
}

enum hf_error bogo_sessions_answer(const struct bogo_sessions *sessions, struct hf_connection *connection)
{
    const uint8_t *id;
    size_t len;
    if (!hf_session_wanted(connection, &id, &len))
        return HF_OK;
    bool is_ours = sessions->len > 0 && len == sessions->id_len && memcmp(id, sessions->id, len) == 0;
    return hf_answer_session(connection, is_ours ? sessions->bytes : NULL, is_ours ? sessions->len : 0);
}
