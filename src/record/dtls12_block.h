/* DTLS 1.2 record protection with a MAC of its own: that of TLS 1.2 with epoch and sequence number, as they stand in
 * the header, where TLS has its counter (RFC 6347 4.1.2.1). HF_HISTORIC_CBC, HF_HISTORIC_NULL_ENCRYPTION. */
#ifndef HF_RECORD_DTLS12_BLOCK_H
#define HF_RECORD_DTLS12_BLOCK_H

#include "record/mac_body.h"

/* A protection for sealing or for opening; the caller owns it, and wipes its own keys. Fails as hf_mac_body_init. */
HF_MUST enum hf_error hf_dtls12_block_new(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                          const struct hf_mac_body_setup *setup,
                                          struct hf_record_protection **ret_protection);

#endif
