/* The search for a path: its working set and its bookkeeping. path.c walks, findings.c tells of failures. */
#ifndef HF_TRUST_SEARCH_H
#define HF_TRUST_SEARCH_H

#include "trust/path.h"

/* Issuers by one name that are tried for one certificate. */
#define HF_SEARCH_CANDIDATES_MAX 40

/* A certificate that the peer presented. */
struct hf_search_entry {
    struct hf_certificate certificate;
    uint64_t subject_hash;
    uint64_t issuer_hash;
    struct hf_public_key *key; /* made when first needed */
    enum hf_error key_error;   /* why there is none */
    bool key_tried;
};

/* An issuer to try: an anchor, or else a presented certificate. */
struct hf_search_candidate {
    const struct hf_anchor *anchor;
    size_t entry;
    unsigned score;
};

/* The candidates of the node of the same depth. */
struct hf_search_frame {
    struct hf_search_candidate candidates[HF_SEARCH_CANDIDATES_MAX];
    size_t count;
    size_t next;
    size_t entry; /* of the node itself */
};

/* How telling a failure is; of equals the first stays. */
enum hf_search_rank {
    HF_RANK_NONE = 0,
    HF_RANK_DEAD_END, /* no issuer at all */
    HF_RANK_LINK,     /* a presented issuer did not sign it */
    HF_RANK_ANCHOR,   /* a trusted CA of the issuer's name did not sign it; a presented certificate cannot be read */
    HF_RANK_PATH      /* a whole path up to an anchor, signatures good, breaks another rule */
};

#define HF_SEARCH_UNKNOWN (-1)

struct hf_search {
    const struct hf_trust *trust;
    const struct hf_trust_question *question;
    const struct hf_trust_policy *policy;
    struct hf_search_entry *entries; /* as many as certificates were presented */
    size_t entry_count;
    struct hf_path path;
    struct hf_search_frame *frames; /* likewise: none is on the path twice */
    int *links;                     /* issuer by subject, see hf_search_link */
    struct hf_finding best;
    enum hf_search_rank best_rank;
    struct hf_path_failure failures[HF_TRUST_FAILURES_MAX];
    size_t failure_count;
    struct hf_revocation_result revocation; /* of the path that passed */
    unsigned signature_checks;
    unsigned steps;
    bool exhausted;
};

/* Whether this entry signed that one: enum hf_error, or HF_SEARCH_UNKNOWN. */
static inline int *hf_search_link(const struct hf_search *search, size_t issuer, size_t subject)
{
    return &search->links[issuer * search->question->certificate_count + subject];
}

#endif
