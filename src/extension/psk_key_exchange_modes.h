/* psk_key_exchange_modes: we offer psk_dhe_ke, without which servers send no tickets, and a ticket is the first sign
 * that a server took our certificate. RFC 9846 4.3.9. */
#ifndef HF_EXTENSION_PSK_KEY_EXCHANGE_MODES_H
#define HF_EXTENSION_PSK_KEY_EXCHANGE_MODES_H

#include "extension/verbs.h"

enum hf_psk_key_exchange_mode { HF_PSK_KE = 0, HF_PSK_DHE_KE = 1 };

hf_extension_offer hf_psk_key_exchange_modes_offer;
hf_extension_take hf_psk_key_exchange_modes_take;

#endif
