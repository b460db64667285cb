#include "handshake/keys.h"

enum hf_error hf_keys_change(struct hf_handshake *handshake, const struct hf_keys_change *change)
{
    const struct hf_protection_wish wish = {
        .aead = change->suite->aead,
        .block = change->suite->block,
        .mac = change->suite->mac,
        .encrypt_then_mac = handshake->encrypt_then_mac,
        .deflates = handshake->deflates,
        .seals = change->direction == HF_AEAD_SEAL,
        .keys = change->keys,
    };
    struct hf_record_protection *protection;
    HF_TRY(change->protocol->protect(handshake->config->toolbox, handshake->allocator, &wish, &protection));
    if (change->direction == HF_AEAD_SEAL) {
        handshake->write_keys = change->name;
        return hf_framing_turn_write(handshake->framing, protection);
    }
    handshake->read_keys = change->name;
    return hf_framing_turn_read(handshake->framing, protection);
}

enum hf_error hf_keys_turn(struct hf_handshake *handshake, enum hf_aead_direction direction,
                           const struct hf_traffic_keys *keys, const char *name)
{
    const struct hf_keys_change change = {
        .protocol = handshake->protocol,
        .suite = handshake->suite,
        .direction = direction,
        .keys = keys,
        .name = name,
    };
    return hf_keys_change(handshake, &change);
}
