/* connection_id, RFC 9146 3: each end says by which ID it wants to be found in what it is sent; an empty one says that
 * it wants none, and takes the other's. Over datagrams only, in both versions in the hellos (RFC 9147 9). */
#ifndef HF_EXTENSION_CONNECTION_ID_H
#define HF_EXTENSION_CONNECTION_ID_H

#include "extension/verbs.h"

hf_extension_offer hf_connection_id_offer;
hf_extension_take hf_connection_id_take;
hf_extension_reply hf_connection_id_reply;
hf_extension_check hf_connection_id_check;

#endif
