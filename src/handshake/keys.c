#include "handshake/keys.h"

enum hf_error hf_keys_turn(struct hf_handshake *handshake, enum hf_aead_direction direction,
                           const struct hf_traffic_keys *keys, const char *name)
{
    const struct hf_protection_wish wish = {
        .aead = handshake->suite->aead,
        .block = handshake->suite->block,
        .mac = handshake->suite->mac,
        .encrypt_then_mac = handshake->encrypt_then_mac,
        .deflates = handshake->deflates,
        .seals = direction == HF_AEAD_SEAL,
        .keys = keys,
    };
    struct hf_record_protection *protection;
    HF_TRY(handshake->protocol->protect(handshake->config->toolbox, handshake->allocator, &wish, &protection));
    if (direction == HF_AEAD_SEAL) {
        handshake->write_keys = name;
        return hf_framing_turn_write(handshake->framing, protection);
    }
    handshake->read_keys = name;
    return hf_framing_turn_read(handshake->framing, protection);
}
