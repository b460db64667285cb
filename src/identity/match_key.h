/* To which of some certificates a private key belongs. */
#ifndef HF_IDENTITY_MATCH_KEY_H
#define HF_IDENTITY_MATCH_KEY_H

#include "base/allocation.h"
#include "certificate/certificate.h"
#include "crypto/private_key.h"

/* The index of the first certificate with this key's public half; `count` when it belongs to none. */
HF_MUST enum hf_error hf_match_key(const struct hf_allocator *allocator, const struct hf_private_key *key,
                                   const struct hf_certificate *certificates, size_t count, size_t *ret_index);

#endif
