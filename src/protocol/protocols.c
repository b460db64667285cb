#include "protocol/protocols.h"

#include "record/tls12.h"
#include "record/tls13.h"

static size_t iv_len13(unsigned aead)
{
    (void)aead;
    return HF_TLS13_IV_LEN;
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
    return hf_tls13_new(toolbox, allocator, (enum hf_aead_id)wish->aead, direction_of(wish), wish->keys,
                        ret_protection);
}

static enum hf_error protect12(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                               const struct hf_protection_wish *wish, struct hf_record_protection **ret_protection)
{
    return hf_tls12_new(toolbox, allocator, (enum hf_aead_id)wish->aead, direction_of(wish), wish->keys,
                        ret_protection);
}

static const struct hf_protocol tls13 = {
    .version = 0x0304,
    .name = "TLS 1.3",
    .rules = HF_RULES_13,
    .inner_type_len = 1,
    .alert_of = hf_error_alert13,
    .iv_len = iv_len13,
    .protect = protect13,
};

static const struct hf_protocol tls12 = {
    .version = 0x0303,
    .name = "TLS 1.2",
    .rules = HF_RULES_12,
    .inner_type_len = 0,
    .alert_of = hf_error_alert12,
    .iv_len = iv_len12,
    .protect = protect12,
};

const struct hf_protocol *const hf_protocols_of_streams[] = {&tls13, &tls12, NULL};
