/* How large records may be: record_size_limit (RFC 8449), each way on its own, or max_fragment_length (RFC 6066 4),
 * both ways. Limits here are plaintext bytes: TLS 1.3 counts the inner content type too, which is taken off. */
#ifndef HF_NEGOTIATE_LIMITS_H
#define HF_NEGOTIATE_LIMITS_H

#include "negotiate/negotiate.h"

enum { HF_NEGOTIATE_PLAINTEXT_MAX = 16384 }; /* RFC 9846 5.1 */

/* A server: what to answer, and both limits. The generation must be set. */
void hf_negotiate_limits_server(const struct hf_config *config, const struct hf_client_hello_facts *hello,
                                struct hf_negotiated *negotiated);

/* A client, from what the server answered. */
void hf_negotiate_limits_client(const struct hf_config *config, const struct hf_server_hello_facts *facts,
                                struct hf_negotiated *negotiated);

#endif
