#include "negotiate/resumption.h"

#include "extension/hello.h"
#include "negotiate/suite.h"
#include "negotiate/version.h"
#include "wire/extension.h"

enum { MS = 1000 };

bool hf_negotiate_resumption_may_follow(const struct hf_negotiated *negotiated)
{
    return negotiated->extended_master_secret && !negotiated->deflates && negotiated->suite->auth != HF_SUITE_AUTH_NONE;
}

/* A suite that our settings allow for the session's version. */
static bool allows_suite(const struct hf_config *config, const struct hf_session *session)
{
    const unsigned generation =
        hf_negotiate_version_generation(session->version) & hf_negotiate_version_generations(config);
    for (size_t i = 0; i < config->suite_count; i++)
        if (config->suites[i]->id == session->suite && (config->suites[i]->versions & generation) != 0)
            return true;
    return false;
}

bool hf_negotiate_resumption_is_psk(const struct hf_session *session)
{
    const unsigned generation = hf_negotiate_version_generation(session->version);
    return generation != 0 && hf_negotiate_version_rules((enum hf_version_bit)generation)->shares_in_hellos;
}

/* A suite of 1.3 with the session's hash, the only thing of a suite that a PSK is bound to: RFC 9846 4.7.1. */
static bool allows_hash(const struct hf_config *config, const struct hf_session *session)
{
    const struct hf_suite *made_with = hf_suite_find(session->suite);
    for (size_t i = 0; i < config->suite_count && made_with != NULL; i++)
        if (config->suites[i]->hash == made_with->hash && (config->suites[i]->versions & HF_VERSION_BIT_13) != 0)
            return true;
    return false;
}

/* A ticket has an age, which cannot be negative. */
static bool offers13(const struct hf_config *config, const struct hf_session *session, int64_t now_s)
{
    return allows_hash(config, session) && session->ticket.len > 0 && now_s >= (int64_t)(session->issued_ms / MS);
}

bool hf_negotiate_resumption_offers(const struct hf_config *config, const struct hf_session *session, int64_t now_s)
{
    if (config->psk13_with_certificates || hf_session_is_anonymous(session) ||
        !hf_negotiate_version_allows(config, session->version) || !hf_session_is_current(session, now_s) ||
        (session->ticket.len > 0 && !config->asks_tickets))
        return false;
    return hf_negotiate_resumption_is_psk(session) ? offers13(config, session, now_s) : allows_suite(config, session);
}

bool hf_negotiate_resumption_fits13(const struct hf_negotiate_question *question, uint16_t version,
                                    const struct hf_session *session)
{
    const struct hf_suite *made_with = hf_suite_find(session->suite);
    if (made_with == NULL || session->version != version || !hf_session_is_current(session, question->now_s))
        return false;
    const struct hf_negotiate_suite_wish wish = {.generation = HF_VERSION_BIT_13, .hash = made_with->hash};
    return hf_negotiate_suite_find(question->config, question->hello, &wish) != NULL &&
           !(hf_session_is_anonymous(session) && question->config->client_auth == HF_CLIENT_AUTH_REQUIRE);
}

bool hf_negotiate_resumption_fits(const struct hf_negotiate_question *question, const struct hf_negotiated *negotiated,
                                  const struct hf_session *session)
{
    const struct hf_span id = hf_span_of(session->id.bytes, session->id.len);
    return hf_span_equal(id, question->hello->session_id) && session->version == negotiated->version &&
           session->suite == negotiated->suite->id && hf_session_is_current(session, question->now_s) &&
           !(hf_session_is_anonymous(session) && question->config->client_auth == HF_CLIENT_AUTH_REQUIRE);
}

/* What belongs to the making of a session is not answered again: RFC 5246 7.4.1.4, RFC 6066 3, RFC 8422 4. ALPN and the
 * limits of records belong to the connection: RFC 7301 3.1, RFC 8449 4. */
void hf_negotiate_resumption_take(const struct hf_session *session, struct hf_negotiated *negotiated)
{
    negotiated->resumed = true;
    negotiated->suite = hf_suite_find(session->suite);
    negotiated->group = NULL;
    negotiated->deflates = false; /* no session is kept with it */
    negotiated->server_name = false;
    negotiated->point_formats = false;
    negotiated->session_ticket = false; /* the old one goes on, unless its key does not: RFC 5077 3.1 */
}
