/* A signer over a private key held in this process: it answers at once. And the signature schemes that a key makes. */
#ifndef HF_IDENTITY_OWN_KEY_H
#define HF_IDENTITY_OWN_KEY_H

#include "crypto/private_key.h"
#include "identity/identity.h"
#include "registry/version_bit.h"

/* The key must outlive the signer. */
struct hf_signer hf_own_key_signer(const struct hf_private_key *key);

/* What a key of this type does for a scheme that it can make: false when it cannot. */
HF_MUST bool hf_own_key_kind(uint16_t scheme, enum hf_key_type type, struct hf_signature_kind *ret_kind);

/* The schemes that a key of this type makes in this generation of the protocol, best first. Historic ones stand
 * last: a policy that did not ask for them never chooses them. */
struct hf_identity_schemes hf_own_key_schemes(enum hf_key_type type, enum hf_version_bit version);

#endif
