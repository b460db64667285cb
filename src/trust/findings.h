/* Failures of the search, put into words. */
#ifndef HF_TRUST_FINDINGS_H
#define HF_TRUST_FINDINGS_H

#include "trust/search.h"

/* Remembers a failure; it becomes the best when it tells more than those before. */
void hf_findings_add(struct hf_search *search, const struct hf_finding *finding, enum hf_search_rank rank);

/* The path's last certificate has no issuer that could be tried. */
void hf_findings_record_dead_end(struct hf_search *search);

/* The issuer's name fits, and its signature check of the path's last certificate came to `error`. */
void hf_findings_record_link(struct hf_search *search, const struct hf_certificate *issuer, bool is_anchor,
                             enum hf_error error);

/* The path has become longer than the policy allows. */
void hf_findings_record_too_deep(struct hf_search *search);

/* A presented certificate cannot be read. */
void hf_findings_record_flaw(struct hf_search *search, size_t presented, const struct hf_certificate_flaw *flaw);

#endif
