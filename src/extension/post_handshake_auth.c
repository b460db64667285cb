#include "extension/post_handshake_auth.h"

bool hf_post_handshake_auth_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    (void)payload;
    return (offer->generations & HF_VERSION_BIT_13) != 0 &&
           offer->config->post_handshake_auth != HF_POST_HANDSHAKE_AUTH_OFF;
}

enum hf_error hf_post_handshake_auth_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                          struct hf_client_hello_facts *facts)
{
    (void)reading;
    struct hf_wire_nothing nothing;
    HF_TRY(hf_wire_read_nothing(payload, &nothing));
    facts->post_handshake_auth = true;
    return HF_OK;
}
