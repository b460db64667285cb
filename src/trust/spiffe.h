/* SPIFFE IDs (SPIFFE-ID 2, X509-SVID 2): a workload's identity as the only URI among the subject alternative names. */
#ifndef HF_TRUST_SPIFFE_H
#define HF_TRUST_SPIFFE_H

#include "certificate/certificate.h"

/* Whether it is spiffe://trust-domain/path: domain of a-z 0-9 . - _, segments of letters, digits, . - _, none empty or
 * "." or "..", no trailing slash, no query or fragment, at most 2048 bytes. */
bool hf_spiffe_is_id(struct hf_span uri);

/* Whether it may be the name of a trust domain: 1 to 255 of a-z 0-9 . - _ */
bool hf_spiffe_is_domain(struct hf_span name);

/* The trust domain of a valid ID. */
struct hf_span hf_spiffe_domain(struct hf_span id);

/* The leaf's SPIFFE ID; empty unless it has exactly one URI, that URI is a valid ID, and the leaf is not a CA. */
struct hf_span hf_spiffe_of(const struct hf_certificate *leaf);

/* Whether any of its URIs is of the scheme, ID or not. */
bool hf_spiffe_is_claimed(const struct hf_certificate *leaf);

#endif
