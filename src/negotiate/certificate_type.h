/* As what both ends prove themselves: certificates, or raw public keys where both can. RFC 7250 4. */
#ifndef HF_NEGOTIATE_CERTIFICATE_TYPE_H
#define HF_NEGOTIATE_CERTIFICATE_TYPE_H

#include "negotiate/negotiate.h"

/* A server that asks for the client's certificate: the first of our types that the client has.
 * certificate_type_unsupported. */
HF_MUST enum hf_error hf_negotiate_certificate_type_of_client(const struct hf_config *config,
                                                              const struct hf_client_hello_facts *hello,
                                                              struct hf_negotiated *negotiated,
                                                              struct hf_failure *ret_failure);

/* A server: whether the client takes this type from us. */
bool hf_negotiate_certificate_type_takes(const struct hf_client_hello_facts *hello, enum hf_certificate_type type);

/* A client, once it knows all that the server answered: its type must be one that we take, also where it does not say.
 */
HF_MUST enum hf_error hf_negotiate_certificate_type_check(const struct hf_client_offer *offer,
                                                          const struct hf_server_hello_facts *facts,
                                                          struct hf_negotiated *negotiated,
                                                          struct hf_failure *ret_failure);

#endif
