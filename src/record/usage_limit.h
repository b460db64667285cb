/* How much one set of keys may protect. RFC 9846 5.5: new keys before the AEAD's limit; never a sequence number twice.
 */
#ifndef HF_RECORD_USAGE_LIMIT_H
#define HF_RECORD_USAGE_LIMIT_H

#include "crypto/aead.h"
#include "seam/record.h"

/* Counts the records of one protection; its count is the next record's sequence number. */
struct hf_usage_limit {
    uint64_t sequence; /* of the next record */
    uint64_t soon;     /* from this number on new keys are due */
    uint64_t limit;    /* no record has this number or a higher one, but one alert */
};

/* Sealing ends one record before the limit of the AEAD's row: the last is kept for the alert that says so. New keys are
 * due one eighth before that. Opening goes on past it, for what
 * the peer sealed is not undone by refusing it: there new keys become due (ask for them), and only the end of the
 * sequence numbers is the limit. */
void hf_usage_limit_init(struct hf_usage_limit *usage, enum hf_aead_id aead, enum hf_aead_direction direction);

/* What the count means now. */
enum hf_usage hf_usage_limit_judge(const struct hf_usage_limit *usage);

/* Whether one more record of this type may be sealed (enum hf_content_type). */
bool hf_usage_limit_may_seal(const struct hf_usage_limit *usage, uint8_t type);

/* One more record was sealed or opened, which was allowed. Returns what the count means now. */
enum hf_usage hf_usage_limit_count(struct hf_usage_limit *usage);

#endif
