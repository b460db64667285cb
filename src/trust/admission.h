/* Admission: which proven identities may come in. Rules (trust/rule.h, docs/ADMISSION.md) are compiled once; the first
 * that fits admits, and is told. Judged only after the chain was proven. Immutable once built, shared by threads. */
#ifndef HF_TRUST_ADMISSION_H
#define HF_TRUST_ADMISSION_H

#include <handfast/peer.h>

#include "base/allocation.h"
#include "error/error.h"

enum { HF_ADMISSION_RULES_MAX = 1024, HF_ADMISSION_TEXT_MAX = 1048576 };

struct hf_admission;

/* No rules yet; NULL when there is no memory. Free with hf_admission_free (NULL is fine). */
HF_MUST struct hf_admission *hf_admission_new(const struct hf_allocator *allocator);
void hf_admission_free(struct hf_admission *admission);

/* Whether cn: may be used by rules that are added from now on. Not unless this is said: a common name is no name of a
 * host (RFC 9525 2), and CAs do not always check it. */
void hf_admission_allow_common_names(struct hf_admission *admission);

/* Adds every rule of a text. HF_ERR_setting_invalid, and no rule of it is kept, when one is none, or none is there;
 * *ret_failure then says which line of `where`, what stands there and what should. */
HF_MUST enum hf_error hf_admission_add(struct hf_admission *admission, struct hf_span text, const char *where,
                                       struct hf_failure *ret_failure);

/* How many rules, 0 for NULL; and the i-th as it was written. */
size_t hf_admission_count(const struct hf_admission *admission);
const char *hf_admission_rule(const struct hf_admission *admission, size_t i);

/* HF_OK when a rule fits, or `admission` is NULL; *ret_rule is that rule, "" when there are none. Borrowed from the
 * admission. HF_ERR_not_admitted otherwise, and then *ret_failure has what is admitted and what the peer has. */
HF_MUST enum hf_error hf_admission_judge(const struct hf_admission *admission, const struct hf_peer *peer,
                                         const char **ret_rule, struct hf_failure *ret_failure);

#endif
