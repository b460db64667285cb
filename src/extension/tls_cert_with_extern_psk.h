/* tls_cert_with_extern_psk: certificates and a key shared beforehand, both in one handshake. RFC 8773bis 4. */
#ifndef HF_EXTENSION_TLS_CERT_WITH_EXTERN_PSK_H
#define HF_EXTENSION_TLS_CERT_WITH_EXTERN_PSK_H

#include "extension/verbs.h"

hf_extension_offer hf_tls_cert_with_extern_psk_offer;
hf_extension_take hf_tls_cert_with_extern_psk_take;
hf_extension_reply hf_tls_cert_with_extern_psk_reply;
hf_extension_check hf_tls_cert_with_extern_psk_check;

#endif
