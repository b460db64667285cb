/* A bounded store that servers share: sessions by their IDs, and the certificates of peers, which tickets do not carry,
 * by their digest. Bounded in entries, in bytes and in time; what was not used for longest goes first. What goes is
 * wiped. It judges nothing: what comes out is judged again by who asked. RFC 5246 F.1.4.
 * Threads: any number, by a lock. Counted: every config that uses it holds it. */
#ifndef HF_SESSION_CACHE_H
#define HF_SESSION_CACHE_H

#include "base/buffer.h"
#include "error/error.h"

enum { HF_CACHE_NAME_MAX = 32, HF_CACHE_ENTRIES_MAX = 1 << 20 };

struct hf_session_cache;

enum hf_cache_kind {
    HF_CACHE_SESSION, /* by session ID: a sealed session */
    HF_CACHE_CHAIN    /* by SHA-256 of these bytes: a chain as hf_session_write_chain writes it */
};

/* 1 to HF_CACHE_NAME_MAX bytes of a name. */
struct hf_cache_key {
    enum hf_cache_kind kind;
    struct hf_span name;
};

struct hf_cache_limits {
    size_t entries; /* 1 to HF_CACHE_ENTRIES_MAX */
    size_t bytes;   /* of what is kept, without what keeping it costs */
    uint32_t lifetime_s;
};

/* Fails with HF_ERR_wrong_call (limits), HF_ERR_no_memory. The allocator is copied. */
HF_MUST enum hf_error hf_cache_new(const struct hf_allocator *allocator, const struct hf_cache_limits *limits,
                                   struct hf_session_cache **ret_cache);

struct hf_session_cache *hf_cache_hold(struct hf_session_cache *cache);

/* NULL is fine. */
void hf_cache_drop(struct hf_session_cache *cache);

/* When a thing is put, and when it ends: at the latest the cache's lifetime later. Seconds since 1970. */
struct hf_cache_times {
    int64_t now_s, end_s;
};

/* Keeps a copy, in place of what had this key. Without room for it, or memory, nothing is kept: a cache forgets. */
void hf_cache_put(struct hf_session_cache *cache, const struct hf_cache_key *key, struct hf_span bytes,
                  const struct hf_cache_times *times);

/* Appends what is kept under the key; *ret_found is false when there is nothing, or it is over. HF_ERR_no_memory. */
HF_MUST enum hf_error hf_cache_get(struct hf_session_cache *cache, const struct hf_cache_key *key, int64_t now_s,
                                   struct hf_buffer *into, bool *ret_found);

void hf_cache_remove(struct hf_session_cache *cache, const struct hf_cache_key *key);

/* How much is in it: for tests and for those who watch. */
size_t hf_cache_count(struct hf_session_cache *cache);
size_t hf_cache_bytes(struct hf_session_cache *cache);

#endif
