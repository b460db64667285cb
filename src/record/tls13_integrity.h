/* TLS 1.3 record protection of the suites that authenticate and do not encrypt (RFC 9150 7): the records look like any
 * of 1.3, but whoever is on the way reads them. HF_HISTORIC_NULL_ENCRYPTION. */
#ifndef HF_RECORD_TLS13_INTEGRITY_H
#define HF_RECORD_TLS13_INTEGRITY_H

#include "crypto/aead.h"
#include "crypto/hash.h"
#include "seam/record.h"

/* A protection for sealing or for opening; the caller owns it. Key and IV are as long as the hash. The keys are copied,
 * the caller wipes its own. toolbox and allocator must outlive it. Fails with wrong_call (lengths), no_memory. */
HF_MUST enum hf_error hf_tls13_integrity_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                             enum hf_hash_id mac, enum hf_aead_direction direction,
                                             const struct hf_traffic_keys *keys,
                                             struct hf_record_protection **ret_protection);

#endif
