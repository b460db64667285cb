/* signature_algorithms_cert: the schemes accepted in certificates, sent only when they are not the same as those of
 * signature_algorithms. RFC 9846 4.3.3. */
#ifndef HF_EXTENSION_SIGNATURE_ALGORITHMS_CERT_H
#define HF_EXTENSION_SIGNATURE_ALGORITHMS_CERT_H

#include "extension/verbs.h"

hf_extension_offer hf_signature_algorithms_cert_offer;
hf_extension_take hf_signature_algorithms_cert_take;
hf_extension_reply hf_signature_algorithms_cert_reply;
hf_extension_check hf_signature_algorithms_cert_check;

#endif
