/* A certificate looked up in certificate revocation lists (RFC 5280 6.3). */
#ifndef HF_TRUST_CRL_STATUS_H
#define HF_TRUST_CRL_STATUS_H

#include "certificate/crl.h"
#include "trust/status.h"

/* Lists of one issuer that are looked at for one certificate. */
#define HF_CRL_STATUS_LISTS_MAX 32

/* Fills *ret_status. HF_OK, or an error of our own. */
HF_MUST enum hf_error hf_crl_status(const struct hf_status_question *question, const struct hf_crl *crls, size_t count,
                                    struct hf_status *ret_status);

#endif
