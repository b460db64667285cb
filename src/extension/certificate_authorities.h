/* certificate_authorities: whose certificates are accepted. We send it in CertificateRequest only.
 * RFC 9846 4.3.4. */
#ifndef HF_EXTENSION_CERTIFICATE_AUTHORITIES_H
#define HF_EXTENSION_CERTIFICATE_AUTHORITIES_H

#include "extension/verbs.h"

hf_extension_take hf_certificate_authorities_take;
hf_extension_reply hf_certificate_authorities_reply;
hf_extension_check hf_certificate_authorities_check;

#endif
