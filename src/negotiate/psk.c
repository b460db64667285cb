#include "negotiate/psk.h"

#include "extension/psk_key_exchange_modes.h"
#include "wire/read.h"

enum { NAMES_MAX = 8 }; /* of a hello that are looked at */

bool hf_negotiate_psk_may_stand_alone(const struct hf_config *config)
{
    return (config->historic & HF_HISTORIC_PSK_WITHOUT_KEY_EXCHANGE) != 0;
}

static bool has_common_group(const struct hf_config *config, const struct hf_client_hello_facts *hello)
{
    for (size_t i = 0; i < config->group_count; i++)
        if ((config->groups[i]->versions & HF_VERSION_BIT_13) != 0 &&
            hf_wire_list_has(hello->groups, 2, config->groups[i]->id))
            return true;
    return false;
}

bool hf_negotiate_psk_mode(const struct hf_config *config, const struct hf_client_hello_facts *hello, bool *ret_alone)
{
    const bool beside = hf_wire_list_has(hello->psk_modes, 1, HF_PSK_DHE_KE);
    const bool alone = hf_negotiate_psk_may_stand_alone(config) && hf_wire_list_has(hello->psk_modes, 1, HF_PSK_KE);
    *ret_alone = alone && !(beside && has_common_group(config, hello));
    return beside || alone;
}

static bool is_name_of(const struct hf_config_psk13 *psk, struct hf_span name)
{
    struct hf_wire_imported_identity parts;
    if (!psk->imported)
        return hf_span_equal(hf_config_psk13_identity(psk), name);
    return hf_wire_read_imported_identity(name, &parts) == HF_OK &&
           hf_span_equal(hf_config_psk13_identity(psk), parts.external_identity) &&
           hf_span_equal(hf_config_psk13_context(psk), parts.context);
}

static bool is_named(const struct hf_config_psk13 *psk, struct hf_span identities)
{
    struct hf_reader list = hf_reader_of(identities);
    struct hf_wire_psk_identity identity;
    for (size_t i = 0; i < NAMES_MAX && hf_wire_next_psk_identity(&list, &identity); i++)
        if (is_name_of(psk, identity.identity))
            return true;
    return false;
}

bool hf_negotiate_psk_by_name(const struct hf_config *config, const struct hf_client_hello_facts *hello,
                              struct hf_negotiate_psk *ret_psk)
{
    bool is_alone;
    *ret_psk = (struct hf_negotiate_psk){.hash = HF_HASH_NONE};
    if (hello->psk_identities.len == 0 || !hf_negotiate_psk_mode(config, hello, &is_alone))
        return false;
    for (const struct hf_config_psk13 *psk = config->psks13; psk != NULL; psk = psk->next)
        if (is_named(psk, hello->psk_identities)) {
            ret_psk->hash = psk->imported ? HF_HASH_NONE : psk->hash;
            return true;
        }
    return config->psk13_find != NULL;
}
