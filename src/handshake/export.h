/* Keying material for other protocols, from whichever schedule this connection has. RFC 5705, RFC 9846 7.5. */
#ifndef HF_HANDSHAKE_EXPORT_H
#define HF_HANDSHAKE_EXPORT_H

#include "handshake/handshake.h"

/* `len` bytes to `into`. wrong_call before the connection is open, and in 1.2 without extended master secret. */
HF_MUST enum hf_error hf_export_keys(const struct hf_handshake *handshake, const struct hf_export_request *request,
                                     uint8_t *into, size_t len);

/* The same from early_exporter_master_secret, which is there while early data is offered or taken, until the connection
 * is open; else wrong_call. */
HF_MUST enum hf_error hf_export_early_keys(const struct hf_handshake *handshake,
                                           const struct hf_export_request *request, uint8_t *into, size_t len);

#endif
