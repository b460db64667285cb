/* The framing under QUIC (RFC 9001 4): handshake bytes by encryption level, without records, and secrets for packets
 * that somebody else protects. An ordered stream of CRYPTO bytes a level comes in and goes out; alerts, data and
 * change_cipher_spec do not exist. See seam/framing.h. */
#ifndef HF_QUIC_QUIC_H
#define HF_QUIC_QUIC_H

#include "base/allocation.h"
#include "quic/secret.h"
#include "seam/framing.h"

enum hf_quic_sizes {
    HF_QUIC_MESSAGE_MAX = 131072,  /* default limit of a handshake message's body */
    HF_QUIC_INPUT_MAX = 1 << 18,   /* bytes fed that wait: a message in progress, or for an answer */
    HF_QUIC_OUTPUT_MAX = 1 << 20,  /* bytes of one level that wait to be sent */
    HF_QUIC_PARAMETERS_MAX = 2048, /* of ours */
    HF_QUIC_SECRETS_MAX = 6        /* that wait: there are five of a whole handshake */
};

/* `parameters`: what our hello says of the transport, copied; at most HF_QUIC_PARAMETERS_MAX. `allocator` must outlive
 * it. */
HF_MUST enum hf_error hf_quic_new(const struct hf_allocator *allocator, struct hf_span parameters,
                                  struct hf_framing **ret_framing);

/* What waits to be sent, of the lowest level that has something; empty: nothing. Lent until the next call on the
 * framing. Say with hf_quic_framing_consumed how many of its first bytes went. */
struct hf_span hf_quic_framing_output(const struct hf_framing *framing, enum hf_level *ret_level);
void hf_quic_framing_consumed(struct hf_framing *framing, enum hf_level level, size_t len);

/* The next secret, the oldest first; NULL: there is none. Lent until the next call of this, or of forget_keys or free.
 * Behind forget_keys there are those of what we send only. */
const struct hf_quic_secret_holder *hf_quic_framing_next_secret(struct hf_framing *framing);

/* Nothing of this level is sent or taken any more (RFC 9001 4.9). */
void hf_quic_framing_discard(struct hf_framing *framing, enum hf_level level);

/* What the peer's hello said of the transport; empty until it came. Lives as long as the framing. */
struct hf_span hf_quic_framing_peer_parameters(const struct hf_framing *framing);

#endif
