/* The certificates of a chain, proven or as it was sent, read for showing. */
#ifndef HF_CLI_CHAIN_H
#define HF_CLI_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include <handfast/inspect.h>
#include <handfast/peer.h>

/* Reads the chain of a peer; NULL when that fails. Free with hf_inspection_free. */
struct hf_inspection *hf_chain_read(const struct hf_peer *peer);

/* The certificates of a Certificate message of TLS, with its header; in TLS 1.3 each is followed by its extensions (RFC
 * 9846 4.5.1, RFC 5246 7.4.2). NULL when there are none, or they cannot be read. */
struct hf_inspection *hf_chain_read_message(const uint8_t *message, size_t len, bool is_13);

#endif
