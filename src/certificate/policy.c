/* PolicyInformation is an OID and, perhaps, qualifiers; a mapping is two OIDs. Both are checked once, when the
 * certificate is read; after that, walking them cannot fail. */
#include "certificate/policy.h"

#include "certificate/oid.h"

bool hf_policy_is_any(struct hf_span oid)
{
    return hf_span_equal(oid, HF_OID("\x55\x1d\x20\x00"));
}

bool hf_policy_next(struct hf_der *policies, struct hf_span *ret_oid)
{
    if (!hf_der_more(policies))
        return false;
    struct hf_der information = hf_der_enter(policies, HF_DER_SEQUENCE);
    struct hf_span oid = hf_oid_take(&information);
    if (hf_der_more(&information))
        (void)hf_der_take(&information, HF_DER_SEQUENCE);
    if (!hf_der_end(&information)) {
        hf_der_spoil(policies);
        return false;
    }
    *ret_oid = oid;
    return true;
}

bool hf_policy_check_all(struct hf_span policies)
{
    struct hf_der each = hf_der_of(policies);
    struct hf_span oid = {0};
    while (hf_policy_next(&each, &oid))
        continue;
    return policies.len > 0 && hf_der_end(&each);
}

bool hf_policy_next_mapping(struct hf_der *mappings, struct hf_span *ret_issuer, struct hf_span *ret_subject)
{
    if (!hf_der_more(mappings))
        return false;
    struct hf_der pair = hf_der_enter(mappings, HF_DER_SEQUENCE);
    struct hf_span issuer = hf_oid_take(&pair);
    struct hf_span subject = hf_oid_take(&pair);
    if (!hf_der_end(&pair)) {
        hf_der_spoil(mappings);
        return false;
    }
    *ret_issuer = issuer;
    *ret_subject = subject;
    return true;
}

bool hf_policy_check_mappings(struct hf_span mappings)
{
    struct hf_der each = hf_der_of(mappings);
    struct hf_span issuer = {0};
    struct hf_span subject = {0};
    while (hf_policy_next_mapping(&each, &issuer, &subject))
        if (hf_policy_is_any(issuer) || hf_policy_is_any(subject))
            return false;
    return mappings.len > 0 && hf_der_end(&each);
}
