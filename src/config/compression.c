/* Certificates compressed: what is on, and what of ours there is. RFC 8879. */
#include "config/config.h"
#include "wire/read.h"

const struct hf_config_compressed *hf_config_compressed_find(const struct hf_config *config,
                                                             const struct hf_identity *identity, unsigned papers,
                                                             struct hf_span algorithms)
{
    for (const struct hf_config_compressed *at = config->compressed; at != NULL; at = at->next)
        if (at->identity == identity && at->papers == papers && hf_wire_list_has(algorithms, 2, at->algorithm))
            return at;
    return NULL;
}

const struct hf_certificate_compression *hf_config_compression_find(const struct hf_config *config, uint16_t id)
{
    for (size_t i = 0; i < config->compression_count; i++)
        if (config->compressions[i].id == id)
            return &config->compressions[i];
    return NULL;
}
