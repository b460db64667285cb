/* The switches of enum hf_historic and the keys shared beforehand: <handfast/config.h>. Nothing else sets them. */
#include "api/builder_historic.h"

#include "base/text.h"
#include "record/compression.h"

enum { IDENTITY_MAX = 256, KEY_MIN = 16, SWITCHES_ALL = (HF_HISTORIC_3DES << 1) - 1 };

void hf_builder_historic(struct hf_builder *builder, unsigned switches)
{
    if (!hf_builder_is_fine(builder))
        return;
    if ((switches & ~(unsigned)SWITCHES_ALL) != 0)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_historic", "bits of enum hf_historic", NULL);
    else if ((switches & HF_HISTORIC_COMPRESSION) != 0 && !hf_record_compression_available())
        hf_builder_refuse(builder, HF_ERR_unsupported_here, "HF_HISTORIC_COMPRESSION", "a library built with zlib",
                          NULL);
    else
        builder->config->historic |= switches;
}

void hf_builder_max_renegotiations(struct hf_builder *builder, unsigned count)
{
    if (!hf_builder_is_fine(builder))
        return;
    if (count < 1 || count > HF_CONFIG_RENEGOTIATIONS_MAX)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_max_renegotiations", "1 to 8", NULL);
    else
        builder->config->renegotiations_max = count;
}

/* Appends to the list, which it keeps in the order of the calls. */
static void add_psk(struct hf_builder *builder, struct hf_span identity, struct hf_span key)
{
    struct hf_config *config = builder->config;
    struct hf_config_psk *psk = hf_allocation_new(&config->allocator, sizeof *psk + identity.len);
    if (psk == NULL || !hf_span_copy(identity, psk->identity, identity.len) || !hf_secret_set(&psk->key, key)) {
        hf_allocation_free(&config->allocator, psk);
        hf_builder_refuse(builder, HF_ERR_no_memory, "hf_builder_psk", NULL, NULL);
        return;
    }
    psk->identity_len = identity.len;
    struct hf_config_psk **end = &config->psks;
    while (*end != NULL)
        end = &(*end)->next;
    *end = psk;
}

void hf_builder_psk(struct hf_builder *builder, const void *identity, size_t identity_len, const void *key,
                    size_t key_len)
{
    if (!hf_builder_is_fine(builder))
        return;
    if (identity_len > IDENTITY_MAX)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_psk", "an identity of 0 to 256 bytes", NULL);
    else if (key_len < KEY_MIN || key_len > HF_SECRET_MAX)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_psk", "a key of 16 to 64 bytes", NULL);
    else if (hf_config_psk_find(builder->config, hf_span_of(identity, identity_len)) != NULL)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_psk", "each identity once", NULL);
    else
        add_psk(builder, hf_span_of(identity, identity_len), hf_span_of(key, key_len));
}

void hf_builder_psk_hint(struct hf_builder *builder, const char *hint)
{
    if (!hf_builder_is_fine(builder))
        return;
    struct hf_config *config = builder->config;
    size_t len = hf_span_of_text(hint).len;
    hf_allocation_free(&config->allocator, config->psk_hint);
    config->psk_hint = NULL;
    if (len < 1 || len > IDENTITY_MAX)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_psk_hint", "1 to 256 bytes", NULL);
    else if ((config->psk_hint = hf_allocation_text(&config->allocator, hint)) == NULL)
        hf_builder_refuse(builder, HF_ERR_no_memory, "hf_builder_psk_hint", NULL, NULL);
}

/* A server without a certificate can only serve those that need none. A client that has none, and did not say that it
 * wants to stay unknown, would be nobody in a handshake without its key. */
static bool has_proof_for(const struct hf_builder *builder, const struct hf_suite *suite)
{
    const struct hf_config *config = builder->config;
    const bool has_keys13 = hf_config_has_psk13(config);
    if ((config->psks == NULL && !has_keys13) || config->identity_count > 0)
        return true;
    if ((suite->versions & HF_VERSION_BIT_13) != 0 && has_keys13)
        return true;
    if (config->role == HF_SERVER)
        return !hf_suite_certifies(suite);
    return hf_suite_traits_of(suite)->has_psk || builder->has_anonymity;
}

bool hf_builder_historic_allows(const struct hf_builder *builder, const struct hf_suite *suite)
{
    const struct hf_config *config = builder->config;
    if ((suite->switches & ~config->historic) != 0)
        return false;
    if (hf_suite_traits_of(suite)->has_psk && config->psks == NULL)
        return false;
    return has_proof_for(builder, suite);
}

static const char *switch_name(unsigned bit)
{
    static const char *const names[] = {
        "HF_HISTORIC_RSA_KEY_EXCHANGE",
        "HF_HISTORIC_DHE",
        "HF_HISTORIC_PLAIN_PSK",
        "HF_HISTORIC_CBC",
        "HF_HISTORIC_NULL_ENCRYPTION",
        "HF_HISTORIC_COMPRESSION",
        "HF_HISTORIC_SHA1_SIGNATURES",
        "HF_HISTORIC_RENEGOTIATION_ASK",
        "HF_HISTORIC_RENEGOTIATION_FOLLOW",
        "HF_HISTORIC_PSK_WITHOUT_KEY_EXCHANGE",
        "HF_HISTORIC_MAC_THEN_ENCRYPT",
        "HF_HISTORIC_PKCS1_CLIENTS",
        "HF_HISTORIC_3DES",
    };
    return bit < HF_COUNT(names) ? names[bit] : "a switch that is not known";
}

