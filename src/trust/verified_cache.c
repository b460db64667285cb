#include "trust/verified_cache.h"

#include "base/writer.h"
#include "crypto/hash.h"
#include "crypto/lock.h"
#include "trust/names.h"

/* The longest description of a question, without the certificates: see describe. */
#define DESCRIPTION_MAX (64 + HF_DIGEST_MAX + 4 * HF_VERIFIED_PRESENTED_MAX)

enum { LOCKS = 4, KEY_LEN = 32 };

struct entry {
    uint8_t key[KEY_LEN];
    struct hf_verified *verified; /* NULL: free */
    uint64_t used;                /* the lock's count when it was used last */
};

/* One lock serves every LOCKS-th row: held for the compares of one row, and for no allocation. */
struct guard {
    struct hf_lock *lock;
    uint64_t uses;
};

struct hf_verified_cache {
    const struct hf_allocator *allocator;
    struct guard guards[LOCKS];
    size_t row_count; /* a power of two */
    struct entry entries[];
};

/* The row of a key and its guard. */
struct place {
    struct guard *guard;
    struct entry *row; /* HF_VERIFIED_ROW entries */
};

/* ---- what an entry is found by ---- */

/* Each part has its length before it or a fixed one, so that no two questions are described alike. */
static void describe(const struct hf_verified_rules *rules, const struct hf_trust_question *question,
                     struct hf_writer *into)
{
    const struct hf_trust_policy *policy = question->policy != NULL ? question->policy : &hf_trust_policy_default;
    hf_writer_vector(into, 1, hf_span_of_text("handfast verified 1"));
    hf_writer_vector(into, 1, rules->state);
    hf_writer_u32(into, (uint32_t)question->purpose);
    hf_writer_u8(into, question->leaf_decrypts ? 1 : 0);
    hf_writer_u8(into, question->staples != NULL ? 1 : 0);
    hf_writer_u32(into, policy->rsa_bits_min);
    hf_writer_u32(into, policy->rsa_bits_max);
    hf_writer_u8(into, policy->allow_sha1 ? 1 : 0);
    hf_writer_u8(into, policy->allow_loose_profile ? 1 : 0);
    hf_writer_u32(into, (uint32_t)policy->depth_max);
    hf_writer_u32(into, policy->signature_checks_max);
    hf_writer_u32(into, policy->steps_max);
    for (size_t i = 0; i < question->certificate_count; i++)
        hf_writer_u32(into, (uint32_t)question->certificates[i].len);
}

/* False: the question is none for the cache. */
static bool key_of(const struct hf_verified_rules *rules, const struct hf_trust_question *question,
                   struct hf_digest *ret_key)
{
    uint8_t room[DESCRIPTION_MAX];
    struct hf_writer description = hf_writer_of(room, sizeof room);
    struct hf_span parts[1 + HF_VERIFIED_PRESENTED_MAX];
    size_t len = 0;
    if (question->certificate_count == 0 || question->certificate_count > HF_VERIFIED_PRESENTED_MAX)
        return false;
    for (size_t i = 0; i < question->certificate_count; i++) {
        parts[1 + i] = question->certificates[i];
        if (question->certificates[i].len > HF_VERIFIED_LEN_MAX - len)
            return false;
        if (question->staples != NULL && question->staples[i].len > 0)
            return false;
        len += question->certificates[i].len;
    }
    describe(rules, question, &description);
    parts[0] = hf_writer_span(&description);
    return hf_writer_end(&description) &&
           hf_hash_once(question->toolbox, HF_HASH_SHA256, parts, 1 + question->certificate_count, ret_key) == HF_OK;
}

/* ---- the table ---- */

static size_t rows_for(size_t entries)
{
    size_t rows = 1;
    while (rows * HF_VERIFIED_ROW < entries && rows * HF_VERIFIED_ROW < HF_VERIFIED_ENTRIES_MAX)
        rows *= 2;
    return rows;
}

enum hf_error hf_verified_cache_new(const struct hf_allocator *allocator, size_t entries,
                                    struct hf_verified_cache **ret_cache)
{
    size_t rows = rows_for(entries);
    struct hf_verified_cache *cache =
        hf_allocation_new(allocator, sizeof *cache + rows * HF_VERIFIED_ROW * sizeof *cache->entries);
    if (cache == NULL)
        return HF_ERR_no_memory;
    cache->allocator = allocator;
    cache->row_count = rows;
    for (size_t i = 0; i < LOCKS; i++) {
        enum hf_error error = hf_lock_new(&cache->guards[i].lock);
        if (error != HF_OK) {
            hf_verified_cache_free(cache);
            return error;
        }
    }
    *ret_cache = cache;
    return HF_OK;
}

