/* Expectations. The suite's own shim makes some of them without being asked: a client has a peer with a certificate,
 * the protocol chosen is the one expected, or none, and nothing is resumed that should not be. */
#include "checks.h"

#include "base64.h"
#include "ech.h"
#include "inside.h"
#include "quic_link.h"
#include "names.h"

#include <handfast/early.h>
#include <handfast/inspect.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PEM_MAX = 1 << 16 };

static bool wrong(const char *what, const char *wanted, const char *got)
{
    fprintf(stderr, "%s: wanted \"%s\", got \"%s\"\n", what, wanted, got);
    return false;
}

static bool same(const char *what, const char *wanted, const char *got)
{
    if (wanted == NULL)
        wanted = "";
    return strcmp(wanted, got) == 0 || wrong(what, wanted, got);
}

/* An expected code point, 0: none expected. */
static bool same_id(const char *what, uint64_t wanted, const char *(*name)(unsigned id), const char *got)
{
    const char *wanted_name = wanted == 0 ? NULL : name((unsigned)wanted);
    if (wanted == 0)
        return true;
    return wanted_name != NULL ? same(what, wanted_name, got) : wrong(what, "a number without a name", got);
}

/* The next certificate of a PEM text, as DER; the length, 0 when there is none. */
static size_t next_certificate(const char **text, uint8_t *der, size_t room)
{
    const char *at = strstr(*text, "-----BEGIN CERTIFICATE-----\n");
    return at == NULL ? 0 : bogo_base64_read(strchr(at, '\n'), der, room, text);
}

/* The file's certificates are the peer's, in order; behind them the proven path has the CA. */
static bool check_chain(const struct hf_peer *peer, const char *path)
{
    static char text[PEM_MAX];
    static uint8_t der[PEM_MAX];
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return wrong("-expect-peer-cert-file", path, "a file that cannot be read");
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    const char *at = text;
    size_t len;
    for (size_t i = 0; (len = next_certificate(&at, der, sizeof der)) > 0; i++) {
        size_t got_len = 0;
        const uint8_t *got = peer == NULL ? NULL : hf_peer_chain(peer, i, &got_len);
        if (got == NULL || got_len != len || memcmp(got, der, len) != 0)
            return wrong("peer's chain", path, "another certificate");
    }
    return true;
}

/* By the key's fingerprint, in base64. */
static bool check_raw_key(const struct hf_peer *peer, const char *expected)
{
    uint8_t digest[64];
    size_t raw_len = 0;
    size_t len = bogo_base64_read(expected, digest, sizeof digest, NULL);
    if (peer != NULL && hf_peer_raw_key(peer, &raw_len) != NULL && len == 32 &&
        memcmp(hf_peer_key_fingerprint(peer), digest, len) == 0)
        return true;
    return wrong("raw public key", expected, peer == NULL ? "none" : hf_peer_subject(peer));
}

static bool check_type(const struct hf_peer *peer, const char *expected)
{
    size_t len = 0;
    return same("certificate type", expected, peer != NULL && hf_peer_raw_key(peer, &len) != NULL ? "2" : "0");
}

static bool check_peer(const struct bogo_exchange *exchange)
{
    const struct bogo_flags *flags = exchange->flags;
    struct hf_connection *connection = exchange->link.connection;
    const struct hf_peer *peer = exchange->opened ? hf_peer(connection) : hf_early_peer(connection);
    struct hf_session_info info;
    hf_session_info(connection, &info);
    const bool has_shared_key = info.psk_identity != NULL;
    if (flags->expect_no_peer_cert && peer != NULL)
        return wrong("peer", "no certificate", hf_peer_subject(peer));
    bool wanted = !has_shared_key && (!flags->server || flags->require_any_client_certificate);
    if (!flags->expect_no_peer_cert && wanted && peer == NULL)
        return wrong("peer", "a certificate", "none");
    if (flags->expect_raw_key != NULL && !check_raw_key(peer, flags->expect_raw_key))
        return false;
    if (flags->expect_peer_type != NULL && !check_type(peer, flags->expect_peer_type))
        return false;
    return flags->expect_peer_cert_file == NULL || check_chain(peer, flags->expect_peer_cert_file);
}

/* What came beside the peer's certificate; the library keeps it for the connection in which it came, not for sessions.
 */
static bool check_paper(const struct hf_peer *peer, const char *expected,
                        const uint8_t *(*find)(const struct hf_peer *peer, size_t i, size_t *ret_len))
{
    static uint8_t wanted[PEM_MAX];
    size_t wanted_len = expected == NULL ? 0 : bogo_base64_read(expected, wanted, sizeof wanted, NULL);
    size_t len = 0;
    const uint8_t *got = peer == NULL ? NULL : find(peer, 0, &len);
    if (expected == NULL || (len == wanted_len && memcmp(got, wanted, len) == 0))
        return true;
    return wrong("what stands beside the certificate", expected, "other bytes");
}

static bool check_papers(const struct bogo_exchange *exchange, const struct hf_session_info *info)
{
    const struct hf_peer *peer = hf_peer(exchange->link.connection);
    return info->resumed || (check_paper(peer, exchange->flags->expect_ocsp_response, hf_peer_ocsp) &&
                             check_paper(peer, exchange->flags->expect_scts, hf_peer_scts));
}

