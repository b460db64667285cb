/* status_request: asks for an OCSP response beside the certificate. The verbs are those of the hellos and of
 * CertificateRequest; what stands in an entry of Certificate is a response: extension/entry.h. RFC 6066 8, RFC 9846
 * 4.5.1.1. */
#ifndef HF_EXTENSION_STATUS_REQUEST_H
#define HF_EXTENSION_STATUS_REQUEST_H

#include "extension/verbs.h"

enum { HF_STATUS_TYPE_OCSP = 1 };

hf_extension_offer hf_status_request_offer;
hf_extension_take hf_status_request_take;
hf_extension_reply hf_status_request_reply;
hf_extension_check hf_status_request_check;

#endif
