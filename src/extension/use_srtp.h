/* use_srtp: the profile by which the application will protect its media, under keys exported from this connection. RFC
 * 5764 4.1. */
#ifndef HF_EXTENSION_USE_SRTP_H
#define HF_EXTENSION_USE_SRTP_H

#include "extension/verbs.h"

hf_extension_offer hf_use_srtp_offer;
hf_extension_take hf_use_srtp_take;
hf_extension_reply hf_use_srtp_reply;
hf_extension_check hf_use_srtp_check;

#endif
