/* The certificates of a proven chain, read for showing. */
#ifndef HF_CLI_CHAIN_H
#define HF_CLI_CHAIN_H

#include <handfast/inspect.h>
#include <handfast/peer.h>

/* Reads the chain of a peer; NULL when that fails. Free with hf_inspection_free. */
struct hf_inspection *hf_chain_read(const struct hf_peer *peer);

#endif
