/* The builder's lists: names to rows of the registry, in the order given. <handfast/config.h>. */
#include "api/builder_historic.h"

#include "base/writer.h"
#include "base/text.h"
#include "crypto/public_key.h"

enum { ALPN_MAX = 4096 };

static bool separates(uint8_t letter)
{
    return letter == ':' || letter == ',' || letter == ' ' || letter == '|';
}

/* Takes the next name off a list separated by ':', ',' or blanks; '|' joins it to the one before. */
bool hf_builder_lists_next(struct hf_reader *list, struct hf_span *ret_name)
{
    struct hf_span rest = hf_span_of(list->next, list->left);
    size_t from = 0;
    while (from < rest.len && separates(rest.data[from]))
        from++;
    size_t to = from;
    while (to < rest.len && !separates(rest.data[to]))
        to++;
    *ret_name = hf_span_part(rest, from, to - from);
    (void)hf_reader_bytes(list, to);
    return to > from;
}

static void refuse_name(struct hf_builder *builder, const char *where, const char *wanted, struct hf_span name)
{
    char got[128];
    struct hf_text text = hf_text_of(got, sizeof got);
    hf_text_add_safe(&text, name);
    hf_builder_refuse(builder, HF_ERR_setting_invalid, where, wanted, got);
}

/* Ciphers that there are no suites of here, and why not. Their letters stand anywhere in a name, of the registry or of
 * OpenSSL, and in no other suite's: TLS_RSA_WITH_RC4_128_SHA, ECDHE-RSA-RC4-SHA. */
static const struct {
    const char *letters; /* lower case */
    const char *wanted;
} forbidden[] = {
    {"rc4", "none with RC4: its keystream is biased, RFC 7465 forbids it"},
};

static bool has_letters(struct hf_span name, const char *letters)
{
    const struct hf_span wanted = hf_span_of_text(letters);
    for (size_t from = 0; from + wanted.len <= name.len; from++) {
        size_t same = 0;
        while (same < wanted.len && (name.data[from + same] | 0x20) == (wanted.data[same] | 0x20))
            same++;
        if (same == wanted.len)
            return true;
    }
    return false;
}

/* What is wanted instead of a suite that is not known. */
static const char *wanted_instead(struct hf_span name)
{
    for (size_t i = 0; i < HF_COUNT(forbidden); i++)
        if (has_letters(name, forbidden[i].letters))
            return forbidden[i].wanted;
    return "names like TLS_AES_128_GCM_SHA256";
}

/* Whether a '|' stands before the name, which is a part of the list. */
static bool is_joined(const char *list, struct hf_span name)
{
    const uint8_t *first = hf_span_of_text(list).data;
    bool is_joined = false;
    for (const uint8_t *at = name.data; at > first && separates(at[-1]); at--)
        is_joined |= at[-1] == '|';
    return is_joined;
}

static void add_suite(struct hf_config *config, const struct hf_suite *suite, bool is_joined)
{
    config->suite_joined[config->suite_count] = is_joined && config->suite_count > 0;
    config->suites[config->suite_count++] = suite;
}

void hf_builder_suites(struct hf_builder *builder, const char *names)
{
    if (!hf_builder_is_fine(builder))
        return;
    struct hf_config *config = builder->config;
    struct hf_reader list = hf_reader_of(hf_span_of_text(names));
    struct hf_span name;
    config->suite_count = 0;
    builder->suites_set = true;
    while (hf_builder_lists_next(&list, &name)) {
        const struct hf_suite *suite = hf_suite_find_name(name);
        if (suite == NULL || config->suite_count == HF_CONFIG_SUITES_MAX)
            refuse_name(builder, "cipher suites", wanted_instead(name), name);
        else if (suite->block != HF_BLOCK_CIPHER_NONE && !hf_block_cipher_available(config->toolbox, suite->block))
            hf_builder_refuse(builder, HF_ERR_unsupported_here, "cipher suites", NULL, suite->name);
        else
            add_suite(config, suite, is_joined(names, name));
    }
}

static bool has_group(const struct hf_config *config, const struct hf_group *group)
{
    for (size_t i = 0; i < config->group_count; i++)
        if (config->groups[i] == group)
            return true;
    return false;
}

void hf_builder_groups(struct hf_builder *builder, const char *names)
{
    if (!hf_builder_is_fine(builder))
        return;
    struct hf_config *config = builder->config;
    struct hf_reader list = hf_reader_of(hf_span_of_text(names));
    struct hf_span name;
    config->group_count = 0;
    builder->groups_set = true;
    while (hf_builder_lists_next(&list, &name)) {
        const struct hf_group *group = hf_group_find_name(name);
        if (group == NULL || config->group_count == HF_CONFIG_GROUPS_MAX)
            refuse_name(builder, "groups", "names like x25519, secp256r1", name);
        else if (!hf_key_exchange_available(config->toolbox, group->key_exchange))
            hf_builder_refuse(builder, HF_ERR_unsupported_here, "groups", NULL, group->name);
        else if (has_group(config, group))
            refuse_name(builder, "groups", "each group once", name);
        else
            config->groups[config->group_count++] = group;
    }
}

void hf_builder_key_share_groups(struct hf_builder *builder, const char *names)
{
    if (!hf_builder_is_fine(builder))
        return;
    struct hf_reader list = hf_reader_of(hf_span_of_text(names));
    struct hf_span name;
    size_t count = 0;
    builder->key_share_groups_set = true;
    for (size_t i = 0; i < HF_COUNT(builder->key_share_groups); i++)
        builder->key_share_groups[i] = NULL;
    while (hf_builder_lists_next(&list, &name)) {
        const struct hf_group *group = hf_group_find_name(name);
        if (group == NULL || count == HF_COUNT(builder->key_share_groups))
            refuse_name(builder, "hf_builder_key_share_groups", "up to 3 names of groups", name);
        else
            builder->key_share_groups[count++] = group;
    }
}

