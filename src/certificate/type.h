/* What a peer may present to prove itself: a certificate, or nothing but its public key. IANA's registry "TLS
 * Certificate Types"; RFC 7250 3. */
#ifndef HF_CERTIFICATE_TYPE_H
#define HF_CERTIFICATE_TYPE_H

#include <stdint.h>

enum hf_certificate_type {
    HF_CERTIFICATE_TYPE_X509 = 0, /* where nobody says another */
    HF_CERTIFICATE_TYPE_RAW = 2   /* a SubjectPublicKeyInfo */
};

/* A few types, best first: bytes as they stand on the wire. */
enum { HF_CERTIFICATE_TYPES_MAX = 2 };
struct hf_certificate_types {
    uint8_t items[HF_CERTIFICATE_TYPES_MAX];
    uint8_t count;
};

#endif
