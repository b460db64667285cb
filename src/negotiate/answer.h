/* A client's judgement of what a server chose. On failure *ret_failure has error, where, wanted and got.
 * RFC 9846 4.1.3, 4.1.4; RFC 5246 7.4.1.3. */
#ifndef HF_NEGOTIATE_ANSWER_H
#define HF_NEGOTIATE_ANSWER_H

#include "negotiate/negotiate.h"

/* A client, on ServerHello (1.2 or 1.3): version, suite, session_id echo (1.3), downgrade mark, share's length,
 * extended master secret. `retry` are the facts of the HelloRetryRequest before it, NULL when there was none: suite and
 * version must be the same (RFC 9846 4.1.4). The ServerHello's own version must have been checked before
 * (hf_negotiate_version_check), because reading it depends on that. */
HF_MUST enum hf_error hf_negotiate_client(const struct hf_client_offer *offer,
                                          const struct hf_server_hello_facts *hello,
                                          const struct hf_server_hello_facts *retry,
                                          struct hf_negotiated *ret_negotiated, struct hf_failure *ret_failure);

/* A client, on HelloRetryRequest: version, suite, session_id echo, that it changes something; the group to make a share
 * for, NULL when it asks for none (cookie only). */
HF_MUST enum hf_error hf_negotiate_client_retry(const struct hf_client_offer *offer,
                                                const struct hf_server_hello_facts *retry,
                                                const struct hf_group **ret_group, struct hf_failure *ret_failure);

/* A client, when EncryptedExtensions was read into the same facts: adds protocol and limits. */
void hf_negotiate_client_extensions(const struct hf_client_offer *offer, const struct hf_server_hello_facts *facts,
                                    struct hf_negotiated *negotiated);

#endif
