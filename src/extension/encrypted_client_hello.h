/* encrypted_client_hello, RFC 9849 5: what a client encrypted, a server's confirmation in HelloRetryRequest, and the
 * configurations that a server would rather see used. */
#ifndef HF_EXTENSION_ENCRYPTED_CLIENT_HELLO_H
#define HF_EXTENSION_ENCRYPTED_CLIENT_HELLO_H

#include "extension/verbs.h"

/* ECHClientHelloType. */
enum { HF_ECH_TYPE_OUTER = 0, HF_ECH_TYPE_INNER = 1, HF_ECH_CONFIRMATION_LEN = 8 };

hf_extension_offer hf_encrypted_client_hello_offer;
hf_extension_take hf_encrypted_client_hello_take;
hf_extension_reply hf_encrypted_client_hello_reply;
hf_extension_check hf_encrypted_client_hello_check;

#endif
