/* What is checked, and filled in by default, when all settings are known: <handfast/config.h>. */
#include "api/builder.h"

#include "api/builder_early.h"
#include "api/builder_ech.h"
#include "api/builder_historic.h"
#include "api/builder_psk13.h"
#include "api/builder_quic.h"
#include "api/builder_raw.h"
#include "base/text.h"
#include "config/key_share_pool.h"
#include "config/policy.h"
#include "crypto/public_key.h"
#include "negotiate/version.h"
#include "trust/system_store.h"
#include "trust/verdict.h"
#include "wire/write.h"

enum { NAMES_MAX = 6144, AUTHORITIES_MAX = 0xffff, FIELD_LEN_DEFAULT = 512 };

/* ---- lists that were not given ---- */

/* CCM_8's tag is short, so it is asked for by name only. */
static bool is_default_suite(const struct hf_builder *builder, const struct hf_suite *suite)
{
    if (!hf_builder_historic_allows(builder, suite))
        return false;
    if (suite->block != HF_BLOCK_CIPHER_NONE)
        return hf_block_cipher_available(builder->config->toolbox, suite->block);
    return suite->aead == HF_AEAD_NONE || (hf_aead_available(builder->config->toolbox, suite->aead) &&
                                           hf_aead_tag_len(suite->aead) == HF_AEAD_TAG_LEN_MAX);
}

static void default_suites(struct hf_builder *builder)
{
    struct hf_config *config = builder->config;
    unsigned generations = hf_negotiate_version_generations(config);
    for (size_t i = 0; !builder->suites_set && i < hf_suite_count(); i++)
        if ((hf_suite_at(i)->versions & generations) != 0 && is_default_suite(builder, hf_suite_at(i)))
            config->suites[config->suite_count++] = hf_suite_at(i);
}

/* Finite fields: only where a suite may use them, and none so large that a handshake takes a second. Of ML-KEM the
 * hybrid that the others have; alone it is for those who name it. */
static bool is_default_group(const struct hf_config *config, const struct hf_group *group)
{
    if (hf_key_exchange_has_field(group->key_exchange))
        return (config->historic & HF_HISTORIC_DHE) != 0 && group->client_share_len <= FIELD_LEN_DEFAULT;
    return !hf_key_exchange_has_kem(group->key_exchange) || group->key_exchange == HF_KEY_EXCHANGE_X25519MLKEM768;
}

static void default_groups(struct hf_builder *builder)
{
    struct hf_config *config = builder->config;
    for (size_t i = 0; !builder->groups_set && i < hf_group_count(); i++) {
        const struct hf_group *group = hf_group_at(i);
        if (is_default_group(config, group) && hf_key_exchange_available(config->toolbox, group->key_exchange))
            config->groups[config->group_count++] = group;
    }
}

static void default_schemes(struct hf_builder *builder)
{
    struct hf_config *config = builder->config;
    for (size_t i = 0; !builder->schemes_set && i < hf_signature_scheme_count(); i++) {
        const struct hf_signature_scheme *scheme = hf_signature_scheme_at(i);
        if ((scheme->historic & ~config->historic) == 0 && hf_public_key_available(config->toolbox, scheme->kind.key))
            config->schemes[config->scheme_count++] = scheme;
    }
}

/* What we accept from peers is also what we sign with, but for identities that were given schemes of their own. */
static void limit_identities(struct hf_builder *builder)
{
    const struct hf_config *config = builder->config;
    uint16_t ids[HF_CONFIG_SCHEMES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < config->scheme_count; i++)
        if (!config->schemes[i]->clients_only || config->role == HF_CLIENT)
            ids[count++] = config->schemes[i]->id;
    for (size_t i = 0; i < config->identity_count; i++)
        hf_identity_limit_schemes(config->identities[i], ids, count);
}

/* What only clients sign by, a client does not take from servers, nor say that it would: RFC 9963 2. */
static void drop_own_schemes(struct hf_config *config)
{
    size_t kept = 0;
    for (size_t i = 0; i < config->scheme_count; i++)
        if (!config->schemes[i]->clients_only || config->role != HF_CLIENT)
            config->schemes[kept++] = config->schemes[i];
    config->scheme_count = kept;
}

