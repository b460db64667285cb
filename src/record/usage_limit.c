/* Counts what keys have protected. The sequence number is the count, so one rule serves both: RFC 9846 5.3 (never
 * wraps) and 5.5 (confidentiality limit of the AEAD). */
#include "record/usage_limit.h"

enum { KEPT_FOR_ALERT = 1 };

void hf_usage_limit_init(struct hf_usage_limit *usage, enum hf_aead_id aead, enum hf_aead_direction direction)
{
    const struct hf_aead_kind *kind = hf_aead_kind_of(aead);
    uint64_t safe = kind == NULL ? UINT64_MAX : kind->seal_limit;

    *usage = (struct hf_usage_limit){
        .soon = safe - safe / 8,
        .limit = direction == HF_AEAD_SEAL ? safe - KEPT_FOR_ALERT : UINT64_MAX,
    };
}

bool hf_usage_limit_may_seal(const struct hf_usage_limit *usage, uint8_t type)
{
    const uint64_t kept = type == HF_CONTENT_ALERT ? KEPT_FOR_ALERT : 0;
    return usage->sequence < usage->limit + kept;
}

enum hf_usage hf_usage_limit_judge(const struct hf_usage_limit *usage)
{
    if (usage->sequence >= usage->limit)
        return HF_USAGE_EXHAUSTED;
    return usage->sequence >= usage->soon ? HF_USAGE_REKEY_SOON : HF_USAGE_FINE;
}

enum hf_usage hf_usage_limit_count(struct hf_usage_limit *usage)
{
    usage->sequence++;
    return hf_usage_limit_judge(usage);
}
