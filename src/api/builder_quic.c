/* QUIC in the builder: <handfast/quic.h>. */
#include <handfast/quic.h>

#include "api/builder_quic.h"
#include "quic/packet_keys.h"

void hf_builder_quic(struct hf_builder *builder)
{
    if (hf_builder_is_fine(builder))
        hf_builder_set_transport(builder, &hf_transport_quic, "hf_builder_quic");
}

void hf_builder_quic_early_context(struct hf_builder *builder, const void *bytes, size_t len)
{
    if (!hf_builder_is_fine(builder))
        return;
    const struct hf_span context = hf_span_of(bytes, len);
    struct hf_config *config = builder->config;
    enum hf_error error = hf_hash_once(config->toolbox, HF_HASH_SHA256, &context, 1, &config->quic_early_context);
    if (error != HF_OK)
        hf_builder_refuse(builder, error, "hf_builder_quic_early_context", NULL, NULL);
}

static bool is_quic(const struct hf_builder *builder)
{
    return builder->config->transport == &hf_transport_quic;
}

static void refuse(struct hf_builder *builder, const char *where, const char *wanted)
{
    hf_builder_refuse(builder, HF_ERR_setting_invalid, where, wanted, "under QUIC");
}

void hf_builder_quic_narrow(struct hf_builder *builder)
{
    struct hf_config *config = builder->config;
    if (!is_quic(builder))
        return;
    if (config->max_version < HF_TLS13)
        refuse(builder, "hf_builder_versions", "TLS 1.3");
    config->min_version = HF_TLS13;
}

static void check_suites(struct hf_builder *builder)
{
    const struct hf_config *config = builder->config;
    for (size_t i = 0; i < config->suite_count; i++)
        if ((config->suites[i]->versions & HF_VERSION_BIT_13) != 0 && !hf_packet_keys_serve(config->suites[i]))
            refuse(builder, "hf_builder_suites", "suites with a header protection (RFC 9001 5.4)");
}

void hf_builder_quic_check(struct hf_builder *builder)
{
    struct hf_config *config = builder->config;
    if (!is_quic(builder)) {
        if (config->quic_early_context.len > 0)
            hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_quic_early_context", "hf_builder_quic",
                              NULL);
        return;
    }
    if (config->alpn_len == 0)
        refuse(builder, "hf_builder_alpn", "at least one application protocol (RFC 9001 8.1)");
    if (config->record_size_limit != 0)
        refuse(builder, "hf_builder_record_size_limit", "0: there are no records");
    if (config->max_fragment_length != 0)
        refuse(builder, "hf_builder_max_fragment_length", "0: there are no records");
    if (config->post_handshake_auth != HF_POST_HANDSHAKE_AUTH_OFF)
        refuse(builder, "hf_builder_post_handshake_auth", "none: a server may not ask later (RFC 9001 4.4)");
    if (config->early_max > 0)
        config->early_max = hf_transport_quic.early_max;
    check_suites(builder);
}
