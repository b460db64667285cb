/* Where a CRL is had and what it covers: DistributionPoint of certificates (RFC 5280 4.2.1.13) and
 * IssuingDistributionPoint of CRLs (5.2.5), which share their names and reasons. */
#ifndef HF_CERTIFICATE_DISTRIBUTION_POINT_H
#define HF_CERTIFICATE_DISTRIBUTION_POINT_H

#include "certificate/der.h"

struct hf_distribution_point {
    struct hf_span full_name;     /* content of GeneralNames; empty when the name is relative or absent */
    struct hf_span relative_name; /* content of the RelativeDistinguishedName; empty likewise */
    bool has_reasons;             /* only some reasons of revocation are covered */
    struct hf_span crl_issuer;    /* content of GeneralNames: another than the certificate's issuer; empty: none */
};

/* Takes one DistributionPoint; false, and the reader bad, when it is none. */
HF_MUST bool hf_distribution_point_take(struct hf_der *list, struct hf_distribution_point *ret_point);

/* Takes what stands inside a DistributionPointName's tag [0]: fills the two names. */
HF_MUST bool hf_distribution_point_take_name(struct hf_der *der, struct hf_distribution_point *ret_point);

/* The first URI of its full name; empty when there is none. */
struct hf_span hf_distribution_point_uri(const struct hf_distribution_point *point);

/* Whether two have a name in common: some general name, byte for byte, or the same relative name. */
bool hf_distribution_point_shares_name(const struct hf_distribution_point *a, const struct hf_distribution_point *b);

#endif
