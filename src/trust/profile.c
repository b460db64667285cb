/* Rows of a predicate and its words. Which rules of RFC 5280 are not here, and why, docs/TRUST.md says: those that many
 * private CAs break without harm (key identifiers left out, nameConstraints or basicConstraints not critical). */
#include "trust/profile.h"

#include "certificate/name.h"

static bool has(const struct hf_certificate *certificate, uint32_t extension)
{
    return (certificate->present & extension) != 0;
}

static bool is_critical(const struct hf_certificate *certificate, uint32_t extension)
{
    return (certificate->critical & extension) != 0;
}

/* RFC 5280 4.2.1.1, 4.2.1.2, 4.2.2.1 */
static bool key_ids_are_critical(const struct hf_certificate *certificate)
{
    return is_critical(certificate, HF_CERTIFICATE_AUTHORITY_KEY_ID | HF_CERTIFICATE_SUBJECT_KEY_ID |
                                        HF_CERTIFICATE_AUTHORITY_INFO_ACCESS);
}

/* RFC 5280 4.2.1.9 */
static bool leaf_signs_certificates(const struct hf_certificate *certificate)
{
    return has(certificate, HF_CERTIFICATE_KEY_USAGE) && !certificate->is_ca &&
           (certificate->key_usage & HF_KEY_USAGE_CERT_SIGN) != 0;
}

/* RFC 5280 4.2.1.10 */
static bool leaf_constrains_names(const struct hf_certificate *certificate)
{
    return has(certificate, HF_CERTIFICATE_NAME_CONSTRAINTS) && !certificate->is_ca;
}

/* RFC 5280 4.2.1.6 */
static bool only_names_are_not_critical(const struct hf_certificate *certificate)
{
    return hf_name_is_empty(certificate->subject) && has(certificate, HF_CERTIFICATE_SUBJECT_ALT_NAME) &&
           !is_critical(certificate, HF_CERTIFICATE_SUBJECT_ALT_NAME);
}

/* RFC 5280 4.2.1.11 */
static bool policy_constraints_are_not_critical(const struct hf_certificate *certificate)
{
    return has(certificate, HF_CERTIFICATE_POLICY_CONSTRAINTS) &&
           !is_critical(certificate, HF_CERTIFICATE_POLICY_CONSTRAINTS);
}

static const struct {
    bool (*breaks)(const struct hf_certificate *certificate);
    struct hf_profile_rule rule;
} rows[] = {
    {key_ids_are_critical,
     {"key identifiers and authorityInfoAccess that are not critical (RFC 5280 4.2.1.1, 4.2.1.2, 4.2.2.1)",
      "one that is critical"}},
    {leaf_signs_certificates,
     {"keyUsage without keyCertSign in a certificate that is no CA (RFC 5280 4.2.1.9)", "keyCertSign"}},
    {leaf_constrains_names,
     {"no nameConstraints in a certificate that is no CA (RFC 5280 4.2.1.10)", "nameConstraints"}},
    {only_names_are_not_critical,
     {"a subjectAltName that is critical, as the subject is empty (RFC 5280 4.2.1.6)", "one that is not critical"}},
    {policy_constraints_are_not_critical,
     {"policyConstraints that are critical (RFC 5280 4.2.1.11)", "policyConstraints that are not critical"}},
};

const struct hf_profile_rule *hf_profile_check(const struct hf_certificate *certificate)
{
    for (size_t i = 0; i < HF_COUNT(rows); i++)
        if (rows[i].breaks(certificate))
            return &rows[i].rule;
    return NULL;
}
