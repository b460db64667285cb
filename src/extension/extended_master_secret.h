/* extended_master_secret: its presence says all. TLS 1.2 only: 1.3 always does it. RFC 7627 5.1. */
#ifndef HF_EXTENSION_EXTENDED_MASTER_SECRET_H
#define HF_EXTENSION_EXTENDED_MASTER_SECRET_H

#include "extension/verbs.h"

hf_extension_offer hf_extended_master_secret_offer;
hf_extension_take hf_extended_master_secret_take;
hf_extension_reply hf_extended_master_secret_reply;
hf_extension_check hf_extended_master_secret_check;

#endif
