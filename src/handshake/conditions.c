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

bool hf_condition_compatible_early(const struct hf_handshake *handshake)
{
    return hf_config_transport(handshake->config)->mimics12 && hf_condition_offers_early(handshake);
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

/* A shared key stands for the client's certificate: RFC 4279 2. */
bool hf_condition_asks12(const struct hf_handshake *handshake)
{
    return hf_condition_asks(handshake) && !hf_suite_traits_of(handshake->suite)->has_psk;
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
 * (hf_builder_client_auth: HF_CLIENT_AUTH_REQUEST). Where no real one comes, and the client did not say that it wants
 * none (RFC 9149), an empty promise does. */
bool hf_condition_confirms(const struct hf_handshake *handshake)
{
    return hf_config_transport(handshake->config)->confirms && handshake->asked && handshake->tickets_left == 0 &&
           !handshake->work->facts.requests_tickets;
}

bool hf_condition_has_tickets(const struct hf_handshake *handshake)
{
    return handshake->tickets_left > 0;
}

/* RFC 5077 3.3: what ServerHello promised. */
bool hf_condition_tickets(const struct hf_handshake *handshake)
{
    return handshake->work->choice.session_ticket;
}

/* ---- the key exchanges of TLS 1.2: what each needs is sent, and nothing else (RFC 5246 7.4.3, RFC 4279 2) ---- */

bool hf_condition_certifies(const struct hf_handshake *handshake)
{
    return hf_suite_certifies(handshake->suite);
}

/* RFC 6066 8: behind the certificate that it is about. */
bool hf_condition_staples(const struct hf_handshake *handshake)
{
    return hf_condition_certifies(handshake) && handshake->work->choice.status_request;
}

/* Without a share a ServerKeyExchange has only the hint to say, and goes without one. */
bool hf_condition_hints(const struct hf_handshake *handshake)
{
    const struct hf_suite_traits *traits = hf_suite_traits_of(handshake->suite);
    return traits->has_psk && !traits->has_curve && !traits->has_field && handshake->config->psk_hint != NULL;
}

bool hf_condition_by_ecdhe(const struct hf_handshake *handshake)
{
    return handshake->suite->key_exchange == HF_SUITE_KEY_EXCHANGE_ECDHE;
}

bool hf_condition_by_dhe(const struct hf_handshake *handshake)
{
    return handshake->suite->key_exchange == HF_SUITE_KEY_EXCHANGE_DHE;
}

bool hf_condition_by_rsa(const struct hf_handshake *handshake)
{
    return handshake->suite->key_exchange == HF_SUITE_KEY_EXCHANGE_RSA;
}

bool hf_condition_by_psk(const struct hf_handshake *handshake)
{
    return handshake->suite->key_exchange == HF_SUITE_KEY_EXCHANGE_PSK;
}

bool hf_condition_by_ecdhe_psk(const struct hf_handshake *handshake)
{
    return handshake->suite->key_exchange == HF_SUITE_KEY_EXCHANGE_ECDHE_PSK;
}

bool hf_condition_by_dhe_psk(const struct hf_handshake *handshake)
{
    return handshake->suite->key_exchange == HF_SUITE_KEY_EXCHANGE_DHE_PSK;
}

bool hf_condition_by_rsa_psk(const struct hf_handshake *handshake)
{
    return handshake->suite->key_exchange == HF_SUITE_KEY_EXCHANGE_RSA_PSK;
}
