/* The mask that hides the record numbers of DTLS 1.3 (RFC 9147 4.2.3), and packet numbers and first bytes in QUIC (RFC
 * 9001 5.4; DTLS needs two bytes of the five): one block of the AEAD's own cipher, made of
 * 16 bytes of the ciphertext, in DTLS the first. One key, both directions alike. One thread at a time. */
#ifndef HF_CRYPTO_RECORD_NUMBER_H
#define HF_CRYPTO_RECORD_NUMBER_H

#include "crypto/aead.h"

enum { HF_RECORD_NUMBER_SAMPLE_LEN = 16, HF_RECORD_NUMBER_MASK_LEN = 5 };

struct hf_record_number;

/* key: as long as the AEAD's; copied. wrong_call, unsupported_here, no_memory, crypto_failed. */
HF_MUST enum hf_error hf_record_number_new(const struct hf_allocator *allocator, enum hf_aead_id aead,
                                           struct hf_span key, struct hf_record_number **ret_number);

/* The mask for a record whose ciphertext begins with the 16 bytes at `sample`. */
HF_MUST enum hf_error hf_record_number_mask(struct hf_record_number *number, const uint8_t *sample,
                                            uint8_t ret_mask[HF_RECORD_NUMBER_MASK_LEN]);

/* Wipes the key. NULL is fine. */
void hf_record_number_free(struct hf_record_number *number);

#endif
