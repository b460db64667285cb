/* Turning keys: from a schedule's secret to a record protection in the framing. */
#ifndef HF_HANDSHAKE_KEYS_H
#define HF_HANDSHAKE_KEYS_H

#include "handshake/handshake.h"

/* Makes a protection of the negotiated suite and hands it to the framing, for sealing or for opening. */
HF_MUST enum hf_error hf_keys_turn(struct hf_handshake *handshake, enum hf_aead_direction direction,
                                   const struct hf_traffic_keys *keys, enum hf_level level);

/* The same for a protocol and suite that are not agreed on yet. */
struct hf_keys_change {
    const struct hf_protocol *protocol;
    const struct hf_suite *suite;
    enum hf_aead_direction direction;
    const struct hf_traffic_keys *keys;
    enum hf_level level;
};
HF_MUST enum hf_error hf_keys_change(struct hf_handshake *handshake, const struct hf_keys_change *change);

/* 1.3: what the key exchange gave (empty: a PSK stands alone) goes into the schedule, behind the PSK that is taken.
 * Both are wiped. */
HF_MUST enum hf_error hf_keys13_take_shared(struct hf_handshake *handshake, struct hf_premaster *shared);

#endif
