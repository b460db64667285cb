/* DTLS framing under the handshake: records, fragments, flights and their retransmission over datagrams (RFC 9147,
 * RFC 6347). The handshake above sees what it sees over a stream: whole messages in order, each once.
 * What an attacker can forge is dropped and counted, never a failure: only what came under keys can end a connection,
 * and an alert in the clear is believed only when nothing better comes for a while. */
#ifndef HF_DATAGRAM_DATAGRAM_H
#define HF_DATAGRAM_DATAGRAM_H

#include "base/allocation.h"
#include "seam/framing.h"

enum hf_datagram_limits {
    HF_DATAGRAM_MESSAGE_MAX = 131072,
    HF_DATAGRAM_HINT_MS = 400,         /* how long an alert in the clear waits for something that disproves it */
    HF_DATAGRAM_HINT_PATIENT_MS = 3000 /* ... if it would end all: both ends send again three times meanwhile */
};

/* Where the numbers of epoch 0 begin. Zeros, unless a cookie was exchanged before there was a connection: then with
 * those of the hello that brought it (RFC 6347 4.2.1, 4.2.2). */
struct hf_datagram_numbers {
    uint16_t message_seq; /* of the first message in each direction */
    uint64_t sequence;    /* of the first record sent */
};

/* A framing over datagrams, plaintext in epoch 0; the caller owns it. `allocator` must outlive it. */
HF_MUST enum hf_error hf_datagram_new(const struct hf_allocator *allocator, const struct hf_datagram_numbers *first,
                                      struct hf_framing **ret_framing);

#endif
