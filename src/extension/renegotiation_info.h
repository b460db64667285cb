/* renegotiation_info: this end knows secure renegotiation, and this is a first handshake, so it must be empty: we never
 * renegotiate. TLS 1.2 only. RFC 5746 3.4, 3.6. */
#ifndef HF_EXTENSION_RENEGOTIATION_INFO_H
#define HF_EXTENSION_RENEGOTIATION_INFO_H

#include "extension/verbs.h"

hf_extension_offer hf_renegotiation_info_offer;
hf_extension_take hf_renegotiation_info_take;
hf_extension_reply hf_renegotiation_info_reply;
hf_extension_check hf_renegotiation_info_check;

#endif
