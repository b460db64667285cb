/* Hellos to bytes: bodies of messages, without the handshake header, extensions included.
 * A writer that lacks room, or a field that does not fit its shape, fails with HF_ERR_internal: what goes in is ours.
 * On failure the writer's content means nothing. RFC 9846 4.2, 4.4; RFC 5246 7.4.1. */
#ifndef HF_EXTENSION_WRITE_H
#define HF_EXTENSION_WRITE_H

#include "base/writer.h"
#include "error/error.h"
#include "extension/hello.h"

/* ClientHello. Sets offer->offered. HF_HELLO_BODY_MAX bytes of room are enough. */
HF_MUST enum hf_error hf_extension_write_client_hello(struct hf_client_offer *offer, struct hf_writer *body);

HF_MUST enum hf_error hf_extension_write_server_hello12(const struct hf_server_answer *answer, struct hf_writer *body);
HF_MUST enum hf_error hf_extension_write_server_hello13(const struct hf_server_answer *answer, struct hf_writer *body);
HF_MUST enum hf_error hf_extension_write_hello_retry_request(const struct hf_server_answer *answer,
                                                             struct hf_writer *body);
HF_MUST enum hf_error hf_extension_write_encrypted_extensions(const struct hf_server_answer *answer,
                                                              struct hf_writer *body);
/* TLS 1.3 only: that of 1.2 has no extensions (see hf_signature_algorithms_write for its list). */
HF_MUST enum hf_error hf_extension_write_certificate_request13(const struct hf_server_answer *answer,
                                                               struct hf_writer *body);

/* The extensions of a NewSessionTicket of TLS 1.3, as a block with its length. */
HF_MUST enum hf_error hf_extension_write_new_session_ticket(const struct hf_server_answer *answer,
                                                            struct hf_writer *block);

#endif
