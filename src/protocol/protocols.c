#include "protocol/protocols.h"

#include "quic/secret.h"
#include "record/compression.h"
#include "record/dtls12.h"
#include "record/dtls12_block.h"
#include "record/dtls13.h"
#include "record/dtls13_integrity.h"
#include "record/tls12.h"
#include "record/tls12_block.h"
#include "record/tls13.h"
#include "record/tls13_integrity.h"

static size_t iv_len13(unsigned aead)
{
    return aead == HF_AEAD_NONE ? 0 : HF_TLS13_IV_LEN;
}

static size_t iv_len12(unsigned aead)
{
    return hf_tls12_iv_len((enum hf_aead_id)aead);
}

static enum hf_aead_direction direction_of(const struct hf_protection_wish *wish)
{
    return wish->seals ? HF_AEAD_SEAL : HF_AEAD_OPEN;
}

static enum hf_error protect13(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                               const struct hf_protection_wish *wish, struct hf_record_protection **ret_protection)
{
    if (wish->aead == HF_AEAD_NONE)
        return hf_tls13_integrity_new(toolbox, allocator, (enum hf_hash_id)wish->mac, direction_of(wish), wish->keys,
                                      ret_protection);
    return hf_tls13_new(toolbox, allocator, (enum hf_aead_id)wish->aead, direction_of(wish), wish->keys,
                        ret_protection);
}

static struct hf_mac_body_setup mac_body_of(const struct hf_protection_wish *wish)
{
    return (struct hf_mac_body_setup){
        .block = (enum hf_block_cipher_id)wish->block,
        .mac = (enum hf_hash_id)wish->mac,
        .encrypt_then_mac = wish->encrypt_then_mac,
        .seals = wish->seals,
        .keys = wish->keys,
    };
}

static enum hf_error encrypt12(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                               const struct hf_protection_wish *wish, struct hf_record_protection **ret_protection)
{
    const struct hf_mac_body_setup setup = mac_body_of(wish);
    if (wish->aead == HF_AEAD_NONE)
        return hf_tls12_block_new(toolbox, allocator, &setup, ret_protection);
    return hf_tls12_new(toolbox, allocator, (enum hf_aead_id)wish->aead, direction_of(wish), wish->keys,
                        ret_protection);
}

/* Compression stands around the rest: compress, MAC, encrypt (RFC 5246 6.2). */
static enum hf_error protect12(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                               const struct hf_protection_wish *wish, struct hf_record_protection **ret_protection)
{
    struct hf_record_protection *inner;
    HF_TRY(encrypt12(toolbox, allocator, wish, &inner));
    if (wish->deflates)
        return hf_record_compression_new(allocator, wish->seals, inner, ret_protection);
    *ret_protection = inner;
    return HF_OK;
}

static enum hf_error protect_datagrams13(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                         const struct hf_protection_wish *wish,
                                         struct hf_record_protection **ret_protection)
{
    if (wish->aead == HF_AEAD_NONE)
        return hf_dtls13_integrity_new(toolbox, allocator, (enum hf_hash_id)wish->mac, direction_of(wish), wish->keys,
                                       ret_protection);
    return hf_dtls13_new(toolbox, allocator, (enum hf_aead_id)wish->aead, direction_of(wish), wish->keys,
                         ret_protection);
}

static enum hf_error protect_datagrams12(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                         const struct hf_protection_wish *wish,
                                         struct hf_record_protection **ret_protection)
{
    const struct hf_mac_body_setup setup = mac_body_of(wish);
    if (wish->deflates)
        return HF_ERR_internal; /* api/builder_historic.c keeps it to streams */
    if (wish->aead == HF_AEAD_NONE)
        return hf_dtls12_block_new(toolbox, allocator, &setup, ret_protection);
    return hf_dtls12_new(toolbox, allocator, (enum hf_aead_id)wish->aead, direction_of(wish), wish->keys,
                         ret_protection);
}

static const struct hf_protocol tls13 = {
    .version = 0x0304,
    .name = "TLS 1.3",
    .rules = HF_RULES_13,
    .message_header_len = HF_FRAMING_HEADER_LEN,
    .label_prefix = "tls13 ",
    .inner_type_len = 1,
    .alert_of = hf_error_alert13,
    .iv_len = iv_len13,
    .protect = protect13,
};

/* RFC 9001: the messages and schedule of TLS 1.3, and neither records nor their keys. */
static const struct hf_protocol quic13 = {
    .version = 0x0304,
    .name = "TLS 1.3 under QUIC",
    .rules = HF_RULES_13,
    .message_header_len = HF_FRAMING_HEADER_LEN,
    .label_prefix = "tls13 ",
    .yields_secrets = true,
    .alert_of = hf_error_alert13,
    .iv_len = iv_len13,
    .protect = hf_quic_secret_new,
};

static const struct hf_protocol tls12 = {
    .version = 0x0303,
    .name = "TLS 1.2",
    .rules = HF_RULES_12,
    .message_header_len = HF_FRAMING_HEADER_LEN,
    .inner_type_len = 0,
    .alert_of = hf_error_alert12,
    .iv_len = iv_len12,
    .protect = protect12,
};

static const struct hf_protocol dtls13 = {
    .version = 0xfefc,
    .name = "DTLS 1.3",
    .rules = HF_RULES_13,
    .message_header_len = HF_FRAMING_HEADER_LEN,
    .label_prefix = "dtls13",
    .hides_numbers = true,
    .inner_type_len = 1,
    .alert_of = hf_error_alert13,
    .iv_len = iv_len13,
    .protect = protect_datagrams13,
};

static const struct hf_protocol dtls12 = {
    .version = 0xfefd,
    .name = "DTLS 1.2",
    .rules = HF_RULES_12,
    .message_header_len = HF_FRAMING_HEADER_LEN_DATAGRAM,
    .inner_type_len = 0,
    .alert_of = hf_error_alert12,
    .iv_len = iv_len12,
    .protect = protect_datagrams12,
};

const struct hf_protocol *const hf_protocols_of_streams[] = {&tls13, &tls12, NULL};
const struct hf_protocol *const hf_protocols_of_datagrams[] = {&dtls13, &dtls12, NULL};
const struct hf_protocol *const hf_protocols_of_quic[] = {&quic13, NULL};
