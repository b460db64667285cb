/* A server's identity. In TLS 1.2 identities that no common suite or curve serves are left out before identity/
 * chooses, so that a name never wins for a key that the client cannot use. */
#include "negotiate/server_identity.h"

#include "certificate/certificate.h"
#include "extension/fail.h"
#include "negotiate/certificate_type.h"
#include "negotiate/names.h"
#include "negotiate/signature.h"
#include "negotiate/suite.h"
#include "negotiate/version.h"

enum hf_key_type hf_negotiate_server_identity_key(const struct hf_identity *identity)
{
    return identity->key_type;
}

/* RFC 8422 5.3: an ECDSA key must lie on a curve that the client named; a client that names none takes any. */
static bool curve_fits(const struct hf_client_hello_facts *hello, enum hf_key_type key)
{
    const struct hf_group *curve = hf_group_find_key(key);
    return curve == NULL || !hf_extension_set_has(hello->present, HF_ROW_supported_groups) ||
           hf_wire_list_has(hello->groups, 2, curve->id);
}

/* RSA key exchange: a plain RSA key in this process, whose certificate does not forbid it (RFC 5246 7.4.2). */
static bool can_decrypt(const struct hf_identity *identity, enum hf_key_type key)
{
    const struct hf_certificate *leaf = &identity->parsed[0];
    return key == HF_KEY_RSA && identity->key != NULL &&
           ((leaf->present & HF_CERTIFICATE_KEY_USAGE) == 0 || (leaf->key_usage & HF_KEY_USAGE_KEY_ENCIPHERMENT) != 0);
}

struct hf_negotiate_suite_wish hf_negotiate_server_identity_wish(const struct hf_identity *identity,
                                                                 const struct hf_negotiated *negotiated)
{
    const enum hf_key_type key = hf_negotiate_server_identity_key(identity);
    return (struct hf_negotiate_suite_wish){
        .generation = HF_VERSION_BIT_12,
        .auth = hf_negotiate_suite_auth(key),
        .lacks_curve = negotiated->groups.curve == NULL,
        .has_field = negotiated->groups.field != NULL,
        .decrypts = can_decrypt(identity, key),
    };
}

static bool fits12(const struct hf_negotiate_question *question, const struct hf_negotiated *negotiated,
                   const struct hf_identity *identity)
{
    const enum hf_key_type key = hf_negotiate_server_identity_key(identity);
    const struct hf_negotiate_suite_wish wish = hf_negotiate_server_identity_wish(identity, negotiated);
    if (hf_buffer_len(&identity->credential) > 0) /* RFC 9345 4.1: 1.3 only */
        return false;
    return hf_negotiate_suite_find(question->config, question->hello, &wish) != NULL &&
           curve_fits(question->hello, key);
}

/* None of our keys fits any suite in common: tells both lists, and what the first identity would need. */
static enum hf_error tell_suites(const struct hf_negotiate_question *question, const struct hf_negotiated *negotiated,
                                 struct hf_failure *ret_failure)
{
    const struct hf_config *config = question->config;
    const enum hf_key_type key = hf_negotiate_server_identity_key(config->identities[0]);
    const struct hf_negotiate_suite_wish wish = hf_negotiate_server_identity_wish(config->identities[0], negotiated);
    const struct hf_suite *suite;
    HF_TRY(hf_negotiate_suite_choose(config, question->hello, &wish, &suite, ret_failure));
    /* A suite is there, so it is the curve. */
    (void)hf_extension_fail(ret_failure, HF_ERR_no_common_group, "supported_groups in ClientHello");
    struct hf_text wanted = hf_extension_fail_wanted(ret_failure);
    hf_text_add(&wanted, "%s, the curve of our certificate's key", hf_key_type_name(key));
    struct hf_text got = hf_extension_fail_got(ret_failure);
    hf_text_add(&got, "the client offers ");
    hf_negotiate_names_groups(&got, question->hello->groups);
    return HF_ERR_no_common_group;
}

/* What the client takes in signatures; our policy has limited the identities' own lists. RFC 9846 4.3.3, RFC 5246
 * 7.4.1.4.1. */
