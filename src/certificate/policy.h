/* Certificate policies (RFC 5280 4.2.1.4, 4.2.1.5): the OIDs in certificatePolicies and the pairs of policyMappings,
 * one at a time. What they mean for a path is for trust/policies.h. */
#ifndef HF_CERTIFICATE_POLICY_H
#define HF_CERTIFICATE_POLICY_H

#include "certificate/der.h"

/* Whether the content of certificatePolicies is well-formed and not empty; qualifiers are passed by. */
HF_MUST bool hf_policy_check_all(struct hf_span policies);

/* The same of policyMappings; anyPolicy maps nothing and nothing maps to it (RFC 5280 6.1.4 (a)). */
HF_MUST bool hf_policy_check_mappings(struct hf_span mappings);

/* Iterates over content that was checked. */
bool hf_policy_next(struct hf_der *policies, struct hf_span *ret_oid);
bool hf_policy_next_mapping(struct hf_der *mappings, struct hf_span *ret_issuer, struct hf_span *ret_subject);

/* anyPolicy, which stands for all (RFC 5280 4.2.1.4). */
bool hf_policy_is_any(struct hf_span oid);

#endif
