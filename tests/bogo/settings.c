/* Flags to a config. The suite's peers are named by nobody and checked by the -trust-cert of each case. */
#include "settings.h"

#include "base64.h"
#include "compression.h"
#include "ech.h"
#include "inside.h"
#include "names.h"
#include "profiles.h"
#include "sessions.h"

#include <handfast/delegation.h>
#include <handfast/early.h>
#include <handfast/hello.h>
#include <handfast/psk.h>
#include <handfast/quic.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What BoringSSL does by default: its suite tests that too. */
static const char default_groups[] = "x25519:secp256r1:secp384r1";
static const char default_groups_newer[] = "X25519MLKEM768:x25519:secp256r1:secp384r1";
static const char default_verifying[] =
    "ecdsa_secp256r1_sha256:rsa_pss_rsae_sha256:rsa_pkcs1_sha256:ecdsa_secp384r1_sha384:rsa_pss_rsae_sha384:"
    "rsa_pkcs1_sha384:rsa_pss_rsae_sha512:rsa_pkcs1_sha512:rsa_pkcs1_sha1";
static const char default_signing[] =
    "ed25519:ecdsa_secp256r1_sha256:rsa_pss_rsae_sha256:rsa_pkcs1_sha256:ecdsa_secp384r1_sha384:rsa_pss_rsae_sha384:"
    "rsa_pkcs1_sha384:ecdsa_secp521r1_sha512:rsa_pss_rsae_sha512:rsa_pkcs1_sha512:ecdsa_sha1:rsa_pkcs1_sha1:"
    "mldsa44:mldsa65:mldsa87";

/* A CA whose key nobody has: for cases that name none to trust. */
static const char nobody[] = "-----BEGIN CERTIFICATE-----\n"
                             "MIIBiTCCAS+gAwIBAgIUGD+hEv9KbDPXJ3JICtLYa+5m684wCgYIKoZIzj0EAwIw\n"
                             "ETEPMA0GA1UEAwwGbm9ib2R5MCAXDTI2MTEyMzE4MTIwMFoYDzIxMDAxMDI2MTgx\n"
                             "MjAwWjARMQ8wDQYDVQQDDAZub2JvZHkwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC\n"
                             "AATNZxTSvewlLLkLxYXMtT4R7FiNqXfctlPrgAOPWw0OgHDhj/uvTxNZGnxeZgFh\n"
                             "TqfR3jBx8IsX9w6Orouol/J3o2MwYTAdBgNVHQ4EFgQUKJN3FBiXhRHRPMw0xmzK\n"
                             "NVJH4d0wHwYDVR0jBBgwFoAUKJN3FBiXhRHRPMw0xmzKNVJH4d0wDwYDVR0TAQH/\n"
                             "BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAgQwCgYIKoZIzj0EAwIDSAAwRQIhAPhAv4fI\n"
                             "QWk70UpnkG9Zk+EJlNtuZL1xb2aUufIoBiYEAiAnv0WZCDFbHwm3RNTG6fLdlJjl\n"
                             "up3iiKpBQqOh/WCvkQ==\n"
                             "-----END CERTIFICATE-----\n";

enum {
    VERSION_12 = HF_TLS12,
    VERSION_13 = HF_TLS13,
    NAMES_MAX = 4096,
    DATAGRAM_MAX = 1472,
    EARLY_MAX = 1 << 24,
    SERVER_EARLY_MAX = 14336
};

/* Versions of DTLS count down, and are set as the TLS that they are made of. */
static uint64_t generation_of(uint64_t version)
{
    return version == HF_DTLS13 ? VERSION_13 : version == HF_DTLS12 ? VERSION_12 : version >> 8 == 0xfe ? 0 : version;
}

size_t bogo_settings_datagram_max(const struct bogo_flags *flags)
{
    return flags->mtu > 0 ? (size_t)flags->mtu : DATAGRAM_MAX;
}