static bool serves(const struct hf_config *config, enum hf_version_bit generation)
{
    for (size_t i = 0; i < config->suite_count; i++)
        if ((config->suites[i]->versions & (unsigned)generation) != 0)
            return true;
    return false;
}

/* A version for which no suite was given is not offered: it could only fail. */
static void narrow_versions(struct hf_config *config)
{
    bool serves12 = serves(config, HF_VERSION_BIT_12);
    bool serves13 = serves(config, HF_VERSION_BIT_13);
    if (serves12 && !serves13 && config->min_version < config->max_version)
        config->max_version = HF_TLS12;
    if (serves13 && !serves12 && config->min_version < config->max_version)
        config->min_version = HF_TLS13;
}

/* Whether its share leaves a first hello small enough for one datagram. */
static bool is_small(const struct hf_group *group)
{
    enum { SMALL_SHARE_MAX = 256 };
    return group->client_share_len <= SMALL_SHARE_MAX;
}

/* Not told otherwise, one share, for the first group. One with ML-KEM is accompanied by the first plain group's: a
 * server without it, and most of those in the world are, would otherwise ask again at the cost of a round trip. Where a
 * hello must be small, it is the first small one's: who wants another group asks for it with its cookie. */
static bool wants_share(const struct hf_builder *builder, const struct hf_group *group, bool must_be_small)
{
    const struct hf_config *config = builder->config;
    if (builder->key_shares_wanted > 0)
        return config->key_share_count < builder->key_shares_wanted;
    if (must_be_small)
        return config->key_share_count == 0 && is_small(group);
    if (config->key_share_count == 0)
        return true;
    return config->key_share_count == 1 && hf_key_exchange_has_kem(config->key_share_groups[0]->key_exchange) &&
           !hf_key_exchange_has_kem(group->key_exchange);
}

/* RFC 9846 4.3.8: in the order of supported_groups. */
static void add_key_shares(struct hf_builder *builder, bool must_be_small)
{
    struct hf_config *config = builder->config;
    for (size_t i = 0; i < config->group_count; i++)
        if ((config->groups[i]->versions & HF_VERSION_BIT_13) != 0 &&
            wants_share(builder, config->groups[i], must_be_small))
            config->key_share_groups[config->key_share_count++] = config->groups[i];
}

static bool is_wanted_by_name(const struct hf_builder *builder, const struct hf_group *group)
{
    for (size_t i = 0; i < HF_COUNT(builder->key_share_groups); i++)
        if (builder->key_share_groups[i] == group)
            return true;
    return false;
}

/* Those that were named, in the order of supported_groups (RFC 9846 4.3.8). */
static void take_key_shares(struct hf_builder *builder)
{
    struct hf_config *config = builder->config;
    size_t named = 0, found = 0;
    for (size_t i = 0; i < HF_COUNT(builder->key_share_groups); i++)
        named += builder->key_share_groups[i] != NULL;
    for (size_t i = 0; i < config->group_count; i++)
        if ((config->groups[i]->versions & HF_VERSION_BIT_13) != 0 && is_wanted_by_name(builder, config->groups[i]) &&
            found++ < HF_COUNT(config->key_share_groups))
            config->key_share_groups[config->key_share_count++] = config->groups[i];
    if (found != named) /* more: it stands twice in the list */
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_key_share_groups",
                          "groups of hf_builder_groups that TLS 1.3 has, each once", NULL);
}

static void choose_key_shares(struct hf_builder *builder)
{
    if (builder->key_share_groups_set) {
        take_key_shares(builder);
        return;
    }
    add_key_shares(builder, hf_config_transport(builder->config)->small_hellos);
    if (builder->config->key_share_count == 0) /* only large groups were given */
        add_key_shares(builder, /* must_be_small= */ false);
}

