/* The cache of verified chains: a chain that was verified before, under the same rules, costs no signature check again.
 * An entry is found by SHA-256 over all that the verdict depended on: the bytes presented, in their order, the purpose,
 * the policy on keys and work, and the caller's `state` (anchors, rules, revocation). So nothing has to be thrown away
 * when rules change: entries of other rules are not found, and go as the least used. Dates are looked at each time, and
 * names too (RFC 9525 6); whatever does not hold leads to a whole verification, which then says why. A question with
 * stapled responses is verified whole: they have dates of their own.
 * Bounded: a table of fixed size, in rows of HF_VERIFIED_ROW entries, locked for a few compares. */
#ifndef HF_TRUST_VERIFIED_CACHE_H
#define HF_TRUST_VERIFIED_CACHE_H

#include "trust/verified.h"

enum {
    HF_VERIFIED_ROW = 8,
    HF_VERIFIED_ENTRIES_DEFAULT = 512,
    HF_VERIFIED_ENTRIES_MAX = 1048576,
    HF_VERIFIED_PRESENTED_MAX = 8, /* longer lists are verified each time */
    HF_VERIFIED_LEN_MAX = 16384    /* likewise, bytes presented */
};

struct hf_verified_cache;

/* For at least `entries` chains, at most HF_VERIFIED_ENTRIES_MAX. The allocator is also that of the entries. */
HF_MUST enum hf_error hf_verified_cache_new(const struct hf_allocator *allocator, size_t entries,
                                            struct hf_verified_cache **ret_cache);

/* Drops the entries; NULL is fine. */
void hf_verified_cache_free(struct hf_verified_cache *cache);

/* Everything but the presented bytes that decides: what the caller's state digests is his promise. */
struct hf_verified_rules {
    const struct hf_trust *trust;
    struct hf_span state; /* a digest of the anchors and of whatever else may make the same bytes be judged otherwise */
};

/* As hf_trust_verify, by the cache where it can; NULL: always whole. Gives what was verified, for the caller to drop.
 * On failure the verdict says why. Its chain is filled in by a whole verification only. Any thread. */
HF_MUST enum hf_error hf_verified_cache_verify(struct hf_verified_cache *cache, const struct hf_verified_rules *rules,
                                               const struct hf_trust_question *question, struct hf_verdict *ret_verdict,
                                               struct hf_verified **ret_verified);

#endif
