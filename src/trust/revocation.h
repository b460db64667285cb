/* Revocation: the CRLs and OCSP responses that were given, and whether a path's certificates were revoked by what they
 * say (RFC 5280 6.3, RFC 6960, RFC 7633). Nothing is fetched: what is missing is told. Built once, then immutable and
 * shared by threads. */
#ifndef HF_TRUST_REVOCATION_H
#define HF_TRUST_REVOCATION_H

#include <handfast/config.h>
#include <handfast/peer.h>

#include "trust/search.h"

/* CRLs and OCSP responses of one set, and bytes of one. */
enum { HF_REVOCATION_ITEMS_MAX = 4096, HF_REVOCATION_LEN_MAX = 16777215 };

struct hf_revocation;

/* An empty set; NULL when there is no memory. Free with hf_revocation_free (NULL is fine). */
HF_MUST struct hf_revocation *hf_revocation_new(const struct hf_allocator *allocator);
void hf_revocation_free(struct hf_revocation *revocation);

/* Adds a CRL (DER, or PEM with one or several) or an OCSP response (DER). HF_ERR_file_malformed, and *ret_flaw, a
 * static string, when it is none. */
HF_MUST enum hf_error hf_revocation_add_crl(struct hf_revocation *revocation, struct hf_span bytes,
                                            const char **ret_flaw);
HF_MUST enum hf_error hf_revocation_add_ocsp(struct hf_revocation *revocation, struct hf_span bytes,
                                             const char **ret_flaw);

/* How strict, and from what age on an answer is stale even before its nextUpdate (0: never). */
void hf_revocation_set(struct hf_revocation *revocation, enum hf_revocation_mode mode, int64_t age_max_s);
enum hf_revocation_mode hf_revocation_mode(const struct hf_revocation *revocation);
int64_t hf_revocation_age_max(const struct hf_revocation *revocation);

/* What was added, for a digest of the policy: 0 for NULL; and the DER of the i-th. */
size_t hf_revocation_count(const struct hf_revocation *revocation);
struct hf_span hf_revocation_item(const struct hf_revocation *revocation, size_t i);

/* Judges the whole path of a search, whose signatures hold; counts its own among them, keeps the result. HF_OK,
 * HF_ERR_certificate_revoked, HF_ERR_revocation_unknown, HF_ERR_staple_missing, with *ret_finding; or an error of our
 * own. */
HF_MUST enum hf_error hf_revocation_check(struct hf_search *search, struct hf_finding *ret_finding);

#endif
