/* A table of lists, and one list through all entries by their last use. Both are changed under the lock only, by the
 * functions whose names say "held". Names are random or digests, so their own first bytes spread them over the table:
 * a peer that picks names can look for them, but not put them. */
#include "session/cache.h"

#include "base/secret.h"
#include "crypto/lock.h"

#include <stdatomic.h>

struct entry {
    struct entry *in_row;        /* next of its row in the table */
    struct entry *newer, *older; /* by last use */
    int64_t end_s;
    enum hf_cache_kind kind;
    size_t name_len;
    size_t len;
    uint8_t name[HF_CACHE_NAME_MAX];
    uint8_t bytes[];
};

struct hf_session_cache {
    struct hf_allocator allocator;
    atomic_size_t holders;
    struct hf_lock *lock;
    struct hf_cache_limits limits;
    size_t rows; /* a power of two */
    struct entry **table;
    struct entry *newest, *oldest;
    size_t count, bytes;
};

/* ---- birth and death ---- */

static size_t rows_for(size_t entries)
{
    size_t rows = 1;
    while (rows < entries)
        rows *= 2;
    return rows;
}

static bool are_sound(const struct hf_cache_limits *limits)
{
    return limits->entries >= 1 && limits->entries <= HF_CACHE_ENTRIES_MAX && limits->bytes > 0 &&
           limits->lifetime_s > 0;
}

static enum hf_error fill(struct hf_session_cache *cache)
{
    cache->table = hf_allocation_array(&cache->allocator, cache->rows, sizeof(struct entry *));
    return cache->table == NULL ? HF_ERR_no_memory : hf_lock_new(&cache->lock);
}

enum hf_error hf_cache_new(const struct hf_allocator *allocator, const struct hf_cache_limits *limits,
                           struct hf_session_cache **ret_cache)
{
    if (!are_sound(limits))
        return HF_ERR_wrong_call;
    struct hf_session_cache *cache = hf_allocation_new(allocator, sizeof *cache);
    if (cache == NULL)
        return HF_ERR_no_memory;
    cache->allocator = *allocator;
    cache->limits = *limits;
    cache->rows = rows_for(limits->entries);
    atomic_init(&cache->holders, 1);
    enum hf_error error = fill(cache);
    if (error != HF_OK) {
        hf_cache_drop(cache);
        return error;
    }
    *ret_cache = cache;
    return HF_OK;
}

struct hf_session_cache *hf_cache_hold(struct hf_session_cache *cache)
{
    atomic_fetch_add_explicit(&cache->holders, 1, memory_order_relaxed);
    return cache;
}

static void free_entry(const struct hf_session_cache *cache, struct entry *entry)
{
    hf_allocation_wipe(&cache->allocator, entry, sizeof *entry + entry->len);
}

void hf_cache_drop(struct hf_session_cache *cache)
{
    if (cache == NULL || atomic_fetch_sub_explicit(&cache->holders, 1, memory_order_acq_rel) != 1)
        return;
    while (cache->newest != NULL) {
        struct entry *entry = cache->newest;
        cache->newest = entry->older;
        free_entry(cache, entry);
    }
    const struct hf_allocator allocator = cache->allocator;
    hf_lock_free(cache->lock);
    hf_allocation_free(&allocator, cache->table);
    hf_allocation_free(&allocator, cache);
}

/* ---- under the lock ---- */

/* The place of the pointer to the entry of this key, or of the end of its row. */
static struct entry **find_held(const struct hf_session_cache *cache, const struct hf_cache_key *key)
{
    size_t row = (size_t)key->kind;
    for (size_t i = 0; i < sizeof row && i < key->name.len; i++)
        row = row << 8 | key->name.data[i];
    struct entry **at = &cache->table[row & (cache->rows - 1)];
    while (*at != NULL &&
           ((*at)->kind != key->kind || !hf_span_equal(hf_span_of((*at)->name, (*at)->name_len), key->name)))
        at = &(*at)->in_row;
    return at;
}

static void unlink_held(struct hf_session_cache *cache, struct entry *entry)
{
    *(entry->newer == NULL ? &cache->newest : &entry->newer->older) = entry->older;
    *(entry->older == NULL ? &cache->oldest : &entry->older->newer) = entry->newer;
}

static void link_held(struct hf_session_cache *cache, struct entry *entry)
{
    entry->newer = NULL;
    entry->older = cache->newest;
    *(cache->newest == NULL ? &cache->oldest : &cache->newest->newer) = entry;
    cache->newest = entry;
}

