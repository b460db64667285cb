#include "ech.h"

#include "base64.h"

#include <stdio.h>
#include <string.h>

enum { BYTES_MAX = 8192 };

void bogo_ech_set(struct hf_builder *builder, const struct bogo_flags *flags)
{
    static uint8_t bytes[BYTES_MAX], key[BYTES_MAX];
    if (flags->ech_configs != NULL)
        hf_builder_ech_configs(builder, bytes, bogo_base64_read(flags->ech_configs, bytes, sizeof bytes, NULL));
    if (flags->ech_greases)
        hf_builder_ech_grease(builder, true);
    if (flags->ech_demands)
        hf_builder_ech_demand(builder);
    for (size_t i = 0; i < flags->ech_server_configs.count && i < flags->ech_server_keys.count; i++) {
        size_t len = bogo_base64_read(flags->ech_server_configs.values[i], bytes, sizeof bytes, NULL);
        size_t key_len = bogo_base64_read(flags->ech_server_keys.values[i], key, sizeof key, NULL);
        hf_builder_ech_key(builder, bytes, len, key, key_len, flags->ech_are_retries.values[i] != 0);
    }
}

bool bogo_ech_names_fit(const struct bogo_flags *flags)
{
    return flags->ech_configs != NULL && flags->host_name != NULL;
}

bool bogo_ech_check_opened(const struct hf_connection *connection, const struct bogo_flags *flags)
{
    struct hf_ech_info info;
    hf_ech_info(connection, &info);
    const bool is_backend = flags->server && flags->ech_server_configs.count == 0; /* the suite asks nothing of it */
    if (is_backend || (info.state == HF_ECH_ACCEPTED) == flags->expect_ech_accept)
        return true;
    fprintf(stderr, "ECH: state %d\n", (int)info.state);
    return false;
}

bool bogo_ech_check_name(const struct hf_connection *connection, const struct bogo_flags *flags)
{
    struct hf_ech_info info;
    hf_ech_info(connection, &info);
    const bool is_public = info.state == HF_ECH_REJECTED;
    const bool right =
        flags->expect_ech_name == NULL || (is_public && strcmp(info.public_name, flags->expect_ech_name) == 0);
    if (right && !(flags->expect_no_ech_name && is_public))
        return true;
    fprintf(stderr, "ECH: the peer is judged by another name\n");
    return false;
}

bool bogo_ech_check_failed(const struct hf_connection *connection, const struct bogo_flags *flags)
{
    static uint8_t wanted[BYTES_MAX];
    struct hf_ech_info info;
    hf_ech_info(connection, &info);
    size_t len =
        flags->expect_ech_retry == NULL ? 0 : bogo_base64_read(flags->expect_ech_retry, wanted, sizeof wanted, NULL);
    bool right = !flags->expect_no_ech_retry || info.retry_configs == NULL;
    if (flags->expect_ech_retry != NULL)
        right = info.retry_configs_len == len && memcmp(info.retry_configs, wanted, len) == 0;
    if (!right)
        fprintf(stderr, "ECH: other configurations for a retry than expected\n");
    return right;
}
