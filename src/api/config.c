/* Configs are counted; the last holder frees everything. <handfast/config.h>. */
#include "config/config.h"

#include "config/key_share_pool.h"

struct hf_config *hf_config_hold(struct hf_config *config)
{
    atomic_fetch_add_explicit(&config->holders, 1, memory_order_relaxed);
    return config;
}

static void free_psks(struct hf_config_psk *psk, const struct hf_allocator *allocator)
{
    while (psk != NULL) {
        struct hf_config_psk *next = psk->next;
        hf_allocation_wipe(allocator, psk, sizeof *psk + psk->identity_len);
        psk = next;
    }
}

static void free_psks13(struct hf_config_psk13 *psk, const struct hf_allocator *allocator)
{
    while (psk != NULL) {
        struct hf_config_psk13 *next = psk->next;
        hf_allocation_wipe(allocator, psk, sizeof *psk + psk->identity_len + psk->context_len);
        psk = next;
    }
}

static void free_compressed(struct hf_config_compressed *compressed, const struct hf_allocator *allocator)
{
    while (compressed != NULL) {
        struct hf_config_compressed *next = compressed->next;
        hf_allocation_free(allocator, compressed);
        compressed = next;
    }
}

static void free_ech(struct hf_config_ech *ech, const struct hf_allocator *allocator)
{
    while (ech->keys != NULL) {
        struct hf_config_ech_key *key = ech->keys;
        ech->keys = key->next;
        hf_allocation_wipe(allocator, key, sizeof *key + key->len);
    }
    hf_allocation_free(allocator, ech->configs);
    hf_allocation_free(allocator, ech->retry);
}

static void free_config(struct hf_config *config)
{
    const struct hf_allocator allocator = config->allocator;
    for (size_t i = 0; i < config->identity_count; i++)
        hf_identity_free(config->identities[i]);
    hf_key_share_pool_free(config->key_shares);
    hf_verified_cache_free(config->verified_cache);
    hf_trust_free(config->trust);
    hf_admission_free(config->admission);
    hf_raw_keys_free(config->raw_keys, &config->allocator);
    hf_revocation_free(config->revocation);
    hf_cache_drop(config->session_cache);
    hf_ticket_keys_drop(config->ticket_keys);
    hf_early_window_free(config->early_window);
    hf_allocation_free(&allocator, config->authorities);
    hf_allocation_free(&allocator, config->alpn);
    hf_allocation_free(&allocator, config->suite_names);
    hf_allocation_free(&allocator, config->group_names);
    hf_allocation_free(&allocator, config->scheme_names);
    free_compressed(config->compressed, &allocator);
    free_psks(config->psks, &allocator);
    free_psks13(config->psks13, &allocator);
    free_ech(&config->ech, &allocator);
    hf_allocation_free(&allocator, config->psk_hint);
    hf_toolbox_free(config->toolbox);
    hf_allocation_free(&allocator, config);
}

void hf_config_drop(struct hf_config *config)
{
    if (config == NULL)
        return;
    if (atomic_fetch_sub_explicit(&config->holders, 1, memory_order_acq_rel) == 1)
        free_config(config);
}

size_t hf_config_prepare(const struct hf_config *config, size_t most)
{
    return hf_key_share_pool_fill(config->key_shares, most);
}

const char *hf_config_suites(const struct hf_config *config)
{
    return config->suite_names;
}

const char *hf_config_groups(const struct hf_config *config)
{
    return config->group_names;
}

const char *hf_config_signature_schemes(const struct hf_config *config)
{
    return config->scheme_names;
}