static void check_lists(struct hf_builder *builder)
{
    struct hf_config *config = builder->config;
    unsigned generations = hf_negotiate_version_generations(config);
    bool usable = false;
    for (size_t i = 0; i < config->suite_count; i++)
        usable = usable || (config->suites[i]->versions & generations) != 0;
    if (!usable)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "cipher suites", "one that fits the versions allowed", NULL);
    if (config->group_count == 0)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "groups", "at least one", NULL);
    if (config->scheme_count == 0)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "signature schemes", "at least one", NULL);
}

static void check_transport(struct hf_builder *builder)
{
    const struct hf_config *config = builder->config;
    if (config->uses_connection_ids && config->transport != &hf_transport_datagram)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_connection_ids",
                          "connections over datagrams (hf_builder_datagrams)", "over a stream");
}

/* ---- names of the lists, for people ---- */

static char *keep_names(struct hf_builder *builder, const char *text)
{
    char *kept = hf_allocation_text(&builder->config->allocator, text);
    if (kept == NULL)
        hf_builder_refuse(builder, HF_ERR_no_memory, "hf_builder_finish", NULL, NULL);
    return kept;
}

static void add_name(struct hf_text *text, const char *name)
{
    hf_text_add(text, "%s%s", text->len == 0 ? "" : ":", name);
}

static void name_lists(struct hf_builder *builder)
{
    struct hf_config *config = builder->config;
    char room[NAMES_MAX];
    struct hf_text text = hf_text_of(room, sizeof room);
    for (size_t i = 0; i < config->suite_count; i++)
        add_name(&text, config->suites[i]->name);
    config->suite_names = keep_names(builder, room);
    text = hf_text_of(room, sizeof room);
    for (size_t i = 0; i < config->group_count; i++)
        add_name(&text, config->groups[i]->name);
    config->group_names = keep_names(builder, room);
    text = hf_text_of(room, sizeof room);
    for (size_t i = 0; i < config->scheme_count; i++)
        add_name(&text, config->schemes[i]->name);
    config->scheme_names = keep_names(builder, room);
}

/* ---- who we are, whom we believe ---- */

static void check_identities(struct hf_builder *builder)
{
    const struct hf_config *config = builder->config;
    if (config->identity_count > 0 || config->psks != NULL || hf_config_has_psk13(config))
        return;
    if (config->role == HF_SERVER)
        hf_builder_refuse(builder, HF_ERR_no_server_identity, "hf_builder_finish", NULL, NULL);
    else if (!builder->has_anonymity)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "identity",
                          "a client's certificate, or hf_builder_anonymous: mutual authentication is the default",
                          "none");
}

/* What every peer would refuse is told here, before any connection: the failure that costs most time later. */
static void check_certificate_validity(struct hf_builder *builder, const struct hf_certificate *certificate, int depth,
                                       int64_t now_s)
{
    bool expired = now_s > certificate->not_after_s;
    if ((!expired && now_s >= certificate->not_before_s) || !hf_builder_is_fine(builder))
        return;
    hf_builder_refuse(builder, expired ? HF_ERR_own_certificate_expired : HF_ERR_own_certificate_not_yet_valid,
                      "hf_builder_finish", NULL, NULL);
    builder->failure.depth = depth;
    builder->failure.since_s = expired ? certificate->not_after_s : certificate->not_before_s;
    hf_verdict_name_certificate(certificate->der, &builder->failure);
}

static void check_validity(struct hf_builder *builder, int64_t now_s)
{
    const struct hf_config *config = builder->config;
    for (size_t i = 0; !config->presents_anyway && i < config->identity_count; i++)
        for (size_t depth = 0; depth < config->identities[i]->chain_count; depth++)
            check_certificate_validity(builder, &config->identities[i]->parsed[depth], (int)depth, now_s);
}

/* Whether any suite has the peer present a certificate: with RSA_PSK a server does, and a client does not. */
static bool judges_certificates(const struct hf_config *config)
{
    bool judges = false;
    for (size_t i = 0; i < config->suite_count; i++) {
        const struct hf_suite *suite = config->suites[i];
        const bool has_none = config->psk13_only && (suite->versions & HF_VERSION_BIT_13) != 0;
        judges = judges || (!has_none && (config->role == HF_CLIENT ? hf_suite_certifies(suite)
                                                                    : !hf_suite_traits_of(suite)->has_psk));
    }
    return judges && (config->role == HF_CLIENT || hf_config_may_ask(config));
}

