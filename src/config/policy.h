/* The policy that peers are judged by, as a digest: a session made under one policy is not resumed under another
 * (session/session.h). In it: role, client authentication, whether the application has its say, the demand for extended
 * master secret, trust anchors, rules of admission, our own identities; and the name that the connection is for: two
 * virtual servers of one process never share sessions. What stands in it twice over is judged again on resumption
 * anyway; what the digest adds is that no forgotten judgement, and no other server's milder one, can be inherited. */
#ifndef HF_CONFIG_POLICY_H
#define HF_CONFIG_POLICY_H

#include "config/config.h"

/* The part that all connections of the config share: kept as config->policy when it is finished. */
HF_MUST enum hf_error hf_policy_make(const struct hf_config *config, struct hf_digest *ret_policy);

/* The policy of one connection. peer_name: whom a client asked for; server_name: SNI, sent or received; may be NULL.
 * mark: of the shared key that proved who the peer is (handshake/shared_key.h); empty: none did. */
HF_MUST enum hf_error hf_policy_of(const struct hf_config *config, const char *peer_name, const char *server_name,
                                   struct hf_span mark, struct hf_digest *ret_policy);

#endif