static void set_quic(struct hf_builder *builder, const struct bogo_flags *flags)
{
    if (flags->quic_legacy != 0)
        bogo_flags_unimplemented("the code point of QUIC's drafts");
    hf_builder_quic(builder);
    hf_builder_alpn(builder, "a-protocol-of-nobody"); /* there must be one */
    if (flags->quic_early_context != NULL)
        hf_builder_quic_early_context(builder, flags->quic_early_context, strlen(flags->quic_early_context));
}

static void set_versions(struct hf_builder *builder, const struct bogo_flags *flags)
{
    uint64_t asked_min = generation_of(flags->min_version);
    uint64_t asked_max = generation_of(flags->max_version);
    uint64_t min = asked_min > VERSION_12 ? asked_min : VERSION_12;
    uint64_t max = flags->max_version > 0 ? asked_max : VERSION_13;
    if (flags->dtls)
        hf_builder_datagrams(builder);
    if (flags->quic)
        set_quic(builder, flags);
    hf_builder_begin_anew(builder, 0); /* the suite looks at the first failure */
    hf_builder_datagram_max(builder, bogo_settings_datagram_max(flags));
    if (flags->no_tls12 && min == VERSION_12)
        min = VERSION_13;
    if (flags->no_tls13 && max == VERSION_13)
        max = VERSION_12;
    if (min > max && !(flags->no_tls12 && flags->no_tls13)) /* else the library says so */
        bogo_flags_unimplemented("a version below 1.2");
    hf_builder_versions(builder, (enum hf_version)min, (enum hf_version)max);
}

static void set_list(struct hf_builder *builder, const struct bogo_numbers *numbers, const char *(*name)(unsigned id),
                     void (*set)(struct hf_builder *builder, const char *names))
{
    if (numbers->count == 0)
        return;
    size_t unknown;
    const char *list = bogo_names_list(numbers, name, &unknown);
    if (unknown > 0)
        bogo_flags_unimplemented("a listed group or scheme");
    set(builder, list);
}

static bool is_post_quantum(unsigned group)
{
    const char *name = bogo_names_group(group);
    return name != NULL && strstr(name, "MLKEM") != NULL;
}

/* The suite's own default: the first group's, and the first one's that is of the other kind. Ours is as much where the
 * first is a hybrid. */
static void set_default_key_shares(struct hf_builder *builder, const struct bogo_numbers *groups)
{
    for (size_t i = 1; i < groups->count; i++)
        if (!is_post_quantum(groups->values[0]) && is_post_quantum(groups->values[i])) {
            const struct bogo_numbers both = {.values = {groups->values[0], groups->values[i]}, .count = 2};
            set_list(builder, &both, bogo_names_group, hf_builder_key_share_groups);
            return;
        }
}

static void set_key_shares(struct hf_builder *builder, const struct bogo_flags *flags)
{
    set_default_key_shares(builder, &flags->curves);
    if (flags->no_key_shares)
        hf_builder_key_share_groups(builder, "");
    if (flags->key_shares.count > 3)
        bogo_flags_unimplemented("more than three key shares");
    set_list(builder, &flags->key_shares, bogo_names_group, hf_builder_key_share_groups);
}

/* Lists by name go to the library as they are, with what every list of theirs has: the suites of TLS 1.3. Other rules
 * of that little language, but one, are not done. */
