/* Where a test's servers keep sessions: one cache and one set of ticket keys for the program. */
#ifndef HF_TESTS_KEEPERS_H
#define HF_TESTS_KEEPERS_H

#include <handfast/session.h>

extern struct hf_session_cache *keepers_cache;
extern struct hf_ticket_keys *keepers_keys;

/* Both made anew. Returns 0, or 1 when there is no memory, as cmocka takes it. */
int keepers_new(size_t sessions_max, uint32_t lifetime_s);

/* For cmocka: 16 sessions that last an hour; and everything given back. */
int keepers_set_up(void **state);
int keepers_tear_down(void **state);

/* `more` for servers: sessions are kept in the cache, in tickets and the cache, in tickets that it does not help. */
void keepers_with_cache(struct hf_builder *builder);
void keepers_with_tickets(struct hf_builder *builder);
void keepers_with_tickets_alone(struct hf_builder *builder);

#endif
