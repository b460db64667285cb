/* The client's part of client authentication: which identity answers a CertificateRequest, or why none does.
 * RFC 9846 4.4.2, 4.5.1.2; RFC 5246 7.4.4, 7.4.6. */
#ifndef HF_NEGOTIATE_CLIENT_AUTH_H
#define HF_NEGOTIATE_CLIENT_AUTH_H

#include "error/error.h"
#include "extension/hello.h"
#include "identity/choose.h"

/* What was asked, and when (seconds since 1970). */
struct hf_negotiate_client_auth {
    enum hf_version_bit generation;
    const struct hf_certificate_request_facts *request;
    enum hf_certificate_type type; /* that the server chose */
    int64_t now_s;
};

/* The outcome. */
struct hf_negotiate_client_answer {
    const struct hf_identity *identity; /* NULL: none fits; an empty Certificate goes */
    const struct hf_signature_scheme *scheme;
    struct hf_identity_misfit
        misfits[HF_CONFIG_IDENTITIES_MAX]; /* when none fits, or there are several: one for each */
    size_t misfit_count;
};

/* HF_ERR_no_memory, HF_ERR_missing_extension (1.3: no signature_algorithms). That no identity fits is no error. */
HF_MUST enum hf_error hf_negotiate_client_auth_choose(const struct hf_config *config,
                                                      const struct hf_negotiate_client_auth *asked,
                                                      struct hf_negotiate_client_answer *ret_answer,
                                                      struct hf_failure *ret_failure);

#endif
