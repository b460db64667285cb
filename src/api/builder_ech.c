/* Encrypted Client Hello in the builder: <handfast/ech.h>. */
#include <handfast/ech.h>

#include "api/builder_ech.h"
#include "base/text.h"
#include "certificate/pem.h"
#include "config/ech_config.h"
#include "negotiate/version.h"

enum { FILE_MAX = 1 << 18, LIST_PREFIX = 2, LIST_MAX = 0xffff };

static bool is_for(struct hf_builder *builder, enum hf_role role, const char *where)
{
    if (!hf_builder_is_fine(builder))
        return false;
    if (builder->config->role == role)
        return true;
    hf_builder_refuse(builder, HF_ERR_setting_invalid, where, role == HF_CLIENT ? "a client" : "a server",
                      role == HF_CLIENT ? "a server" : "a client");
    return false;
}

/* ---- client ---- */

void hf_builder_ech_configs(struct hf_builder *builder, const void *list, size_t len)
{
    static const char where[] = "hf_builder_ech_configs";
    struct hf_span inside;
    if (!is_for(builder, HF_CLIENT, where))
        return;
    struct hf_config *config = builder->config;
    if (hf_ech_config_check_list(hf_span_of(list, len), &inside) != HF_OK) {
        hf_builder_refuse(builder, HF_ERR_setting_invalid, where, "an ECHConfigList (RFC 9849 4)", "other bytes");
        return;
    }
    hf_allocation_free(&config->allocator, config->ech.configs);
    config->ech.configs = hf_allocation_copy(&config->allocator, inside);
    config->ech.configs_len = inside.len;
    if (config->ech.configs == NULL)
        hf_builder_refuse(builder, HF_ERR_no_memory, where, NULL, NULL);
}

/* The block of a text; without any, all of it is base64. */
static struct hf_pem_block block_of(struct hf_span text)
{
    struct hf_pem pem = hf_pem_of(text);
    struct hf_pem_block block;
    while (hf_pem_next(&pem, &block) == HF_PEM_BLOCK)
        if (hf_pem_has_label(&block, "ECHCONFIG"))
            return block;
    return (struct hf_pem_block){.body = text};
}

void hf_builder_ech_configs_text(struct hf_builder *builder, const char *text, size_t len)
{
    static const char where[] = "hf_builder_ech_configs_text";
    struct hf_buffer list;
    if (!is_for(builder, HF_CLIENT, where))
        return;
    const struct hf_pem_block block = block_of(hf_span_of(text, len));
    hf_buffer_init(&list, &builder->config->allocator, FILE_MAX);
    if (hf_pem_decode(&block, &list, /* ret_line= */ NULL) == HF_OK)
        hf_builder_ech_configs(builder, hf_buffer_span(&list).data, hf_buffer_len(&list));
    else
        hf_builder_refuse(builder, HF_ERR_setting_invalid, where, "an ECHConfigList, as PEM or base64", "other text");
    hf_buffer_release(&list);
}

void hf_builder_ech_demand(struct hf_builder *builder)
{
    if (is_for(builder, HF_CLIENT, "hf_builder_ech_demand"))
        builder->config->ech.demands = true;
}

void hf_builder_ech_grease(struct hf_builder *builder, bool send)
{
    if (is_for(builder, HF_CLIENT, "hf_builder_ech_grease"))
        builder->config->ech.greases = send;
}

/* ---- server ---- */

/* Fits what the config says of it. */
static enum hf_error check_pair(const struct hf_config *config, const struct hf_ech_config *ech,
                                const struct hf_hpke_key *key)
{
    struct hf_ech_config first;
    struct hf_hpke_suite suite;
    if (ech->kem != key->kem || !hf_span_equal(ech->public_key, hf_span_of(key->public_bytes, key->public_len)))
        return HF_ERR_key_mismatch;
    return hf_ech_config_choose(config->toolbox, ech->whole, &first, &suite) ? HF_OK : HF_ERR_unsupported_here;
}

