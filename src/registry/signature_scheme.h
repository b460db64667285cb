/* Signature schemes, one row each in signature_schemes.def (RFC 9846 4.3.3). In TLS 1.2 the same code points are read
 * as hash and signature (RFC 5246 7.4.1.4.1): the curve is not bound there. */
#ifndef HF_REGISTRY_SIGNATURE_SCHEME_H
#define HF_REGISTRY_SIGNATURE_SCHEME_H

#include "crypto/signature_kind.h"
#include "registry/version_bit.h"

struct hf_signature_scheme {
    uint16_t id;
    const char *name; /* the registry's name: ecdsa_secp256r1_sha256 */
    struct hf_signature_kind kind;
    unsigned handshake;    /* versions (enum hf_version_bit) that allow it in CertificateVerify, ServerKeyExchange */
    unsigned certificates; /* versions that allow it in certificates */
    unsigned historic;     /* enum hf_historic: only by this switch; 0: always */
    bool clients_only;     /* only clients sign handshakes by it, and only servers ask for it: RFC 9963 */
};

/* Rows are constants of the library. NULL when there is none. */
const struct hf_signature_scheme *hf_signature_scheme_find(uint16_t id);

/* By name, without regard to case. */
const struct hf_signature_scheme *hf_signature_scheme_find_name(struct hf_span name);

/* Rows in order of preference, 0 to hf_signature_scheme_count() - 1; NULL beyond. */
const struct hf_signature_scheme *hf_signature_scheme_at(size_t index);
size_t hf_signature_scheme_count(void);

/* Whether a key of this type may sign a handshake of this version with the scheme. If so, *ret_kind is what to give to
 * hf_private_key_sign and hf_public_key_verify. In 1.3 the curve is bound to the scheme, in 1.2 any EC key will do. */
bool hf_signature_scheme_fits(const struct hf_signature_scheme *scheme, enum hf_version_bit version,
                              enum hf_key_type key, struct hf_signature_kind *ret_kind);

/* The same for a signature in a certificate made by a key of this type: the curve is never bound there. */
bool hf_signature_scheme_fits_certificate(const struct hf_signature_scheme *scheme, enum hf_version_bit version,
                                          enum hf_key_type issuer_key, struct hf_signature_kind *ret_kind);

#endif
