/* signed_certificate_timestamp: asks for SCTs beside the certificate, which are passed on and not judged here. In TLS
 * 1.2 the answer stands in ServerHello, in TLS 1.3 in the entry of the certificate: extension/entry.h. RFC 6962 3.3.1.
 */
#ifndef HF_EXTENSION_SIGNED_CERTIFICATE_TIMESTAMP_H
#define HF_EXTENSION_SIGNED_CERTIFICATE_TIMESTAMP_H

#include "extension/verbs.h"

hf_extension_offer hf_signed_certificate_timestamp_offer;
hf_extension_take hf_signed_certificate_timestamp_take;
hf_extension_reply hf_signed_certificate_timestamp_reply;
hf_extension_check hf_signed_certificate_timestamp_check;

#endif