void hf_verified_cache_free(struct hf_verified_cache *cache)
{
    if (cache == NULL)
        return;
    for (size_t i = 0; i < cache->row_count * HF_VERIFIED_ROW; i++)
        hf_verified_drop(cache->entries[i].verified);
    for (size_t i = 0; i < LOCKS; i++)
        hf_lock_free(cache->guards[i].lock);
    hf_allocation_free(cache->allocator, cache);
}

static struct place place_of(struct hf_verified_cache *cache, const struct hf_digest *key)
{
    size_t at = (size_t)key->bytes[0] | (size_t)key->bytes[1] << 8 | (size_t)key->bytes[2] << 16;
    size_t row = at & (cache->row_count - 1);
    return (struct place){&cache->guards[row % LOCKS], &cache->entries[row * HF_VERIFIED_ROW]};
}

/* The entry of this key; else the one to give up for it: a free one, or that which was not used for longest. */
static struct entry *entry_held(struct entry *row, const struct hf_digest *key, bool *ret_found)
{
    struct entry *least = &row[0];
    for (size_t i = 0; i < HF_VERIFIED_ROW; i++) {
        struct entry *entry = &row[i];
        *ret_found = entry->verified != NULL && hf_span_equal(hf_span_of(entry->key, KEY_LEN), hf_digest_span(key));
        if (*ret_found)
            return entry;
        if (least->verified != NULL && (entry->verified == NULL || entry->used < least->used))
            least = entry;
    }
    return least;
}

static bool is_valid_at(const struct hf_verified *verified, int64_t now_s)
{
    return now_s >= verified->begins_s && now_s <= verified->ends_s;
}

/* The verified chain of this key, held for the caller; NULL: none that is valid now. */
static struct hf_verified *find(struct hf_verified_cache *cache, const struct hf_digest *key, int64_t now_s)
{
    struct place place = place_of(cache, key);
    struct hf_verified *verified = NULL;
    bool found = false;
    if (!hf_lock_take(place.guard->lock))
        return NULL;
    struct entry *entry = entry_held(place.row, key, &found);
    if (found && is_valid_at(entry->verified, now_s)) {
        entry->used = ++place.guard->uses;
        verified = hf_verified_hold(entry->verified);
    }
    hf_lock_give(place.guard->lock);
    return verified;
}

static void put(struct hf_verified_cache *cache, const struct hf_digest *key, struct hf_verified *verified)
{
    struct place place = place_of(cache, key);
    bool found = false;
    if (!hf_lock_take(place.guard->lock))
        return;
    struct entry *entry = entry_held(place.row, key, &found);
    struct hf_verified *before = entry->verified;
    (void)hf_span_copy(hf_digest_span(key), entry->key, sizeof entry->key);
    entry->verified = hf_verified_hold(verified);
    entry->used = ++place.guard->uses;
    hf_lock_give(place.guard->lock);
    hf_verified_drop(before);
}

/* ---- the verification ---- */

/* What the question asks of the leaf beside its path. */
static bool is_for_name(const struct hf_verified *verified, const struct hf_trust_question *question)
{
    return (question->name == NULL || hf_names_check(&verified->leaf, question->name) == HF_OK) &&
           (question->address.len == 0 || hf_names_check_address(&verified->leaf, question->address) == HF_OK);
}

enum hf_error hf_verified_cache_verify(struct hf_verified_cache *cache, const struct hf_verified_rules *rules,
                                       const struct hf_trust_question *question, struct hf_verdict *ret_verdict,
                                       struct hf_verified **ret_verified)
{
    struct hf_digest key = {0};
    bool keyed = cache != NULL && key_of(rules, question, &key);
    struct hf_verified *verified = keyed ? find(cache, &key, question->now_s) : NULL;
    if (verified != NULL && is_for_name(verified, question)) {
        *ret_verdict = (struct hf_verdict){.error = HF_OK, .depth = -1};
        *ret_verified = verified;
        return HF_OK;
    }
    hf_verified_drop(verified);
    HF_TRY(hf_trust_verify(rules->trust, question, ret_verdict));
    ret_verdict->error = hf_verified_new(question, ret_verdict, &verified);
    if (ret_verdict->error != HF_OK)
        return ret_verdict->error;
    if (keyed)
        put(cache, &key, verified);
    *ret_verified = verified;
    return HF_OK;
}