static enum hf_error read_schemes(const struct hf_negotiate_question *question, enum hf_version_bit generation,
                                  struct hf_negotiate_schemes *ret_schemes, struct hf_failure *ret_failure)
{
    if (hf_extension_set_has(question->hello->present, HF_ROW_signature_algorithms)) {
        hf_negotiate_signature_list(NULL, question->hello->schemes, ret_schemes);
        return HF_OK;
    }
    if (!hf_negotiate_version_rules(generation)->schemes_may_be_missing)
        return hf_extension_fail(ret_failure, HF_ERR_missing_extension, "signature_algorithms in ClientHello");
    hf_negotiate_signature_list_default12(question->config, ret_schemes);
    return HF_OK;
}

static enum hf_error tell_schemes(const struct hf_negotiate_question *question, struct hf_failure *ret_failure)
{
    (void)hf_extension_fail(ret_failure, HF_ERR_no_common_signature_scheme, "signature_algorithms in ClientHello");
    struct hf_text wanted = hf_extension_fail_wanted(ret_failure);
    hf_text_add(&wanted, "one that our keys can make:");
    for (size_t i = 0; i < question->config->identity_count; i++) {
        const enum hf_key_type key = hf_negotiate_server_identity_key(question->config->identities[i]);
        hf_text_add(&wanted, "%s %s", i > 0 ? "," : "", hf_key_type_name(key));
    }
    struct hf_text got = hf_extension_fail_got(ret_failure);
    hf_text_add(&got, "the client takes ");
    hf_negotiate_names_schemes(&got, question->hello->schemes);
    return HF_ERR_no_common_signature_scheme;
}

/* RSA key exchange signs nothing: its suites stay where no scheme is in common (RFC 5246 7.4.2: signature_algorithms
 * limits what is signed). */
static bool fits_unsigned12(const struct hf_negotiate_question *question, const struct hf_identity *identity)
{
    const struct hf_negotiate_suite_wish wish = {
        .generation = HF_VERSION_BIT_12,
        .auth = hf_negotiate_suite_auth(identity->key_type),
        .lacks_curve = true,
        .decrypts = true,
    };
    return can_decrypt(identity, identity->key_type) &&
           hf_negotiate_suite_find(question->config, question->hello, &wish) != NULL;
}

/* Those of the list that can serve without a signature, as if the client took each scheme of theirs. */
static enum hf_error choose_unsigned12(const struct hf_negotiate_question *question, const struct hf_choose_list *list,
                                       const struct hf_choose_wish *asked, struct hf_choice *ret_choice)
{
    struct hf_identity *fit[HF_CONFIG_IDENTITIES_MAX];
    struct hf_choose_list left = {.items = fit};
    uint16_t schemes[HF_NEGOTIATE_SCHEMES_MAX];
    struct hf_choose_wish wish = *asked;
    wish.schemes = schemes;
    wish.schemes_count = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct hf_identity_schemes *own = &list->items[i]->schemes12;
        if (!fits_unsigned12(question, list->items[i]))
            continue;
        fit[left.count++] = list->items[i];
        for (size_t s = 0; s < own->count && wish.schemes_count < HF_NEGOTIATE_SCHEMES_MAX; s++)
            schemes[wish.schemes_count++] = own->items[s];
    }
    return left.count == 0 ? HF_ERR_no_common_signature_scheme : hf_choose_for_server(&left, &wish, ret_choice);
}

static enum hf_error choose(const struct hf_negotiate_question *question, const struct hf_choose_list *list,
                            struct hf_negotiated *negotiated, struct hf_failure *ret_failure)
{
    const struct hf_client_hello_facts *hello = question->hello;
    struct hf_negotiate_schemes schemes;
    struct hf_negotiate_schemes certificate_schemes;
    HF_TRY(read_schemes(question, negotiated->generation, &schemes, ret_failure));
    hf_negotiate_signature_list(NULL, hello->certificate_schemes.len > 0 ? hello->certificate_schemes : hello->schemes,
                                &certificate_schemes);
    struct hf_negotiate_schemes delegated;
    hf_negotiate_signature_list(NULL, hello->takes_delegated, &delegated);
    const struct hf_choose_wish wish = {
        .rule = hf_negotiate_version_rules(negotiated->generation)->identity,
        .delegated = delegated.items,
        .delegated_count = delegated.count,
        .server_name = hello->host_name,
        .schemes = schemes.items,
        .schemes_count = schemes.count,
        .certificate_schemes = certificate_schemes.items,
        .certificate_schemes_count = certificate_schemes.count,
        .authorities = hello->authorities,
        .now_s = question->now_s,
        .takes_raw = hf_negotiate_certificate_type_takes(hello, HF_CERTIFICATE_TYPE_RAW),
        .refuses_x509 = !hf_negotiate_certificate_type_takes(hello, HF_CERTIFICATE_TYPE_X509),
    };
    struct hf_choice choice;
    enum hf_error error = hf_choose_for_server(list, &wish, &choice);
    const bool is_unsigned = error == HF_ERR_no_common_signature_scheme &&
                             !hf_negotiate_version_rules(negotiated->generation)->shares_in_hellos;
    if (is_unsigned)
        error = choose_unsigned12(question, list, &wish, &choice);
    if (error == HF_ERR_no_common_issuer)
        return hf_extension_fail(ret_failure, error, "certificate_authorities in ClientHello");
    if (error != HF_OK)
        return tell_schemes(question, ret_failure);
    negotiated->identity = choice.identity;
    negotiated->scheme = is_unsigned ? NULL : hf_signature_scheme_find(choice.scheme);
    negotiated->has_server_type = hello->server_types.len > 0;
    negotiated->own_type = choice.identity->type;
    /* RFC 6066 3: acknowledged when the name was used to choose. */
    negotiated->server_name =
        hello->host_name.len > 0 && (question->uses_name || hf_choose_names(choice.identity, hello->host_name) > 0);
    return HF_OK;
}

