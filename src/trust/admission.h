/* Admission: which proven identities may come in. A rule is a kind and a pattern over one kind of name in the peer's
 * certificate; one rule that fits admits. Judged only after the chain was proven. Immutable once built, shared by
 * threads.
 *
 *   spiffe://example.org/pay/...   the SPIFFE ID (a pattern with its scheme is a rule of its own)
 *   uri:URI  dns:NAME  email:ADDRESS  ip:ADDRESS
 *
 * In a pattern a star stands for any run of characters that are not '/', two stars for any run at all. */
#ifndef HF_TRUST_ADMISSION_H
#define HF_TRUST_ADMISSION_H

#include <handfast/peer.h>

#include "base/allocation.h"
#include "error/error.h"

enum { HF_ADMISSION_RULES_MAX = 256, HF_ADMISSION_RULE_LEN_MAX = 1024 };

struct hf_admission;

/* No rules yet; NULL when there is no memory. Free with hf_admission_free (NULL is fine). */
HF_MUST struct hf_admission *hf_admission_new(const struct hf_allocator *allocator);
void hf_admission_free(struct hf_admission *admission);

/* Adds a rule. HF_ERR_setting_invalid when it is none; *ret_failure then says what is wrong with it. */
HF_MUST enum hf_error hf_admission_add(struct hf_admission *admission, const char *rule,
                                       struct hf_failure *ret_failure);

/* How many rules, 0 for NULL; and the i-th as it was given. */
size_t hf_admission_count(const struct hf_admission *admission);
const char *hf_admission_rule(const struct hf_admission *admission, size_t i);

/* HF_OK when a rule fits, or `admission` is NULL; HF_ERR_not_admitted otherwise, and then *ret_failure has what is
 * admitted and what the peer has. */
HF_MUST enum hf_error hf_admission_judge(const struct hf_admission *admission, const struct hf_peer *peer,
                                         struct hf_failure *ret_failure);

/* Whether a pattern fits a name. Patterns and names are short, so is the work. */
bool hf_admission_matches(struct hf_span pattern, struct hf_span name);

#endif
