/* Early data in the builder: <handfast/early.h>. */
#include <handfast/early.h>

#include "api/builder_early.h"

enum { EARLY_MAX = 1 << 24, WINDOW_MAX_S = 60 };

void hf_builder_early_data(struct hf_builder *builder, uint32_t max)
{
    if (!hf_builder_is_fine(builder))
        return;
    if (max > EARLY_MAX)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_early_data", "at most 16 MiB", NULL);
    else
        builder->config->early_max = max;
}

void hf_builder_early_data_from_anyone(struct hf_builder *builder)
{
    if (!hf_builder_is_fine(builder))
        return;
    if (builder->config->role != HF_SERVER)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_early_data_from_anyone", "a server", "a client");
    else
        builder->config->early_from_anyone = true;
}

void hf_builder_early_guard(struct hf_builder *builder, const struct hf_early_guard *guard)
{
    if (!hf_builder_is_fine(builder))
        return;
    if (guard->id == 0 || guard->first == NULL)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_early_guard", "an id, and `first`", NULL);
    else
        builder->config->early_guard = *guard;
}

void hf_builder_early_window(struct hf_builder *builder, unsigned seconds)
{
    if (!hf_builder_is_fine(builder))
        return;
    if (builder->config->role != HF_SERVER || seconds < 1 || seconds > WINDOW_MAX_S)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_early_window", "a server, and 1 to 60 seconds",
                          NULL);
    else
        builder->config->early_window_s = (uint8_t)seconds;
}

void hf_builder_false_start(struct hf_builder *builder, enum hf_false_start when)
{
    if (!hf_builder_is_fine(builder))
        return;
    if (when > HF_FALSE_START_ALWAYS)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_false_start", "one of enum hf_false_start",
                          NULL);
    else
        builder->config->false_start = when;
}

static void check_false_start(struct hf_builder *builder)
{
    const struct hf_config *config = builder->config;
    if (config->false_start == HF_FALSE_START_NEVER)
        return;
    if (config->role != HF_CLIENT || hf_config_transport(config) != &hf_transport_stream)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_false_start", "a client over streams",
                          config->role != HF_CLIENT ? "a server" : "datagrams");
}

static enum hf_error make_window(struct hf_config *config)
{
    HF_TRY(hf_early_window_new(&config->allocator, &config->random, &config->early_window));
    config->early_guard = *hf_early_window_guard(config->early_window);
    return HF_OK;
}

/* Whoever knows its clients only can take early data, or who says that it takes it from anyone; and it takes it never
 * without a guard. */
void hf_builder_early_check(struct hf_builder *builder)
{
    struct hf_config *config = builder->config;
    const bool is_server = config->role == HF_SERVER;
    if (!is_server && config->early_guard.id != 0)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_early_guard", "a server", "a client");
    check_false_start(builder);
    if (config->early_max == 0)
        return;
    if (config->transport == &hf_transport_datagram && config->early_from_anyone)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_early_data_from_anyone",
                          "connections over streams", "datagrams");
    if (is_server && config->client_auth == HF_CLIENT_AUTH_NONE && !config->early_from_anyone)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_early_data",
                          "clients that are asked for a certificate", "HF_CLIENT_AUTH_NONE");
    if (!is_server || config->early_guard.id != 0 || !hf_builder_is_fine(builder))
        return;
    enum hf_error error = make_window(config);
    if (error != HF_OK)
        hf_builder_refuse(builder, error, "hf_builder_early_data", NULL, NULL);
}
