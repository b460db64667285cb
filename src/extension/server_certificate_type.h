/* server_certificate_type: what a client takes as proof of the server. RFC 7250 3, 4. */
#ifndef HF_EXTENSION_SERVER_CERTIFICATE_TYPE_H
#define HF_EXTENSION_SERVER_CERTIFICATE_TYPE_H

#include "extension/verbs.h"

hf_extension_offer hf_server_certificate_type_offer;
hf_extension_take hf_server_certificate_type_take;
hf_extension_reply hf_server_certificate_type_reply;
hf_extension_check hf_server_certificate_type_check;

#endif
