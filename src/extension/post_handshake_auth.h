/* post_handshake_auth: the client says that it may be asked for a certificate on the open connection. No server sends
 * it. RFC 9846 4.3.6. */
#ifndef HF_EXTENSION_POST_HANDSHAKE_AUTH_H
#define HF_EXTENSION_POST_HANDSHAKE_AUTH_H

#include "extension/verbs.h"

hf_extension_offer hf_post_handshake_auth_offer;
hf_extension_take hf_post_handshake_auth_take;

#endif
