/* Name constraints (RFC 5280 4.2.1.10): what a CA may issue for. */
#ifndef HF_TRUST_CONSTRAINTS_H
#define HF_TRUST_CONSTRAINTS_H

#include "certificate/certificate.h"
#include "certificate/general_name.h"

/* Names times constraints of one pair of certificates; more are refused, as comparing them all is an attack. */
#define HF_CONSTRAINTS_WORK_MAX 1048576

/* The name that is not allowed. */
struct hf_constraints_violation {
    struct hf_general_name name;
    bool excluded;    /* it lies in an excluded subtree; else in no permitted one */
    bool unsupported; /* its form is constrained in a way that is not done here */
};

/* Checks every name of `certificate` (subject and subject alternative names) against the constraints of `ca`.
 * HF_OK, HF_ERR_name_constraint, HF_ERR_path_search_exhausted. */
HF_MUST enum hf_error hf_constraints_check(const struct hf_certificate *ca, const struct hf_certificate *certificate,
                                           struct hf_constraints_violation *ret_violation);

/* Whether the name lies in the subtree with this base; both of the same kind. `when_unsure` is the answer for names
 * and forms that cannot be judged: true for excluded subtrees, false for permitted ones. */
bool hf_constraints_covers(const struct hf_general_name *base, const struct hf_general_name *name, bool when_unsure);

#endif
