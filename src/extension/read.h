/* Hellos from bytes: bodies of messages, without the handshake header, into facts.
 * Checked here, each extension on its own and all against the table (RFC 9846 4.3): syntax (decode_error), twice
 * (duplicate_extension), not in this message (misplaced_extension), not offered (unsolicited_extension), and each
 * value that is wrong by itself. Unknown extensions are ignored in ClientHello, CertificateRequest and
 * NewSessionTicket, and refused as unsolicited elsewhere. What must be there and is missing is for negotiate/.
 * On failure the facts are untouched, and *ret_failure has error, where (extension and message), wanted and got
 * filled in as far as they apply; on success it is untouched. Spans in facts borrow from the body. */
#ifndef HF_EXTENSION_READ_H
#define HF_EXTENSION_READ_H

#include "error/error.h"
#include "extension/hello.h"

HF_MUST enum hf_error hf_extension_read_client_hello(struct hf_span body, struct hf_client_hello_facts *ret_facts,
                                                     struct hf_failure *ret_failure);

/* The version that a ServerHello or HelloRetryRequest is of: supported_versions if it is there, else legacy_version.
 * Needed before it can be read in full; nothing else is judged. */
HF_MUST enum hf_error hf_extension_peek_version(struct hf_span body, uint16_t *ret_version);

/* The server's messages, against what we offered. */
HF_MUST enum hf_error hf_extension_read_server_hello12(struct hf_span body, const struct hf_client_offer *offer,
                                                       struct hf_server_hello_facts *ret_facts,
                                                       struct hf_failure *ret_failure);
HF_MUST enum hf_error hf_extension_read_server_hello13(struct hf_span body, const struct hf_client_offer *offer,
                                                       struct hf_server_hello_facts *ret_facts,
                                                       struct hf_failure *ret_failure);
HF_MUST enum hf_error hf_extension_read_hello_retry_request(struct hf_span body, const struct hf_client_offer *offer,
                                                            struct hf_server_hello_facts *ret_facts,
                                                            struct hf_failure *ret_failure);
/* Adds to the facts of the ServerHello. */
HF_MUST enum hf_error hf_extension_read_encrypted_extensions(struct hf_span body, const struct hf_client_offer *offer,
                                                             struct hf_server_hello_facts *facts,
                                                             struct hf_failure *ret_failure);
HF_MUST enum hf_error hf_extension_read_certificate_request13(struct hf_span body,
                                                              struct hf_certificate_request_facts *ret_facts,
                                                              struct hf_failure *ret_failure);

/* The extensions of a TLS 1.3 NewSessionTicket. */
HF_MUST enum hf_error hf_extension_read_new_session_ticket(struct hf_span block, uint32_t *ret_early_max,
                                                           struct hf_failure *ret_failure);

#endif
