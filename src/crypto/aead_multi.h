/* AEADs by ipsec-mb, a library of assembly that is faster than libcrypto on most x86 processors: for short records
 * because a call costs nothing beside the cipher, for long ones where the processor has AVX-512. aead_multi_none.c
 * stands in where it is not installed. For the files of crypto/ only. */
#ifndef HF_CRYPTO_AEAD_MULTI_H
#define HF_CRYPTO_AEAD_MULTI_H

#include "crypto/aead.h"

/* The functions that ipsec-mb chose for this processor. Constant once made; threads may share it. */
struct hf_aead_multi;

/* Writes NULL, and HF_OK, where ipsec-mb is missing or the processor has too little for it to be faster. Fails with
 * HF_ERR_no_memory. The allocator must outlive it. */
HF_MUST enum hf_error hf_aead_multi_new(const struct hf_allocator *allocator, struct hf_aead_multi **ret_multi);

/* NULL is fine. */
void hf_aead_multi_free(struct hf_aead_multi *multi);

/* Whether `multi`, which may be NULL, serves the algorithm faster than libcrypto here. */
bool hf_aead_multi_prefers(const struct hf_aead_multi *multi, enum hf_aead_id id);

/* A key of AES-GCM or ChaCha20-Poly1305, whether preferred or not. Its length was checked. Fails with
 * HF_ERR_unsupported_here, HF_ERR_no_memory. */
HF_MUST enum hf_error hf_aead_multi_key(const struct hf_aead_multi *multi, const struct hf_allocator *allocator,
                                        const struct hf_aead_setup *setup, struct hf_aead **ret_aead);

#endif
