/* Keys of TLS 1.3 that were shared beforehand (RFC 9846 4.3.11), as they are or imported (RFC 9258). */
#ifndef HF_HANDSHAKE_PSK_EXTERNAL_H
#define HF_HANDSHAKE_PSK_EXTERNAL_H

#include "handshake/handshake.h"

/* A client, before its first hello: offers its keys behind what is offered already, as far as there is room. */
HF_MUST enum hf_error hf_psk_external_offer(struct hf_handshake *handshake);

/* A server: looks among its keys, in its own order, then asks the application, for one that the hello names and that
 * fits: into work->psks[0]; work->has_psk tells. */
HF_MUST enum hf_error hf_psk_external_find(struct hf_handshake *handshake);

#endif