/* The i-th of the types that we present; where nothing was set, X.509 comes before raw keys. */
static enum hf_certificate_type own_type(const struct hf_config *config, size_t i)
{
    static const enum hf_certificate_type all[] = {HF_CERTIFICATE_TYPE_X509, HF_CERTIFICATE_TYPE_RAW};
    return config->own_types.count == 0 ? all[i] : (enum hf_certificate_type)config->own_types.items[i];
}

static size_t own_type_count(const struct hf_config *config)
{
    return config->own_types.count == 0 ? HF_CERTIFICATE_TYPES_MAX : config->own_types.count;
}

/* Those that can serve this client, in our order of types and, within a type, of identities. */
static size_t gather(const struct hf_negotiate_question *question, const struct hf_negotiated *negotiated,
                     struct hf_identity *fit[HF_CONFIG_IDENTITIES_MAX])
{
    const struct hf_config *config = question->config;
    const bool any_key = hf_negotiate_version_rules(negotiated->generation)->shares_in_hellos;
    size_t count = 0;
    for (size_t t = 0; t < own_type_count(config); t++) {
        const enum hf_certificate_type type = own_type(config, t);
        for (size_t i = 0; hf_negotiate_certificate_type_takes(question->hello, type) && i < config->identity_count;
             i++)
            if (config->identities[i]->type == type && (any_key || fits12(question, negotiated, config->identities[i])))
                fit[count++] = config->identities[i];
    }
    return count;
}

/* Whether we have any identity of a type that the client takes. */
static bool takes_any(const struct hf_negotiate_question *question)
{
    const struct hf_config *config = question->config;
    for (size_t t = 0; t < own_type_count(config); t++)
        for (size_t i = 0; i < config->identity_count; i++)
            if (config->identities[i]->type == own_type(config, t) &&
                hf_negotiate_certificate_type_takes(question->hello, own_type(config, t)))
                return true;
    return false;
}

enum hf_error hf_negotiate_server_identity_choose(const struct hf_negotiate_question *question,
                                                  struct hf_negotiated *negotiated, struct hf_failure *ret_failure)
{
    const struct hf_config *config = question->config;
    if (config->identity_count == 0)
        return hf_extension_fail(ret_failure, HF_ERR_no_server_identity, "");
    struct hf_identity *fit[HF_CONFIG_IDENTITIES_MAX];
    struct hf_choose_list list = {.items = fit, .count = gather(question, negotiated, fit)};
    if (!takes_any(question))
        return hf_extension_fail(ret_failure, HF_ERR_certificate_type_unsupported,
                                 "server_certificate_type in ClientHello");
    if (list.count == 0)
        return tell_suites(question, negotiated, ret_failure);
    return choose(question, &list, negotiated, ret_failure);
}

void hf_negotiate_server_identity_answer_type(const struct hf_negotiate_question *question,
                                              struct hf_negotiated *negotiated)
{
    struct hf_negotiated full = *negotiated;
    struct hf_failure unused = {0};
    if (question->hello->server_types.len == 0 ||
        hf_negotiate_server_identity_choose(question, &full, &unused) != HF_OK)
        return;
    negotiated->has_server_type = true;
    negotiated->own_type = full.own_type;
}
