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

const struct hf_aead_methods *hf_aead_multi_methods(const struct hf_aead_multi *multi, enum hf_aead_id id)
{
    (void)multi, (void)id;
    return NULL;
}

const struct hf_aead_methods *hf_aead_multi_any(const struct hf_aead_multi *multi, enum hf_aead_id id)
{
    (void)multi, (void)id;
    return NULL;
}
