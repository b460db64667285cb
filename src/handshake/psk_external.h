/* Keys of TLS 1.3 that were shared beforehand (RFC 9846 4.3.11), as they are or imported (RFC 9258). */
#ifndef HF_HANDSHAKE_PSK_EXTERNAL_H
#define HF_HANDSHAKE_PSK_EXTERNAL_H

#include "handshake/shared_key.h"

/* A client, before its first hello: offers its keys behind what is offered already, as far as there is room. */
HF_MUST enum hf_error hf_psk_external_offer(struct hf_handshake *handshake);

/* A server: looks among its keys, in its own order, then asks the application, for one that the hello names and that
 * fits: into past->psks[0]; work->has_psk tells. */
HF_MUST enum hf_error hf_psk_external_find(struct hf_handshake *handshake);

/* The key of this kind, identity and context: of the config, or at a server that the application finds; key.len 0:
 * there is none. *ret_hash is the hash that it is for. */
void hf_psk_external_look_up(const struct hf_config *config, const struct hf_shared_key_facts *wanted,
                             struct hf_secret *ret_key, enum hf_hash_id *ret_hash);

#endif
