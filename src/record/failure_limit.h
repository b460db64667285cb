/* How many records one set of keys may fail to open before it must be given up: over datagrams a bad record is dropped,
 * so that a forger may try again and again. RFC 9147 4.5.3. */
#ifndef HF_RECORD_FAILURE_LIMIT_H
#define HF_RECORD_FAILURE_LIMIT_H

#include "crypto/aead.h"

struct hf_failure_limit {
    uint64_t failures;
    uint64_t limit;
};

void hf_failure_limit_init(struct hf_failure_limit *failures, enum hf_aead_id aead);

/* What an attempt to open came to, for the caller: bad_record is counted, and becomes usage_limit_reached at the limit.
 */
HF_MUST enum hf_error hf_failure_limit_count(struct hf_failure_limit *failures, enum hf_error opened);

#endif
