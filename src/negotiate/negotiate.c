/* A hello judged as a whole, at a server: version first, then by generation everything that hangs on it. The order is
 * that of the explanations too: the first thing that two ends do not share is what is told. RFC 9846 4.2.1, 4.3, 9.2.
 */
#include "negotiate/negotiate.h"

#include "extension/fail.h"
#include "negotiate/alpn.h"
#include "negotiate/certificate_type.h"
#include "negotiate/connection_ids.h"
#include "negotiate/group.h"
#include "negotiate/limits.h"
#include "negotiate/psk.h"
#include "negotiate/server_identity.h"
#include "negotiate/suite.h"
#include "negotiate/transport.h"
#include "negotiate/version.h"

/* RFC 9846 4.2.2: in a renegotiation the version stays, whatever else the client could do. */
static enum hf_error find_version(const struct hf_negotiate_question *question, uint16_t *ret_version,
                                  struct hf_failure *ret_failure)
{
    if (question->version == 0)
        return hf_negotiate_version_choose(question->config, question->hello, ret_version, ret_failure);
    HF_TRY(hf_negotiate_version_keep(question->config, question->hello, question->version, ret_failure));
    *ret_version = question->version;
    return HF_OK;
}

/* RFC 9846 4.2.4: after a HelloRetryRequest the version stays. */
static enum hf_error choose_version(const struct hf_negotiate_question *question, struct hf_negotiated *negotiated,
                                    struct hf_failure *ret_failure)
{
    HF_TRY(find_version(question, &negotiated->version, ret_failure));
    negotiated->generation = (enum hf_version_bit)hf_negotiate_version_generation(negotiated->version);
    if (question->first != NULL && question->first->version != negotiated->version)
        return hf_extension_fail(ret_failure, HF_ERR_hello_changed, "supported_versions in the second ClientHello");
    return HF_OK;
}

static enum hf_error choose_group13(const struct hf_negotiate_question *question, struct hf_negotiated *negotiated,
                                    struct hf_failure *ret_failure)
{
    if (question->first != NULL && question->first->retry) {
        negotiated->group = question->first->group;
        return hf_negotiate_group_choose_retried(negotiated->group, question->hello, &negotiated->peer_share,
                                                 ret_failure);
    }
    struct hf_negotiate_group_choice choice;
    HF_TRY(hf_negotiate_group_choose13(question->config, question->hello, &choice, ret_failure));
    negotiated->group = choice.group;
    negotiated->peer_share = choice.share;
    negotiated->retry = choice.share.len == 0;
    if (question->first != NULL && negotiated->retry && question->first->group == NULL) /* its shares were not seen */
        return hf_extension_fail(ret_failure, HF_ERR_hello_in_pieces, "key_share in ClientHello");
    if (question->first != NULL && negotiated->retry) /* a cookie only was asked for */
        return hf_extension_fail(ret_failure, HF_ERR_hello_changed, "key_share in the second ClientHello");
    return HF_OK;
}

/* The name of an extension that a TLS 1.3 hello lacks, NULL when it lacks none. RFC 9846 9.2; 4.3.9 for the last. */
static const char *find_missing13(struct hf_extension_set present)
{
    const bool psk = hf_extension_set_has(present, HF_ROW_pre_shared_key);
    const bool groups = hf_extension_set_has(present, HF_ROW_supported_groups);
    const bool shares = hf_extension_set_has(present, HF_ROW_key_share);
    if (!psk && !hf_extension_set_has(present, HF_ROW_signature_algorithms))
        return "signature_algorithms in ClientHello";
    if (!groups && (shares || !psk))
        return "supported_groups in ClientHello";
    if (!shares && groups)
        return "key_share in ClientHello";
    if (psk && !hf_extension_set_has(present, HF_ROW_psk_key_exchange_modes))
        return "psk_key_exchange_modes in ClientHello";
    return NULL;
}

/* What a TLS 1.3 hello must be beside its choices. */
static enum hf_error check_form13(const struct hf_client_hello_facts *hello, struct hf_failure *ret_failure)
{
    if (hello->compressions.len != 1) /* RFC 9846 4.2.2: null and nothing else; that null is there the reader saw */
        return hf_extension_fail(ret_failure, HF_ERR_compression_not_null, "ClientHello");
    const char *missing = find_missing13(hello->present);
    return missing == NULL ? HF_OK : hf_extension_fail(ret_failure, HF_ERR_missing_extension, missing);
}

