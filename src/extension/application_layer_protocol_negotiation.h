/* ALPN: the client's protocols, and the one that the server chose of them. RFC 7301 3.1. */
#ifndef HF_EXTENSION_APPLICATION_LAYER_PROTOCOL_NEGOTIATION_H
#define HF_EXTENSION_APPLICATION_LAYER_PROTOCOL_NEGOTIATION_H

#include "extension/verbs.h"

hf_extension_offer hf_application_layer_protocol_negotiation_offer;
hf_extension_take hf_application_layer_protocol_negotiation_take;
hf_extension_reply hf_application_layer_protocol_negotiation_reply;
hf_extension_check hf_application_layer_protocol_negotiation_check;

#endif
