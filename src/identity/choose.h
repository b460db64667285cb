/* Which of our identities fits what the peer asked for: pure functions of the identities and the peer's wishes.
 * When none fits, every identity's reason is told, because an empty Certificate tells nobody anything.
 * RFC 9846 4.5.1.2, RFC 5246 7.4.2, 7.4.6. */
#ifndef HF_IDENTITY_CHOOSE_H
#define HF_IDENTITY_CHOOSE_H

#include "identity/identity.h"

/* Which column of an identity's schemes counts. negotiate/ sets it with the version. */
enum hf_choose_rule { HF_CHOOSE_SCHEMES_13, HF_CHOOSE_SCHEMES_12 };

/* What the peer asked for. Empty lists: it named none, and none is wanted of that kind, except `schemes`: no scheme in
 * common is a misfit. All borrowed. */
struct hf_choose_wish {
    enum hf_choose_rule rule;
    struct hf_span server_name; /* the host name of server_name; a server's choice only */
    const uint16_t *schemes;    /* signature_algorithms */
    size_t schemes_count;
    const uint16_t *certificate_schemes; /* signature_algorithms_cert; none: `schemes` hold (RFC 9846 4.3.3) */
    size_t certificate_schemes_count;
    struct hf_span authorities; /* of CAs that the peer takes: hf_wire_distinguished_name items */
    int64_t now_s;
    const uint16_t *delegated; /* by which keys of delegated credentials may sign: RFC 9345 4.1 */
    size_t delegated_count;
    bool takes_raw;    /* raw public keys are taken (RFC 7250) */
    bool refuses_x509; /* certificates are not */
};

struct hf_choose_list {
    struct hf_identity *const *items;
    size_t count;
};

struct hf_choice {
    const struct hf_identity *identity;
    size_t index;    /* in the list */
    uint16_t scheme; /* to sign with: the identity's best that the peer takes */
};

/* Why an identity does not fit, the first reason found, in the order of this list. */
enum hf_misfit_reason {
    HF_MISFIT_NONE = 0,      /* it fits */
    HF_MISFIT_TYPE,          /* it is a raw public key and the peer wants a certificate, or the other way round */
    HF_MISFIT_PURPOSE,       /* its extended key usage is not for this end */
    HF_MISFIT_EXPIRED,       /* a certificate of its chain expired */
    HF_MISFIT_NOT_YET_VALID, /* a certificate of its chain is not valid yet */
    HF_MISFIT_AUTHORITY,     /* no certificate of its chain is issued by a CA that the peer named */
    HF_MISFIT_CREDENTIAL,    /* it has a delegated credential that is over, or that the peer does not take */
    HF_MISFIT_SCHEME,        /* its key makes no signature that the peer takes */
    HF_MISFIT_CHAIN_SCHEME,  /* its chain is signed with a scheme that the peer does not take */
};

struct hf_identity_misfit {
    size_t index; /* of the identity in the list */
    enum hf_misfit_reason reason;
    char text[256]; /* for a person: which certificate, what it has, what the peer takes. Safe to print */
};

/* For a server. Of those whose key makes a scheme the peer takes: the first for exactly this name, else the first by
 * wildcard (RFC 9525 6.3), else the first in the list, which is the default. Among equals one that is issued by a CA
 * that the client named comes first (RFC 9846 4.3.4), then one whose chain is signed with schemes that the client
 * named: an odd chain is used when there is no better one (RFC 9846 4.5.1.2). Purpose and dates of our own certificates
 * are judged when the config is made, not here. A name of higher rank beats all else. HF_ERR_no_common_signature_scheme
 * when no key fits, HF_ERR_no_common_issuer when it is for want of a CA only, HF_ERR_no_server_identity when the list
 * is empty. */
HF_MUST enum hf_error hf_choose_for_server(const struct hf_choose_list *list, const struct hf_choose_wish *wish,
                                           struct hf_choice *ret_choice);

/* For a client, by CertificateRequest: the first identity that fits in every way, else the first whose only misfit is
 * how its chain is signed: the peer may trust that chain for other reasons, as with servers (RFC 9846 4.5.1.2).
 * false when there is none: the client then sends an empty Certificate, and hf_choose_report says why. */
HF_MUST bool hf_choose_for_client(const struct hf_choose_list *list, const struct hf_choose_wish *wish,
                                  struct hf_choice *ret_choice);

/* Writes for each identity of the list, as a client, why it does not fit (HF_MISFIT_NONE: it does), at most `room`.
 * Returns how many were written. */
size_t hf_choose_report(const struct hf_choose_list *list, const struct hf_choose_wish *wish,
                        struct hf_identity_misfit *ret_misfits, size_t room);

/* Whether the leaf of `identity` is for this DNS name: by its subject alternative names only.
 * 2: exactly, 1: by wildcard, 0: not. */
int hf_choose_names(const struct hf_identity *identity, struct hf_span name);

#endif