static bool check_names(const struct bogo_exchange *exchange, const struct hf_session_info *info)
{
    const struct bogo_flags *flags = exchange->flags;
    if (flags->expect_server_name != NULL && !same("server name", flags->expect_server_name, info->server_name))
        return false;
    if (flags->expect_no_server_name && !same("server name", "", info->server_name))
        return false;
    if (flags->expect_client_ca_list != NULL && !exchange->client_cas_match)
        return wrong("names of CAs", flags->expect_client_ca_list, "others");
    if (flags->expect_peer_verify_prefs.count > 0 && !exchange->schemes_match)
        return wrong("the peer's schemes", "those expected", "others");
    if (flags->expect_certificate_types != NULL && !exchange->types_match)
        return wrong("types of certificates", flags->expect_certificate_types, "others");
    if (flags->expect_advertised_alpn != NULL && !exchange->protocols_match)
        return wrong("protocols offered", flags->expect_advertised_alpn, "others");
    return same("protocol", flags->server ? flags->select_alpn : flags->expect_alpn, info->alpn);
}

static bool check_choices(const struct bogo_flags *flags, const struct hf_session_info *info)
{
    char version[16];
    char wanted[16];
    snprintf(version, sizeof version, "%u", (unsigned)info->version);
    snprintf(wanted, sizeof wanted, "%u", (unsigned)flags->expect_version);
    if (flags->expect_version != 0 && !same("version", wanted, version))
        return false;
    if (flags->expect_hrr && !info->hello_retried)
        return wrong("HelloRetryRequest", "one", "none");
    if (flags->expect_no_hrr && info->hello_retried)
        return wrong("HelloRetryRequest", "none", "one");
    if (flags->expect_extended_master_secret && info->version == HF_TLS12 && !info->extended_master_secret)
        return wrong("extended master secret", "yes", "no");
    if (!same_id("suite", flags->expect_cipher, bogo_names_suite, info->suite) ||
        !same_id("suite", flags->expect_cipher_aes, bogo_names_suite, info->suite))
        return false;
    const bool is_12 = info->version == HF_TLS12 || info->version == HF_DTLS12;
    if (!(info->resumed && is_12) && !same_id("group", flags->expect_curve_id, bogo_names_group, info->group))
        return false;
    return info->resumed /* then nobody signed */ ||
           same_id("peer's scheme", flags->expect_peer_signature_algorithm, bogo_names_scheme, info->peer_scheme);
}

/* Where the identity that was used stands among those listed: a shared key by its name, others by their order. */
static int place_of_identity(const struct bogo_flags *flags, const struct hf_session_info *info)
{
    size_t others = 0;
    for (size_t i = 0; i < flags->credential_count; i++) {
        uint8_t name[64];
        const struct bogo_credential *one = &flags->credentials[i];
        size_t len = one->psk_key == NULL ? 0 : bogo_base64_read(one->psk_name, name, sizeof name, NULL);
        bool is_shared = info->psk_identity != NULL && len > 0;
        if (is_shared && info->psk_identity_len == len && memcmp(info->psk_identity, name, len) == 0)
            return (int)i;
        if (one->psk_key == NULL && info->presented_certificate && info->own_identity == others++)
            return (int)i;
    }
    return -1;
}

/* The suite counts from 0; -1 is the default identity, or none. */
static bool check_identity(const struct bogo_flags *flags, const struct hf_session_info *info)
{
    char got[16];
    snprintf(got, sizeof got, "%d", place_of_identity(flags, info));
    return flags->expect_selected_credential == NULL || same("identity", flags->expect_selected_credential, got);
}

static bool check_session(const struct bogo_exchange *exchange, const struct hf_session_info *info)
{
    bool wanted = exchange->is_resume && !exchange->flags->expect_session_miss;
    return info->resumed == wanted ||
           wrong("session", wanted ? "resumed" : "a new one", wanted ? "a new one" : "resumed");
}

static bool check_age(const struct bogo_exchange *exchange, const struct hf_session_info *info)
{
    char got[16];
    snprintf(got, sizeof got, "%d", (int)info->ticket_age_skew_s);
    return exchange->flags->expect_age_skew == NULL || !info->resumed ||
           same("ticket's age", exchange->flags->expect_age_skew, got);
}

static bool check_early_data(const struct bogo_flags *flags, const struct hf_session_info *info)
{
    if (flags->expect_early_taken && !info->early_data && !flags->dtls) /* the suite has none there either */
        return wrong("early data", "taken", "not taken");
    return !flags->expect_early_refused || !info->early_data || wrong("early data", "refused", "taken");
}

bool bogo_checks_opened(const struct bogo_exchange *exchange)
{
    struct hf_session_info info;
    hf_session_info(exchange->link.connection, &info);
    return bogo_quic_link_check(&exchange->link) && check_session(exchange, &info) && check_age(exchange, &info) &&
           check_early_data(exchange->flags, &info) && check_choices(exchange->flags, &info) &&
           check_identity(exchange->flags, &info) && check_names(exchange, &info) && check_peer(exchange) &&
           check_papers(exchange, &info) && bogo_ech_check_opened(exchange->link.connection, exchange->flags);
}

bool bogo_checks_ended(const struct bogo_exchange *exchange)
{
    const char *wanted = exchange->flags->expect_msg_callback;
    if (exchange->flags->expect_ticket_renewal && exchange->sessions_kept == 0)
        return wrong("ticket", "a new one", "none");
    if (exchange->renegotiations != exchange->flags->expect_renegotiations) {
        fprintf(stderr, "%llu renegotiations\n", (unsigned long long)exchange->renegotiations);
        return false;
    }
    if (exchange->flags->expect_early_ticket && !bogo_inside_takes_early_data(exchange->sessions))
        return wrong("ticket", "one for early data", "another");
    return wanted == NULL || same("trace", wanted, exchange->trace);
}
