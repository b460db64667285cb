/* Channel bindings: bytes that both ends of this very connection have and nobody else can choose, for an authentication
 * inside to be bound to it. RFC 5056, RFC 9266, RFC 5929 3. */
#ifndef HF_HANDSHAKE_CHANNEL_BINDING_H
#define HF_HANDSHAKE_CHANNEL_BINDING_H

#include <handfast/connection.h>

#include "handshake/handshake.h"

/* Keeps the first Finished of a handshake of TLS 1.2, whoever sends it; later ones change nothing. */
void hf_channel_binding_keep(struct hf_handshake *handshake, const struct hf_digest *verify_data);

/* *ret_len bytes to `into`, which has `room`. wrong_call before the connection is open, where there is not enough room,
 * and where the kind would not be sound; then *ret_len is 0. */
HF_MUST enum hf_error hf_channel_binding_make(const struct hf_handshake *handshake, enum hf_channel_binding kind,
                                              uint8_t *into, size_t room, size_t *ret_len);

#endif
