/* The entries of a CRL by serial number: lists of large CAs have 100,000 of them, and are asked in every handshake.
 * Built once, then immutable and shared by threads. It borrows the list's bytes. */
#ifndef HF_CERTIFICATE_CRL_INDEX_H
#define HF_CERTIFICATE_CRL_INDEX_H

#include "base/allocation.h"
#include "base/span.h"
#include "error/error.h"

struct hf_crl_index;

/* Of the content of revokedCertificates that hf_crl_read has accepted. Sorting takes n log n steps whatever the order
 * of the list, which may be a stranger's choice. HF_ERR_no_memory. */
HF_MUST enum hf_error hf_crl_index_new(const struct hf_allocator *allocator, struct hf_span revoked,
                                       struct hf_crl_index **ret_index);
void hf_crl_index_free(struct hf_crl_index *index, const struct hf_allocator *allocator);

/* The whole entry of this serial number (content of the INTEGER), the first in the list if there are several; empty:
 * there is none. */
struct hf_span hf_crl_index_find(const struct hf_crl_index *index, struct hf_span serial);

#endif
