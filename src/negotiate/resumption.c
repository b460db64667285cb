#include "negotiate/resumption.h"

#include "extension/hello.h"
#include "negotiate/version.h"
#include "wire/extension.h"

bool hf_negotiate_resumption_may_follow(const struct hf_negotiated *negotiated)
{
    const enum hf_suite_auth auth = negotiated->suite->auth;
    return negotiated->extended_master_secret && !negotiated->deflates &&
           (auth == HF_SUITE_AUTH_RSA || auth == HF_SUITE_AUTH_ECDSA);
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

bool hf_negotiate_resumption_offers(const struct hf_config *config, const struct hf_session *session, int64_t now_s)
{
    return session->chain_count > 0 && allows_suite(config, session) && hf_session_is_current(session, now_s);
}

bool hf_negotiate_resumption_fits(const struct hf_negotiate_question *question, const struct hf_negotiated *negotiated,
                                  const struct hf_session *session)
{
    const struct hf_span id = hf_span_of(session->id.bytes, session->id.len);
    const bool is_anonymous = session->chain_count == 0;
    return hf_span_equal(id, question->hello->session_id) && session->version == negotiated->version &&
           allows_suite(question->config, session) && hf_wire_list_has(question->hello->suites, 2, session->suite) &&
           hf_session_is_current(session, question->now_s) &&
           !(is_anonymous && question->config->client_auth == HF_CLIENT_AUTH_REQUIRE);
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