/* Where certificates and a key shared beforehand are to go together, and for first handshakes only: RFC 8773bis 5.1. */
static enum hf_error check_psk_with_certificates(const struct hf_negotiate_question *question,
                                                 struct hf_failure *ret_failure)
{
    const struct hf_client_hello_facts *hello = question->hello;
    if (!hello->cert_with_extern_psk) {
        (void)hf_extension_fail(ret_failure, HF_ERR_psk_with_certificate_missing, "ClientHello");
        struct hf_text got = hf_extension_fail_got(ret_failure);
        hf_text_add(&got, "no tls_cert_with_extern_psk");
        return HF_ERR_psk_with_certificate_missing;
    }
    if (!hf_extension_set_has(hello->present, HF_ROW_pre_shared_key))
        return hf_extension_fail(ret_failure, HF_ERR_missing_extension, "pre_shared_key in ClientHello");
    if (!hf_extension_set_has(hello->present, HF_ROW_key_share))
        return hf_extension_fail(ret_failure, HF_ERR_missing_extension, "key_share in ClientHello");
    if (!hf_extension_set_has(hello->present, HF_ROW_signature_algorithms))
        return hf_extension_fail(ret_failure, HF_ERR_missing_extension, "signature_algorithms in ClientHello");
    if (hello->early_data)
        return hf_extension_fail(ret_failure, HF_ERR_illegal_parameter, "early_data beside tls_cert_with_extern_psk");
    if (question->psk == NULL)
        return hf_extension_fail(ret_failure, HF_ERR_psk_with_certificate_missing, "pre_shared_key in ClientHello");
    return HF_OK;
}

/* The PSK's hash leads the choice (RFC 9846 4.3.11); after a HelloRetryRequest the suite stays (4.2.4). */
static enum hf_error choose_suite13(const struct hf_negotiate_question *question, struct hf_negotiated *negotiated,
                                    struct hf_failure *ret_failure)
{
    const struct hf_negotiate_suite_wish wish = {
        .generation = HF_VERSION_BIT_13,
        .hash = question->psk == NULL ? HF_HASH_NONE : question->psk->hash,
    };
    if (question->first == NULL)
        return hf_negotiate_suite_choose(question->config, question->hello, &wish, &negotiated->suite, ret_failure);
    negotiated->suite = question->first->suite;
    if (hf_wire_list_has(question->hello->suites, 2, negotiated->suite->id))
        return HF_OK;
    return hf_extension_fail(ret_failure, HF_ERR_hello_changed, "cipher_suites in the second ClientHello");
}

static enum hf_error prove_by_certificates13(const struct hf_negotiate_question *question,
                                             struct hf_negotiated *negotiated, struct hf_failure *ret_failure)
{
    if (question->config->client_auth != HF_CLIENT_AUTH_NONE)
        HF_TRY(hf_negotiate_certificate_type_of_client(question->config, question->hello, negotiated, ret_failure));
    return hf_negotiate_server_identity_choose(question, negotiated, ret_failure);
}

/* Nothing else proves this server. A client that named the key in its first hello may not take it back (RFC
 * 9846 4.2.2); what it may not know is which names are known here (F.6). */
static enum hf_error refuse_without_psk(const struct hf_negotiate_question *question, struct hf_failure *ret_failure)
{
    const struct hf_client_hello_facts *hello = question->hello;
    bool alone;
    if (question->first != NULL && question->first->has_psk)
        return hf_extension_fail(ret_failure, HF_ERR_hello_changed, "pre_shared_key in the second ClientHello");
    if (hello->psk_identities.len > 0 && !hf_negotiate_psk_mode(question->config, hello, &alone))
        return hf_extension_fail(ret_failure, HF_ERR_psk_mode_unfit, "psk_key_exchange_modes in ClientHello");
    return hf_extension_fail(ret_failure, HF_ERR_psk_unknown, "pre_shared_key in ClientHello");
}

static enum hf_error negotiate13(const struct hf_negotiate_question *question, struct hf_negotiated *negotiated,
                                 struct hf_failure *ret_failure)
{
    const struct hf_negotiate_psk *psk = question->psk;
    HF_TRY(check_form13(question->hello, ret_failure));
    if (question->config->psk13_with_certificates && !(question->is_outer && psk == NULL))
        HF_TRY(check_psk_with_certificates(question, ret_failure));
    HF_TRY(choose_suite13(question, negotiated, ret_failure));
    if (psk == NULL || !psk->is_alone)
        HF_TRY(choose_group13(question, negotiated, ret_failure));
    if (psk == NULL && question->config->psk13_only)
        return refuse_without_psk(question, ret_failure);
    if (psk == NULL)
        return prove_by_certificates13(question, negotiated, ret_failure);
    negotiated->has_psk = true;
    negotiated->psk_index = psk->index;
    if (psk->is_session)
        hf_negotiate_server_identity_answer_type(question, negotiated);
    return question->config->psk13_with_certificates ? prove_by_certificates13(question, negotiated, ret_failure)
                                                     : HF_OK;
}

