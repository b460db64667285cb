/* TLS 1.2 record protection with AEAD (RFC 5246 6.2.3.3): GCM and CCM with the explicit nonce (RFC 5288 3, RFC 6655 3),
 * ChaCha20-Poly1305 with the nonce made of IV and sequence number (RFC 7905 2). */
#ifndef HF_RECORD_TLS12_H
#define HF_RECORD_TLS12_H

#include "crypto/aead.h"
#include "seam/record.h"

/* How long keys.iv is for this AEAD in 1.2: 4 (GCM, CCM) or 12 (ChaCha20-Poly1305); 0 for HF_AEAD_NONE. It is what the
 * key block holds for each direction (RFC 5246 6.3). */
size_t hf_tls12_iv_len(enum hf_aead_id aead);

/* A protection for sealing or for opening with these keys; the caller owns it. The keys are copied, the caller wipes
 * its own. toolbox and allocator must outlive it. Fails with wrong_call (lengths), no_memory, unsupported_here,
 * crypto_failed. */
HF_MUST enum hf_error hf_tls12_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                   enum hf_aead_id aead, enum hf_aead_direction direction,
                                   const struct hf_traffic_keys *keys, struct hf_record_protection **ret_protection);

#endif