static void refuse_suite(struct hf_builder *builder, const struct hf_suite *suite)
{
    char wanted[200];
    struct hf_text text = hf_text_of(wanted, sizeof wanted);
    unsigned missing = suite->switches & ~builder->config->historic;
    hf_text_add(&text, missing == 0 ? "a certificate or a shared key that fits it" : "hf_builder_historic with");
    for (unsigned bit = 0; missing >> bit != 0; bit++)
        if ((missing >> bit & 1) != 0)
            hf_text_add(&text, " %s", switch_name(bit));
    hf_builder_refuse(builder, HF_ERR_setting_invalid, "cipher suites", wanted, suite->name);
}

/* Renegotiation is for certificates, over streams; each role has its own half of it. */
static void check_renegotiation(struct hf_builder *builder)
{
    const struct hf_config *config = builder->config;
    const bool asks = (config->historic & HF_HISTORIC_RENEGOTIATION_ASK) != 0;
    const bool follows = (config->historic & HF_HISTORIC_RENEGOTIATION_FOLLOW) != 0;
    if (asks && config->role != HF_SERVER)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "HF_HISTORIC_RENEGOTIATION_ASK", "a server", "a client");
    if (follows && config->role != HF_CLIENT)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "HF_HISTORIC_RENEGOTIATION_FOLLOW", "a client", "a server");
    if (!asks && !follows)
        return;
    const char *where = switch_name(asks ? 7 : 8);
    if (hf_config_transport(config) != &hf_transport_stream)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, where, "connections over streams", "datagrams");
    if (config->psks != NULL)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, where, "certificates", "shared keys");
}

/* Such a side has nothing else to prove itself by, and nothing to judge peers by. */
static bool is_psk13_only(const struct hf_builder *builder)
{
    return hf_config_has_psk13(builder->config) && builder->config->identity_count == 0 && !builder->has_anonymity;
}

/* A compressor remembers what went before, and a datagram may be the only one that arrives: RFC 3749 3. */
static void check_compression(struct hf_builder *builder)
{
    const struct hf_config *config = builder->config;
    if ((config->historic & HF_HISTORIC_COMPRESSION) != 0 && hf_config_transport(config) != &hf_transport_stream)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "HF_HISTORIC_COMPRESSION", "connections over streams",
                          "datagrams");
}

/* Their MACs would cover another header then (RFC 9146 5.1, 5.2), which nobody should need any more. */
static void check_connection_ids(struct hf_builder *builder)
{
    const unsigned switches = HF_HISTORIC_CBC | HF_HISTORIC_NULL_ENCRYPTION;
    if (builder->config->uses_connection_ids && (builder->config->historic & switches) != 0)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "connection IDs", "suites with AEAD only",
                          "HF_HISTORIC_CBC or HF_HISTORIC_NULL_ENCRYPTION");
}

bool hf_builder_historic_allows_scheme(const struct hf_builder *builder, const struct hf_signature_scheme *scheme)
{
    return (scheme->historic & ~builder->config->historic) == 0;
}

void hf_builder_historic_refuse_scheme(struct hf_builder *builder, const struct hf_signature_scheme *scheme)
{
    const bool is_sha1 = scheme->historic == HF_HISTORIC_SHA1_SIGNATURES;
    hf_builder_refuse(builder, HF_ERR_setting_invalid, "signature schemes",
                      is_sha1 ? "schemes that do not use SHA-1, or hf_builder_historic with HF_HISTORIC_SHA1_SIGNATURES"
                              : "schemes with PSS, or hf_builder_historic with HF_HISTORIC_PKCS1_CLIENTS",
                      scheme->name);
}

void hf_builder_historic_check(struct hf_builder *builder)
{
    struct hf_config *config = builder->config;
    config->psk13_only = is_psk13_only(builder);
    check_renegotiation(builder);
    check_compression(builder);
    check_connection_ids(builder);
    for (size_t i = 0; i < config->suite_count; i++)
        if (!hf_builder_historic_allows(builder, config->suites[i]))
            refuse_suite(builder, config->suites[i]);
    for (size_t i = 0; i < config->scheme_count; i++)
        if (!hf_builder_historic_allows_scheme(builder, config->schemes[i]))
            hf_builder_historic_refuse_scheme(builder, config->schemes[i]);
    if ((config->psks == NULL && !hf_config_has_psk13(config)) || config->psk13_with_certificates)
        return;
    if (config->admission != NULL)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_psk",
                          "no rules of admission: they judge certificates, and a shared key has none", NULL);
    if (config->verdict_outside)
        hf_builder_refuse(builder, HF_ERR_setting_invalid, "hf_builder_psk",
                          "no verdict outside: it judges certificates, and a shared key has none", NULL);
}