/* With a certificate of ours: the identity first, then a suite that its key serves. */
static enum hf_error choose_certified(const struct hf_negotiate_question *question, struct hf_negotiated *negotiated,
                                      struct hf_failure *ret_failure)
{
    const struct hf_negotiate_suite_wish no_curve = {
        .generation = HF_VERSION_BIT_12, .lacks_curve = true, .has_field = true, .decrypts = true};
    const bool needs_curve = hf_negotiate_suite_find(question->config, question->hello, &no_curve) == NULL;
    if (negotiated->groups.curve == NULL && needs_curve)
        return hf_negotiate_group_choose12(question->config, question->hello, &negotiated->groups.curve, ret_failure);
    HF_TRY(hf_negotiate_server_identity_choose(question, negotiated, ret_failure));
    struct hf_negotiate_suite_wish wish = hf_negotiate_server_identity_wish(negotiated->identity, negotiated);
    if (negotiated->scheme == NULL) { /* nothing can be signed */
        wish.lacks_curve = true;
        wish.has_field = false;
    }
    return hf_negotiate_suite_choose(question->config, question->hello, &wish, &negotiated->suite, ret_failure);
}

/* Without a certificate, by a key shared beforehand: NULL when no suite fits. */
static const struct hf_suite *find_shared(const struct hf_negotiate_question *question,
                                          const struct hf_negotiated *negotiated)
{
    const struct hf_negotiate_suite_wish wish = {
        .generation = HF_VERSION_BIT_12,
        .auth = HF_SUITE_AUTH_PSK,
        .lacks_curve = negotiated->groups.curve == NULL,
        .has_field = negotiated->groups.field != NULL,
    };
    return question->config->psks == NULL ? NULL : hf_negotiate_suite_find(question->config, question->hello, &wish);
}

static bool stands_before(const struct hf_config *config, const struct hf_suite *a, const struct hf_suite *b)
{
    size_t i = 0;
    while (i < config->suite_count && config->suites[i] != a && config->suites[i] != b)
        i++;
    return i < config->suite_count && config->suites[i] == a;
}

/* Our order of suites decides between the two kinds of proof; if only one is possible, it is that. */
static enum hf_error choose_suite12(const struct hf_negotiate_question *question, struct hf_negotiated *negotiated,
                                    struct hf_failure *ret_failure)
{
    struct hf_failure failure = *ret_failure;
    const struct hf_suite *shared = find_shared(question, negotiated);
    enum hf_error error = HF_OK;
    if (question->config->identity_count > 0 || shared == NULL)
        error = choose_certified(question, negotiated, &failure);
    if (shared == NULL) {
        *ret_failure = failure;
        return error;
    }
    if (error == HF_OK && negotiated->suite != NULL && stands_before(question->config, negotiated->suite, shared))
        return HF_OK;
    negotiated->suite = shared;
    negotiated->identity = NULL;
    negotiated->scheme = NULL;
    negotiated->has_server_type = false;
    negotiated->server_name = false;
    return HF_OK;
}

static void take_group12(struct hf_negotiated *negotiated)
{
    const struct hf_suite_traits *traits = hf_suite_traits_of(negotiated->suite);
    if (traits->has_curve)
        negotiated->group = negotiated->groups.curve;
    else if (traits->has_field)
        negotiated->group = negotiated->groups.field;
    if (!traits->signs)
        negotiated->scheme = NULL;
}

/* Beside the certificate where there is one: RFC 6066 8, RFC 6962 3.3.1. */
static void take_papers12(const struct hf_client_hello_facts *hello, struct hf_negotiated *negotiated)
{
    if (negotiated->identity == NULL)
        return;
    negotiated->status_request = hello->status_request && hf_buffer_len(&negotiated->identity->ocsp[0]) > 0;
    if (hello->scts)
        negotiated->scts = hf_buffer_span(&negotiated->identity->scts[0]);
}

/* Only where both switched it on (RFC 3749 2). */
static bool deflates(const struct hf_config *config, const struct hf_client_hello_facts *hello)
{
    return (config->historic & HF_HISTORIC_COMPRESSION) != 0 &&
           hf_wire_list_has(hello->compressions, 1, HF_COMPRESSION_DEFLATE);
}

