/* supported_versions: what the client offers, and what a server of TLS 1.3 chose. Choosing and comparing is for
 * negotiate/version.c. RFC 9846 4.3.1. */
#ifndef HF_EXTENSION_SUPPORTED_VERSIONS_H
#define HF_EXTENSION_SUPPORTED_VERSIONS_H

#include "extension/verbs.h"

hf_extension_offer hf_supported_versions_offer;
hf_extension_take hf_supported_versions_take;
hf_extension_reply hf_supported_versions_reply;
hf_extension_check hf_supported_versions_check;

#endif
