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
    uint64_t limit;    /* no record has this number or a higher one */
};

/* Sealing ends at the limit of the AEAD's row; new keys are due one eighth before it. Opening goes on past it, for what
 * the peer sealed is not undone by refusing it: there new keys become due (ask for them), and only the end of the
 * sequence numbers is the limit. */
void hf_usage_limit_init(struct hf_usage_limit *usage, enum hf_aead_id aead, enum hf_aead_direction direction);

/* What the count means now. */
enum hf_usage hf_usage_limit_judge(const struct hf_usage_limit *usage);

/* One more record was sealed or opened. May be called only while not exhausted. Returns what the count means now. */
enum hf_usage hf_usage_limit_count(struct hf_usage_limit *usage);

#endif
