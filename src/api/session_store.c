/* The calls of <handfast/session.h> about where a server's sessions are kept: cache and tickets. */
#include <handfast/session.h>

#include "api/builder.h"

enum { SESSION_BYTES = 16384 }; /* room for one, on the average */

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
