/* A certificate revocation list (RFC 5280 5) as spans over its DER, read as strictly as certificates are. Nothing is
 * copied; entries are walked where they lie. Whether a list may be believed is for trust/revocation.h. */
#ifndef HF_CERTIFICATE_CRL_H
#define HF_CERTIFICATE_CRL_H

#include "certificate/certificate.h"
#include "certificate/crl_index.h"
#include "certificate/distribution_point.h"

#define HF_CRL_LEN_MAX 16777215

struct hf_crl {
    struct hf_span der;
    struct hf_span tbs;               /* what is signed */
    struct hf_span issuer;            /* whole Name */
    int64_t this_update_s;            /* seconds since 1970 */
    int64_t next_update_s;            /* 0: not said */
    struct hf_span revoked;           /* content of revokedCertificates; empty: none */
    const struct hf_crl_index *index; /* of them, for whoever made one; NULL: they are gone through */
    struct hf_signature_algorithm signature_algorithm;
    struct hf_span signature;
    struct hf_span authority_key_id;
    struct hf_span number; /* magnitude of cRLNumber; empty: missing */
    bool number_critical;
    struct hf_span base_number; /* of a delta CRL: that of the list it adds to; empty: a complete list */
    struct hf_span scope;       /* the whole issuingDistributionPoint; empty: all that the issuer issued */
    struct hf_distribution_point point;
    bool only_users;
    bool only_cas;
    bool only_attributes;
    bool indirect;
    bool some_reasons;
    struct hf_span unknown_critical; /* OID of the first critical extension that is not known; of an entry, too */
};

/* Reads exactly one. HF_ERR_bad_certificate_encoding and *ret_flaw, which may be NULL. */
HF_MUST enum hf_error hf_crl_read(struct hf_span der, struct hf_crl *ret_crl, struct hf_certificate_flaw *ret_flaw);

/* Reasons that matter to us (RFC 5280 5.3.1). */
enum { HF_CRL_REASON_UNSPECIFIED = 0, HF_CRL_REASON_REMOVED = 8 };

struct hf_crl_entry {
    struct hf_span serial; /* content of the INTEGER */
    int64_t date_s;
    uint32_t reason;
};

/* Finds the entry of a serial number (content of the INTEGER): in its index, or else from front to back. */
bool hf_crl_find(const struct hf_crl *crl, struct hf_span serial, struct hf_crl_entry *ret_entry);

/* "keyCompromise", ...; "unspecified" also for numbers that mean nothing. */
const char *hf_crl_reason_name(uint32_t reason);

#endif
