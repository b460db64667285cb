/* One candidate path, and what was found wrong with one. Shared by the search (path.c) and the checks (checks.c). */
#ifndef HF_TRUST_PATH_H
#define HF_TRUST_PATH_H

#include "trust/anchors.h"

/* From the leaf, node 0, upwards. Each is signed by the next. */
struct hf_path {
    const struct hf_certificate *nodes[HF_TRUST_DEPTH_MAX];
    size_t count;
    const struct hf_anchor *anchor; /* what the last node is; NULL: the path has no end yet */
    bool in_domains;                /* anchors of trust domains were given: trust/domain.h */
};

/* A failure with its facts. */
struct hf_finding {
    enum hf_error error;
    int depth;
    const struct hf_certificate *certificate;
    int64_t since_s;
    char wanted[320];
    char got[320];
    char hint[320];
};

#endif
