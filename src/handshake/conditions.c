/* The conditions of flight rows: each a question to the handshake, answered without looking at the wire. */
#include "handshake/steps.h"

bool hf_condition_always(const struct hf_handshake *handshake)
{
    (void)handshake;
    return true;
}

/* RFC 9846 E.4: a client that has asked for it by a session ID sends one, once. */
bool hf_condition_compatible(const struct hf_handshake *handshake)
{
    return hf_config_transport(handshake->config)->mimics12 && handshake->work->session_id_len > 0 &&
           !handshake->work->compatibility_sent;
}

/* A server sends one, once, to a client that has not asked too: it drops it, and what stands between may want it. */
bool hf_condition_decoy_due(const struct hf_handshake *handshake)
{
    return hf_config_transport(handshake->config)->mimics12 && !handshake->work->compatibility_sent;
}

bool hf_condition_asks(const struct hf_handshake *handshake)
{
    return handshake->config->client_auth != HF_CLIENT_AUTH_NONE;
}

bool hf_condition_was_asked(const struct hf_handshake *handshake)
{
    return handshake->asked;
}

bool hf_condition_presents(const struct hf_handshake *handshake)
{
    return handshake->identity != NULL;
}

/* Over datagrams one change of keys is done before the next begins: RFC 9147 5.8.4, 8. */
bool hf_condition_may_turn(const struct hf_handshake *handshake)
{
    return !hf_framing_is_turning(handshake->framing);
}

/* A client that was asked who it is learns by a ticket that it was accepted, also with an empty answer
 * (hf_builder_client_auth: HF_CLIENT_AUTH_REQUEST). */
bool hf_condition_confirms(const struct hf_handshake *handshake)
{
    return handshake->asked;
}
