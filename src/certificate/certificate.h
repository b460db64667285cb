/* An X.509 certificate (RFC 5280 4) as spans over its DER: nothing is copied or allocated, so the DER must outlive it.
 * Reading is strict: what DER or RFC 5280 forbids is a flaw. Reading judges form only: whether the certificate may be
 * believed (dates, signature, constraints) is for trust/. Pure functions; any thread. */
#ifndef HF_CERTIFICATE_CERTIFICATE_H
#define HF_CERTIFICATE_CERTIFICATE_H

#include "certificate/algorithm.h"
#include "error/error.h"

/* Longer ones are refused (RFC 9846 lets one entry be 2^24-1 bytes). */
#define HF_CERTIFICATE_LEN_MAX 65536

/* Extensions that are understood: bits of `present` and `critical`. */
enum hf_certificate_extension {
    HF_CERTIFICATE_BASIC_CONSTRAINTS = 1 << 0,
    HF_CERTIFICATE_KEY_USAGE = 1 << 1,
    HF_CERTIFICATE_EXTENDED_KEY_USAGE = 1 << 2,
    HF_CERTIFICATE_SUBJECT_ALT_NAME = 1 << 3,
    HF_CERTIFICATE_NAME_CONSTRAINTS = 1 << 4,
    HF_CERTIFICATE_AUTHORITY_KEY_ID = 1 << 5,
    HF_CERTIFICATE_SUBJECT_KEY_ID = 1 << 6,
    HF_CERTIFICATE_AUTHORITY_INFO_ACCESS = 1 << 7,
    HF_CERTIFICATE_POLICIES = 1 << 8,
    HF_CERTIFICATE_POLICY_MAPPINGS = 1 << 9,
    HF_CERTIFICATE_INHIBIT_ANY_POLICY = 1 << 10,
    HF_CERTIFICATE_POLICY_CONSTRAINTS = 1 << 11,
    HF_CERTIFICATE_CRL_DISTRIBUTION_POINTS = 1 << 12,
    HF_CERTIFICATE_TLS_FEATURE = 1 << 13,
    HF_CERTIFICATE_DELEGATION_USAGE = 1 << 14 /* RFC 9345 4.2 */
};

/* Named bits of KeyUsage (RFC 5280 4.2.1.3). */
enum hf_key_usage {
    HF_KEY_USAGE_DIGITAL_SIGNATURE = 1 << 0,
    HF_KEY_USAGE_CONTENT_COMMITMENT = 1 << 1,
    HF_KEY_USAGE_KEY_ENCIPHERMENT = 1 << 2,
    HF_KEY_USAGE_DATA_ENCIPHERMENT = 1 << 3,
    HF_KEY_USAGE_KEY_AGREEMENT = 1 << 4,
    HF_KEY_USAGE_CERT_SIGN = 1 << 5,
    HF_KEY_USAGE_CRL_SIGN = 1 << 6
};

/* Purposes of ExtendedKeyUsage (RFC 5280 4.2.1.12) as bits. */
enum hf_purpose {
    HF_PURPOSE_SERVER = 1 << 0, /* id-kp-serverAuth */
    HF_PURPOSE_CLIENT = 1 << 1, /* id-kp-clientAuth */
    HF_PURPOSE_ANY = 1 << 2,    /* anyExtendedKeyUsage */
    HF_PURPOSE_OTHER = 1 << 3   /* at least one that is not of TLS */
};

/* "No limit" of the policy extensions' counts of certificates. */
#define HF_CERTIFICATE_NO_LIMIT UINT32_MAX

struct hf_certificate {
    struct hf_span der;     /* the whole Certificate */
    struct hf_span tbs;     /* the whole tbsCertificate: what is signed */
    struct hf_span serial;  /* content of the INTEGER */
    struct hf_span issuer;  /* whole Name: see certificate/name.h */
    struct hf_span subject; /* whole Name */
    int64_t not_before_s;   /* seconds since 1970, UTC; both ends belong to the validity */
    int64_t not_after_s;
    struct hf_spki key;
    struct hf_signature_algorithm signature_algorithm;
    struct hf_span signature; /* bytes of the BIT STRING */
    unsigned version;         /* 1, 2 or 3 */

    uint32_t present;  /* enum hf_certificate_extension */
    uint32_t critical; /* those of them marked critical */
    bool is_ca;
    bool has_path_len;
    uint32_t path_len;
    uint16_t key_usage;                /* enum hf_key_usage; meaningful when present */
    uint32_t purposes;                 /* enum hf_purpose; meaningful when present */
    struct hf_span extended_key_usage; /* content: the OBJECT IDENTIFIERs, see certificate/oid.h */
    struct hf_span subject_alt_names;  /* content of GeneralNames: see certificate/general_name.h */
    struct hf_span permitted_subtrees; /* content of GeneralSubtrees */
    struct hf_span excluded_subtrees;
    struct hf_span authority_key_id; /* keyIdentifier only; empty when absent */
    struct hf_span subject_key_id;
    struct hf_span issuer_url;              /* AIA caIssuers URI: only ever shown, never fetched, as the next two */
    struct hf_span ocsp_url;                /* AIA ocsp URI */
    struct hf_span crl_url;                 /* the first URI of cRLDistributionPoints */
    struct hf_span crl_distribution_points; /* content; see certificate/distribution_point.h */
    bool must_staple;                       /* TLS feature status_request (RFC 7633 4) */
    struct hf_span policies;                /* content of certificatePolicies; see certificate/policy.h */
    struct hf_span policy_mappings;         /* content of policyMappings */
    /* Meaningful when present: after how many more certificates it begins (RFC 5280 4.2.1.11, 4.2.1.14). */
    uint32_t require_explicit_policy; /* HF_CERTIFICATE_NO_LIMIT: never */
    uint32_t inhibit_policy_mapping;
    uint32_t inhibit_any_policy;
    struct hf_span unknown_critical; /* OID of the first critical extension that is not known; empty when none */
};

/* What is wrong with a certificate, and where. Static strings. */
struct hf_certificate_flaw {
    const char *field; /* "tbsCertificate.validity", ... */
    const char *what;  /* "is in the certificate twice", ... */
};

/* Reads exactly one certificate. HF_ERR_bad_certificate_encoding and *ret_flaw when it is flawed; neither output is
 * touched otherwise than said. ret_flaw may be NULL. */
HF_MUST enum hf_error hf_certificate_read(struct hf_span der, struct hf_certificate *ret_certificate,
                                          struct hf_certificate_flaw *ret_flaw);

/* Whether issuer and subject are the same name. */
bool hf_certificate_is_self_issued(const struct hf_certificate *certificate);

/* Whether it is of the version (3) that has extensions at all. */
bool hf_certificate_can_extend(const struct hf_certificate *certificate);

/* Reads an extension's value that a caller found elsewhere (a CSR's attribute, a template): same rules as in a
 * certificate. `extensions` is the whole Extensions SEQUENCE; fills the extension fields of *ret_certificate only. */
HF_MUST bool hf_certificate_read_extensions(struct hf_span extensions, struct hf_certificate *ret_certificate,
                                            struct hf_certificate_flaw *ret_flaw);

#endif
