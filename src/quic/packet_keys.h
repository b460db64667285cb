/* Keys of QUIC packets, and what they do (RFC 9001 5). The calls of <handfast/quic_packet.h> check their arguments and
 * come here. */
#ifndef HF_QUIC_PACKET_KEYS_H
#define HF_QUIC_PACKET_KEYS_H

#include <handfast/quic_packet.h>

#include "base/secret.h"
#include "config/config.h"

/* What a version of QUIC derives by; NULL: there is no such version. */
struct hf_packet_version;
const struct hf_packet_version *hf_packet_keys_version(uint32_t version);

/* What keys are made from. `next` is of a later phase, whose header keys are the first's: `header` then, else NULL. */
struct hf_packet_keys_setup {
    struct hf_config *config;
    const struct hf_packet_version *version;
    const struct hf_suite *suite;
    const struct hf_secret *secret;
    const struct hf_secret *header;
    bool writes;
};

HF_MUST enum hf_error hf_packet_keys_new(const struct hf_packet_keys_setup *setup,
                                         struct hf_quic_packet_keys **ret_keys);

/* The secret of Initial packets, by the setup's version: RFC 9001 5.2. */
HF_MUST enum hf_error hf_packet_keys_initial_secret(const struct hf_packet_keys_setup *setup, struct hf_span id,
                                                    enum hf_role sender, struct hf_secret *ret_secret);

/* The secret of the next phase: RFC 9001 6.1. */
HF_MUST enum hf_error hf_packet_keys_next(const struct hf_quic_packet_keys *keys,
                                          struct hf_quic_packet_keys **ret_next);

void hf_packet_keys_free(struct hf_quic_packet_keys *keys);

const struct hf_suite *hf_packet_keys_suite(const struct hf_quic_packet_keys *keys);
bool hf_packet_keys_write(const struct hf_quic_packet_keys *keys);

HF_MUST enum hf_error hf_packet_keys_seal(struct hf_quic_packet_keys *keys, const struct hf_quic_packet *packet,
                                          uint8_t *into);
HF_MUST enum hf_error hf_packet_keys_open(struct hf_quic_packet_keys *keys, const struct hf_quic_packet *packet,
                                          uint8_t *into);
HF_MUST enum hf_error hf_packet_keys_mask(struct hf_quic_packet_keys *keys, const uint8_t *sample, uint8_t *ret_mask);

/* Whether a suite may be used under QUIC: it has a header protection (RFC 9001 5.3, 5.4). */
bool hf_packet_keys_serve(const struct hf_suite *suite);

/* RFC 9001 5.8. `pseudo`: the Retry pseudo-packet. */
HF_MUST enum hf_error hf_packet_keys_retry_tag(const struct hf_config *config, const struct hf_packet_version *version,
                                               struct hf_span pseudo, uint8_t ret_tag[HF_QUIC_PACKET_TAG_LEN]);

#endif
