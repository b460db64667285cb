/* An identity is who we are: a chain of certificates, leaf first, and the private key of the leaf or a signer that
 * holds it. It is made once, checked in full, never changed, and shared by every thread that uses its config;
 * the config counts it. Nothing here knows which end of a connection it will serve. RFC 9846 4.5.1, RFC 5246 7.4.2. */
#ifndef HF_IDENTITY_IDENTITY_H
#define HF_IDENTITY_IDENTITY_H

#include <handfast/config.h>

#include "base/buffer.h"
#include "certificate/type.h"
#include "crypto/signature_kind.h"
#include "error/error.h"
#include "seam/signer.h"

struct hf_toolbox;
struct hf_private_key;
struct hf_public_key;
struct hf_certificate;

enum {
    HF_IDENTITY_CHAIN_MAX = 10,    /* certificates in one identity */
    HF_IDENTITY_SCHEMES_MAX = 12,  /* signature schemes that one key can make */
    HF_IDENTITY_FILE_MAX = 262144, /* bytes of a file given as chain or key */
    HF_IDENTITY_PAPER_MAX = 32000  /* bytes of an OCSP response, or of a list of SCTs: two fit beside a certificate */
};

/* What a leaf's extended key usage allows; both when it has no such extension (RFC 5280 4.2.1.12). */
enum { HF_IDENTITY_FOR_SERVER = 1, HF_IDENTITY_FOR_CLIENT = 2 };

/* What stands beside certificates. Bits. */
enum hf_identity_paper { HF_IDENTITY_OCSP = 1, HF_IDENTITY_SCTS = 2, HF_IDENTITY_PAPERS_ALL = 3 };

/* Signature schemes that the leaf's key can make, best first. */
struct hf_identity_schemes {
    uint16_t items[HF_IDENTITY_SCHEMES_MAX];
    size_t count;
};

struct hf_identity {
    const struct hf_allocator *allocator;
    const struct hf_toolbox *toolbox;
    uint8_t *memory;                             /* the DER bytes of the whole chain; the spans point into it */
    struct hf_span chain[HF_IDENTITY_CHAIN_MAX]; /* DER, leaf first */
    size_t chain_count;
    struct hf_buffer ocsp[HF_IDENTITY_CHAIN_MAX]; /* an OCSP response for each certificate; empty: none */
    struct hf_buffer scts[HF_IDENTITY_CHAIN_MAX]; /* likewise its SCTs */
    struct hf_buffer credential;                  /* by which `key` stands for the leaf's (RFC 9345); empty: none */
    uint16_t credential_signed_by;                /* the scheme of the signature in it */
    int64_t credential_end_s;
    struct hf_certificate *parsed;  /* chain_count of them, read from the spans above */
    struct hf_private_key *key;     /* NULL when an outside signer holds it */
    struct hf_public_key *verifier; /* the leaf's, of keys elsewhere: what they sign is verified; else NULL */
    struct hf_signer signer;        /* always set: the outside one, or one over `key` */
    enum hf_certificate_type type;  /* RAW: chain[0] is a SubjectPublicKeyInfo, and parsed[0] has nothing but its key */
    enum hf_issuers issuers;        /* whom the peer must name for it to be presented */
    enum hf_key_type key_type;
    bool schemes_chosen;                  /* by hf_identity_prefer_schemes */
    struct hf_identity_schemes schemes13; /* for CertificateVerify of TLS 1.3 (RFC 9846 4.3.3: curve bound to hash) */
    struct hf_identity_schemes schemes12; /* for TLS 1.2 (RFC 5246 7.4.1.4.1: any hash with any curve; PKCS#1 too) */
    unsigned purposes;                    /* HF_IDENTITY_FOR_... */
    char subject[160];                    /* safe to print */
};

/* What an identity is made from, as PEM: the leaf and its intermediates, and the leaf's private key; both may be the
 * same bytes. `pass` opens an encrypted key; its data is NULL when there is none. Borrowed for the call. */
struct hf_identity_files {
    struct hf_span chain;
    struct hf_span key;
    struct hf_span pass;
};

/* Makes an identity. Copies all it keeps.
 * On failure *ret_failure says what is wrong with which certificate of the file and how to mend it
 * (H23: order and mismatch, H24: encrypted, DER, PKCS#12, swapped, empty, not PEM at all); its `where` is
 * "the certificate chain" or "the private key".
 * Give *ret_identity back with hf_identity_free. Any thread. */
HF_MUST enum hf_error hf_identity_new_pem(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                          const struct hf_identity_files *files, struct hf_identity **ret_identity,
                                          struct hf_failure *ret_failure);

/* The same with a signer that holds the key elsewhere. The identity releases it, also when it cannot be made. */
HF_MUST enum hf_error hf_identity_new_signer(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                             struct hf_span chain, struct hf_signer signer,
                                             struct hf_identity **ret_identity, struct hf_failure *ret_failure);

/* A raw public key (RFC 7250) from a private key alone: `files->chain` is not looked at. */
HF_MUST enum hf_error hf_identity_new_raw(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                          const struct hf_identity_files *files, struct hf_identity **ret_identity,
                                          struct hf_failure *ret_failure);

/* By a delegated credential (RFC 9345 4): `files->key` is its key. HF_ERR_credential_unfit, HF_ERR_key_mismatch,
 * HF_ERR_file_malformed. What its certificate has to do with it is for hf_identity_check_credential. */
HF_MUST enum hf_error hf_identity_new_delegated(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                                const struct hf_identity_files *files, struct hf_span credential,
                                                struct hf_identity **ret_identity, struct hf_failure *ret_failure);

/* Whether the certificate permits its credential, and its key has signed it for this role. HF_ERR_credential_unfit. */
HF_MUST enum hf_error hf_identity_check_credential(const struct hf_identity *identity, enum hf_role role,
                                                   struct hf_failure *ret_failure);

/* Narrows an identity that no connection uses yet to these schemes, in this order. False, and nothing changed, when its
 * key can make none of them. */
HF_MUST bool hf_identity_prefer_schemes(struct hf_identity *identity, const uint16_t *schemes, size_t count);

/* Likewise leaves only those that the policy lists, in their own order; not where schemes were chosen for the identity.
 */
void hf_identity_limit_schemes(struct hf_identity *identity, const uint16_t *schemes, size_t count);

/* Which papers stand beside any of its certificates: enum hf_identity_paper. A raw public key has none (RFC 7250 3). */
unsigned hf_identity_papers(const struct hf_identity *identity);

/* Room that is enough for its certificates and what goes with them, in a Certificate message. */
size_t hf_identity_room(const struct hf_identity *identity);

/* NULL is fine. No connection may use it any more. */
void hf_identity_free(struct hf_identity *identity);

#endif