static void set_suites(struct hf_builder *builder, const struct bogo_flags *flags)
{
    static const char suites13[] = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
    static const char suites_3des[] = "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA:TLS_RSA_WITH_3DES_EDE_CBC_SHA";
    char list[NAMES_MAX];
    const char *names = flags->cipher;
    if (bogo_profiles_suites(flags) != NULL)
        hf_builder_suites(builder, bogo_profiles_suites(flags));
    if (names == NULL)
        return;
    if (strcmp(names, "ALL:3DES") == 0)
        return; /* where it stands, another suite is the one that counts */
    if (strcmp(names, "3DES") == 0)
        names = suites_3des;
    if (strcmp(names, "DEFAULT:!AES") == 0)
        names = "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256:TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256";
    if (strncmp(names, "TLS_", 4) != 0 || strpbrk(names, "!+-") != NULL)
        bogo_flags_unimplemented("-cipher");
    snprintf(list, sizeof list, "%s:%s", suites13, names);
    for (char *at = list; *at != '\0'; at++)
        if (*at == '[' || *at == ']') /* what stands between is joined by '|' already */
            *at = ':';
    hf_builder_suites(builder, list);
}

/* "\3foo\3bar" as the wire has it, to "foo:bar". */
static void set_protocols(struct hf_builder *builder, const char *wire)
{
    char names[NAMES_MAX];
    size_t len = 0;
    for (const char *at = wire; *at != '\0' && len + 256 < sizeof names; at += 1 + (unsigned char)*at)
        len += (size_t)snprintf(names + len, sizeof names - len, "%s%.*s", len == 0 ? "" : ":", *at, at + 1);
    hf_builder_alpn(builder, names);
}

static void set_alpn(struct hf_builder *builder, const struct bogo_flags *flags)
{
    if (flags->advertise_alpn != NULL)
        set_protocols(builder, flags->advertise_alpn);
    if (flags->decline_alpn || !flags->server)
        return;
    if (flags->select_alpn != NULL)
        hf_builder_alpn(builder, flags->select_alpn);
    if (flags->reject_alpn)
        hf_builder_alpn(builder, "a-protocol-of-nobody");
}

static void set_paper(struct hf_builder *builder, const char *base64,
                      void (*set)(struct hf_builder *builder, size_t depth, const void *bytes, size_t len))
{
    uint8_t bytes[NAMES_MAX];
    size_t len = bogo_base64_read(base64, bytes, sizeof bytes, NULL);
    set(builder, /* depth= */ 0, bytes, len);
}

static void add_raw_identity(struct hf_builder *builder, const char *path)
{
    char key[NAMES_MAX];
    FILE *file = fopen(path, "r");
    if (file == NULL)
        bogo_flags_unimplemented("a key that cannot be read");
    size_t len = fread(key, 1, sizeof key, file);
    fclose(file);
    hf_builder_identity_raw_pem(builder, key, len);
}

static const char *name_of_types(const struct bogo_numbers *types)
{
    const bool raw_first = types->values[0] == 2;
    if (types->count == 1)
        return raw_first ? "raw" : "x509";
    return raw_first ? "raw:x509" : "x509:raw";
}

/* Whose keys are expected no flag says: the verdict is where the suite looks at them. */
static void set_types(struct hf_builder *builder, const struct bogo_flags *flags)
{
    if (flags->own_types.count > 0)
        hf_builder_own_certificate_types(builder, name_of_types(&flags->own_types));
    if (flags->peer_types.count == 0)
        return;
    hf_builder_peer_certificate_types(builder, name_of_types(&flags->peer_types));
    hf_builder_any_raw_key(builder);
}

static void add_shared_key(struct hf_builder *builder, const struct bogo_credential *credential)
{
    uint8_t name[NAMES_MAX], context[NAMES_MAX], key[HF_PSK_KEY_MAX];
    const struct hf_psk psk = {
        .identity = name,
        .identity_len = bogo_base64_read(credential->psk_name, name, sizeof name, NULL),
        .key = key,
        .key_len = bogo_base64_read(credential->psk_key, key, sizeof key, NULL),
        .hash = credential->psk_sha384 ? HF_PSK_SHA384 : HF_PSK_SHA256,
        .imported = true,
        .context = context,
        .context_len = credential->psk_context == NULL
                           ? 0
                           : bogo_base64_read(credential->psk_context, context, sizeof context, NULL),
    };
    hf_builder_psk13(builder, &psk);
}

