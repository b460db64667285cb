/* Counts forgeries, real or damaged on the way. RFC 9147 4.5.3. */
#include "record/failure_limit.h"

void hf_failure_limit_init(struct hf_failure_limit *failures, enum hf_aead_id aead)
{
    const struct hf_aead_kind *kind = hf_aead_kind_of(aead);
    *failures = (struct hf_failure_limit){.limit = kind == NULL ? 0 : kind->failure_limit};
}

enum hf_error hf_failure_limit_count(struct hf_failure_limit *failures, enum hf_error opened)
{
    if (opened != HF_ERR_bad_record)
        return opened;
    failures->failures++;
    return failures->failures >= failures->limit ? HF_ERR_usage_limit_reached : HF_ERR_bad_record;
}
