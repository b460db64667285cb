/* A client's identity for a CertificateRequest. The lists of the request become what identity/choose.h takes. RFC
 * 9846 4.4.2, 4.5.1.2; RFC 5246 7.4.4. */
#include "negotiate/client_auth.h"

#include "extension/fail.h"
#include "negotiate/signature.h"
#include "negotiate/version.h"

/* ClientCertificateType of TLS 1.2, RFC 5246 7.4.4 and RFC 8422 5.5. */
enum { RSA_SIGN = 1, ECDSA_SIGN = 64 };

static bool type_allows(struct hf_span types, uint16_t id)
{
    const enum hf_key_type key = hf_signature_scheme_find(id)->kind.key;
    const bool rsa = key == HF_KEY_RSA || key == HF_KEY_RSA_PSS;
    return hf_wire_list_has(types, 1, rsa ? RSA_SIGN : ECDSA_SIGN);
}

/* TLS 1.2 asks twice: by scheme and by type of certificate. Both must agree. */
static void drop_by_type(struct hf_span types, struct hf_negotiate_schemes *schemes)
{
    size_t kept = 0;
    for (size_t i = 0; i < schemes->count; i++)
        if (type_allows(types, schemes->items[i]))
            schemes->items[kept++] = schemes->items[i];
    schemes->count = kept;
}

/* hf_builder_present_anyway: only the scheme must fit, because without one nothing can be signed. */
static void choose_anyway(const struct hf_choose_list *list, const struct hf_choose_wish *wish,
                          struct hf_negotiate_client_answer *ret_answer)
{
    const struct hf_choose_wish schemes_only = {
        .rule = wish->rule,
        .schemes = wish->schemes,
        .schemes_count = wish->schemes_count,
        .delegated = wish->delegated,
        .delegated_count = wish->delegated_count,
        .now_s = wish->now_s,
        .takes_raw = wish->takes_raw,
        .refuses_x509 = wish->refuses_x509,
    };
    struct hf_choice choice;
    if (hf_choose_for_server(list, &schemes_only, &choice) != HF_OK)
        return;
    ret_answer->identity = choice.identity;
    ret_answer->scheme = hf_signature_scheme_find(choice.scheme);
}

static void choose(const struct hf_config *config, const struct hf_choose_wish *wish,
                   struct hf_negotiate_client_answer *ret_answer)
{
    const struct hf_choose_list list = {.items = config->identities, .count = config->identity_count};
    struct hf_choice choice;
    if (hf_choose_for_client(&list, wish, &choice)) {
        ret_answer->identity = choice.identity;
        ret_answer->scheme = hf_signature_scheme_find(choice.scheme);
        if (list.count > 1) /* people ask why the others were not taken */
            ret_answer->misfit_count =
                hf_choose_report(&list, wish, ret_answer->misfits, HF_COUNT(ret_answer->misfits));
        return;
    }
    ret_answer->identity = NULL;
    ret_answer->scheme = NULL;
    ret_answer->misfit_count = hf_choose_report(&list, wish, ret_answer->misfits, HF_COUNT(ret_answer->misfits));
    if (config->presents_anyway)
        choose_anyway(&list, wish, ret_answer);
}

enum hf_error hf_negotiate_client_auth_choose(const struct hf_config *config,
                                              const struct hf_negotiate_client_auth *asked,
                                              struct hf_negotiate_client_answer *ret_answer,
                                              struct hf_failure *ret_failure)
{
    const struct hf_certificate_request_facts *request = asked->request;
    const struct hf_negotiate_rules *rules = hf_negotiate_version_rules(asked->generation);
    if (request->schemes.len == 0) /* RFC 9846 4.4.2: it must be there; in 1.2 the wire grammar sees to it */
        return hf_extension_fail(ret_failure, HF_ERR_missing_extension, "signature_algorithms in CertificateRequest");
    struct hf_negotiate_schemes schemes;
    struct hf_negotiate_schemes certificate_schemes;
    hf_negotiate_signature_list(NULL, request->schemes, &schemes); /* our policy has limited the identities' lists */
    hf_negotiate_signature_list(NULL,
                                request->certificate_schemes.len > 0 ? request->certificate_schemes : request->schemes,
                                &certificate_schemes);
    if (rules->request_names_types)
        drop_by_type(request->certificate_types, &schemes);
    struct hf_negotiate_schemes delegated;
    hf_negotiate_signature_list(NULL, request->takes_delegated, &delegated);
    const struct hf_choose_wish wish = {
        .rule = rules->identity,
        .delegated = delegated.items,
        .delegated_count = delegated.count,
        .schemes = schemes.items,
        .schemes_count = schemes.count,
        .certificate_schemes = certificate_schemes.items,
        .certificate_schemes_count = certificate_schemes.count,
        .authorities = request->authorities,
        .now_s = asked->now_s,
        .takes_raw = asked->type == HF_CERTIFICATE_TYPE_RAW,
        .refuses_x509 = asked->type == HF_CERTIFICATE_TYPE_RAW,
    };
    choose(config, &wish, ret_answer);
    return HF_OK;
}
