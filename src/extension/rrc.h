/* rrc, RFC 9853 3: this end can be asked whether it is where its records come from. Beside connection_id only. */
#ifndef HF_EXTENSION_RRC_H
#define HF_EXTENSION_RRC_H

#include "extension/verbs.h"

hf_extension_offer hf_rrc_offer;
hf_extension_take hf_rrc_take;
hf_extension_reply hf_rrc_reply;
hf_extension_check hf_rrc_check;

#endif
