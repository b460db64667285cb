/* A hello judged as a whole, at a server: version first, then by generation everything that hangs on it. The order is
 * that of the explanations too: the first thing that two ends do not share is what is told. RFC 9846 4.2.1, 4.3, 9.2.
 */
#include "negotiate/negotiate.h"

#include "extension/fail.h"
#include "negotiate/alpn.h"
#include "negotiate/group.h"
#include "negotiate/limits.h"
#include "negotiate/server_identity.h"
#include "negotiate/suite.h"
#include "negotiate/version.h"

/* RFC 9846 4.2.4: after a HelloRetryRequest the version stays. */
static enum hf_error choose_version(const struct hf_negotiate_question *question, struct hf_negotiated *negotiated,
                                    struct hf_failure *ret_failure)
{
    HF_TRY(hf_negotiate_version_choose(question->config, question->hello, &negotiated->version, ret_failure));
    negotiated->generation = (enum hf_version_bit)hf_negotiate_version_generation(negotiated->version);
    if (question->first != NULL && question->first->version != negotiated->version)
        return hf_extension_fail(ret_failure, HF_ERR_hello_changed, "supported_versions in the second ClientHello");
    return HF_OK;
}

static enum hf_error choose_group13(const struct hf_negotiate_question *question, struct hf_negotiated *negotiated,
                                    struct hf_failure *ret_failure)
{
    if (question->first != NULL) {
        negotiated->group = question->first->group;
        return hf_negotiate_group_choose_retried(negotiated->group, question->hello, &negotiated->peer_share,
                                                 ret_failure);
    }
    struct hf_negotiate_group_choice choice;
    HF_TRY(hf_negotiate_group_choose13(question->config, question->hello, &choice, ret_failure));
    negotiated->group = choice.group;
    negotiated->peer_share = choice.share;
    negotiated->retry = choice.share.len == 0;
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

static enum hf_error negotiate13(const struct hf_negotiate_question *question, struct hf_negotiated *negotiated,
                                 struct hf_failure *ret_failure)
{
    const struct hf_negotiate_suite_wish wish = {.generation = HF_VERSION_BIT_13};
    HF_TRY(check_form13(question->hello, ret_failure));
    HF_TRY(hf_negotiate_suite_choose(question->config, question->hello, &wish, &negotiated->suite, ret_failure));
    if (question->first != NULL && question->first->suite != negotiated->suite)
        return hf_extension_fail(ret_failure, HF_ERR_hello_changed, "cipher_suites in the second ClientHello");
    HF_TRY(choose_group13(question, negotiated, ret_failure));
    return hf_negotiate_server_identity_choose(question, negotiated, ret_failure);
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
    HF_TRY(hf_negotiate_group_choose12(question->config, hello, &negotiated->group, ret_failure));
    HF_TRY(hf_negotiate_server_identity_choose(question, negotiated, ret_failure));
    const enum hf_key_type key = hf_negotiate_server_identity_key(negotiated->identity);
    const struct hf_negotiate_suite_wish wish = {.generation = HF_VERSION_BIT_12, .auth = hf_negotiate_suite_auth(key)};
    return hf_negotiate_suite_choose(question->config, hello, &wish, &negotiated->suite, ret_failure);
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
    HF_TRY(hf_negotiate_alpn_choose(question->config, question->hello, &negotiated.protocol, ret_failure));
    hf_negotiate_limits_server(question->config, question->hello, &negotiated);
    *ret_negotiated = negotiated;
    return HF_OK;
}

void hf_negotiate_answer(const struct hf_config *config, const struct hf_negotiated *negotiated,
                         struct hf_server_answer *ret_answer)
{
    *ret_answer = (struct hf_server_answer){
        .config = config,
        .legacy_version = HF_TLS12, /* both generations say it there: RFC 9846 4.2.3 */
        .version = negotiated->version,
        .suite = negotiated->suite->id,
        .share = {.group = negotiated->group == NULL ? 0 : negotiated->group->id},
        .protocol = negotiated->protocol,
        .server_name = negotiated->server_name,
        .extended_master_secret = negotiated->extended_master_secret,
        .secure_renegotiation = negotiated->secure_renegotiation,
        .point_formats = negotiated->point_formats,
        .record_size_limit = negotiated->record_size_limit,
        .max_fragment_length = negotiated->max_fragment_length,
    };
}
