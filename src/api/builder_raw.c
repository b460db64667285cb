/* Raw public keys (RFC 7250): ours, and those of peers that we know. <handfast/config.h>. */
#include "api/builder_raw.h"

#include "base/text.h"
#include "certificate/pem.h"

enum { KEY_LEN_MAX = 16384 };

void hf_builder_identity_raw_pem(struct hf_builder *builder, const char *key, size_t key_len)
{
    if (!hf_builder_has_room_for_identity(builder))
        return;
    struct hf_config *config = builder->config;
    struct hf_failure failure = {.depth = -1};
    const struct hf_identity_files files = {.key = hf_span_of(key, key_len), .pass = hf_buffer_span(&builder->pass)};
    struct hf_identity *identity;
    enum hf_error error = hf_identity_new_raw(config->toolbox, &config->allocator, &files, &identity, &failure);
    if (error == HF_OK) {
        config->identities[config->identity_count++] = identity;
        return;
    }
    builder->failure = failure;
    builder->failure.error = error;
}

void hf_builder_trust_key_sha256(struct hf_builder *builder, const uint8_t digest[32])
{
    if (!hf_builder_is_fine(builder))
        return;
    struct hf_config *config = builder->config;
    enum hf_error error = hf_raw_keys_add(&config->raw_keys, &config->allocator, digest);
    if (error != HF_OK)
        hf_builder_refuse(builder, error, "hf_builder_trust_key_sha256", "at most 4096 keys", NULL);
}

static enum hf_error add_key(struct hf_builder *builder, const struct hf_pem_block *block)
{
    const struct hf_config *config = builder->config;
    struct hf_buffer der;
    struct hf_spki key;
    struct hf_digest digest;
    unsigned line = 0;
    hf_buffer_init(&der, &config->allocator, KEY_LEN_MAX);
    enum hf_error error = hf_pem_decode(block, &der, &line);
    const struct hf_span whole = hf_buffer_span(&der);
    if (error == HF_OK && hf_raw_keys_read(whole, &key) != HF_OK)
        error = HF_ERR_file_malformed;
    if (error == HF_OK)
        error = hf_hash_once(config->toolbox, HF_HASH_SHA256, &whole, 1, &digest);
    if (error == HF_OK)
        hf_builder_trust_key_sha256(builder, digest.bytes);
    hf_buffer_release(&der);
    return error;
}

void hf_builder_trust_key_pem(struct hf_builder *builder, const char *pem, size_t pem_len)
{
    if (!hf_builder_is_fine(builder))
        return;
    struct hf_pem reader = hf_pem_of(hf_span_of(pem, pem_len));
    struct hf_pem_block block;
    enum hf_error error = HF_ERR_file_malformed; /* until there is one */
    while (hf_pem_next(&reader, &block) == HF_PEM_BLOCK) {
        error = hf_pem_has_label(&block, "PUBLIC KEY") ? add_key(builder, &block) : HF_ERR_file_malformed;
        if (error != HF_OK)
            break;
    }
    if (error != HF_OK)
        hf_builder_refuse(builder, error, "hf_builder_trust_key_pem", "public keys, as PEM: -----BEGIN PUBLIC KEY-----",
                          NULL);
}

/* ---- the same out of files ---- */

typedef void give_bytes(struct hf_builder *builder, const char *bytes, size_t len);

/* A failure of what the file holds names the file instead of the call. */
static void give_file(struct hf_builder *builder, const char *path, give_bytes *give)
{
    struct hf_buffer bytes;
    if (!hf_builder_read_file(builder, path, HF_IDENTITY_FILE_MAX, &bytes))
        return;
    give(builder, (const char *)hf_buffer_span(&bytes).data, hf_buffer_len(&bytes));
    hf_buffer_release(&bytes);
    struct hf_text where = hf_text_of(builder->failure.where, sizeof builder->failure.where);
    if (builder->failure.error != HF_OK)
        hf_text_add_safe(&where, hf_span_of_text(path));
}

