/* Delegated credentials (RFC 9345 4), ours and peers': read, and held against the certificate whose key signed them.
 * Nothing here knows a clock or what was offered. */
#ifndef HF_IDENTITY_DELEGATION_H
#define HF_IDENTITY_DELEGATION_H

#include <handfast/config.h>

#include "base/buffer.h"
#include "certificate/certificate.h"
#include "crypto/public_key.h"
#include "error/error.h"

enum { HF_DELEGATION_LEN_MAX = 65535, HF_DELEGATION_LASTS_MAX_S = 7 * 86400 };

/* Spans are borrowed from the bytes that were read. */
struct hf_delegation {
    uint32_t valid_time_s; /* from the certificate's notBefore on */
    uint16_t scheme;       /* its key signs handshakes by it, and by nothing else */
    uint16_t signed_by;    /* the certificate's key has signed it by this one */
    struct hf_spki key;
    struct hf_span said; /* what is signed of it: all but the signature */
    struct hf_span signature;
};

/* HF_ERR_decode_error: not the structure. HF_ERR_unsupported_key: not a public key that is known. */
HF_MUST enum hf_error hf_delegation_read(struct hf_span bytes, struct hf_delegation *ret_delegation);

/* Whether credentials may be for this scheme: those of TLS 1.3's handshakes, without keys of plain RSA. */
bool hf_delegation_allows(uint16_t scheme);

/* Whether a certificate permits its key to delegate: RFC 9345 4.2. */
bool hf_delegation_permits(const struct hf_certificate *leaf);

/* The last second at which it counts. */
int64_t hf_delegation_end_s(const struct hf_delegation *delegation, const struct hf_certificate *leaf);

/* Appends what the certificate's key signs: for who proves himself in this role, by the DER of the certificate, `said`.
 * HF_ERR_no_memory. */
HF_MUST enum hf_error hf_delegation_content(enum hf_role role, struct hf_span leaf_der, struct hf_span said,
                                            struct hf_buffer *into);

/* Whether the certificate's key, which is `leaf_key`, has signed it for this role. HF_ERR_bad_signature,
 * HF_ERR_wrong_signature_scheme (not one of that key's in TLS 1.3), HF_ERR_no_memory. */
HF_MUST enum hf_error hf_delegation_verify(const struct hf_allocator *allocator, const struct hf_public_key *leaf_key,
                                           enum hf_role role, struct hf_span leaf_der,
                                           const struct hf_delegation *delegation);

#endif
