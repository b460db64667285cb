/* Record compression (RFC 3749): DEFLATE around another protection, in the order compress, MAC, encrypt (RFC 5246 6.2).
 * The window lasts from record to record, so records are opened in the order in which they were sealed.
 * HF_HISTORIC_COMPRESSION: lengths then tell of contents (CRIME). Two sources implement this: compression.c with zlib,
 * compression_none.c without. */
#ifndef HF_RECORD_COMPRESSION_H
#define HF_RECORD_COMPRESSION_H

#include "base/allocation.h"
#include "seam/record.h"

/* Whether this library was built with zlib. */
bool hf_record_compression_available(void);

/* A protection that compresses before `inner` seals, or inflates after it opened. Takes `inner` in every case: on
 * failure it is already freed. A record never becomes more than HF_RECORD_CONTENT_MAX bytes (record_too_long); damage
 * is bad_record. HF_ERR_unsupported_here without zlib, HF_ERR_no_memory. */
HF_MUST enum hf_error hf_record_compression_new(const struct hf_allocator *allocator, bool seals,
                                                struct hf_record_protection *inner,
                                                struct hf_record_protection **ret_protection);

#endif
