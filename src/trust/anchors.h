/* The set of trust anchors, found by the hash of their subject. */
#ifndef HF_TRUST_ANCHORS_H
#define HF_TRUST_ANCHORS_H

#include "crypto/public_key.h"
#include "trust/trust.h"

/* A SPIFFE trust domain that anchors belong to. */
struct hf_anchor_domain {
    struct hf_anchor_domain *next;
    size_t len;
    uint8_t name[];
};

struct hf_anchor {
    struct hf_certificate certificate;     /* over `der` */
    const struct hf_anchor_domain *domain; /* NULL: none, it may prove whatever has no SPIFFE ID */
    uint8_t *der;                          /* owned */
    uint64_t subject_hash;
    struct hf_public_key *key; /* made by hf_trust_prepare; else NULL */
    size_t next;               /* in the same bucket: index + 1; 0 ends */
};

struct hf_trust {
    const struct hf_allocator *allocator;
    struct hf_anchor *anchors;
    size_t count;
    size_t room;
    size_t *buckets;     /* index + 1 of the first anchor; 0: none */
    size_t bucket_count; /* a power of two */
    struct hf_anchor_domain *domains;
    const struct hf_anchor_domain *domain; /* of anchors that are added now */
    bool demands_roots;
};

/* The allocator that the trust was made with. */
const struct hf_allocator *hf_trust_allocator(const struct hf_trust *trust);

/* The next anchor whose subject has this hash, behind `after` (NULL: the first); NULL when there is none. Names of
 * equal hash may still differ. */
const struct hf_anchor *hf_anchors_next(const struct hf_trust *trust, uint64_t subject_hash,
                                        const struct hf_anchor *after);

/* The anchor that is this very certificate; NULL when it is none. */
const struct hf_anchor *hf_anchors_find(const struct hf_trust *trust, const struct hf_certificate *certificate);

/* As hf_trust_add_der, and tells what came of it in *ret_added, which may be NULL. */
HF_MUST enum hf_error hf_anchors_add_der(struct hf_trust *trust, struct hf_span der, struct hf_trust_added *ret_added);

/* The domain's name; empty for NULL. */
struct hf_span hf_anchors_domain_name(const struct hf_anchor_domain *domain);

#endif