void hf_builder_identity_raw_file(struct hf_builder *builder, const char *path)
{
    give_file(builder, path, hf_builder_identity_raw_pem);
}

void hf_builder_trust_key_file(struct hf_builder *builder, const char *path)
{
    give_file(builder, path, hf_builder_trust_key_pem);
}

void hf_builder_any_raw_key(struct hf_builder *builder)
{
    if (hf_builder_is_fine(builder))
        builder->config->any_raw_key = true;
}

static void set_types(struct hf_builder *builder, struct hf_certificate_types *types, const char *names)
{
    static const struct {
        const char *names;
        struct hf_certificate_types types;
    } known[] = {
        {"x509", {{HF_CERTIFICATE_TYPE_X509}, 1}},
        {"raw", {{HF_CERTIFICATE_TYPE_RAW}, 1}},
        {"x509:raw", {{HF_CERTIFICATE_TYPE_X509, HF_CERTIFICATE_TYPE_RAW}, 2}},
        {"raw:x509", {{HF_CERTIFICATE_TYPE_RAW, HF_CERTIFICATE_TYPE_X509}, 2}},
    };
    if (!hf_builder_is_fine(builder))
        return;
    for (size_t i = 0; i < HF_COUNT(known); i++)
        if (hf_span_equal(hf_span_of_text(names), hf_span_of_text(known[i].names))) {
            *types = known[i].types;
            return;
        }
    hf_builder_refuse(builder, HF_ERR_setting_invalid, "certificate types", "x509, raw, x509:raw or raw:x509", names);
}

void hf_builder_own_certificate_types(struct hf_builder *builder, const char *names)
{
    if (builder != NULL && builder->config != NULL)
        set_types(builder, &builder->config->own_types, names);
}

void hf_builder_peer_certificate_types(struct hf_builder *builder, const char *names)
{
    if (builder != NULL && builder->config != NULL)
        set_types(builder, &builder->config->peer_types, names);
}

static void add_type(struct hf_certificate_types *types, enum hf_certificate_type type)
{
    for (size_t i = 0; i < types->count; i++)
        if (types->items[i] == type)
            return;
    types->items[types->count++] = (uint8_t)type;
}

bool hf_builder_raw_takes_x509(const struct hf_config *config)
{
    for (size_t i = 0; i < config->peer_types.count; i++)
        if (config->peer_types.items[i] == HF_CERTIFICATE_TYPE_X509)
            return true;
    return false;
}

static bool takes_raw(const struct hf_config *config)
{
    return config->peer_types.count > 1 || !hf_builder_raw_takes_x509(config);
}

/* Keys first where keys were given: they are the more particular trust. */
static void choose_peer_types(struct hf_builder *builder)
{
    struct hf_config *config = builder->config;
    const bool has_keys = config->raw_keys != NULL || config->any_raw_key;
    if (config->peer_types.count > 0)
        return;
    if (has_keys)
        add_type(&config->peer_types, HF_CERTIFICATE_TYPE_RAW);
    if (!has_keys || builder->trusts_system || hf_trust_count(config->trust) > 0)
        add_type(&config->peer_types, HF_CERTIFICATE_TYPE_X509);
}

void hf_builder_raw_check(struct hf_builder *builder)
{
    struct hf_config *config = builder->config;
    const bool is_set = config->own_types.count > 0;
    for (size_t i = 0; !is_set && i < config->identity_count; i++)
        add_type(&config->own_types, config->identities[i]->type);
    choose_peer_types(builder);
    if (config->any_raw_key && !config->verdict_outside)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_any_raw_key",
                          "hf_builder_verdict_outside beside it: somebody must judge the keys", "none");
    if (takes_raw(config) && config->raw_keys == NULL && !config->any_raw_key)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_peer_certificate_types",
                          "hf_builder_trust_key_pem or hf_builder_trust_key_sha256: a key that is expected", "none");
}