static void check_trust(struct hf_builder *builder)
{
    struct hf_config *config = builder->config;
    bool needs = judges_certificates(config) && hf_builder_raw_takes_x509(config);
    bool by_default = config->role == HF_CLIENT && needs && hf_trust_count(config->trust) == 0;
    if (builder->trusts_system || by_default) {
        enum hf_error error = hf_system_store_add(config->trust, /* ret_path= */ NULL, /* ret_added= */ NULL);
        if (error != HF_OK)
            hf_builder_refuse(builder, error, "the system's trust store", NULL, NULL);
    }
    if (needs && hf_trust_count(config->trust) == 0)
        hf_builder_refuse(builder, HF_ERR_no_trust_anchors, "hf_builder_finish",
                          "CAs to judge clients by, or HF_CLIENT_AUTH_NONE", "none");
    enum hf_error prepared = hf_trust_prepare(config->trust, config->toolbox);
    if (prepared != HF_OK)
        hf_builder_refuse(builder, prepared, "hf_builder_finish", NULL, NULL);
}

/* The subjects of the anchors, as CertificateRequest lists them; none when they would not fit. */
static void encode_authorities(struct hf_builder *builder)
{
    struct hf_config *config = builder->config;
    bool asks = config->role == HF_SERVER && hf_config_may_ask(config);
    if (!asks || !builder->sends_authorities)
        return;
    config->authorities = hf_allocation_new(&config->allocator, AUTHORITIES_MAX);
    if (config->authorities == NULL) {
        hf_builder_refuse(builder, HF_ERR_no_memory, "hf_builder_finish", NULL, NULL);
        return;
    }
    struct hf_writer writer = hf_writer_of(config->authorities, AUTHORITIES_MAX);
    for (size_t i = 0; i < hf_trust_count(config->trust); i++) {
        const struct hf_wire_distinguished_name name = {.name = hf_trust_anchor(config->trust, i)->subject};
        hf_wire_write_distinguished_name(&writer, &name);
    }
    config->authorities_len = hf_writer_end(&writer) ? writer.len : 0;
}

/* Nothing more is needed of an allocation than its length: what was reserved beyond is given back. */
static void shrink_authorities(struct hf_builder *builder)
{
    struct hf_config *config = builder->config;
    if (config->authorities == NULL)
        return;
    struct hf_span used = hf_span_of(config->authorities, config->authorities_len);
    uint8_t *exact = used.len == 0 ? NULL : hf_allocation_copy(&config->allocator, used);
    if (used.len > 0 && exact == NULL)
        return;
    hf_allocation_free(&config->allocator, config->authorities);
    config->authorities = exact;
}

/* Who keeps sessions is one place; and a ticket has no certificates in it, so those of clients must be kept beside it.
 */
static void check_srtp(struct hf_builder *builder)
{
    if (builder->config->srtp_count > 0 && builder->config->transport != &hf_transport_datagram)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_srtp", "connections over datagrams", "others");
}

static void check_sessions(struct hf_builder *builder)
{
    const struct hf_config *config = builder->config;
    bool is_server = config->role == HF_SERVER;
    if (!is_server && config->session_cache != NULL)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_session_cache", "a server", "a client");
    if (!is_server && config->ticket_keys != NULL)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_ticket_keys", "a server", "a client");
    if (is_server && config->asks_tickets)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_session_tickets", "a client", "a server");
    if (config->session_cache != NULL && config->sessions_outside)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_session_cache",
                          "a cache, or sessions kept outside", "both");
    if (config->ticket_keys != NULL && config->session_cache == NULL && hf_config_may_ask(config))
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_ticket_keys",
                          "hf_builder_session_cache beside it, for the certificates of clients", "none");
}

