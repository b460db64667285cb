/* When a client may start: RFC 7918 3 to 5. What an attacker can have changed in the hellos shows only in the server's
 * Finished; so nothing may depend on that but which of our own strong suites it is. The server has signed a fresh key
 * exchange by then, and every other proof is held: the states that this runs in ask for them (states.def). */
#include "handshake/false_start.h"

#include "handshake/ech_offer.h"
#include "handshake/steps.h"

/* Forward secrecy by a signed key exchange, and AEAD: RFC 7918 4, 5.2, 5.3. */
static bool is_strong(const struct hf_suite *suite)
{
    const struct hf_suite_traits *traits = hf_suite_traits_of(suite);
    return traits->signs && (traits->has_curve || traits->has_field) && suite->block == HF_BLOCK_CIPHER_NONE &&
           suite->mac == HF_HASH_NONE;
}

/* Only the first handshake: in a renegotiation data flows anyway, or waits. And never to a server that is proven by a
 * public name only (RFC 9849 6.1.6). */
bool hf_condition_false_starts(const struct hf_handshake *handshake)
{
    const enum hf_false_start when = handshake->config->false_start;
    return when != HF_FALSE_START_NEVER && !handshake->opened && !hf_ech_offer_is_refused(handshake) &&
           is_strong(handshake->suite) && (when == HF_FALSE_START_ALWAYS || handshake->alpn != NULL);
}

enum hf_error hf_turn_start(struct hf_handshake *handshake)
{
    handshake->false_starts = true;
    handshake->driver.event(handshake->driver.context, HF_EVENT_FALSE_START);
    return HF_OK;
}

bool hf_false_start_runs(const struct hf_handshake *handshake)
{
    return handshake->false_starts && handshake->work != NULL && !handshake->opened;
}

const struct hf_peer *hf_false_start_peer(const struct hf_handshake *handshake)
{
    const bool is_known = hf_false_start_runs(handshake) && handshake->work->verified != NULL;
    return is_known ? handshake->work->verified->peer : NULL;
}
