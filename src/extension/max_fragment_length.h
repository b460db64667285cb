/* max_fragment_length: the client asks for records of at most 2^9 to 2^12 bytes, both ways; the server repeats the
 * value or is silent. In structs the value is in bytes. RFC 6066 4. */
#ifndef HF_EXTENSION_MAX_FRAGMENT_LENGTH_H
#define HF_EXTENSION_MAX_FRAGMENT_LENGTH_H

#include "extension/verbs.h"

hf_extension_offer hf_max_fragment_length_offer;
hf_extension_take hf_max_fragment_length_take;
hf_extension_reply hf_max_fragment_length_reply;
hf_extension_check hf_max_fragment_length_check;

#endif
