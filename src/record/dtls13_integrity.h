/* DTLS 1.3 record protection that authenticates and does not encrypt (RFC 9150): that of TLS 1.3 behind a unified
 * header. Record numbers are not hidden either: there is no ciphertext that could make the mask (RFC 9150 9, RFC 9147
 * 4.2.3). HF_HISTORIC_NULL_ENCRYPTION. */
#ifndef HF_RECORD_DTLS13_INTEGRITY_H
#define HF_RECORD_DTLS13_INTEGRITY_H

#include "crypto/aead.h"
#include "crypto/hash.h"
#include "seam/record.h"

/* As hf_tls13_integrity_new. */
HF_MUST enum hf_error hf_dtls13_integrity_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                              enum hf_hash_id mac, enum hf_aead_direction direction,
                                              const struct hf_traffic_keys *keys,
                                              struct hf_record_protection **ret_protection);

#endif