static size_t read_text(const char *path, char into[NAMES_MAX])
{
    FILE *file = fopen(path, "r");
    if (file == NULL)
        bogo_flags_unimplemented("a file that cannot be read");
    size_t len = fread(into, 1, NAMES_MAX, file);
    fclose(file);
    return len;
}

/* The credential goes into a block as our own files have it. */
static void add_delegated(struct hf_builder *builder, const struct bogo_credential *credential)
{
    char chain[NAMES_MAX], key[NAMES_MAX], text[NAMES_MAX];
    const char *key_file = credential->key_file != NULL ? credential->key_file : credential->cert_file;
    const struct hf_authority_pair pair = {.certificate = chain,
                                           .certificate_len = read_text(credential->cert_file, chain),
                                           .key = key,
                                           .key_len = read_text(key_file, key)};
    int len =
        snprintf(text, sizeof text, "-----BEGIN DELEGATED CREDENTIAL-----\n%s\n-----END DELEGATED CREDENTIAL-----\n",
                 credential->delegated);
    hf_builder_identity_delegated_pem(builder, &pair, text, (size_t)len);
    hf_builder_identity_issuers(builder, credential->must_match_issuer ? HF_ISSUERS_MUST_FIT : HF_ISSUERS_ANY);
}

/* The suite limits what is accepted and what is signed with apart; ours is limited by what is accepted unless told. */
static void add_identity(struct hf_builder *builder, const struct bogo_credential *credential)
{
    const char *key_file = credential->key_file != NULL ? credential->key_file : credential->cert_file;
    if (credential->psk_key != NULL) {
        add_shared_key(builder, credential);
        return;
    }
    if (credential->delegated != NULL) {
        add_delegated(builder, credential);
        return;
    }
    if (credential->is_raw)
        add_raw_identity(builder, key_file);
    else
        hf_builder_identity_files(builder, credential->cert_file, key_file);
    if (credential->signing_prefs.count > 0)
        set_list(builder, &credential->signing_prefs, bogo_names_scheme, hf_builder_identity_schemes);
    else
        hf_builder_identity_schemes(builder, default_signing);
    hf_builder_identity_issuers(builder, credential->must_match_issuer ? HF_ISSUERS_MUST_FIT : HF_ISSUERS_ANY);
    if (credential->ocsp_response != NULL)
        set_paper(builder, credential->ocsp_response, hf_builder_identity_ocsp);
    if (credential->scts != NULL)
        set_paper(builder, credential->scts, hf_builder_identity_scts);
}

/* Then an identity that does not fit must not be presented; else the suite's certificates, which have no purpose and
 * long expired, are presented all the same. */
static bool has_bound(const struct bogo_flags *flags)
{
    for (size_t i = 0; i < flags->credential_count; i++)
        if (flags->credentials[i].must_match_issuer)
            return true;
    return false;
}

static bool has_shared_key(const struct bogo_flags *flags)
{
    for (size_t i = 0; i < flags->credential_count; i++)
        if (flags->credentials[i].psk_key != NULL)
            return true;
    return flags->psk != NULL;
}

/* Its key signs when the shim does: see exchange.c. */
static void add_slow_identity(struct hf_builder *builder, const struct bogo_flags *flags)
{
    char chain[NAMES_MAX];
    hf_builder_identity_outside(builder, chain, read_text(flags->cert_file, chain));
    hf_builder_identity_schemes(builder, default_signing);
    hf_builder_identity_issuers(builder, HF_ISSUERS_ANY);
}

const char *bogo_settings_key(const struct bogo_flags *flags)
{
    static char key[NAMES_MAX];
    size_t len = read_text(flags->key_file, key);
    key[len < sizeof key ? len : sizeof key - 1] = '\0';
    return key;
}

