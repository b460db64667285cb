/* What RFC 5280 forbids a CA to put into a certificate, beyond its encoding. A certificate that breaks it was made by
 * something that does not know what it signs, or was meant to be read in two ways. Anchors are exempt: they are
 * believed because they were given (RFC 5280 6.1.1 (d)). */
#ifndef HF_TRUST_PROFILE_H
#define HF_TRUST_PROFILE_H

#include "certificate/certificate.h"

/* One rule of the profile. Static strings. */
struct hf_profile_rule {
    const char *wanted;
    const char *got;
};

/* The first rule that the certificate breaks; NULL when it breaks none. */
const struct hf_profile_rule *hf_profile_check(const struct hf_certificate *certificate);

#endif
