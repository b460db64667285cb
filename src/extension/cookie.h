/* cookie: a client repeats what the HelloRetryRequest held. RFC 9846 4.3.2. */
#ifndef HF_EXTENSION_COOKIE_H
#define HF_EXTENSION_COOKIE_H

#include "extension/verbs.h"

hf_extension_offer hf_cookie_offer;
hf_extension_take hf_cookie_take;
hf_extension_reply hf_cookie_reply;
hf_extension_check hf_cookie_check;

#endif
