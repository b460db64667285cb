/* pre_shared_key: a client offers keys by their names, each with a binder; a server says which one it takes. What a
 * name leads to and what a binder must be is for handshake/. RFC 9846 4.3.11. */
#ifndef HF_EXTENSION_PRE_SHARED_KEY_H
#define HF_EXTENSION_PRE_SHARED_KEY_H

#include "extension/verbs.h"

hf_extension_offer hf_pre_shared_key_offer;
hf_extension_take hf_pre_shared_key_take;
hf_extension_reply hf_pre_shared_key_reply;
hf_extension_check hf_pre_shared_key_check;

#endif
