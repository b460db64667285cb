/* delegated_credential: by which schemes the keys of delegated credentials may sign that the sender takes. The
 * credential itself stands in the entry of the end-entity certificate: extension/entry.h. TLS 1.3 only. RFC 9345 4.1.
 */
#ifndef HF_EXTENSION_DELEGATED_CREDENTIAL_H
#define HF_EXTENSION_DELEGATED_CREDENTIAL_H

#include "extension/verbs.h"

hf_extension_offer hf_delegated_credential_offer;
hf_extension_take hf_delegated_credential_take;
hf_extension_reply hf_delegated_credential_reply;
hf_extension_check hf_delegated_credential_check;

#endif
