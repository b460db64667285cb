/* TLS 1.3 record protection (RFC 9846 5.2 to 5.4): the content's type is encrypted with it, padding may follow, the
 * record's header is the additional data, the nonce is IV xor sequence number. */
#ifndef HF_RECORD_TLS13_H
#define HF_RECORD_TLS13_H

#include "crypto/aead.h"
#include "seam/record.h"

#define HF_TLS13_IV_LEN 12

/* A protection for sealing or for opening with these keys; the caller owns it. The keys are copied, the caller wipes
 * its own. toolbox and allocator must outlive it. Fails with wrong_call (lengths), no_memory, unsupported_here,
 * crypto_failed. */
HF_MUST enum hf_error hf_tls13_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                   enum hf_aead_id aead, enum hf_aead_direction direction,
                                   const struct hf_traffic_keys *keys, struct hf_record_protection **ret_protection);

#endif
