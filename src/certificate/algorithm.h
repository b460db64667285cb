/* AlgorithmIdentifier and SubjectPublicKeyInfo as certificates carry them (RFC 3279, 4055, 5480, 8410, 9881),
 * read into enums and spans. An algorithm that is not known reads as unknown: judging is for trust/. */
#ifndef HF_CERTIFICATE_ALGORITHM_H
#define HF_CERTIFICATE_ALGORITHM_H

#include "certificate/der.h"

enum hf_spki_kind {
    HF_SPKI_UNKNOWN = 0,
    HF_SPKI_RSA,     /* rsaEncryption */
    HF_SPKI_RSA_PSS, /* id-RSASSA-PSS */
    HF_SPKI_P256,
    HF_SPKI_P384,
    HF_SPKI_P521,
    HF_SPKI_ED25519,
    HF_SPKI_ED448,
    HF_SPKI_ML_DSA_44,
    HF_SPKI_ML_DSA_65,
    HF_SPKI_ML_DSA_87
};

enum hf_certificate_hash {
    HF_CERTIFICATE_HASH_NONE = 0, /* Ed25519, Ed448 and ML-DSA bring their own */
    HF_CERTIFICATE_HASH_MD5,      /* and older */
    HF_CERTIFICATE_HASH_SHA1,
    HF_CERTIFICATE_HASH_SHA224,
    HF_CERTIFICATE_HASH_SHA256,
    HF_CERTIFICATE_HASH_SHA384,
    HF_CERTIFICATE_HASH_SHA512
};

enum hf_certificate_signature {
    HF_CERTIFICATE_SIGNATURE_UNKNOWN = 0,
    HF_CERTIFICATE_SIGNATURE_RSA_PKCS1,
    HF_CERTIFICATE_SIGNATURE_RSA_PSS,
    HF_CERTIFICATE_SIGNATURE_ECDSA,
    HF_CERTIFICATE_SIGNATURE_ED25519,
    HF_CERTIFICATE_SIGNATURE_ED448,
    HF_CERTIFICATE_SIGNATURE_ML_DSA_44,
    HF_CERTIFICATE_SIGNATURE_ML_DSA_65,
    HF_CERTIFICATE_SIGNATURE_ML_DSA_87
};

/* How a certificate is signed. */
struct hf_signature_algorithm {
    enum hf_certificate_signature signature;
    enum hf_certificate_hash hash;
    uint32_t salt_len;  /* RSA-PSS only, bytes */
    struct hf_span oid; /* content of the OBJECT IDENTIFIER, for explanations */
};

/* A public key in parts, borrowed from the certificate. */
struct hf_spki {
    enum hf_spki_kind kind;
    unsigned bits;           /* of the RSA modulus, or of the curve's field; 0 when unknown */
    struct hf_span modulus;  /* RSA: big-endian, without leading zeros */
    struct hf_span exponent; /* RSA: big-endian, without leading zeros */
    struct hf_span point;    /* EC: the encoded point as it stands (04...); Ed25519, Ed448, ML-DSA: the raw key */
    bool pss_restricted;     /* RSA-PSS key whose parameters allow one hash only: */
    struct hf_signature_algorithm pss;
    struct hf_span algorithm; /* the whole AlgorithmIdentifier */
    struct hf_span oid;
    struct hf_span raw;                /* the whole SubjectPublicKeyInfo: what pins and fingerprints are made of */
    struct hf_span subject_public_key; /* the content of its BIT STRING: what key identifiers are made of */
};

/* Takes one AlgorithmIdentifier of a hash; none when it is not known. What is malformed spoils `der`. */
enum hf_certificate_hash hf_algorithm_take_hash(struct hf_der *der);

/* Reads one AlgorithmIdentifier of a signature; false when its DER or a known algorithm's parameters are wrong. */
HF_MUST bool hf_algorithm_read_signature(struct hf_span whole, struct hf_signature_algorithm *ret_algorithm);

/* Reads one whole SubjectPublicKeyInfo; false when its DER, a known algorithm's parameters or its key are wrong. */
HF_MUST bool hf_algorithm_read_spki(struct hf_span whole, struct hf_spki *ret_spki);

/* "RSA", "P-256", ..., "unknown"; and "ECDSA with SHA-256", ... Static strings. */
const char *hf_algorithm_spki_name(enum hf_spki_kind kind);
const char *hf_algorithm_signature_name(const struct hf_signature_algorithm *algorithm);

#endif