static void remove_held(struct hf_session_cache *cache, struct entry **at)
{
    struct entry *entry = *at;
    *at = entry->in_row;
    unlink_held(cache, entry);
    cache->count--;
    cache->bytes -= entry->len;
    free_entry(cache, entry);
}

static void remove_oldest_held(struct hf_session_cache *cache)
{
    const struct entry *oldest = cache->oldest;
    const struct hf_cache_key key = {oldest->kind, hf_span_of(oldest->name, oldest->name_len)};
    remove_held(cache, find_held(cache, &key));
}

static void add_held(struct hf_session_cache *cache, const struct hf_cache_key *key, struct entry *entry)
{
    struct entry **at = find_held(cache, key);
    if (*at != NULL)
        remove_held(cache, at);
    while (cache->count >= cache->limits.entries || cache->bytes > cache->limits.bytes - entry->len)
        remove_oldest_held(cache);
    at = find_held(cache, key); /* the end of its row may have been what went */
    entry->in_row = NULL;
    *at = entry;
    link_held(cache, entry);
    cache->count++;
    cache->bytes += entry->len;
}

static enum hf_error get_held(struct hf_session_cache *cache, const struct hf_cache_key *key, int64_t now_s,
                              struct hf_buffer *into, bool *ret_found)
{
    struct entry **at = find_held(cache, key);
    struct entry *entry = *at;
    *ret_found = false;
    if (entry == NULL)
        return HF_OK;
    if (now_s >= entry->end_s) {
        remove_held(cache, at);
        return HF_OK;
    }
    unlink_held(cache, entry);
    link_held(cache, entry);
    if (!hf_buffer_append(into, hf_span_of(entry->bytes, entry->len)))
        return HF_ERR_no_memory;
    *ret_found = true;
    return HF_OK;
}

/* ---- calls ---- */

static int64_t end_of(const struct hf_session_cache *cache, const struct hf_cache_times *times)
{
    int64_t end_s = times->now_s + (int64_t)cache->limits.lifetime_s;
    return times->end_s < end_s ? times->end_s : end_s;
}

static struct entry *make_entry(const struct hf_session_cache *cache, const struct hf_cache_key *key,
                                struct hf_span bytes)
{
    if (key->name.len == 0 || key->name.len > HF_CACHE_NAME_MAX || bytes.len > cache->limits.bytes)
        return NULL;
    struct entry *entry = hf_allocation_new(&cache->allocator, sizeof *entry + bytes.len);
    if (entry == NULL)
        return NULL;
    entry->kind = key->kind;
    entry->name_len = key->name.len;
    entry->len = bytes.len;
    if (!hf_span_copy(key->name, entry->name, sizeof entry->name) || !hf_span_copy(bytes, entry->bytes, bytes.len)) {
        free_entry(cache, entry);
        return NULL;
    }
    return entry;
}

void hf_cache_put(struct hf_session_cache *cache, const struct hf_cache_key *key, struct hf_span bytes,
                  const struct hf_cache_times *times)
{
    struct entry *entry = make_entry(cache, key, bytes);
    if (entry == NULL)
        return;
    entry->end_s = end_of(cache, times);
    if (!hf_lock_take(cache->lock)) {
        free_entry(cache, entry);
        return;
    }
    add_held(cache, key, entry);
    hf_lock_give(cache->lock);
}

enum hf_error hf_cache_get(struct hf_session_cache *cache, const struct hf_cache_key *key, int64_t now_s,
                           struct hf_buffer *into, bool *ret_found)
{
    *ret_found = false;
    if (!hf_lock_take(cache->lock))
        return HF_OK;
    enum hf_error error = get_held(cache, key, now_s, into, ret_found);
    hf_lock_give(cache->lock);
    return error;
}

void hf_cache_remove(struct hf_session_cache *cache, const struct hf_cache_key *key)
{
    if (!hf_lock_take(cache->lock))
        return;
    struct entry **at = find_held(cache, key);
    if (*at != NULL)
        remove_held(cache, at);
    hf_lock_give(cache->lock);
}

static size_t read_size(struct hf_session_cache *cache, const size_t *size)
{
    if (!hf_lock_take(cache->lock))
        return 0;
    size_t now = *size;
    hf_lock_give(cache->lock);
    return now;
}

size_t hf_cache_count(struct hf_session_cache *cache)
{
    return read_size(cache, &cache->count);
}

size_t hf_cache_bytes(struct hf_session_cache *cache)
{
    return read_size(cache, &cache->bytes);
}
