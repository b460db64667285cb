/* Makes CRLs and OCSP responses for tests, with libcrypto, independent of the code under test. As for
 * make_certificate.h: fill a struct, what is left zero has a sensible default, any failure aborts. What is made is
 * owned by the caller: free it with make_revocation_free. */
#ifndef HF_TESTS_SUPPORT_MAKE_REVOCATION_H
#define HF_TESTS_SUPPORT_MAKE_REVOCATION_H

#include "support/make_certificate.h"

struct make_revocation {
    uint8_t *der;
    size_t len;
};

struct make_crl_of {
    const struct make_certificate *issuer;
    const struct make_certificate *key_of; /* signed by this one's key instead */
    int64_t this_update_s;                 /* 0: a day before MAKE_CERTIFICATE_NOW */
    int64_t next_update_s;                 /* 0: 10 days after it; -1: none */
    struct {
        const struct make_certificate *certificate;
        int reason; /* 0: none is said */
    } revoked[4];   /* ends with NULL; a day before MAKE_CERTIFICATE_NOW */
    int number;     /* 0: 1; -1: none */
    bool number_critical;
    int base_number;          /* of a delta; 0: complete */
    const char *scope;        /* issuingDistributionPoint in OpenSSL's config syntax: "onlyuser:TRUE" */
    const char *critical_oid; /* a critical extension that nobody knows */
    const char *hash;         /* NULL: "sha256" */
    bool damage_signature;
    bool version_1;
};

struct make_revocation *make_crl(const struct make_crl_of *of);

enum make_ocsp_status {
    MAKE_OCSP_GOOD = 0,
    MAKE_OCSP_REVOKED = 1,
    MAKE_OCSP_UNKNOWN = 2
}; /* as OpenSSL numbers them */

struct make_ocsp_of {
    struct {
        const struct make_certificate *certificate;
        const struct make_certificate *issuer;
        enum make_ocsp_status status;
        int64_t this_update_s; /* as for CRLs */
        int64_t next_update_s;
        const char *hash;                     /* of the CertID; NULL: "sha1" */
    } entries[4];                             /* ends with NULL */
    const struct make_certificate *responder; /* NULL: the first entry's issuer */
    bool leave_out_responder;                 /* its certificate is not in the response */
    bool by_key;                              /* the responder is named by its key */
    bool damage_signature;
    int response_status; /* not 0: no answer at all */
};

struct make_revocation *make_ocsp(const struct make_ocsp_of *of);

/* Two CRLs, one behind the other, as PEM: NUL-terminated, to be freed with free(). */
char *make_revocation_pem(const struct make_revocation *first, const struct make_revocation *second);

void make_revocation_free(struct make_revocation *made);
struct hf_span make_revocation_span(const struct make_revocation *made);

#endif