/* The default identity is the last to be looked at. */
static void set_identity(struct hf_builder *builder, const struct bogo_flags *flags)
{
    const struct bogo_credential own = {.cert_file = flags->cert_file,
                                        .key_file = flags->key_file,
                                        .signing_prefs = flags->signing_prefs,
                                        .ocsp_response = flags->declines_ocsp ? NULL : flags->ocsp_response,
                                        .scts = flags->scts};
    if (flags->server || !has_bound(flags)) /* also those whose certificates permit no delegation */
        hf_builder_present_anyway(builder);
    if (!flags->server)
        hf_builder_must_present(builder);
    for (size_t i = 0; i < flags->credential_count; i++)
        add_identity(builder, &flags->credentials[i]);
    if (own.cert_file != NULL && flags->key_delay_ms > 0)
        add_slow_identity(builder, flags);
    else if (own.cert_file != NULL)
        add_identity(builder, &own);
    else if (!flags->server && (flags->credential_count == 0 || (has_shared_key(flags) && flags->verify_peer)))
        hf_builder_anonymous(builder); /* also where a certificate of the server will do in place of a shared key */
}

/* One config sees a connection through: where another certificate is expected behind refused early data, it is pinned
 * from the first, for the flags name no CA of it. */
static void pin_peer_of_retry(struct hf_builder *builder, const struct bogo_flags *flags, const char *path)
{
    const char *before = flags->expect_peer_cert_file;
    if (!flags->early_data || flags->server || path == NULL || before == NULL || strcmp(path, before) == 0)
        return;
    hf_builder_allow_partial_chains(builder);
    hf_builder_trust_file(builder, path);
}

static void set_trust(struct hf_builder *builder, const struct bogo_flags *flags)
{
    if (flags->server)
        hf_builder_hello_outside(builder);
    else if (flags->fails_certificate)
        bogo_flags_unimplemented("a client that fails when it is asked for a certificate");
    bool asks = flags->verify_peer || flags->require_any_client_certificate || flags->use_client_ca_list != NULL;
    const char *trusted = flags->trust_cert;
    if (flags->server && flags->require_any_client_certificate)
        hf_builder_client_auth(builder, HF_CLIENT_AUTH_REQUIRE);
    else if (flags->server)
        hf_builder_client_auth(builder, asks ? HF_CLIENT_AUTH_REQUEST : HF_CLIENT_AUTH_NONE);
    else
        hf_builder_any_server_name(builder);
    if (trusted != NULL && trusted[0] != '\0')
        hf_builder_trust_file(builder, trusted);
    else
        hf_builder_trust_pem(builder, nobody, strlen(nobody));
    if (flags->server) {
        hf_builder_send_authorities(builder, false);
    }
    hf_builder_ask_staples(builder, flags->asks_ocsp && !flags->server);
    hf_builder_ask_scts(builder, flags->asks_scts && !flags->server);
    if (!has_shared_key(flags)) /* they leave nothing to judge */
        hf_builder_verdict_outside(builder);
    if (flags->max_cert_list > 0)
        hf_builder_max_handshake_message(builder, flags->max_cert_list);
}

/* Without tickets the sessions of a server have IDs, and one store or the other keeps them. */
static void set_sessions(struct hf_builder *builder, const struct bogo_flags *flags)
{
    if (!flags->server && !flags->no_ticket)
        hf_builder_session_tickets(builder);
    if (flags->early_data && flags->server) {
        hf_builder_early_data_from_anyone(builder);
        hf_builder_early_guard(builder, &bogo_sessions_guard);
        hf_builder_early_window(builder, 60);
    }
    if (flags->early_data && !flags->dtls)
        hf_builder_early_data(builder, flags->server ? SERVER_EARLY_MAX : EARLY_MAX);
    if (flags->false_start && !flags->dtls) /* over datagrams nobody starts early */
        hf_builder_false_start(builder, flags->false_start_always ? HF_FALSE_START_ALWAYS : HF_FALSE_START_WITH_ALPN);
    if (!flags->server)
        return;
    if (flags->no_ticket) {
        hf_builder_sessions_outside(builder);
        hf_builder_ticket_count(builder, 0); /* of 1.3 */
        return;
    }
    if (flags->skip_ticket) {
        hf_builder_ticket_count(builder, 0);
        return;
    }
    hf_builder_session_cache(builder, bogo_sessions_cache());
    hf_builder_ticket_keys(builder, bogo_sessions_ticket_keys());
}

