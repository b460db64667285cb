/* Built without ipsec-mb: libcrypto serves every key. */
#include "crypto/aead_multi.h"

enum hf_error hf_aead_multi_new(const struct hf_allocator *allocator, struct hf_aead_multi **ret_multi)
{
    (void)allocator;
    *ret_multi = NULL;
    return HF_OK;
}

void hf_aead_multi_free(struct hf_aead_multi *multi)
{
    (void)multi;
}

bool hf_aead_multi_prefers(const struct hf_aead_multi *multi, enum hf_aead_id id)
{
    (void)multi, (void)id;
    return false;
}

enum hf_error hf_aead_multi_key(const struct hf_aead_multi *multi, const struct hf_allocator *allocator,
                                const struct hf_aead_setup *setup, struct hf_aead **ret_aead)
{
    (void)multi, (void)allocator, (void)setup, (void)ret_aead;
    return HF_ERR_unsupported_here;
}
