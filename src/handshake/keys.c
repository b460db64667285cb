#include "handshake/keys.h"

/* What narration calls them. */
static const char *name_of(enum hf_level level)
{
    static const char *const names[] = {
        [HF_LEVEL_NONE] = "none",
        [HF_LEVEL_EARLY] = "early",
        [HF_LEVEL_HANDSHAKE] = "handshake",
        [HF_LEVEL_APPLICATION] = "application",
    };
    return names[level];
}

enum hf_error hf_keys_change(struct hf_handshake *handshake, const struct hf_keys_change *change)
{
    const struct hf_protection_wish wish = {
        .suite = change->suite->id,
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
    protection->level = (uint8_t)change->level;
    if (change->direction == HF_AEAD_SEAL) {
        handshake->write_keys = name_of(change->level);
        return hf_framing_turn_write(handshake->framing, protection);
    }
    handshake->read_keys = name_of(change->level);
    return hf_framing_turn_read(handshake->framing, protection);
}

enum hf_error hf_keys_turn(struct hf_handshake *handshake, enum hf_aead_direction direction,
                           const struct hf_traffic_keys *keys, enum hf_level level)
{
    const struct hf_keys_change change = {
        .protocol = handshake->protocol,
        .suite = handshake->suite,
        .direction = direction,
        .keys = keys,
        .level = level,
    };
    return hf_keys_change(handshake, &change);
}
