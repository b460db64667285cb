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

/* What serves this algorithm, where it does so faster than libcrypto here; NULL else, and of a `multi` that is NULL. */
const struct hf_aead_methods *hf_aead_multi_methods(const struct hf_aead_multi *multi, enum hf_aead_id id);

/* The same whether it is faster or not: for tests. */
const struct hf_aead_methods *hf_aead_multi_any(const struct hf_aead_multi *multi, enum hf_aead_id id);

#endif
