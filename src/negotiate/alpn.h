/* The application protocol: the server's choice in its own order (RFC 7301 3.2). */
#ifndef HF_NEGOTIATE_ALPN_H
#define HF_NEGOTIATE_ALPN_H

#include "error/error.h"
#include "extension/hello.h"

/* The first protocol of ours that the client offers; empty when either side names none. Borrowed from the config.
 * HF_ERR_no_application_protocol when both name some and share none. */
HF_MUST enum hf_error hf_negotiate_alpn_choose(const struct hf_config *config,
                                               const struct hf_client_hello_facts *hello, struct hf_span *ret_protocol,
                                               struct hf_failure *ret_failure);

/* The client's protocol at this place, counted from 1; empty where there is none. Borrowed from the hello. */
struct hf_span hf_negotiate_alpn_at(const struct hf_client_hello_facts *hello, size_t place);

/* The place of a protocol among the client's, from 1; 0: it is none of them. */
size_t hf_negotiate_alpn_place(const struct hf_client_hello_facts *hello, struct hf_span protocol);

#endif
