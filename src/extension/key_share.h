/* key_share: the client's shares, the server's one, or the group that a HelloRetryRequest asks for.
 * RFC 9846 4.3.8. */
#ifndef HF_EXTENSION_KEY_SHARE_H
#define HF_EXTENSION_KEY_SHARE_H

#include "extension/verbs.h"

hf_extension_offer hf_key_share_offer;
hf_extension_take hf_key_share_take;
hf_extension_reply hf_key_share_reply;
hf_extension_check hf_key_share_check;

/* What key_share says beside supported_groups: each group once (RFC 9846 4.3.8: illegal_parameter), and only groups
 * that stand in supported_groups, when that came. Once all extensions were taken. */
HF_MUST enum hf_error hf_key_share_check_groups(const struct hf_extension_reading *reading,
                                                const struct hf_client_hello_facts *facts);

#endif
