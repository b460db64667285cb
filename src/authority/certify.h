/* The three kinds of certificate that a private CA makes: its root, an issuer for one role, and a leaf of that role.
 * A role's issuer carries that role's extended key usage alone, so nothing below it can act in the other role
 * (path validation asks for the purpose on intermediates, too). RFC 5280 4.2. */
#ifndef HF_AUTHORITY_CERTIFY_H
#define HF_AUTHORITY_CERTIFY_H

#include "authority/template.h"
#include "base/allocation.h"

/* Our own certificate with its key, the two borrowed. */
struct hf_certify_issuer {
    const struct hf_certificate *certificate;
    const struct hf_private_key *key;
};

struct hf_certify_validity {
    int64_t not_before_s;
    int64_t not_after_s;
};

/* What the new certificate is for. Borrowed. */
struct hf_certify_subject {
    struct hf_span name; /* whole Name */
    const struct hf_private_key *key;
    struct hf_certify_validity validity; /* cut to the issuer's, but not for a root */
    enum hf_purpose purpose;             /* HF_PURPOSE_SERVER or HF_PURPOSE_CLIENT; no root's */
    bool delegates;                      /* DelegationUsage; a leaf's only */
    struct hf_span names;                /* content of GeneralNames; a leaf's only */
    struct hf_span permitted;            /* content of GeneralSubtrees; an issuer's only */
    struct hf_span excluded;
};

/* Each writes one certificate, DER. HF_ERR_setting_invalid when the validity is empty, also after cutting, or when the
 * writer is too small. */
HF_MUST enum hf_error hf_certify_root(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                      const struct hf_certify_subject *subject, struct hf_writer *ret_der);
HF_MUST enum hf_error hf_certify_issuer(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                        const struct hf_certify_issuer *root, const struct hf_certify_subject *subject,
                                        struct hf_writer *ret_der);
HF_MUST enum hf_error hf_certify_leaf(const struct hf_toolbox *toolbox, const struct hf_allocator *allocator,
                                      const struct hf_certify_issuer *issuer, const struct hf_certify_subject *subject,
                                      struct hf_writer *ret_der);

#endif
