/* Which identity a server shows: by the client's name and schemes, and in TLS 1.2 by its suites and curves too.
 * RFC 9846 4.5.1.2, RFC 5246 7.4.2, RFC 8422 5.3. */
#ifndef HF_NEGOTIATE_SERVER_IDENTITY_H
#define HF_NEGOTIATE_SERVER_IDENTITY_H

#include "negotiate/negotiate.h"
#include "negotiate/suite.h"

/* Sets identity, scheme and server_name of what is negotiated; its generation must be set. HF_ERR_no_server_identity,
 * HF_ERR_no_common_suite (1.2: no suite for any of our keys), HF_ERR_no_common_signature_scheme,
 * HF_ERR_missing_extension (1.3: signature_algorithms). */
HF_MUST enum hf_error hf_negotiate_server_identity_choose(const struct hf_negotiate_question *question,
                                                          struct hf_negotiated *negotiated,
                                                          struct hf_failure *ret_failure);

/* 1.3, where a session is resumed: a client that asked for a type is told that of the certificate that a full handshake
 * would bring, so that one which takes raw keys only (RFC 7250 4.2) finds it agreed on. Nothing, where none fits. */
void hf_negotiate_server_identity_answer_type(const struct hf_negotiate_question *question,
                                              struct hf_negotiated *negotiated);

/* TLS 1.2: what a suite must fit to be used with this identity and the groups of `negotiated`. */
struct hf_negotiate_suite_wish hf_negotiate_server_identity_wish(const struct hf_identity *identity,
                                                                 const struct hf_negotiated *negotiated);

/* The type of an identity's key. */
enum hf_key_type hf_negotiate_server_identity_key(const struct hf_identity *identity);

#endif
