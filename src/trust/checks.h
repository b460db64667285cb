/* What RFC 5280 6.1 and RFC 9525 demand of a path whose signatures hold, from its anchor to its leaf. */
#ifndef HF_TRUST_CHECKS_H
#define HF_TRUST_CHECKS_H

#include "base/text.h"
#include "trust/path.h"

/* HF_OK, or the first demand that is not met; then *ret_finding tells it. */
HF_MUST enum hf_error hf_checks_path(const struct hf_path *path, const struct hf_trust_question *question,
                                     const struct hf_trust_policy *policy, struct hf_finding *ret_finding);

/* Whether the policy takes the hash of this certificate's signature. */
bool hf_checks_hash_is_strong(const struct hf_certificate *certificate, const struct hf_trust_policy *policy);

/* The same of any signature's algorithm. */
bool hf_checks_algorithm_is_strong(const struct hf_signature_algorithm *algorithm,
                                   const struct hf_trust_policy *policy);

/* Whether the policy takes a key of this kind and size. */
bool hf_checks_key_is_strong(const struct hf_spki *key, const struct hf_trust_policy *policy);

/* Adds "RSA of 1024 bits", "P-256", or an unknown algorithm's OID. */
void hf_checks_print_key(const struct hf_spki *key, struct hf_text *text);

#endif
