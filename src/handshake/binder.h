/* Binders: each PSK of a ClientHello shows, by a MAC over the hello as far as the list of binders, that who offers the
 * key has it, for this very hello. RFC 9846 4.3.11.2. */
#ifndef HF_HANDSHAKE_BINDER_H
#define HF_HANDSHAKE_BINDER_H

#include "handshake/handshake.h"

/* A client: replaces the binders that end `body`, written as zeros, by those of past->psks. What stood in the writer
 * before the hello's body are `from` bytes. */
HF_MUST enum hf_error hf_binder_write(struct hf_handshake *handshake, struct hf_writer *body, size_t from);

/* A server, before the hello is in the transcript: keeps its digests up to the binders, for every hash that a PSK may
 * have. `body` is the hello's as it came. */
HF_MUST enum hf_error hf_binder_prepare(struct hf_handshake *handshake, struct hf_span body);

/* A server: the binder of the PSK it takes, past->psks[0]. HF_ERR_psk_binder_wrong. */
HF_MUST enum hf_error hf_binder_check(struct hf_handshake *handshake);

#endif
