/* Key shares prepared ahead: pairs that were made when nobody waited, for handshakes to come. Each leaves the pool by
 * being taken, and so serves once (RFC 9846 4.3.8: no share twice). Bounded; when it is empty pairs are made as ever.
 * A process that came of a fork finds nothing in it: its parent may use what is there. Any thread. */
#ifndef HF_CONFIG_KEY_SHARE_POOL_H
#define HF_CONFIG_KEY_SHARE_POOL_H

#include "config/config.h"
#include "crypto/key_exchange.h"

enum { HF_KEY_SHARE_POOL_MAX = 1024, HF_KEY_SHARE_POOL_KINDS_MAX = HF_CONFIG_GROUPS_MAX };

/* For which exchanges (each once, at most HF_KEY_SHARE_POOL_KINDS_MAX), and how many of each. */
struct hf_key_share_kinds {
    enum hf_key_exchange_id ids[HF_KEY_SHARE_POOL_KINDS_MAX];
    size_t count;
};

/* An empty pool. Toolbox and allocator must outlive it and the pairs. HF_ERR_no_memory. */
HF_MUST enum hf_error hf_key_share_pool_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                            const struct hf_key_share_kinds *kinds, size_t each,
                                            struct hf_key_share_pool **ret_pool);

/* Wipes what is left; NULL is fine. */
void hf_key_share_pool_free(struct hf_key_share_pool *pool);

/* Makes at most `most` pairs, of the exchange that has the fewest first; returns how many. 0: it is full, or there is
 * no memory. NULL: 0. */
size_t hf_key_share_pool_fill(struct hf_key_share_pool *pool, size_t most);

/* A pair for the caller to free; NULL: there is none. */
HF_MUST struct hf_key_exchange *hf_key_share_pool_take(struct hf_key_share_pool *pool, enum hf_key_exchange_id id);

/* A pair from the config's pool, or else a new one by this allocator: fails as hf_key_exchange_new. */
HF_MUST enum hf_error hf_key_share_pool_make(const struct hf_config *config, const struct hf_allocator *allocator,
                                             enum hf_key_exchange_id id, struct hf_key_exchange **ret_exchange);

#endif
