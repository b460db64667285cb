/* Whom we believe: trust anchors, and the verification of a peer's certificates against them (RFC 5280 6, RFC 9525).
 * struct hf_trust is built once, then immutable and shared by threads. Verifying allocates its working set through the
 * question's allocator and gives it back; the verdict owns nothing and borrows from the question and from the anchors.
 * Work is bounded whatever a peer sends: certificates, depth, and signature checks have limits in the policy. */
#ifndef HF_TRUST_TRUST_H
#define HF_TRUST_TRUST_H

#include <handfast/peer.h>

#include "base/allocation.h"
#include "certificate/certificate.h"

struct hf_toolbox; /* of crypto/ */
struct hf_revocation;

enum {
    HF_TRUST_DEPTH_MAX = 16,     /* certificates in one path, leaf and anchor included */
    HF_TRUST_PRESENTED_MAX = 64, /* certificates that a peer may present */
    HF_TRUST_FAILURES_MAX = 8,   /* failed paths that a verdict remembers */
    HF_TRUST_ANCHORS_MAX = 65536,
    HF_TRUST_FILE_MAX = 16777216 /* bytes of one file of CAs */
};

/* What is demanded of keys and signatures, and how much work one verification may be. */
struct hf_trust_policy {
    unsigned rsa_bits_min;
    unsigned rsa_bits_max; /* larger keys make a verification slow: an attack */
    bool allow_sha1;
    bool allow_loose_profile; /* trust/profile.h is not asked */
    size_t depth_max;         /* intermediates between leaf and anchor, at most HF_TRUST_DEPTH_MAX - 2 */
    unsigned signature_checks_max;
    unsigned steps_max; /* candidate issuers looked at */
};

/* RFC 9325 4.5: RSA of 2048 to 16384 bits, no SHA-1; 8 intermediates, 100 signature checks, 2000 steps. */
extern const struct hf_trust_policy hf_trust_policy_default;

struct hf_trust;

/* An empty set of anchors; NULL when there is no memory. Free it with hf_trust_free (NULL is fine). */
HF_MUST struct hf_trust *hf_trust_new(const struct hf_allocator *allocator);
void hf_trust_free(struct hf_trust *trust);

/* What adding CAs came to. */
struct hf_trust_added {
    size_t added;
    size_t known;      /* already there */
    size_t skipped;    /* not readable, with `lenient` */
    unsigned line;     /* of the flaw, in PEM; 0 when none */
    const char *flaw;  /* static; NULL when none */
    const char *field; /* of a flawed certificate: static; NULL when it does not apply */
};

/* Adds the certificates of a PEM text as anchors. Strict: HF_ERR_file_malformed when one cannot be read or there is
 * none, and then nothing was added. `lenient` (for the system's store) skips what cannot be read, and counts it.
 * *ret_added is filled in either case, and may be NULL. Only while building: not thread-safe. */
HF_MUST enum hf_error hf_trust_add_pem(struct hf_trust *trust, struct hf_span text, bool lenient,
                                       struct hf_trust_added *ret_added);

/* Adds one certificate. HF_ERR_bad_certificate_encoding when it cannot be read; HF_ERR_setting_invalid as below. */
HF_MUST enum hf_error hf_trust_add_der(struct hf_trust *trust, struct hf_span der);

/* Anchors added from now on belong to this SPIFFE trust domain ("example.org"), and prove its identities and nothing
 * else; empty: to none. As soon as one was named, a leaf with a SPIFFE ID must end at an anchor of its own domain.
 * HF_ERR_setting_invalid when it is no name of a domain; likewise, from then on, for a certificate that is an anchor of
 * another domain, or of none, already. SPIFFE Trust Domain and Bundle 3. */
HF_MUST enum hf_error hf_trust_set_domain(struct hf_trust *trust, struct hf_span domain);

/* Whether certificates issued by another CA, which are no roots, are refused as anchors from now on:
 * HF_ERR_setting_invalid. Not until this is called. */
