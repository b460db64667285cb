/* Keys shared beforehand of TLS 1.3: <handfast/psk.h>. */
#include <handfast/psk.h>

#include "api/builder_psk13.h"

/* What is wrong with it; NULL: nothing. */
static const char *flaw_of(const struct hf_psk *psk)
{
    if (psk->identity == NULL || psk->identity_len < 1 || psk->identity_len > HF_PSK_NAME_MAX)
        return "an identity of 1 to 1024 bytes";
    if (psk->key == NULL || psk->key_len < HF_PSK_KEY_MIN || psk->key_len > HF_PSK_KEY_MAX)
        return "a key of 16 to 64 bytes";
    if (hf_config_psk13_hash(psk->hash) == HF_HASH_NONE)
        return "HF_PSK_SHA256 or HF_PSK_SHA384";
    if (psk->context_len > HF_PSK_NAME_MAX || (psk->context == NULL && psk->context_len > 0))
        return "a context of at most 1024 bytes";
    return psk->context_len > 0 && !psk->imported ? "no context: the key is not imported" : NULL;
}

static bool is_there(const struct hf_config *config, const struct hf_psk *psk)
{
    const struct hf_span identity = hf_span_of(psk->identity, psk->identity_len);
    const struct hf_span context = hf_span_of(psk->context, psk->context_len);
    for (const struct hf_config_psk13 *at = config->psks13; at != NULL; at = at->next)
        if (at->imported == psk->imported && hf_span_equal(hf_config_psk13_identity(at), identity) &&
            hf_span_equal(hf_config_psk13_context(at), context))
            return true;
    return false;
}

static enum hf_error add(struct hf_config *config, const struct hf_psk *psk)
{
    const size_t len = psk->identity_len + psk->context_len;
    struct hf_config_psk13 *added = hf_allocation_new(&config->allocator, sizeof *added + len);
    struct hf_config_psk13 **end = &config->psks13;
    if (added == NULL)
        return HF_ERR_no_memory;
    added->hash = hf_config_psk13_hash(psk->hash);
    added->imported = psk->imported;
    added->identity_len = psk->identity_len;
    added->context_len = psk->context_len;
    while (*end != NULL)
        end = &(*end)->next;
    *end = added;
    if (!hf_secret_set(&added->key, hf_span_of(psk->key, psk->key_len)) ||
        !hf_span_copy(hf_span_of(psk->identity, psk->identity_len), added->bytes, len) ||
        !hf_span_copy(hf_span_of(psk->context, psk->context_len), added->bytes + psk->identity_len, psk->context_len))
        return HF_ERR_internal;
    return HF_OK;
}

void hf_builder_psk13(struct hf_builder *builder, const struct hf_psk *psk)
{
    if (!hf_builder_is_fine(builder))
        return;
    const char *flaw = flaw_of(psk);
    if (flaw == NULL && is_there(builder->config, psk))
        flaw = "each identity once";
    enum hf_error error = flaw == NULL ? add(builder->config, psk) : HF_ERR_setting_invalid;
    if (error != HF_OK)
        hf_builder_refuse(builder, error, "hf_builder_psk13", flaw, NULL);
}

void hf_builder_psk13_find(struct hf_builder *builder, hf_psk_find *find, void *context)
{
    if (!hf_builder_is_fine(builder))
        return;
    if (builder->config->role != HF_SERVER) {
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_psk13_find", "a server", "a client");
        return;
    }
    builder->config->psk13_find = find;
    builder->config->psk13_find_context = context;
}

void hf_builder_psk13_with_certificates(struct hf_builder *builder)
{
    if (hf_builder_is_fine(builder))
        builder->config->psk13_with_certificates = true;
}

/* What does not go with the rule, and what is wanted in its place; NULL: all goes. RFC 8773bis 5, 6. */
static const char *flaw_of_rule(const struct hf_builder *builder)
{
    const struct hf_config *config = builder->config;
    if (!hf_config_has_psk13(config))
        return "hf_builder_psk13 beside it";
    if (config->identity_count == 0 && !(config->role == HF_CLIENT && builder->has_anonymity))
        return "a certificate beside it, or a client's hf_builder_anonymous";
    if (config->min_version != HF_TLS13)
        return "hf_builder_versions from 1.3 on";
    if ((config->historic & HF_HISTORIC_PSK_WITHOUT_KEY_EXCHANGE) != 0)
        return "no HF_HISTORIC_PSK_WITHOUT_KEY_EXCHANGE";
    if (config->early_max > 0)
        return "no early data";
    if (config->asks_tickets || config->ticket_keys != NULL || config->session_cache != NULL ||
        config->sessions_outside)
        return "no sessions";
    return NULL;
}

void hf_builder_psk13_check(struct hf_builder *builder)
{
    const char *flaw = builder->config->psk13_with_certificates ? flaw_of_rule(builder) : NULL;
    if (flaw != NULL)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_psk13_with_certificates", flaw, NULL);
}
