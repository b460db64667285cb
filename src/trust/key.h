/* Keys of certificates, ready to verify with, and the check that one signed another. */
#ifndef HF_TRUST_KEY_H
#define HF_TRUST_KEY_H

#include "certificate/certificate.h"
#include "crypto/public_key.h"

/* The key of a certificate, ready to verify with: also how a handshake gets the peer's key, before and apart from any
 * verdict. HF_ERR_unsupported_key, HF_ERR_bad_certificate_encoding, HF_ERR_no_memory. Free with hf_public_key_free. */
HF_MUST enum hf_error hf_key_of_certificate(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                            const struct hf_certificate *certificate, struct hf_public_key **ret_key);

/* What a CA or its responder signed: a certificate, a CRL, an OCSP response. */
struct hf_signed {
    struct hf_span bytes;
    struct hf_signature_algorithm algorithm;
    struct hf_span signature;
};

/* Checks that `key`, made of `spki`, signed it; errors as below. */
HF_MUST enum hf_error hf_key_check_signed(const struct hf_signed *what, const struct hf_spki *spki,
                                          const struct hf_public_key *key);

/* Checks that `issuer_key`, the key in `issuer`, signed `certificate`. HF_ERR_bad_signature when it did not,
 * HF_ERR_wrong_signature_scheme when the key is not of the signature's algorithm, HF_ERR_unsupported_key when the
 * algorithm is not done here. The strength of the algorithm is not judged. */
HF_MUST enum hf_error hf_key_check_signature(const struct hf_certificate *certificate,
                                             const struct hf_certificate *issuer,
                                             const struct hf_public_key *issuer_key);

#endif
