#include "engine/diagnose.h"

#include "base/text.h"
#include "certificate/certificate.h"
#include "certificate/name.h"
#include "negotiate/version.h"
#include "trust/verdict.h"

/* The first guess, by alert alone; what this end knows of itself may refine it. */
static const struct {
    uint8_t alert;
    enum hf_error error;
} guesses[] = {
    {HF_ALERT_certificate_required, HF_ERR_peer_wants_certificate},
    {HF_ALERT_unknown_ca, HF_ERR_peer_knows_not_our_issuer},
    {HF_ALERT_certificate_expired, HF_ERR_peer_finds_us_expired},
    {HF_ALERT_unsupported_certificate, HF_ERR_peer_finds_purpose_wrong},
    {HF_ALERT_certificate_revoked, HF_ERR_peer_finds_us_revoked},
    {HF_ALERT_access_denied, HF_ERR_peer_admits_us_not},
    {HF_ALERT_protocol_version, HF_ERR_peer_version},
    {HF_ALERT_handshake_failure, HF_ERR_peer_no_common_parameters},
    {HF_ALERT_insufficient_security, HF_ERR_peer_no_common_parameters},
    {HF_ALERT_no_application_protocol, HF_ERR_peer_no_application_protocol},
    {HF_ALERT_unrecognized_name, HF_ERR_peer_knows_not_the_name},
    {HF_ALERT_user_canceled, HF_ERR_peer_canceled},
    {HF_ALERT_ech_required, HF_ERR_peer_wants_ech},
    {HF_ALERT_bad_certificate, HF_ERR_peer_finds_name_wrong},
    {HF_ALERT_certificate_unknown, HF_ERR_peer_finds_name_wrong},
};

static enum hf_error guess(uint8_t alert)
{
    for (size_t i = 0; i < HF_COUNT(guesses); i++)
        if (guesses[i].alert == alert)
            return guesses[i].error;
    return HF_ERR_peer_refused;
}

/* Alerts by which peers say that something about our certificate, or its absence, displeased them. */
static bool is_about_certificates(uint8_t alert)
{
    return (alert >= HF_ALERT_no_certificate && alert <= HF_ALERT_certificate_unknown) ||
           alert == HF_ALERT_handshake_failure || alert == HF_ALERT_unknown_ca ||
           alert == HF_ALERT_certificate_required || alert == HF_ALERT_access_denied;
}

static const struct hf_certificate *own_leaf(const struct hf_handshake *handshake)
{
    return handshake->presented && handshake->identity != NULL ? &handshake->identity->parsed[0] : NULL;
}

/* HF_OK while it is valid. */
static enum hf_error judge_validity(const struct hf_certificate *leaf, int64_t now_s)
{
    if (now_s > leaf->not_after_s)
        return HF_ERR_peer_finds_us_expired;
    return now_s < leaf->not_before_s ? HF_ERR_peer_finds_us_too_early : HF_OK;
}

/* A client that was asked, and sent an empty Certificate. */
static bool sent_none(const struct hf_handshake *handshake)
{
    return handshake->asked && !handshake->presented && hf_handshake_role(handshake) == HF_CLIENT;
}

static bool lacks_purpose(const struct hf_handshake *handshake)
{
    unsigned wanted = hf_handshake_role(handshake) == HF_CLIENT ? HF_IDENTITY_FOR_CLIENT : HF_IDENTITY_FOR_SERVER;
    return (handshake->identity->purposes & wanted) == 0;
}

/* Why the identity that came closest was not sent is most probably what the peer would have said. */
static enum hf_error explain_none(const struct hf_handshake *handshake)
{
    switch (handshake->misfit) {
    case HF_MISFIT_TYPE:
        return HF_ERR_peer_wants_certificate;
    case HF_MISFIT_PURPOSE:
        return HF_ERR_peer_finds_purpose_wrong;
    case HF_MISFIT_EXPIRED:
        return HF_ERR_peer_finds_us_expired;
    case HF_MISFIT_NOT_YET_VALID:
        return HF_ERR_peer_finds_us_too_early;
    case HF_MISFIT_AUTHORITY:
        return HF_ERR_peer_knows_not_our_issuer;
    case HF_MISFIT_CREDENTIAL:
    case HF_MISFIT_SCHEME:
    case HF_MISFIT_CHAIN_SCHEME:
        return HF_ERR_peer_takes_not_our_scheme;
    case HF_MISFIT_NONE:
        break;
    }
    return HF_ERR_peer_wants_certificate;
}

/* Whether we sent other CAs than the one that issued our certificate: what is missing lies between. RFC 9846 4.5.1. */
static bool has_gap(const struct hf_identity *identity)
{
    for (size_t i = 1; i < identity->chain_count; i++)
        if (hf_name_equal(identity->parsed[i].subject, identity->parsed[0].issuer))
            return false;
    return identity->chain_count > 1;
}

