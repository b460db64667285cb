/* quic_transport_parameters (RFC 9001 8.2): opaque here, QUIC's own to read. Only where the transport is QUIC. The
 * verbs: extension/verbs.h. */
#ifndef HF_EXTENSION_QUIC_TRANSPORT_PARAMETERS_H
#define HF_EXTENSION_QUIC_TRANSPORT_PARAMETERS_H

#include "extension/verbs.h"

hf_extension_offer hf_quic_transport_parameters_offer;
hf_extension_take hf_quic_transport_parameters_take;
hf_extension_reply hf_quic_transport_parameters_reply;
hf_extension_check hf_quic_transport_parameters_check;

#endif
