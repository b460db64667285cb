#include "support/keepers.h"

struct hf_session_cache *keepers_cache;
struct hf_ticket_keys *keepers_keys;

int keepers_new(size_t sessions_max, uint32_t lifetime_s)
{
    keepers_cache = hf_session_cache_new(sessions_max, lifetime_s);
    keepers_keys = hf_ticket_keys_new();
    return keepers_cache == NULL || keepers_keys == NULL;
}

int keepers_set_up(void **state)
{
    (void)state;
    return keepers_new(16, 3600);
}

int keepers_tear_down(void **state)
{
    (void)state;
    hf_session_cache_drop(keepers_cache);
    hf_ticket_keys_drop(keepers_keys);
    return 0;
}

void keepers_with_cache(struct hf_builder *builder)
{
    hf_builder_session_cache(builder, keepers_cache);
}

void keepers_with_tickets(struct hf_builder *builder)
{
    keepers_with_cache(builder);
    keepers_with_tickets_alone(builder);
}

void keepers_with_tickets_alone(struct hf_builder *builder)
{
    hf_builder_ticket_keys(builder, keepers_keys);
}