void hf_builder_signature_schemes(struct hf_builder *builder, const char *names)
{
    if (!hf_builder_is_fine(builder))
        return;
    struct hf_config *config = builder->config;
    struct hf_reader list = hf_reader_of(hf_span_of_text(names));
    struct hf_span name;
    config->scheme_count = 0;
    builder->schemes_set = true;
    while (hf_builder_lists_next(&list, &name)) {
        const struct hf_signature_scheme *scheme = hf_signature_scheme_find_name(name);
        if (scheme == NULL || config->scheme_count == HF_CONFIG_SCHEMES_MAX)
            refuse_name(builder, "signature schemes", "names like ecdsa_secp256r1_sha256", name);
        else if (!hf_public_key_available(config->toolbox, scheme->kind.key))
            hf_builder_refuse(builder, HF_ERR_unsupported_here, "signature schemes", NULL, scheme->name);
        else
            config->schemes[config->scheme_count++] = scheme;
    }
}

/* Each name once: a list that says one twice is longer than the registry. */
static size_t read_schemes(struct hf_builder *builder, const char *names, uint16_t ids[HF_CONFIG_SCHEMES_MAX])
{
    struct hf_reader list = hf_reader_of(hf_span_of_text(names));
    struct hf_span name;
    size_t count = 0;
    while (hf_builder_lists_next(&list, &name)) {
        const struct hf_signature_scheme *scheme = hf_signature_scheme_find_name(name);
        if (scheme == NULL || count == HF_CONFIG_SCHEMES_MAX)
            refuse_name(builder, "signature schemes", "names like ecdsa_secp256r1_sha256", name);
        else if (!hf_builder_historic_allows_scheme(builder, scheme))
            hf_builder_historic_refuse_scheme(builder, scheme);
        else if (scheme->clients_only && builder->config->role != HF_CLIENT)
            refuse_name(builder, "signature schemes", "schemes that servers may sign by (RFC 9963)", name);
        else
            ids[count++] = scheme->id;
    }
    return count;
}

void hf_builder_identity_schemes(struct hf_builder *builder, const char *names)
{
    if (!hf_builder_is_fine(builder))
        return;
    struct hf_config *config = builder->config;
    uint16_t ids[HF_CONFIG_SCHEMES_MAX];
    size_t count = read_schemes(builder, names, ids);
    if (config->identity_count == 0) {
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_identity_schemes", "an identity before it",
                          "none");
        return;
    }
    if (!hf_identity_prefer_schemes(config->identities[config->identity_count - 1], ids, count))
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_identity_schemes",
                          "a scheme that the identity's key can make", names);
}

void hf_builder_identity_issuers(struct hf_builder *builder, enum hf_issuers issuers)
{
    if (!hf_builder_is_fine(builder))
        return;
    struct hf_config *config = builder->config;
    if (config->identity_count == 0)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_identity_issuers", "an identity before it",
                          "none");
    else
        config->identities[config->identity_count - 1]->issuers = issuers;
}

void hf_builder_alpn(struct hf_builder *builder, const char *names)
{
    if (!hf_builder_is_fine(builder))
        return;
    struct hf_config *config = builder->config;
    hf_allocation_free(&config->allocator, config->alpn);
    config->alpn_len = 0;
    config->alpn = hf_allocation_new(&config->allocator, ALPN_MAX);
    if (config->alpn == NULL) {
        hf_builder_refuse(builder, HF_ERR_no_memory, "ALPN", NULL, NULL);
        return;
    }
    struct hf_writer writer = hf_writer_of(config->alpn, ALPN_MAX);
    struct hf_reader list = hf_reader_of(hf_span_of_text(names));
    struct hf_span name;
    while (hf_builder_lists_next(&list, &name))
        hf_writer_vector(&writer, 1, name);
    if (!hf_writer_end(&writer))
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "ALPN", "protocol names of 1 to 255 bytes", NULL);
    else
        config->alpn_len = writer.len;
}

void hf_builder_srtp(struct hf_builder *builder, const char *profiles)
{
    if (!hf_builder_is_fine(builder))
        return;
    struct hf_config *config = builder->config;
    struct hf_reader list = hf_reader_of(hf_span_of_text(profiles));
    struct hf_span name;
    config->srtp_count = 0;
    while (hf_builder_lists_next(&list, &name)) {
        const struct hf_srtp_profile *profile = hf_srtp_profile_find_name(name);
        if (profile == NULL || config->srtp_count == HF_SRTP_PROFILES_MAX)
            refuse_name(builder, "hf_builder_srtp", "names like SRTP_AEAD_AES_128_GCM", name);
        else
            config->srtp_profiles[config->srtp_count++] = profile;
    }
}

void hf_builder_versions(struct hf_builder *builder, enum hf_version min, enum hf_version max)
{
    if (!hf_builder_is_fine(builder))
        return;
    bool known = (min == HF_TLS12 || min == HF_TLS13) && (max == HF_TLS12 || max == HF_TLS13);
    if (!known || min > max)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "versions", "TLS 1.2 or TLS 1.3, the lower first", NULL);
    builder->config->min_version = (uint16_t)min;
    builder->config->max_version = (uint16_t)max;
}
