/* The null protection: records before the first keys. RFC 9846 5.1. */
#ifndef HF_RECORD_PLAIN_H
#define HF_RECORD_PLAIN_H

#include "base/allocation.h"
#include "seam/record.h"

/* It has no state: one serves both directions, as a part of whatever holds it; hf_record_free leaves it be. */
void hf_plain_init(struct hf_record_protection *protection);

/* For sealing or for opening; the caller owns it. `allocator` must outlive it. */
HF_MUST enum hf_error hf_plain_new(const struct hf_allocator *allocator, struct hf_record_protection **ret_protection);

#endif
