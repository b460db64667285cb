/* ticket_request: how many tickets a client wants of a new session, and how many of a resumed one; the server says how
 * many come. RFC 9149 2, 3. */
#ifndef HF_EXTENSION_TICKET_REQUEST_H
#define HF_EXTENSION_TICKET_REQUEST_H

#include "extension/verbs.h"

hf_extension_offer hf_ticket_request_offer;
hf_extension_take hf_ticket_request_take;
hf_extension_reply hf_ticket_request_reply;
hf_extension_check hf_ticket_request_check;

#endif
