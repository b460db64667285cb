/* Cipher suites: the server's choice in its own order of preference, the client's check of that choice.
 * RFC 9846 4.2.1, 4.2.3; RFC 5246 7.4.1.3; RFC 8422 2, 5.3. */
#ifndef HF_NEGOTIATE_SUITE_H
#define HF_NEGOTIATE_SUITE_H

#include "error/error.h"
#include "extension/hello.h"

/* What a suite must fit. In TLS 1.2 the suite names the kind of the server's key; in 1.3 auth is not looked at. */
struct hf_negotiate_suite_wish {
    enum hf_version_bit generation;
    enum hf_suite_auth auth; /* HF_SUITE_AUTH_NONE: any */
    enum hf_hash_id hash;    /* HF_HASH_NONE: any */
    bool lacks_curve;        /* no curve in common: nothing with ECDHE */
    bool has_field;          /* a finite field in common: DHE too */
    bool decrypts;           /* the server's key can decrypt: RSA key exchange too */
};

/* The first suite of ours that fits and that the client offers; NULL when there is none. */
const struct hf_suite *hf_negotiate_suite_find(const struct hf_config *config,
                                               const struct hf_client_hello_facts *hello,
                                               const struct hf_negotiate_suite_wish *wish);

/* The same, with HF_ERR_no_common_suite and both lists told when there is none. */
HF_MUST enum hf_error hf_negotiate_suite_choose(const struct hf_config *config,
                                                const struct hf_client_hello_facts *hello,
                                                const struct hf_negotiate_suite_wish *wish,
                                                const struct hf_suite **ret_suite, struct hf_failure *ret_failure);

/* A client: the suite that the server chose, if we offered it and it is of this generation. HF_ERR_illegal_parameter.
 */
HF_MUST enum hf_error hf_negotiate_suite_check(const struct hf_config *config, enum hf_version_bit generation,
                                               uint16_t id, const struct hf_suite **ret_suite,
                                               struct hf_failure *ret_failure);

/* The kind of key that a TLS 1.2 suite must be for, when the server's key is of this type (RFC 8422 2.1). */
enum hf_suite_auth hf_negotiate_suite_auth(enum hf_key_type key);

/* A client in TLS 1.2: whether the server's key is of the kind that the suite names: HF_ERR_illegal_parameter. */
HF_MUST enum hf_error hf_negotiate_suite_check_key(const struct hf_suite *suite, enum hf_key_type key,
                                                   struct hf_failure *ret_failure);

#endif
