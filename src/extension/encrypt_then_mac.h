/* encrypt_then_mac: its presence says all. For the block ciphers of TLS 1.2 only. RFC 7366 2, 3. */
#ifndef HF_EXTENSION_ENCRYPT_THEN_MAC_H
#define HF_EXTENSION_ENCRYPT_THEN_MAC_H

#include "extension/verbs.h"

hf_extension_offer hf_encrypt_then_mac_offer;
hf_extension_take hf_encrypt_then_mac_take;
hf_extension_reply hf_encrypt_then_mac_reply;
hf_extension_check hf_encrypt_then_mac_check;

#endif