/* The suite's keys are shorter than ours may be: the builder gets one that is long enough, see inside.h. */
static void set_psk(struct hf_builder *builder, const struct bogo_flags *flags)
{
    static const uint8_t placeholder[16];
    if (flags->psk == NULL)
        return;
    const char *identity = flags->psk_identity == NULL ? "" : flags->psk_identity;
    hf_builder_historic(builder, HF_HISTORIC_PLAIN_PSK);
    hf_builder_psk(builder, identity, strlen(identity), placeholder, sizeof placeholder);
    if (flags->server && flags->psk_identity != NULL)
        hf_builder_psk_hint(builder, identity);
}

/* The suite has OpenSSL's names of two profiles. Over streams there is no SRTP, which it expects. */
static void set_srtp(struct hf_builder *builder, const struct bogo_flags *flags)
{
    static const struct {
        const char *suite, *ours;
    } lists[] = {
        {"SRTP_AES128_CM_SHA1_80", "SRTP_AES128_CM_HMAC_SHA1_80"},
        {"SRTP_AES128_CM_SHA1_80:SRTP_AES128_CM_SHA1_32", "SRTP_AES128_CM_HMAC_SHA1_80:SRTP_AES128_CM_HMAC_SHA1_32"},
    };
    for (size_t i = 0; flags->srtp_profiles != NULL && flags->dtls && i < sizeof lists / sizeof lists[0]; i++)
        if (strcmp(flags->srtp_profiles, lists[i].suite) == 0)
            hf_builder_srtp(builder, lists[i].ours);
}

static unsigned nibble(char digit)
{
    return digit <= '9' ? (unsigned)(digit - '0') : (unsigned)(digit - 'a') + 10;
}

/* Names as hexadecimal DER, with commas between, to the vectors of RFC 9846 4.3.4. */
static void set_authorities(struct hf_config *config, const char *list)
{
    uint8_t wire[NAMES_MAX];
    size_t len = 0;
    if (list[0] == '<')
        return; /* <EMPTY>, <NULL>: none */
    while (*list != '\0') {
        size_t digits = strcspn(list, ",");
        if (len + 2 + digits / 2 > sizeof wire)
            return;
        wire[len++] = (uint8_t)(digits / 2 >> 8);
        wire[len++] = (uint8_t)(digits / 2);
        for (size_t i = 0; i + 1 < digits; i += 2)
            wire[len++] = (uint8_t)(nibble(list[i]) << 4 | nibble(list[i + 1]));
        list += digits + (list[digits] == ',');
    }
    if (!bogo_inside_set_authorities(config, wire, len))
        exit(1);
}

bool bogo_settings_has_ml_kem(void)
{
    struct hf_failure failure;
    struct hf_builder *builder = hf_builder_new(HF_CLIENT);
    hf_builder_groups(builder, "X25519MLKEM768");
    hf_builder_any_server_name(builder);
    hf_builder_anonymous(builder);
    hf_builder_psk13(builder,
                     &(struct hf_psk){.identity = "none", .identity_len = 4, .key = "sixteen bytes...", .key_len = 16});
    struct hf_config *config = hf_builder_finish(builder, 0, &failure);
    hf_config_drop(config);
    return config != NULL;
}

