/* TLS framing over an ordered stream of bytes: records in, units out (see seam/framing.h).
 * Holds at most one record of input; a handshake message is put together from its records up to the limit set.
 * RFC 9846 5.1, E.4; RFC 5246 6.2.1. */
#ifndef HF_STREAM_STREAM_H
#define HF_STREAM_STREAM_H

#include "base/allocation.h"
#include "seam/framing.h"

enum hf_stream_sizes {
    HF_STREAM_MESSAGE_MAX = 131072, /* default limit of a handshake message's body */
    HF_STREAM_OUTPUT_SOFT = 69632,  /* send_data takes no more once this much waits */
    HF_STREAM_EMPTY_MAX = 32        /* empty application data records in a row that are let pass */
};

/* A framing whose two directions are plain. The caller owns it; `allocator` must outlive it. */
HF_MUST enum hf_error hf_stream_new(const struct hf_allocator *allocator, struct hf_framing **ret_framing);

#endif