static enum hf_error add_key(struct hf_config *config, const struct hf_ech_config *ech, const struct hf_hpke_key *key,
                             bool retry)
{
    struct hf_config_ech_key **end = &config->ech.keys;
    HF_TRY(check_pair(config, ech, key));
    struct hf_config_ech_key *added = hf_allocation_new(&config->allocator, sizeof *added + ech->whole.len);
    if (added == NULL)
        return HF_ERR_no_memory;
    added->key = *key;
    added->retries = retry;
    added->len = ech->whole.len;
    while (*end != NULL)
        end = &(*end)->next;
    *end = added;
    return hf_span_copy(ech->whole, added->bytes, added->len) ? HF_OK : HF_ERR_internal;
}

static void refuse_key(struct hf_builder *builder, enum hf_error error, const char *where)
{
    const char *wanted = NULL;
    if (error == HF_ERR_key_mismatch)
        wanted = "the private key of the configuration's public key";
    else if (error == HF_ERR_unsupported_here)
        wanted = "a configuration that clients like this library's can use";
    else if (error == HF_ERR_unsupported_key)
        wanted = "a key of X25519, X448, P-256, P-384 or P-521";
    hf_builder_refuse(builder, error, where, wanted, NULL);
}

void hf_builder_ech_key(struct hf_builder *builder, const void *config, size_t config_len, const void *key,
                        size_t key_len, bool retry)
{
    static const char where[] = "hf_builder_ech_key";
    HF_WIPED_HPKE_KEY struct hf_hpke_key pair = {.kem = 0};
    struct hf_ech_config ech;
    if (!is_for(builder, HF_SERVER, where))
        return;
    struct hf_config *into = builder->config;
    if (hf_ech_config_read(hf_span_of(config, config_len), &ech) != HF_OK) {
        hf_builder_refuse(builder, HF_ERR_setting_invalid, where, "an ECHConfig of version 0xfe0d", "other bytes");
        return;
    }
    enum hf_error error = hf_hpke_key_of(into->toolbox, &into->allocator, ech.kem, hf_span_of(key, key_len), &pair);
    if (error == HF_OK)
        error = add_key(into, &ech, &pair, retry);
    if (error != HF_OK)
        refuse_key(builder, error, where);
}

/* RFC 9934: all configurations of a file are for its key. Those of other versions are for others. */
static enum hf_error add_list(struct hf_config *config, struct hf_span list, const struct hf_hpke_key *key, bool retry)
{
    struct hf_span inside;
    struct hf_ech_config ech;
    bool found = false;
    if (hf_ech_config_check_list(list, &inside) != HF_OK)
        return HF_ERR_file_malformed;
    struct hf_reader configs = hf_reader_of(inside);
    for (; hf_ech_config_next(&configs, &ech); found = true)
        HF_TRY(add_key(config, &ech, key, retry));
    return found ? HF_OK : HF_ERR_file_malformed;
}

static enum hf_error add_block(struct hf_config *config, const struct hf_pem_block *block,
                               const struct hf_hpke_key *key, bool retry)
{
    struct hf_buffer list;
    hf_buffer_init(&list, &config->allocator, FILE_MAX);
    enum hf_error error = hf_pem_decode(block, &list, /* ret_line= */ NULL);
    if (error == HF_OK)
        error = add_list(config, hf_buffer_span(&list), key, retry);
    hf_buffer_release(&list);
    return error;
}

static enum hf_error add_pem(struct hf_config *config, struct hf_span pem, bool retry)
{
    HF_WIPED_HPKE_KEY struct hf_hpke_key key = {.kem = 0};
    struct hf_pem reader = hf_pem_of(pem);
    struct hf_pem_block block;
    HF_TRY(hf_hpke_key_read_pem(config->toolbox, &config->allocator, pem, &key));
    while (hf_pem_next(&reader, &block) == HF_PEM_BLOCK)
        if (hf_pem_has_label(&block, "ECHCONFIG"))
            return add_block(config, &block, &key, retry);
    return HF_ERR_file_malformed;
}

