/* early_data, RFC 9846 4.3.10: a client says that data follows its hello at once, a server that it took it; in a
 * NewSessionTicket a server says how much it will take. */
#ifndef HF_EXTENSION_EARLY_DATA_H
#define HF_EXTENSION_EARLY_DATA_H

#include "extension/verbs.h"

hf_extension_offer hf_early_data_offer;
hf_extension_take hf_early_data_take;
hf_extension_reply hf_early_data_reply;
hf_extension_check hf_early_data_check;

#endif
