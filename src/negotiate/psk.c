#include "negotiate/psk.h"

#include "extension/psk_key_exchange_modes.h"
#include "wire/read.h"

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