static struct hf_config *make(const struct bogo_flags *flags, const struct bogo_settings *settings, const char *suites,
                              struct hf_failure *ret_failure)
{
    struct hf_builder *builder = hf_builder_new(flags->server ? HF_SERVER : HF_CLIENT);
    set_versions(builder, flags);
    hf_builder_historic(builder, HF_HISTORIC_RSA_KEY_EXCHANGE | HF_HISTORIC_CBC | HF_HISTORIC_SHA1_SIGNATURES |
                                     HF_HISTORIC_PKCS1_CLIENTS);
    if (flags->cipher != NULL && strstr(flags->cipher, "3DES") != NULL)
        hf_builder_historic(builder, HF_HISTORIC_3DES);
    bool renegotiates = flags->renegotiates || flags->renegotiates_when_told || flags->renegotiates_once;
    if (renegotiates && !flags->server && !flags->dtls) /* nobody else may */
        hf_builder_historic(builder, HF_HISTORIC_RENEGOTIATION_FOLLOW);
    if (flags->demands_secure_renegotiation)
        hf_builder_demand_secure_renegotiation(builder);
    if (flags->record_max > 0)
        hf_builder_record_max(builder, (size_t)flags->record_max);
    if (flags->renegotiates_once)
        hf_builder_max_renegotiations(builder, 1);
    set_suites(builder, flags);
    if (suites != NULL)
        hf_builder_suites(builder, suites);
    const bool is_newer = bogo_settings_has_ml_kem() && !flags->dtls; /* over datagrams ours shares small keys first */
    hf_builder_groups(builder, is_newer ? default_groups_newer : default_groups);
    hf_builder_groups_in_order(builder);
    hf_builder_signature_schemes(builder, default_verifying);
    set_list(builder, &flags->curves, bogo_names_group, hf_builder_groups);
    set_list(builder, &flags->verify_prefs, bogo_names_scheme, hf_builder_signature_schemes);
    set_key_shares(builder, flags);
    if (flags->grease || flags->server) /* tickets of the suite's own shim always have some */
        hf_builder_grease(builder);
    set_alpn(builder, flags);
    set_identity(builder, flags);
    set_trust(builder, flags);
    pin_peer_of_retry(builder, flags, settings->retry_peer);
    set_types(builder, flags);
    set_sessions(builder, flags);
    set_psk(builder, flags);
    set_srtp(builder, flags);
    bogo_compression_set(builder, flags);
    bogo_ech_set(builder, flags);
    hf_builder_allow_loose_profile(builder); /* its certificates have no subject, and names that are not critical */
    hf_builder_allow_without_extended_master_secret(builder); /* as the suite's own shim does */
    hf_builder_key_log(builder, settings->key_log, settings->context);
    hf_builder_observe(builder, settings->seen, settings->context);
    struct hf_config *config = hf_builder_finish(builder, settings->now_s, ret_failure);
    if (config != NULL && flags->use_client_ca_list != NULL)
        set_authorities(config, flags->use_client_ca_list);
    if (config != NULL && flags->psk != NULL)
        bogo_inside_set_psk(config, flags->psk);
    return config;
}

/* The suite's own servers take the suites of 1.3 as equal, and so in the client's order: those of a list that have no
 * key exchange in their names. */
static void make_equal(char *list)
{
    for (char *at = strchr(list, ':'); at != NULL; at = strchr(at + 1, ':')) {
        const size_t len = strcspn(at + 1, ":");
        const char *with = strstr(at + 1, "_WITH_");
        if (with == NULL || with > at + 1 + len)
            *at = '|';
    }
}

struct hf_config *bogo_settings_make(const struct bogo_flags *flags, const struct bogo_settings *settings,
                                     struct hf_failure *ret_failure)
{
    char list[NAMES_MAX];
    struct hf_config *config = make(flags, settings, /* suites= */ NULL, ret_failure);
    if (config == NULL || !flags->server || flags->cipher != NULL || bogo_profiles_suites(flags) != NULL)
        return config;
    snprintf(list, sizeof list, "%s", hf_config_suites(config));
    hf_config_drop(config);
    make_equal(list);
    return make(flags, settings, list, ret_failure);
}
