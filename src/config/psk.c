/* Keys shared beforehand, by name. RFC 4279 5.1: names are any bytes, and compare whole. */
#include "config/config.h"

const struct hf_config_psk *hf_config_psk_find(const struct hf_config *config, struct hf_span identity)
{
    const struct hf_config_psk *psk = config->psks;
    while (psk != NULL && !hf_span_equal(hf_span_of(psk->identity, psk->identity_len), identity))
        psk = psk->next;
    return psk;
}

enum hf_hash_id hf_config_psk13_hash(enum hf_psk_hash hash)
{
    if (hash == HF_PSK_SHA256)
        return HF_HASH_SHA256;
    return hash == HF_PSK_SHA384 ? HF_HASH_SHA384 : HF_HASH_NONE;
}

struct hf_span hf_config_psk13_identity(const struct hf_config_psk13 *psk)
{
    return hf_span_of(psk->bytes, psk->identity_len);
}

struct hf_span hf_config_psk13_context(const struct hf_config_psk13 *psk)
{
    return hf_span_of(psk->bytes + psk->identity_len, psk->context_len);
}
