/* session_ticket: a client takes tickets, or brings one; a server says that it will give one. TLS 1.2 only. What is in
 * a ticket is for session/ticket.h. RFC 5077 3.2. */
#ifndef HF_EXTENSION_SESSION_TICKET_H
#define HF_EXTENSION_SESSION_TICKET_H

#include "extension/verbs.h"

hf_extension_offer hf_session_ticket_offer;
hf_extension_take hf_session_ticket_take;
hf_extension_reply hf_session_ticket_reply;
hf_extension_check hf_session_ticket_check;

#endif
