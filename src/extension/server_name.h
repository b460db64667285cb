/* server_name: the host that the client wants to reach. An answer is empty and says that the name was used.
 * Only host_name is known; the name is judged as bytes here, never looked up. RFC 6066 3. */
#ifndef HF_EXTENSION_SERVER_NAME_H
#define HF_EXTENSION_SERVER_NAME_H

#include "extension/verbs.h"

hf_extension_offer hf_server_name_offer;
hf_extension_take hf_server_name_take;
hf_extension_reply hf_server_name_reply;
hf_extension_check hf_server_name_check;

/* The host name of a client's list; empty: there is none of that kind. Where the whole payload was kept to be read
 * later: in a ClientCertificateRequest (RFC 9261 4). */
HF_MUST enum hf_error hf_server_name_read(struct hf_span payload, struct hf_span *ret_name);

#endif
