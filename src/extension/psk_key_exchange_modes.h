/* psk_key_exchange_modes: we offer psk_dhe_ke, without which servers send no tickets, and a ticket is the first sign
 * that a server took our certificate. RFC 9846 4.3.9. */
#ifndef HF_EXTENSION_PSK_KEY_EXCHANGE_MODES_H
#define HF_EXTENSION_PSK_KEY_EXCHANGE_MODES_H

#include "extension/verbs.h"

hf_extension_offer hf_psk_key_exchange_modes_offer;
hf_extension_take hf_psk_key_exchange_modes_take;

#endif
