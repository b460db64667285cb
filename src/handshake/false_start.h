/* False Start (RFC 7918): a client of TLS 1.2 that sends data behind its own Finished, before it has the server's. */
#ifndef HF_HANDSHAKE_FALSE_START_H
#define HF_HANDSHAKE_FALSE_START_H

#include "handshake/handshake.h"

/* Whether data may go although the handshake is not over. */
bool hf_false_start_runs(const struct hf_handshake *handshake);

/* Who the server is while that is so: it holds every proof but Finished. NULL otherwise. */
const struct hf_peer *hf_false_start_peer(const struct hf_handshake *handshake);

#endif