/* Only those who judge certificates remember them. */
static void make_verified_cache(struct hf_builder *builder)
{
    struct hf_config *config = builder->config;
    if (builder->verified_chains == 0 || !judges_certificates(config))
        return;
    enum hf_error error = hf_verified_cache_new(&config->allocator, builder->verified_chains, &config->verified_cache);
    if (error != HF_OK)
        hf_builder_refuse(builder, error, "hf_builder_finish", NULL, NULL);
}

static void want_shares(struct hf_key_share_kinds *kinds, enum hf_key_exchange_id id)
{
    for (size_t i = 0; i < kinds->count; i++) {
        if (kinds->ids[i] == id)
            return;
    }
    if (id != HF_KEY_EXCHANGE_NONE) /* a KEM alone: its answer is made of the peer's key */
        kinds->ids[kinds->count++] = id;
}

/* A client shows the shares of its first hello; a server answers with Diffie-Hellman's half of whatever group is taken,
 * and what clients take is one of its first. */
static void make_key_share_pool(struct hf_builder *builder)
{
    struct hf_config *config = builder->config;
    struct hf_key_share_kinds kinds = {.count = 0};
    if (builder->key_share_pool == 0)
        return;
    for (size_t i = 0; config->role == HF_CLIENT && i < config->key_share_count; i++)
        want_shares(&kinds, config->key_share_groups[i]->key_exchange);
    for (size_t i = 0; config->role == HF_SERVER && i < config->group_count && i < HF_CONFIG_KEY_SHARES_MAX; i++)
        want_shares(&kinds, hf_key_exchange_classic(config->groups[i]->key_exchange));
    enum hf_error error = hf_key_share_pool_new(config->toolbox, &config->allocator, &kinds, builder->key_share_pool,
                                                &config->key_shares);
    if (error != HF_OK)
        hf_builder_refuse(builder, error, "hf_builder_finish", NULL, NULL);
}

/* When all that it is made of stands. */
static void digest_policy(struct hf_builder *builder)
{
    if (!hf_builder_is_fine(builder))
        return;
    enum hf_error error = hf_policy_make(builder->config, &builder->config->policy);
    if (error != HF_OK)
        hf_builder_refuse(builder, error, "hf_builder_finish", NULL, NULL);
}

struct hf_config *hf_builder_finish(struct hf_builder *builder, int64_t now_s, struct hf_failure *ret_failure)
{
    if (builder == NULL) {
        *ret_failure = (struct hf_failure){.error = HF_ERR_no_memory, .by = HF_BY_SETTINGS, .alert = HF_ALERT_none};
        return NULL;
    }
    if (hf_builder_is_fine(builder)) {
        hf_builder_quic_narrow(builder);
        default_suites(builder);
        default_groups(builder);
        choose_key_shares(builder);
        default_schemes(builder);
        limit_identities(builder);
        narrow_versions(builder->config);
        hf_builder_historic_check(builder);
        drop_own_schemes(builder->config);
        check_lists(builder);
        check_transport(builder);
        name_lists(builder);
        check_identities(builder);
        hf_builder_raw_check(builder);
        check_validity(builder, now_s);
        hf_builder_delegation_check(builder, now_s);
        check_trust(builder);
        check_sessions(builder);
        check_srtp(builder);
        hf_builder_psk13_check(builder);
        hf_builder_early_check(builder);
        hf_builder_ech_finish(builder);
        hf_builder_quic_check(builder);
        hf_builder_revocation_check(builder);
        encode_authorities(builder);
        shrink_authorities(builder);
        hf_builder_compression_apply(builder);
        digest_policy(builder);
        make_verified_cache(builder);
        make_key_share_pool(builder);
    }
    struct hf_config *config = NULL;
    if (hf_builder_is_fine(builder)) {
        config = hf_config_hold(builder->config);
    } else {
        *ret_failure = builder->failure;
        ret_failure->by = HF_BY_SETTINGS;
        ret_failure->alert = HF_ALERT_none;
    }
    hf_builder_free(builder); /* the config, if there is one, is held by the caller now */
    return config;
}
