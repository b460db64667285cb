/* DTLS 1.2 record protection with AEAD (RFC 6347 4.1.2.1): that of TLS 1.2 with epoch and sequence number, as they
 * stand in the header, where TLS has its counter. */
#ifndef HF_RECORD_DTLS12_H
#define HF_RECORD_DTLS12_H

#include "crypto/aead.h"
#include "seam/record.h"

/* A protection for sealing or for opening with these keys; the caller owns it. The keys are copied, the caller wipes
 * its own. toolbox and allocator must outlive it. keys->iv as hf_tls12_iv_len says. Fails with wrong_call (lengths),
 * no_memory, unsupported_here, crypto_failed. */
HF_MUST enum hf_error hf_dtls12_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                    enum hf_aead_id aead, enum hf_aead_direction direction,
                                    const struct hf_traffic_keys *keys, struct hf_record_protection **ret_protection);

#endif