static enum hf_error negotiate12(const struct hf_negotiate_question *question, struct hf_negotiated *negotiated,
                                 struct hf_failure *ret_failure)
{
    const struct hf_client_hello_facts *hello = question->hello;
    negotiated->extended_master_secret = hello->extended_master_secret;
    negotiated->secure_renegotiation = hello->secure_renegotiation;
    negotiated->point_formats = hf_extension_set_has(hello->present, HF_ROW_ec_point_formats);
    if (!hello->extended_master_secret && question->config->extended_master_secret_demanded) /* RFC 7627 5.2 */
        return hf_extension_fail(ret_failure, HF_ERR_extended_master_secret_missing, "ClientHello");
    negotiated->encrypt_then_mac =
        hello->encrypt_then_mac && (question->config->historic & HF_HISTORIC_MAC_THEN_ENCRYPT) == 0;
    negotiated->deflates = deflates(question->config, hello);
    hf_negotiate_group_find12(question->config, hello, &negotiated->groups);
    HF_TRY(choose_suite12(question, negotiated, ret_failure));
    take_group12(negotiated);
    if (question->config->client_auth != HF_CLIENT_AUTH_NONE && !hf_suite_traits_of(negotiated->suite)->has_psk)
        HF_TRY(hf_negotiate_certificate_type_of_client(question->config, hello, negotiated, ret_failure));
    take_papers12(hello, negotiated);
    return HF_OK;
}

/* Our first one that the client has, and none when there is no such: RFC 5764 4.1.1. */
static uint16_t choose_srtp(const struct hf_config *config, struct hf_span profiles)
{
    for (size_t i = 0; i < config->srtp_count; i++)
        if (hf_wire_list_has(profiles, 2, config->srtp_profiles[i]->id))
            return config->srtp_profiles[i]->id;
    return 0;
}

enum hf_error hf_negotiate_server(const struct hf_negotiate_question *question, struct hf_negotiated *ret_negotiated,
                                  struct hf_failure *ret_failure)
{
    struct hf_negotiated negotiated = {0};
    HF_TRY(choose_version(question, &negotiated, ret_failure));
    if (hf_negotiate_version_rules(negotiated.generation)->shares_in_hellos)
        HF_TRY(negotiate13(question, &negotiated, ret_failure));
    else
        HF_TRY(negotiate12(question, &negotiated, ret_failure));
    negotiated.protocol = hf_negotiate_alpn_at(question->hello, question->protocol_place);
    if (negotiated.protocol.len == 0)
        HF_TRY(hf_negotiate_alpn_choose(question->config, question->hello, &negotiated.protocol, ret_failure));
    HF_TRY(hf_negotiate_transport_server(question->config, question->hello, negotiated.protocol, ret_failure));
    negotiated.srtp_profile = choose_srtp(question->config, question->hello->srtp_profiles);
    hf_negotiate_limits_server(question->config, question->hello, &negotiated);
    hf_negotiate_connection_ids_server(question->config, question->hello, &negotiated);
    *ret_negotiated = negotiated;
    return HF_OK;
}

void hf_negotiate_answer(const struct hf_config *config, const struct hf_negotiated *negotiated,
                         struct hf_server_answer *ret_answer)
{
    *ret_answer = (struct hf_server_answer){
        .config = config,
        .legacy_version = hf_config_transport(config)->version12, /* both generations say it there: RFC 9846 4.2.3 */
        .version = negotiated->version,
        .suite = negotiated->suite->id,
        .share = {.group = negotiated->group == NULL ? 0 : negotiated->group->id},
        .protocol = negotiated->protocol,
        .srtp_profile = negotiated->srtp_profile,
        .server_name = negotiated->server_name,
        .has_psk = negotiated->has_psk,
        .psk_index = negotiated->psk_index,
        .early_data = negotiated->early_data,
        .tells_tickets = negotiated->tells_tickets,
        .expected_tickets = negotiated->expected_tickets,
        .extended_master_secret = negotiated->extended_master_secret,
        .encrypt_then_mac = negotiated->encrypt_then_mac && negotiated->suite->block != HF_BLOCK_CIPHER_NONE,
        .compression = negotiated->deflates ? HF_COMPRESSION_DEFLATE : HF_COMPRESSION_NULL,
        .secure_renegotiation = negotiated->secure_renegotiation,
        .has_client_type = negotiated->has_client_type,
        .has_server_type = negotiated->has_server_type,
        .client_type = negotiated->peer_type,
        .server_type = negotiated->own_type,
        .status_request = negotiated->status_request,
        .scts = negotiated->scts,
        .session_ticket = negotiated->session_ticket,
        .point_formats = negotiated->point_formats,
        .record_size_limit = negotiated->record_size_limit,
        .max_fragment_length = negotiated->max_fragment_length,
        .has_ids = negotiated->has_ids,
        .checks_paths = negotiated->checks_paths,
    };
}
