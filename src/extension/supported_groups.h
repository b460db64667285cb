/* supported_groups: the groups that the client can do, best first. A server may tell its own in EncryptedExtensions,
 * as a hint for later. RFC 9846 4.3.7, RFC 8422 5.1.1. */
#ifndef HF_EXTENSION_SUPPORTED_GROUPS_H
#define HF_EXTENSION_SUPPORTED_GROUPS_H

#include "extension/verbs.h"

hf_extension_offer hf_supported_groups_offer;
hf_extension_take hf_supported_groups_take;
hf_extension_check hf_supported_groups_check;

#endif
