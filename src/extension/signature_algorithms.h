/* signature_algorithms: the schemes that we accept in handshake signatures, and, unless signature_algorithms_cert
 * says otherwise, in certificates. RFC 9846 4.3.3, RFC 5246 7.4.1.4.1. */
#ifndef HF_EXTENSION_SIGNATURE_ALGORITHMS_H
#define HF_EXTENSION_SIGNATURE_ALGORITHMS_H

#include "extension/verbs.h"

/* The config's schemes for these generations (bits) as uint16 each, without a length: in TLS 1.2 they also stand in
 * CertificateRequest.supported_signature_algorithms. */
void hf_signature_algorithms_write(const struct hf_config *config, unsigned generations, struct hf_writer *list);

hf_extension_offer hf_signature_algorithms_offer;
hf_extension_take hf_signature_algorithms_take;
hf_extension_reply hf_signature_algorithms_reply;
hf_extension_check hf_signature_algorithms_check;

#endif
