/* Certificate policies along a path (RFC 5280 6.1, with the bounded algorithm of RFC 9618). We demand none of our own:
 * what is checked is that a path has one where a CA of it demands that (policyConstraints). */
#ifndef HF_TRUST_POLICIES_H
#define HF_TRUST_POLICIES_H

#include "trust/path.h"

/* Policies in force at once; a path with more is refused where policies matter, as comparing them is an attack. */
#define HF_POLICIES_MAX 256

/* HF_OK; HF_ERR_policy_missing, with the depth of the certificate at which no policy was left in *ret_depth and that of
 * the CA that demands one in *ret_demanded_by; HF_ERR_path_search_exhausted. */
HF_MUST enum hf_error hf_policies_check(const struct hf_path *path, size_t *ret_depth, size_t *ret_demanded_by);

#endif