void hf_trust_demand_roots(struct hf_trust *trust, bool demand);

/* Makes the anchors' public keys beforehand, so that verifying need not. To be called after the last anchor was added;
 * the toolbox must outlive the trust. Without this call keys are made for each verification. */
HF_MUST enum hf_error hf_trust_prepare(struct hf_trust *trust, const struct hf_toolbox *toolbox);

/* How many anchors; and the i-th, as read. CertificateRequest's authorities are made of their subjects. */
size_t hf_trust_count(const struct hf_trust *trust);
const struct hf_certificate *hf_trust_anchor(const struct hf_trust *trust, size_t i);

/* The trust domain of the i-th; empty: none. */
struct hf_span hf_trust_anchor_domain(const struct hf_trust *trust, size_t i);

/* What is to be verified. Spans are borrowed until the verdict is no longer used. */
struct hf_trust_question {
    const struct hf_span *certificates; /* DER, the leaf first, the others in any order */
    size_t certificate_count;
    const struct hf_span *staples; /* an OCSP response (RFC 6960) for each of the certificates, as they came with them;
                                    * empty: none. NULL: they were not asked for */
    const struct hf_revocation *revocation; /* what is known of revocation; NULL: only what was stapled */
    const struct hf_revocation *fetched;    /* what was found for this very question besides; NULL: nothing */
    bool leaves_open; /* what HF_REVOCATION_HARD would refuse, as nobody can tell, is told as missing instead: it is
                       * asked for next, and the question is put again with what is found */
    enum hf_purpose purpose; /* HF_PURPOSE_SERVER: the leaf is a server's; HF_PURPOSE_CLIENT likewise */
    bool leaf_decrypts;      /* the leaf's key is used for keyEncipherment, not for digitalSignature (RFC 5246 7.4.2) */
    const char *name;        /* DNS name or IP literal that the leaf must be for; NULL: no name is checked */
    struct hf_span address;  /* 4 or 16 bytes that it must be for instead; empty: none */
    int64_t now_s;           /* seconds since 1970 */
    const struct hf_toolbox *toolbox;
    const struct hf_allocator *allocator;
    const struct hf_trust_policy *policy; /* NULL: hf_trust_policy_default */
};

/* One path that failed: why, and at which certificate. */
struct hf_path_failure {
    enum hf_error error;
    int depth;                  /* 0 is the leaf */
    struct hf_span certificate; /* the DER of the certificate concerned */
};

/* What came of revocation for a path that passed. */
struct hf_revocation_result {
    enum hf_revocation_state state;
    int64_t until_s;  /* how long it holds: INT64_MAX when nothing was checked */
    uint32_t missing; /* of whom nothing is known: one bit a certificate of the path, the leaf's the lowest */
    char told[320];   /* by what the leaf is known to be good, or what is missing for which certificate */
};

/* What came of it. Texts are safe to print. */
struct hf_verdict {
    enum hf_error error;        /* HF_OK, or the most telling of the failures */
    int depth;                  /* of the certificate concerned; -1 when none is */
    struct hf_span certificate; /* its DER; empty when none is */
    int64_t since_s;
    char wanted[320];
    char got[320];
    char hint[320];
    struct hf_path_failure failures[HF_TRUST_FAILURES_MAX]; /* also of a success: paths that failed before it */
    size_t failure_count;
    struct hf_span chain[HF_TRUST_DEPTH_MAX]; /* DER of the proven path, leaf to anchor; of HF_OK only */
    size_t chain_count;
    struct hf_revocation_result revocation; /* of HF_OK only */
    unsigned signature_checks;              /* work done */
    unsigned steps;
};

/* Verifies. Returns verdict->error, always filled in; HF_ERR_no_memory and HF_ERR_crypto_failed are of our own. */
HF_MUST enum hf_error hf_trust_verify(const struct hf_trust *trust, const struct hf_trust_question *question,
                                      struct hf_verdict *ret_verdict);

#endif