void hf_builder_ech_pem(struct hf_builder *builder, const char *pem, size_t pem_len, bool retry)
{
    static const char where[] = "hf_builder_ech_pem";
    if (!is_for(builder, HF_SERVER, where))
        return;
    enum hf_error error = add_pem(builder->config, hf_span_of(pem, pem_len), retry);
    if (error == HF_ERR_file_malformed)
        hf_builder_refuse(builder, error, where, "a PRIVATE KEY and an ECHCONFIG, as PEM (RFC 9934)", NULL);
    else if (error != HF_OK)
        refuse_key(builder, error, where);
}

void hf_builder_ech_file(struct hf_builder *builder, const char *path, bool retry)
{
    struct hf_buffer bytes;
    if (!is_for(builder, HF_SERVER, "hf_builder_ech_file") || !hf_builder_read_file(builder, path, FILE_MAX, &bytes))
        return;
    hf_builder_ech_pem(builder, (const char *)hf_buffer_span(&bytes).data, hf_buffer_len(&bytes), retry);
    hf_buffer_release(&bytes);
    if (hf_builder_is_fine(builder))
        return;
    struct hf_text where = hf_text_of(builder->failure.where, sizeof builder->failure.where);
    hf_text_add_safe(&where, hf_span_of_text(path));
}

void hf_builder_ech_backend(struct hf_builder *builder)
{
    if (is_for(builder, HF_SERVER, "hf_builder_ech_backend"))
        builder->config->ech.is_backend = true;
}

/* ---- all together ---- */

static bool can_offer(const struct hf_config *config)
{
    struct hf_ech_config ech;
    struct hf_hpke_suite suite;
    return (hf_negotiate_version_generations(config) & HF_VERSION_BIT_13) != 0 && config->ech.configs != NULL &&
           hf_ech_config_choose(config->toolbox, hf_span_of(config->ech.configs, config->ech.configs_len), &ech,
                                &suite);
}

static void check_client(struct hf_builder *builder)
{
    const struct hf_config *config = builder->config;
    if (config->ech.demands && !can_offer(config))
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_ech_demand",
                          "TLS 1.3, and an ECH configuration that can be used", "none");
    if (config->ech.configs != NULL && config->psks != NULL) /* names of such keys go out in the clear */
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_ech_configs",
                          "no shared keys of TLS 1.2 beside it", "hf_builder_psk");
}

static size_t len_of_retries(const struct hf_config_ech_key *key)
{
    size_t len = 0;
    for (; key != NULL; key = key->next)
        len += key->retries ? key->len : 0;
    return len;
}

static void put_retries_together(struct hf_builder *builder)
{
    struct hf_config *config = builder->config;
    if ((hf_negotiate_version_generations(config) & HF_VERSION_BIT_13) == 0) {
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_ech_key", "TLS 1.3: hellos of it are encrypted",
                          NULL);
        return;
    }
    const size_t len = len_of_retries(config->ech.keys);
    if (len == 0 || len > LIST_MAX) {
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_ech_key",
                          "a configuration to tell clients of, and no more than 64 KiB of them", NULL);
        return;
    }
    config->ech.retry = hf_allocation_new(&config->allocator, LIST_PREFIX + len);
    if (config->ech.retry == NULL) {
        hf_builder_refuse(builder, HF_ERR_no_memory, "hf_builder_finish", NULL, NULL);
        return;
    }
    struct hf_writer writer = hf_writer_of(config->ech.retry, LIST_PREFIX + len);
    const size_t list = hf_writer_open(&writer, LIST_PREFIX);
    for (const struct hf_config_ech_key *key = config->ech.keys; key != NULL; key = key->next)
        if (key->retries)
            hf_writer_bytes(&writer, hf_span_of(key->bytes, key->len));
    hf_writer_close(&writer, list, LIST_PREFIX);
    config->ech.retry_len = writer.len;
}

void hf_builder_ech_finish(struct hf_builder *builder)
{
    const struct hf_config *config = builder->config;
    if (!hf_builder_is_fine(builder))
        return;
    if (config->role == HF_CLIENT)
        check_client(builder);
    else if (config->ech.keys != NULL && config->ech.is_backend)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_ech_backend", "no keys beside it", NULL);
    else if (config->ech.keys != NULL)
        put_retries_together(builder);
}
