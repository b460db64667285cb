/* What a CRL or an OCSP response says of one certificate. Shared by crl_status.c, ocsp_status.c and revocation.c. */
#ifndef HF_TRUST_STATUS_H
#define HF_TRUST_STATUS_H

#include "base/text.h"
#include "trust/trust.h"

enum hf_status_kind {
    HF_STATUS_NONE = 0, /* it says nothing that may be believed; `told` says why */
    HF_STATUS_GOOD,
    HF_STATUS_REVOKED
};

struct hf_status {
    enum hf_status_kind kind;
    int64_t since_s;
    int64_t until_s; /* of HF_STATUS_GOOD: how long it holds */
    char told[320];  /* by what, of whom, of when; or why nothing is known */
};

/* The certificate in question, and the CA that issued it: the next one of a path whose signatures hold. */
struct hf_status_question {
    const struct hf_trust_question *asked;
    const struct hf_trust_policy *policy;
    const struct hf_certificate *subject;
    const struct hf_certificate *issuer;
    int64_t age_max_s;          /* older answers are stale; 0: until nextUpdate */
    unsigned *signature_checks; /* counts on, up to the policy's maximum */
};

/* Whether something of these dates is current. */
bool hf_status_is_fresh(const struct hf_status_question *question, int64_t this_update_s, int64_t next_update_s);

/* Until when something of these dates that is fresh now stays so. */
int64_t hf_status_fresh_until(const struct hf_status_question *question, int64_t this_update_s, int64_t next_update_s);

/* Something signed, other than a certificate. */
struct hf_signed;

/* Checks that the certificate `by` signed it, with an algorithm that the policy takes. Errors of our own
 * (HF_ERR_no_memory, HF_ERR_crypto_failed), HF_ERR_path_search_exhausted, or any other: it did not. */
HF_MUST enum hf_error hf_status_check_signed(const struct hf_status_question *question, const struct hf_certificate *by,
                                             const struct hf_signed *what);

/* Whether the error is of our own, so that nothing is known of the peer. */
bool hf_status_is_own_fault(enum hf_error error);

#endif
