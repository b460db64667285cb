/* Private keys that are elsewhere: a holder of the caller's, who answers at once, as a signer; and what holds for every
 * signer but our own: nothing that it signed is shown before our own certificate verified it. A key of another
 * certificate is then found at home, and a fault in making an RSA signature, by which the key could be computed
 * (Boneh, DeMillo, Lipton, 1997), stays here. */
#ifndef HF_IDENTITY_ELSEWHERE_H
#define HF_IDENTITY_ELSEWHERE_H

#include "identity/identity.h"

/* A signer over `holder`, which it copies and releases with itself; in every case, also without memory. */
HF_MUST enum hf_error hf_elsewhere_signer(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                          const struct hf_key_holder *holder, struct hf_signer *ret_signer);

/* The hash of a message by the scheme's own function; empty where the scheme hashes by itself. */
HF_MUST enum hf_error hf_elsewhere_digest(const struct hf_toolbox *toolbox, uint16_t scheme, struct hf_span message,
                                          struct hf_digest *ret_digest);

/* What a signature is of. */
struct hf_elsewhere_claim {
    uint16_t scheme;
    struct hf_span message;
};

/* HF_ERR_signer_failed when the identity's certificate does not verify the signature; keys of this process are not
 * asked: libcrypto checks what it signs with RSA itself. */
HF_MUST enum hf_error hf_elsewhere_verify(const struct hf_identity *identity, const struct hf_elsewhere_claim *claim,
                                          struct hf_span signature);

/* Asks for one signature and verifies it: HF_ERR_key_mismatch when that fails, HF_ERR_signer_failed when there is none,
 * and *ret_failure says why. */
HF_MUST enum hf_error hf_elsewhere_probe(const struct hf_identity *identity, struct hf_failure *ret_failure);

#endif
