/* SPIFFE trust domains: an anchor that belongs to one proves identities of that domain and nothing else, and where any
 * anchor belongs to one, a leaf with a SPIFFE ID must end at an anchor of its own domain. So a CA of one domain, or one
 * of the public web, cannot make identities of another. SPIFFE Trust Domain and Bundle 3 and 6.4. */
#ifndef HF_TRUST_DOMAIN_H
#define HF_TRUST_DOMAIN_H

#include "base/text.h"
#include "trust/anchors.h"

/* Whether the anchor may prove this leaf, where anchors of domains were given. */
bool hf_domain_fits(const struct hf_certificate *leaf, const struct hf_anchor *anchor);

/* Why not: what would have to be there, and what is. */
void hf_domain_explain(const struct hf_certificate *leaf, const struct hf_anchor *anchor, struct hf_text *wanted,
                       struct hf_text *got);

#endif
