/* A certificate looked up in an OCSP response (RFC 6960 3.2, 4.2.2.2). */
#ifndef HF_TRUST_OCSP_STATUS_H
#define HF_TRUST_OCSP_STATUS_H

#include "trust/status.h"

/* Certificates of responders in one response that are looked at. */
#define HF_OCSP_STATUS_RESPONDERS_MAX 8

/* Fills *ret_status. HF_OK, or an error of our own. A response that cannot be read tells nothing, and says so. */
HF_MUST enum hf_error hf_ocsp_status(const struct hf_status_question *question, struct hf_span response,
                                     struct hf_status *ret_status);

#endif
