/* Keys shared beforehand, by name. RFC 4279 5.1: names are any bytes, and compare whole. */
#include "config/config.h"

const struct hf_config_psk *hf_config_psk_find(const struct hf_config *config, struct hf_span identity)
{
    const struct hf_config_psk *psk = config->psks;
    while (psk != NULL && !hf_span_equal(hf_span_of(psk->identity, psk->identity_len), identity))
        psk = psk->next;
    return psk;
}
