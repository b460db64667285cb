/* How a PSK of TLS 1.3 may be used: beside a key exchange, or alone where our settings allow it. RFC 9846 4.3.9. */
#ifndef HF_NEGOTIATE_PSK_H
#define HF_NEGOTIATE_PSK_H

#include "negotiate/negotiate.h"

/* A server: whether the client's modes and our settings leave one, and whether in that the PSK stands alone. It does
 * so only where no key exchange is possible beside it. */
bool hf_negotiate_psk_mode(const struct hf_config *config, const struct hf_client_hello_facts *hello, bool *ret_alone);

/* A client: whether ServerHello may lack a key share. */
bool hf_negotiate_psk_may_stand_alone(const struct hf_config *config);

/* Before there is a handshake that could find a key and check its binder: whether a hello names one of a server's, as
 * far as names tell. *ret_psk: the hash that it is for, HF_HASH_NONE where it serves any, or only the application
 * knows. */
bool hf_negotiate_psk_by_name(const struct hf_config *config, const struct hf_client_hello_facts *hello,
                              struct hf_negotiate_psk *ret_psk);

#endif
