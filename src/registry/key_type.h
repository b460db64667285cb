/* From a certificate's word for a key, and for a hash that it signs, to crypto's: the two folders do not see each
 * other. */
#ifndef HF_REGISTRY_KEY_TYPE_H
#define HF_REGISTRY_KEY_TYPE_H

#include "certificate/certificate.h"
#include "crypto/signature_kind.h"

/* HF_KEY_NONE for a kind that is not done here. */
enum hf_key_type hf_key_type_of(enum hf_spki_kind kind);

/* HF_HASH_NONE for a hash that is not done here, and for none. */
enum hf_hash_id hf_key_type_hash(enum hf_certificate_hash hash);

#endif
