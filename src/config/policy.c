#include "config/policy.h"

#include "base/writer.h"
#include "certificate/certificate.h"

/* Each part goes in behind its length, so that no two lists of parts give the same bytes. */
static enum hf_error add(struct hf_hash *hash, struct hf_span part)
{
    uint8_t room[4];
    struct hf_writer len = hf_writer_of(room, sizeof room);
    hf_writer_u32(&len, (uint32_t)part.len);
    HF_TRY(hf_hash_update(hash, hf_writer_span(&len)));
    return hf_hash_update(hash, part);
}

/* How many parts follow. */
static enum hf_error add_count(struct hf_hash *hash, size_t count)
{
    uint8_t room[4];
    struct hf_writer writer = hf_writer_of(room, sizeof room);
    hf_writer_u32(&writer, (uint32_t)count);
    return hf_hash_update(hash, hf_writer_span(&writer));
}

static enum hf_error add_settings(struct hf_hash *hash, const struct hf_config *config)
{
    const uint8_t settings[] = {
        (uint8_t)config->role,
        (uint8_t)config->client_auth,
        (uint8_t)config->any_server_name,
        (uint8_t)config->verdict_outside,
        (uint8_t)config->revocation_outside,
        (uint8_t)config->extended_master_secret_demanded,
        (uint8_t)config->historic,
        (uint8_t)(config->historic >> 8),
        (uint8_t)config->trust_policy.allow_loose_profile,
        (uint8_t)config->trust_policy.allow_sha1,
    };
    HF_TRY(add(hash, hf_span_of_text("handfast policy 2")));
    HF_TRY(add(hash, hf_span_of(settings, sizeof settings)));
    HF_TRY(add_count(hash, config->trust_policy.rsa_bits_min));
    return add_count(hash, config->trust_policy.depth_max);
}

static enum hf_error add_anchor(struct hf_hash *hash, const struct hf_trust *trust, size_t i)
{
    HF_TRY(add(hash, hf_trust_anchor(trust, i)->der));
    return add(hash, hf_trust_anchor_domain(trust, i));
}

static enum hf_error add_anchors(struct hf_hash *hash, const struct hf_trust *trust)
{
    size_t count = hf_trust_count(trust);
    HF_TRY(add_count(hash, count));
    for (size_t i = 0; i < count; i++)
        HF_TRY(add_anchor(hash, trust, i));
    return HF_OK;
}

static enum hf_error add_raw_keys(struct hf_hash *hash, const struct hf_config *config)
{
    const uint8_t any = config->any_raw_key;
    HF_TRY(add(hash, hf_span_of(config->peer_types.items, config->peer_types.count)));
    HF_TRY(add(hash, hf_span_of(&any, 1)));
    return add(hash, hf_raw_keys_span(config->raw_keys));
}

static enum hf_error add_rules(struct hf_hash *hash, const struct hf_admission *admission)
{
    size_t count = hf_admission_count(admission);
    HF_TRY(add_count(hash, count));
    for (size_t i = 0; i < count; i++)
        HF_TRY(add(hash, hf_span_of_text(hf_admission_rule(admission, i))));
    return HF_OK;
}

static enum hf_error add_revocation(struct hf_hash *hash, const struct hf_revocation *revocation)
{
    size_t count = hf_revocation_count(revocation);
    HF_TRY(add_count(hash, (size_t)hf_revocation_mode(revocation)));
    HF_TRY(add_count(hash, (size_t)hf_revocation_age_max(revocation)));
    HF_TRY(add_count(hash, count));
    for (size_t i = 0; i < count; i++)
        HF_TRY(add(hash, hf_revocation_item(revocation, i)));
    return HF_OK;
}

static enum hf_error add_identities(struct hf_hash *hash, const struct hf_config *config)
{
    HF_TRY(add_count(hash, config->identity_count));
    for (size_t i = 0; i < config->identity_count; i++)
        HF_TRY(add(hash, config->identities[i]->chain[0]));
    return HF_OK;
}

/* Streams and datagrams are told apart by the session's version. */
static enum hf_error add_transport(struct hf_hash *hash, const struct hf_config *config)
{
    const char *apart = hf_config_transport(config)->apart;
    if (apart == NULL)
        return HF_OK;
    HF_TRY(add(hash, hf_span_of_text(apart)));
    return add(hash, hf_digest_span(&config->quic_early_context));
}

static enum hf_error add_all(struct hf_hash *hash, const struct hf_config *config)
{
    HF_TRY(add_settings(hash, config));
    HF_TRY(add_transport(hash, config));
    HF_TRY(add_anchors(hash, config->trust));
    HF_TRY(add_raw_keys(hash, config));
    HF_TRY(add_rules(hash, config->admission));
    HF_TRY(add_revocation(hash, config->revocation));
    return add_identities(hash, config);
}

enum hf_error hf_policy_make(const struct hf_config *config, struct hf_digest *ret_policy)
{
    struct hf_hash *hash;
    HF_TRY(hf_hash_new(config->toolbox, &config->allocator, HF_HASH_SHA256, &hash));
    enum hf_error error = add_all(hash, config);
    if (error == HF_OK)
        error = hf_hash_peek(hash, ret_policy);
    hf_hash_free(hash);
    return error;
}

static enum hf_error add_names(struct hf_hash *hash, const struct hf_config *config, const char *peer_name,
                               const char *server_name)
{
    HF_TRY(add(hash, hf_digest_span(&config->policy)));
    HF_TRY(add(hash, hf_span_of_text(peer_name)));
    return add(hash, hf_span_of_text(server_name));
}

enum hf_error hf_policy_of(const struct hf_config *config, const char *peer_name, const char *server_name,
                           struct hf_span mark, struct hf_digest *ret_policy)
{
    struct hf_hash *hash;
    HF_TRY(hf_hash_new(config->toolbox, &config->allocator, HF_HASH_SHA256, &hash));
    enum hf_error error = add_names(hash, config, peer_name, server_name);
    if (error == HF_OK && mark.len > 0)
        error = add(hash, mark);
    if (error == HF_OK)
        error = hf_hash_peek(hash, ret_policy);
    hf_hash_free(hash);
    return error;
}
