#include "handshake/delegated.h"

#include "handshake/refuse.h"
#include "identity/delegation.h"
#include "registry/key_type.h"
#include "trust/checks.h"

static enum hf_error refuse(struct hf_handshake *handshake, const char *wanted, const char *got)
{
    handshake->failure->of = hf_handshake_peer_role(handshake) == HF_SERVER ? HF_OF_SERVER : HF_OF_CLIENT;
    return hf_refuse(handshake, HF_ERR_delegated_credential_invalid, "delegated_credential in Certificate", wanted,
                     got);
}

static bool is_offered(const struct hf_config *config, uint16_t scheme)
{
    for (size_t i = 0; i < config->delegated_count; i++)
        if (config->delegated_schemes[i] == scheme)
            return true;
    return false;
}

static bool is_taken(const struct hf_config *config, uint16_t scheme)
{
    for (size_t i = 0; i < config->scheme_count; i++)
        if (config->schemes[i]->id == scheme)
            return true;
    return false;
}

/* RFC 9345 4.1.1, 4.1.2 and steps 1, 2 and 4 of 4.1.3: what is told without any signature. */
static enum hf_error check_terms(struct hf_handshake *handshake, const struct hf_delegation *delegation)
{
    const struct hf_certificate *leaf = &handshake->work->verified->leaf;
    const int64_t now_s = hf_handshake_now_s(handshake);
    const int64_t end_s = hf_delegation_end_s(delegation, leaf);
    if (!hf_delegation_permits(leaf))
        return refuse(handshake, "a certificate with DelegationUsage and digitalSignature",
                      "one that does not permit it");
    if (now_s > end_s)
        return refuse(handshake, "one that still counts", "one that is over");
    if (end_s > now_s + HF_DELEGATION_LASTS_MAX_S)
        return refuse(handshake, "one that ends within 7 days", "one that lasts longer");
    if (!is_offered(handshake->config, delegation->scheme))
        return refuse(handshake, "a scheme of its key that was offered", "another");
    if (!is_taken(handshake->config, delegation->signed_by))
        return refuse(handshake, "a scheme of its signature that was offered", "another");
    return HF_OK;
}

/* Step 5; the key must be one that signs by the scheme. */
static enum hf_error take_key(struct hf_handshake *handshake, const struct hf_delegation *delegation)
{
    struct hf_work *work = handshake->work;
    const struct hf_signature_scheme *scheme = hf_signature_scheme_find(delegation->scheme);
    struct hf_signature_kind kind;
    enum hf_error error = hf_delegation_verify(handshake->allocator, work->verified->key,
                                               hf_handshake_peer_role(handshake), work->chain[0], delegation);
    if (error == HF_ERR_bad_signature || error == HF_ERR_wrong_signature_scheme)
        return refuse(handshake, "a signature by its certificate's key", "another");
    HF_TRY(error);
    if (!hf_checks_key_is_strong(&delegation->key, &handshake->config->trust_policy)) /* as one of a certificate */
        return refuse(handshake, "a key that is strong enough", hf_algorithm_spki_name(delegation->key.kind));
    if (!hf_signature_scheme_fits(scheme, HF_VERSION_BIT_13, hf_key_type_of(delegation->key.kind), &kind))
        return refuse(handshake, "a key of its scheme", hf_algorithm_spki_name(delegation->key.kind));
    error = hf_key_type_public_key(handshake->config->toolbox, handshake->allocator, &delegation->key,
                                   &work->delegated_key);
    if (error == HF_ERR_bad_certificate_encoding || error == HF_ERR_unsupported_key)
        return refuse(handshake, "a key that can be used", "another");
    return error;
}

enum hf_error hf_delegated_take(struct hf_handshake *handshake)
{
    struct hf_work *work = handshake->work;
    struct hf_delegation delegation;
    if (work->delegated.len == 0)
        return HF_OK;
    if (hf_delegation_read(work->delegated, &delegation) != HF_OK)
        return refuse(handshake, "a key that is known", "another");
    HF_TRY(check_terms(handshake, &delegation));
    HF_TRY(take_key(handshake, &delegation));
    work->delegated_scheme = delegation.scheme;
    handshake->peer_delegated = true;
    handshake->tickets_left = 0; /* RFC 9345 7.4 */
    return HF_OK;
}
