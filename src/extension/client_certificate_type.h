/* client_certificate_type: what a client can prove itself by. RFC 7250 3, 4. */
#ifndef HF_EXTENSION_CLIENT_CERTIFICATE_TYPE_H
#define HF_EXTENSION_CLIENT_CERTIFICATE_TYPE_H

#include "extension/verbs.h"

hf_extension_offer hf_client_certificate_type_offer;
hf_extension_take hf_client_certificate_type_take;
hf_extension_reply hf_client_certificate_type_reply;
hf_extension_check hf_client_certificate_type_check;

#endif
