/* The calls of <handfast/session.h> about where a server's sessions are kept: cache and tickets. */
#include <handfast/session.h>

#include "api/builder.h"
#include "session/session.h"

enum { TICKETS_MAX = 16, SESSION_BYTES = 16384 /* room for one, on the average */ };

struct hf_session_cache *hf_session_cache_new_with(size_t max_sessions, uint32_t lifetime_s,
                                                   const struct hf_allocator *allocator)
{
    struct hf_session_cache *cache = NULL;
    if (max_sessions > HF_CACHE_ENTRIES_MAX)
        return NULL;
    const struct hf_cache_limits limits = {
        .entries = max_sessions,
        .bytes = max_sessions * SESSION_BYTES,
        .lifetime_s = lifetime_s,
    };
    return hf_cache_new(allocator, &limits, &cache) == HF_OK ? cache : NULL;
}

struct hf_session_cache *hf_session_cache_new(size_t max_sessions, uint32_t lifetime_s)
{
    return hf_session_cache_new_with(max_sessions, lifetime_s, &hf_allocation_standard);
}

void hf_session_cache_drop(struct hf_session_cache *cache)
{
    hf_cache_drop(cache);
}

void hf_builder_session_cache(struct hf_builder *builder, struct hf_session_cache *cache)
{
    if (!hf_builder_is_fine(builder))
        return;
    if (cache == NULL) {
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_session_cache", "a cache", "NULL");
        return;
    }
    hf_cache_drop(builder->config->session_cache);
    builder->config->session_cache = hf_cache_hold(cache);
}

void hf_builder_ticket_keys(struct hf_builder *builder, struct hf_ticket_keys *keys)
{
    if (!hf_builder_is_fine(builder))
        return;
    if (keys == NULL) {
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_ticket_keys", "keys", "NULL");
        return;
    }
    hf_ticket_keys_drop(builder->config->ticket_keys);
    builder->config->ticket_keys = hf_ticket_keys_hold(keys);
}

void hf_builder_session_tickets(struct hf_builder *builder)
{
    if (hf_builder_is_fine(builder))
        builder->config->asks_tickets = true;
}

static void refuse(struct hf_builder *builder, const char *what, const char *wanted)
{
    hf_builder_refuse(builder, HF_ERR_setting_invalid, what, wanted, NULL);
}

void hf_builder_ticket_count(struct hf_builder *builder, unsigned count)
{
    if (!hf_builder_is_fine(builder))
        return;
    if (builder->config->role != HF_SERVER)
        refuse(builder, "hf_builder_ticket_count", "a server");
    else if (count > TICKETS_MAX)
        refuse(builder, "hf_builder_ticket_count", "0 to 16");
    else
        builder->config->ticket_count = (uint8_t)count;
}

void hf_builder_ticket_lifetime(struct hf_builder *builder, uint32_t seconds)
{
    if (!hf_builder_is_fine(builder))
        return;
    if (builder->config->role != HF_SERVER)
        refuse(builder, "hf_builder_ticket_lifetime", "a server");
    else if (seconds < 1 || seconds > HF_SESSION_LIFETIME_MAX13)
        refuse(builder, "hf_builder_ticket_lifetime", "1 to 604800 seconds");
    else
        builder->config->ticket_lifetime_s = seconds;
}

void hf_builder_ticket_request(struct hf_builder *builder, uint8_t when_new, uint8_t when_resumed)
{
    if (!hf_builder_is_fine(builder))
        return;
    if (builder->config->role != HF_CLIENT) {
        refuse(builder, "hf_builder_ticket_request", "a client");
        return;
    }
    builder->config->requests_tickets = true;
    builder->config->request_new = when_new;
    builder->config->request_resumed = when_resumed;
}