/* What we know of our own certificate explains a refusal better than the alert does. */
static enum hf_error refine(const struct hf_handshake *handshake, uint8_t alert, enum hf_error guessed)
{
    if (!is_about_certificates(alert))
        return guessed;
    if (sent_none(handshake))
        return explain_none(handshake);
    const struct hf_certificate *leaf = own_leaf(handshake);
    if (leaf == NULL)
        return guessed;
    if (guessed == HF_ERR_peer_knows_not_our_issuer && hf_handshake_role(handshake) == HF_SERVER)
        return HF_ERR_peer_distrusts_us;
    enum hf_error validity = judge_validity(leaf, hf_handshake_now_s(handshake));
    if (validity != HF_OK)
        return validity;
    if (lacks_purpose(handshake))
        return HF_ERR_peer_finds_purpose_wrong;
    if (guessed == HF_ERR_peer_knows_not_our_issuer && has_gap(handshake->identity))
        return HF_ERR_peer_misses_our_intermediate;
    if (guessed == HF_ERR_peer_finds_name_wrong && hf_handshake_role(handshake) == HF_CLIENT)
        return HF_ERR_peer_refused;
    return guessed;
}

/* Where the CA is the point, and not a date or a purpose of the certificate itself. */
static bool is_about_issuers(enum hf_error error)
{
    return error == HF_ERR_peer_knows_not_our_issuer || error == HF_ERR_peer_wants_certificate ||
           error == HF_ERR_peer_distrusts_us || error == HF_ERR_peer_refused ||
           error == HF_ERR_peer_misses_our_intermediate;
}

/* Which certificate of ours the peer finds expired: the first that is, by our clock; the leaf where none is. */
static size_t find_expired(const struct hf_handshake *handshake)
{
    const struct hf_identity *identity = handshake->identity;
    for (size_t i = 0; i < identity->chain_count; i++)
        if (hf_handshake_now_s(handshake) > identity->parsed[i].not_after_s)
            return i;
    return 0;
}

static void describe_own(const struct hf_handshake *handshake, struct hf_failure *failure)
{
    const struct hf_certificate *leaf = own_leaf(handshake);
    if (leaf == NULL)
        return;
    size_t depth = failure->error == HF_ERR_peer_finds_us_expired ? find_expired(handshake) : 0;
    const struct hf_certificate *meant = &handshake->identity->parsed[depth];
    hf_verdict_name_certificate(meant->der, failure);
    failure->depth = (int)depth;
    failure->of = hf_handshake_role(handshake) == HF_CLIENT ? HF_OF_CLIENT : HF_OF_SERVER;
    if (failure->error == HF_ERR_peer_finds_us_expired)
        failure->since_s = meant->not_after_s;
    if (failure->error == HF_ERR_peer_finds_us_too_early)
        failure->since_s = leaf->not_before_s;
    if (!is_about_issuers(failure->error))
        return;
    struct hf_text got = hf_text_of(failure->got, sizeof failure->got);
    hf_text_add(&got, "a certificate issued by ");
    hf_name_print(leaf->issuer, &got);
}

static void one_line(struct hf_text *text, const char *lines)
{
    for (const char *at = lines; *at != '\0'; at++)
        hf_text_add(text, *at == '\n' ? "; " : "%c", *at);
}

static void describe_request(const struct hf_handshake *handshake, struct hf_failure *failure)
{
    bool tells = is_about_issuers(failure->error) || sent_none(handshake);
    if (!tells || !handshake->asked || handshake->request_told == NULL)
        return;
    struct hf_text wanted = hf_text_of(failure->wanted, sizeof failure->wanted);
    const struct hf_request_told *told = handshake->request_told;
    if (told->authority_count == 0)
        hf_text_add(&wanted, "a certificate; it named no CA");
    else
        hf_text_add(&wanted, "a certificate issued by ");
    one_line(&wanted, told->bytes);
    if (sent_none(handshake)) {
        struct hf_text got = hf_text_of(failure->got, sizeof failure->got);
        hf_text_add(&got, handshake->config->identity_count == 0 ? "none configured" : "none of ours fits: ");
        one_line(&got, told->bytes + told->misfits_at);
    }
}

static void describe_negotiation(const struct hf_handshake *handshake, struct hf_failure *failure)
{
    struct hf_text got = hf_text_of(failure->got, sizeof failure->got);
    hf_text_add(&got, "we allow %s to %s; suites %s; groups %s",
                hf_negotiate_version_name(handshake->config->min_version),
                hf_negotiate_version_name(handshake->config->max_version), handshake->config->suite_names,
                handshake->config->group_names);
}

void hf_diagnose_alert(const struct hf_handshake *handshake, uint8_t alert, struct hf_failure *failure)
{
    failure->error = refine(handshake, alert, guess(alert));
    failure->depth = -1;
    if (is_about_certificates(alert) && (handshake->asked || handshake->presented)) {
        describe_own(handshake, failure);
        describe_request(handshake, failure);
    } else if (failure->error == HF_ERR_peer_version || failure->error == HF_ERR_peer_no_common_parameters) {
        describe_negotiation(handshake, failure);
    } else if (failure->error == HF_ERR_peer_knows_not_the_name && handshake->server_name != NULL) {
        struct hf_text got = hf_text_of(failure->got, sizeof failure->got);
        hf_text_add_safe(&got, hf_span_of_text(handshake->server_name));
    }
}

void hf_diagnose_cut(const struct hf_handshake *handshake, struct hf_failure *failure)
{
    failure->depth = -1;
    struct hf_text got = hf_text_of(failure->got, sizeof failure->got);
    if (handshake->protocol == NULL)
        hf_text_add(&got, "nothing after our first message: a firewall, or a peer that closes without an alert");
    else if (handshake->asked && !handshake->accepted && hf_handshake_role(handshake) == HF_CLIENT)
        hf_text_add(&got, "the end of the connection after our %s: the peer may have refused it without an alert",
                    handshake->presented ? "certificate" : "empty Certificate");
}
