/* record_size_limit: the largest record that each end takes, independently. A server does not judge a client's value
 * that is too large, a client does. RFC 8449 4. */
#ifndef HF_EXTENSION_RECORD_SIZE_LIMIT_H
#define HF_EXTENSION_RECORD_SIZE_LIMIT_H

#include "extension/verbs.h"

hf_extension_offer hf_record_size_limit_offer;
hf_extension_take hf_record_size_limit_take;
hf_extension_reply hf_record_size_limit_reply;
hf_extension_check hf_record_size_limit_check;

#endif
