/* What the transport wants of hellos beyond TLS: QUIC its parameters, an application protocol, and no disguise as 1.2
 * (RFC 9001 8). */
#ifndef HF_NEGOTIATE_TRANSPORT_H
#define HF_NEGOTIATE_TRANSPORT_H

#include "extension/hello.h"

/* A server; `protocol` is the one that was chosen. missing_extension, extension_unsupported, no_application_protocol,
 * quic_rule_broken. */
HF_MUST enum hf_error hf_negotiate_transport_server(const struct hf_config *config,
                                                    const struct hf_client_hello_facts *hello, struct hf_span protocol,
                                                    struct hf_failure *ret_failure);

/* A client, when EncryptedExtensions was read. missing_extension, no_application_protocol. */
HF_MUST enum hf_error hf_negotiate_transport_client(const struct hf_client_offer *offer,
                                                    const struct hf_server_hello_facts *facts,
                                                    struct hf_failure *ret_failure);

#endif
