/* What client_certificate_type and server_certificate_type share: lists of types and a choice of them. RFC 7250 3, 4.
 */
#ifndef HF_EXTENSION_CERTIFICATE_TYPES_H
#define HF_EXTENSION_CERTIFICATE_TYPES_H

#include "extension/verbs.h"

/* Writes the list of a ClientHello; false where it would say no more than its absence: X.509 (RFC 7250 4.1). */
bool hf_certificate_types_write(const struct hf_certificate_types *types, struct hf_writer *payload);

/* Reads such a list. A list of X.509 alone must not be sent. */
HF_MUST enum hf_error hf_certificate_types_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                                struct hf_span *ret_types);

/* Reads a server's choice, which must be one of those that we named. */
HF_MUST enum hf_error hf_certificate_types_check(const struct hf_extension_reading *reading, struct hf_span payload,
                                                 const struct hf_certificate_types *offered,
                                                 enum hf_certificate_type *ret_type);

#endif
