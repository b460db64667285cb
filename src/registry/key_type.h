/* From a certificate's word for a key, and for a hash that it signs, to crypto's: the two folders do not see each
 * other. */
#ifndef HF_REGISTRY_KEY_TYPE_H
#define HF_REGISTRY_KEY_TYPE_H

#include "certificate/certificate.h"
#include "crypto/public_key.h"

/* HF_KEY_NONE for a kind that is not done here. */
enum hf_key_type hf_key_type_of(enum hf_spki_kind kind);

/* The key, ready to verify with. HF_ERR_unsupported_key, HF_ERR_bad_certificate_encoding, HF_ERR_no_memory. Free with
 * hf_public_key_free. */
HF_MUST enum hf_error hf_key_type_public_key(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                             const struct hf_spki *spki, struct hf_public_key **ret_key);

/* HF_HASH_NONE for a hash that is not done here, and for none. */
enum hf_hash_id hf_key_type_hash(enum hf_certificate_hash hash);

#endif
