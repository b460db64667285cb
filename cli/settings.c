/* From flags to a configuration. The library judges what the flags say; this file only hands them over, asks for a
 * pass phrase when a key needs one, and keeps the key log's file.
 * Invariant: whatever ends without a configuration was said on stderr. */
#define _GNU_SOURCE
#include "settings.h"

#include <handfast/compression.h>
#include <handfast/delegation.h>
#include <handfast/early.h>
#include <handfast/session.h>

#include "ech.h"
#include "historic.h"
#include "identities.h"
#include "keys.h"
#include "lock.h"
#include "out.h"
#include "pass_phrase.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FIELD(name) offsetof(struct hf_settings, name)

enum { SESSION_LIFETIME_S = 3600 };

const struct hf_option hf_settings_identity[] = {
    {.name = "cert",
     .value = "FILE",
     .kind = HF_OPTION_LIST,
     .offset = FIELD(certs),
     .help = "our certificate, then its intermediates (PEM); may be repeated,\n"
             "and the one that fits the peer is chosen"},
    {.name = "key",
     .value = "FILE",
     .kind = HF_OPTION_LIST,
     .offset = FIELD(keys),
     .help = "its private key, in the order of the --cert flags: a file (PEM), or\na key in a PKCS#11 token: "
             "pkcs11:token=NAME;object=NAME;\nwithout any, each --cert file holds its key too"},
    {.name = "raw-key",
     .value = "FILE",
     .kind = HF_OPTION_LIST,
     .offset = FIELD(raw_keys),
     .help = "a private key that proves us without a certificate (RFC 7250), to\npeers that know its public half"},
    {.name = "delegated",
     .value = "FILE",
     .kind = HF_OPTION_LIST,
     .offset = FIELD(delegated),
     .help = "a delegated credential and its key (cert delegate), in the order of\n"
             "the --cert flags: peers that take it get it; then --key may be missing"},
    {.name = "take-delegated",
     .value = "LIST",
     .kind = HF_OPTION_TEXT,
     .offset = FIELD(take_delegated),
     .help = "let peers prove themselves by delegated credentials of these\nsignature schemes (RFC 9345)"},
    {.name = "staple",
     .value = "FILE",
     .kind = HF_OPTION_LIST,
     .offset = FIELD(staples),
     .help = "an OCSP response (DER) that says that our certificate is good,\nshown with it to peers that ask; in the "
             "order of the --cert flags"},
    {.name = "passfile",
     .value = "FILE",
     .kind = HF_OPTION_TEXT,
     .offset = FIELD(passfile),
     .help = "the first line opens encrypted keys, and is the PIN of tokens;\nelse the terminal is asked"},
    {.name = "lock-memory",
     .kind = HF_OPTION_SWITCH,
     .offset = FIELD(lock_memory),
     .help = "lock all memory of the program and forbid core dumps, so that keys\nreach neither swap nor a file"},
    {.name = "psk-file",
     .value = "FILE",
     .kind = HF_OPTION_TEXT,
     .offset = FIELD(psk_file),
     .help = "keys shared beforehand, lines of IDENTITY:KEY in hexadecimal;\nfor TLS 1.2 with suites like "
             "ECDHE-PSK-AES128-GCM-SHA256"},
    {.name = "psk13-file",
     .value = "FILE",
     .kind = HF_OPTION_TEXT,
     .offset = FIELD(psk13_file),
     .help = "such keys for TLS 1.3; use others than in --psk-file"},
    {.name = "psk13-hash",
     .value = "HASH",
     .kind = HF_OPTION_CHOICE,
     .offset = FIELD(psk13_hash),
     .choices = "sha256|sha384",
     .help = "the hash that these are for; default sha256"},
    {.name = "psk13-import",
     .kind = HF_OPTION_SWITCH,
     .offset = FIELD(psk13_import),
     .help = "derive keys for each protocol and hash from them (RFC 9258);\nthe peer must do so too"},
    {.name = "psk13-and-cert",
     .kind = HF_OPTION_SWITCH,
     .offset = FIELD(psk13_and_cert),
     .help = "demand both such a key and certificates (RFC 8773bis); TLS 1.3\nonly, and the peer must do so too"},
    {.name = "psk-identity",
     .value = "NAME",
     .kind = HF_OPTION_TEXT,
     .offset = FIELD(psk_identity),
     .help = "which key of these files; default: a client's first (TLS 1.3:\nall), all of a server's"},
    {.name = "send-anyway",
     .kind = HF_OPTION_SWITCH,
     .offset = FIELD(send_anyway),
     .help = "present our certificate even when it has expired or does not\nfit what the peer asks for (for tests)"},
};
const size_t hf_settings_identity_count = sizeof hf_settings_identity / sizeof hf_settings_identity[0];

const struct hf_option hf_settings_admission[] = {
    {.name = "admit",
     .value = "RULE|@FILE",
     .kind = HF_OPTION_LIST,
     .offset = FIELD(admit),
     .help = "go on only with a peer like this: spiffe://DOMAIN/PATH, dns:NAME,\nuri:, email:, ip:, issuer:, "
             "spki-sha256:, with all(), any(), not()\nand * within a name; or a file of rules (docs/ADMISSION.md)"},
    {.name = "admit-common-names",
     .kind = HF_OPTION_SWITCH,
     .offset = FIELD(admit_common_names),
     .help = "rules may use cn:, the common name; CAs do not always check it"},
};
const size_t hf_settings_admission_count = sizeof hf_settings_admission / sizeof hf_settings_admission[0];

const struct hf_option hf_settings_revocation[] = {
    {.name = "crl",
     .value = "FILE",
     .kind = HF_OPTION_LIST,
     .offset = FIELD(crls),
     .help = "revocation lists of the peer's CAs, complete or delta\n(PEM or DER); may be repeated"},
    {.name = "ocsp",
     .value = "FILE",
     .kind = HF_OPTION_LIST,
     .offset = FIELD(responses),
     .help = "an OCSP response about a peer's certificate (DER);\nmay be repeated"},
    {.name = "revocation",
     .value = "HOW",
     .kind = HF_OPTION_CHOICE,
     .offset = FIELD(revocation),
     .choices = "off|soft|hard",
     .help = "hard (default with --crl or --ocsp): what cannot be told\nis refused; soft: it is let in, and said"},
    {.name = "revocation-age",
     .value = "HOURS",
     .kind = HF_OPTION_NUMBER,
     .offset = FIELD(revocation_age),
     .max = 87600,
     .help = "older lists and responses are stale even before they say\nso themselves"},
};
const size_t hf_settings_revocation_count = sizeof hf_settings_revocation / sizeof hf_settings_revocation[0];

const struct hf_option hf_settings_policy[] = {
    {.name = "dtls", .kind = HF_OPTION_SWITCH, .offset = FIELD(dtls), .help = "DTLS over UDP instead of TLS over TCP"},
    {.name = "connection-id",
     .kind = HF_OPTION_SWITCH,
     .offset = FIELD(connection_id),
     .help = "with --dtls, at both ends: the client may change its address, as\nbehind a NAT (RFC 9146, RFC 9853)"},
    {.name = "min-version",
     .value = "V",
     .kind = HF_OPTION_CHOICE,
     .offset = FIELD(min_version),
     .choices = "1.2|1.3",
     .help = "1.2 or 1.3; default 1.2"},
    {.name = "max-version",
     .value = "V",
     .kind = HF_OPTION_CHOICE,
     .offset = FIELD(max_version),
     .choices = "1.2|1.3",
     .help = "1.2 or 1.3; default 1.3"},
    {.name = "suites",
     .value = "LIST",
     .kind = HF_OPTION_TEXT,
     .offset = FIELD(suites),
     .help = "cipher suites by their IANA names, best first: A:B:C"},
    {.name = "groups",
     .value = "LIST",
     .kind = HF_OPTION_TEXT,
     .offset = FIELD(groups),
     .help = "key-exchange groups, best first: x25519:secp256r1"},
    {.name = "sigalgs",
     .value = "LIST",
     .kind = HF_OPTION_TEXT,
     .offset = FIELD(sigalgs),
     .help = "signature schemes, best first: ed25519:ecdsa_secp256r1_sha256"},
    {.name = "historic",
     .value = "LIST",
     .kind = HF_OPTION_TEXT,
     .offset = FIELD(historic),
     .help = "turn on what practice has retired, for study and old peers:\n" HF_HISTORIC_NAMES},
    {.name = "alpn",
     .value = "LIST",
     .kind = HF_OPTION_TEXT,
     .offset = FIELD(alpn),
     .help = "application protocols, best first: h2:http/1.1"},
    {.name = "cert-compression",
     .value = "LIST",
     .kind = HF_OPTION_TEXT,
     .offset = FIELD(cert_compression),
     .help = "compress certificates, and take them compressed, in TLS 1.3\n(RFC 8879): zlib, brotli, zstd, best first"},
    {.name = "keylog",
     .value = "FILE",
     .kind = HF_OPTION_TEXT,
     .offset = FIELD(keylog),
     .help = "append the session keys to FILE: who has it can read\neverything (for Wireshark; RFC 9850)"},
};
const size_t hf_settings_policy_count = sizeof hf_settings_policy / sizeof hf_settings_policy[0];

static bool counts_fit(const struct hf_settings *settings, const char *command, int *ret_exit)
{
    if (settings->staples.count > settings->certs.count) {
        *ret_exit = hf_out_usage(command, "%zu --staple but %zu --cert: each belongs to a certificate",
                                 settings->staples.count, settings->certs.count);
        return false;
    }
    if (settings->delegated.count > settings->certs.count) {
        *ret_exit = hf_out_usage(command, "%zu --delegated but %zu --cert: each belongs to a certificate",
                                 settings->delegated.count, settings->certs.count);
        return false;
    }
    if (settings->keys.count == 0 || settings->keys.count == settings->certs.count)
        return true;
    *ret_exit = hf_out_usage(command, "%zu --cert but %zu --key: each --cert has its --key, or all files hold both",
                             settings->certs.count, settings->keys.count);
    return false;
}

static enum hf_version version_of(const char *text, enum hf_version otherwise)
{
    if (text == NULL)
        return otherwise;
    return strcmp(text, "1.2") == 0 ? HF_TLS12 : HF_TLS13;
}

static void write_key_log_line(void *context, const char *line)
{
    FILE *file = context;
    (void)fprintf(file, "%s\n", line);
    (void)fflush(file); /* another program reads it while we run */
}

/* Opens the key log for appending, readable by its owner only. */
static bool open_key_log(const char *path, const char *command, FILE **ret_file, int *ret_exit)
{
    *ret_file = NULL;
    if (path == NULL)
        return true;
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "a");
    if (file == NULL) {
        hf_out_error("%s: the key log %s cannot be written: %s", command, path, strerror(errno));
        *ret_exit = hf_error_exit_status(HF_ERR_file_unreadable);
        if (fd >= 0)
            close(fd);
        return false;
    }
    *ret_file = file;
    return true;
}

static void give_presence(struct hf_builder *builder, const struct hf_settings *settings, enum hf_role role)
{
    if (settings->send_anyway)
        hf_builder_present_anyway(builder);
    bool has_identity = settings->certs.count > 0 || settings->raw_keys.count > 0;
    if (!has_identity && role == HF_CLIENT && !hf_settings_has_keys(settings))
        hf_builder_anonymous(builder);
}

static void give_admission(struct hf_builder *builder, const struct hf_settings *settings)
{
    if (settings->admit_common_names)
        hf_builder_admit_common_names(builder);
    for (size_t i = 0; i < settings->admit.count; i++) {
        const char *rules = settings->admit.items[i];
        if (rules[0] == '@')
            hf_builder_admit_file(builder, rules + 1);
        else
            hf_builder_admit(builder, rules);
    }
}

static void give_rules(struct hf_builder *builder, const struct hf_settings *settings, enum hf_role role)
{
    give_admission(builder, settings);
    if (role == HF_CLIENT && settings->any_name)
        hf_builder_any_server_name(builder);
    if (settings->later != NULL)
        hf_builder_post_handshake_auth(builder, strcmp(settings->later, "decline") == 0 ? HF_POST_HANDSHAKE_AUTH_DECLINE
                                                                                        : HF_POST_HANDSHAKE_AUTH_ON);
    if (role == HF_SERVER && settings->client_auth != NULL && strcmp(settings->client_auth, "none") == 0)
        hf_builder_client_auth(builder, HF_CLIENT_AUTH_NONE);
    if (role == HF_SERVER && settings->client_auth != NULL && strcmp(settings->client_auth, "request") == 0)
        hf_builder_client_auth(builder, HF_CLIENT_AUTH_REQUEST);
}

static void give_revocation(struct hf_builder *builder, const struct hf_settings *settings)
{
    const char *how = settings->revocation;
    enum hf_revocation_mode mode = how == NULL || strcmp(how, "hard") == 0 ? HF_REVOCATION_HARD
                                   : strcmp(how, "soft") == 0              ? HF_REVOCATION_SOFT
                                                                           : HF_REVOCATION_OFF;
    for (size_t i = 0; i < settings->crls.count; i++)
        hf_builder_crl_file(builder, settings->crls.items[i]);
    for (size_t i = 0; i < settings->responses.count; i++)
        hf_builder_ocsp_file(builder, settings->responses.items[i]);
    if (how != NULL || settings->revocation_age > 0)
        hf_builder_revocation(builder, mode, (uint32_t)settings->revocation_age * 3600);
}

static void give_policy(struct hf_builder *builder, const struct hf_settings *settings, enum hf_role role)
{
    enum {
        ANEW_FOR_DAMAGE = 3, /* below what a refusal counts for: people are told of it at once */
        SERVER_ID_LEN = 8
    };
    if (settings->dtls) {
        hf_builder_datagrams(builder);
        hf_builder_begin_anew(builder, ANEW_FOR_DAMAGE);
    }
    if (settings->connection_id)
        hf_builder_connection_ids(builder, role == HF_SERVER ? SERVER_ID_LEN : 0);
    if (settings->min_version != NULL || settings->max_version != NULL || settings->psk13_and_cert)
        hf_builder_versions(builder, version_of(settings->min_version, settings->psk13_and_cert ? HF_TLS13 : HF_TLS12),
                            version_of(settings->max_version, HF_TLS13));
    if (settings->suites != NULL)
        hf_builder_suites(builder, settings->suites);
    if (settings->groups != NULL)
        hf_builder_groups(builder, settings->groups);
    if (settings->sigalgs != NULL)
        hf_builder_signature_schemes(builder, settings->sigalgs);
    if (settings->alpn != NULL)
        hf_builder_alpn(builder, settings->alpn);
    if (settings->take_delegated != NULL)
        hf_builder_take_delegated(builder, settings->take_delegated);
    if (settings->cert_compression != NULL)
        hf_builder_certificate_compression(builder, HF_COMPRESSION_BOTH, settings->cert_compression);
}

struct making {
    const struct hf_settings *settings;
    const struct hf_settings_observer *observer;
    const struct hf_settings_kept *kept;
    enum hf_role role;
};

bool hf_settings_has_keys(const struct hf_settings *settings)
{
    return settings->psk_file != NULL || settings->psk13_file != NULL;
}

/* false, and *ret_failure: a file has none. */
static bool give_keys(struct hf_builder *builder, const struct hf_settings *settings, struct hf_failure *ret_failure)
{
    const struct hf_keys keys12 = {.path = settings->psk_file, .identity = settings->psk_identity};
    const struct hf_keys keys13 = {
        .path = settings->psk13_file,
        .identity = settings->psk_identity,
        .of_13 = true,
        .hash =
            settings->psk13_hash != NULL && strcmp(settings->psk13_hash, "sha384") == 0 ? HF_PSK_SHA384 : HF_PSK_SHA256,
        .imported = settings->psk13_import,
    };
    if (settings->psk13_and_cert)
        hf_builder_psk13_with_certificates(builder);
    return (keys12.path == NULL || hf_keys_give(builder, &keys12, ret_failure)) &&
           (keys13.path == NULL || hf_keys_give(builder, &keys13, ret_failure));
}

static void give_sessions(struct hf_builder *builder, const struct hf_settings *settings,
                          const struct hf_settings_kept *kept)
{
    if (settings->keeps_session)
        hf_builder_session_tickets(builder);
    if (settings->early_data)
        hf_builder_early_data(builder, HF_SETTINGS_EARLY_MAX);
    if (settings->prepared_shares > 0)
        hf_builder_key_share_pool(builder, settings->prepared_shares);
    if (kept->session_cache != NULL)
        hf_builder_session_cache(builder, kept->session_cache);
    if (kept->ticket_keys != NULL)
        hf_builder_ticket_keys(builder, kept->ticket_keys);
}

static void give_views(struct hf_builder *builder, const struct making *making)
{
    if (making->kept->key_log != NULL)
        hf_builder_key_log(builder, write_key_log_line, making->kept->key_log);
    if (making->observer != NULL && making->observer->seen != NULL)
        hf_builder_observe(builder, making->observer->seen, making->observer->context);
}

/* NULL with an error in *ret_failure. */
static struct hf_config *make(const struct making *making, const struct hf_pass_phrase *phrase, int64_t now_s,
                              struct hf_failure *ret_failure)
{
    const struct hf_settings *settings = making->settings;
    struct hf_builder *builder = hf_builder_new(making->role);
    if (builder == NULL) {
        *ret_failure = (struct hf_failure){.error = HF_ERR_no_memory, .alert = HF_ALERT_none, .depth = -1};
        return NULL;
    }
    give_presence(builder, settings, making->role);
    give_rules(builder, settings, making->role);
    give_revocation(builder, settings);
    give_policy(builder, settings, making->role);
    give_sessions(builder, settings, making->kept);
    give_views(builder, making);
    if (settings->historic != NULL)
        hf_historic_give(builder, settings->historic);
    if (!hf_identities_give(builder, settings, phrase, ret_failure) ||
        !hf_settings_trust_give(builder, &settings->trust, &settings->authorities, ret_failure) ||
        !give_keys(builder, settings, ret_failure) ||
        !hf_ech_give(builder, &settings->ech, making->role, ret_failure)) {
        hf_builder_free(builder);
        return NULL;
    }
    return hf_builder_finish(builder, now_s, ret_failure);
}

/* Makes it, and makes it again when all that was missing is a pass phrase that somebody can type. */
static struct hf_config *make_with_help(const struct making *making, struct hf_pass_phrase *phrase,
                                        struct hf_failure *ret_failure)
{
    int64_t now_s = (int64_t)time(NULL);
    struct hf_config *config = make(making, phrase, now_s, ret_failure);
    bool wants_pin = ret_failure->error == HF_ERR_token_pin_missing;
    if (config != NULL || phrase->len > 0 || (!wants_pin && ret_failure->error != HF_ERR_key_encrypted))
        return config;
    char question[160];
    (void)snprintf(question, sizeof question, "%s of %.100s", wants_pin ? "PIN" : "pass phrase",
                   ret_failure->where[0] != '\0' ? ret_failure->where : "the private key");
    return hf_pass_phrase_ask(question, phrase) ? make(making, phrase, now_s, ret_failure) : NULL;
}

static bool read_phrase(const struct hf_settings *settings, struct hf_pass_phrase *phrase,
                        struct hf_failure *ret_failure)
{
    return settings->passfile == NULL || hf_pass_phrase_read(settings->passfile, phrase, ret_failure);
}

/* Of this run: the configs hold them as long as they live. */
static bool keep_sessions(const struct hf_settings *settings, struct hf_settings_kept *kept)
{
    if (settings->session_cache > 0)
        kept->session_cache = hf_session_cache_new(settings->session_cache, SESSION_LIFETIME_S);
    if (settings->tickets)
        kept->ticket_keys = hf_ticket_keys_new();
    return (settings->session_cache == 0 || kept->session_cache != NULL) &&
           (!settings->tickets || kept->ticket_keys != NULL);
}

void hf_settings_release(struct hf_settings_kept *kept)
{
    if (kept->key_log != NULL)
        (void)fclose(kept->key_log);
    hf_session_cache_drop(kept->session_cache);
    hf_ticket_keys_drop(kept->ticket_keys);
    *kept = (struct hf_settings_kept){.key_log = NULL};
}

/* What makes no sense whatever the files hold. */
static bool check_flags(const struct hf_settings *settings, const char *command, int *ret_exit)
{
    return counts_fit(settings, command, ret_exit) && hf_settings_trust_check(&settings->trust, command, ret_exit) &&
           (settings->historic == NULL || hf_historic_check(settings->historic, command, ret_exit));
}

struct hf_config *hf_settings_config(const struct hf_settings *settings, enum hf_role role, const char *command,
                                     const struct hf_settings_observer *observer, struct hf_settings_kept *ret_kept,
                                     int *ret_exit)
{
    struct hf_settings_kept kept = {.key_log = NULL};
    const struct making making = {.settings = settings, .observer = observer, .kept = &kept, .role = role};
    struct hf_pass_phrase phrase = {.len = 0};
    struct hf_failure failure = {.error = HF_ERR_no_memory, .alert = HF_ALERT_none, .depth = -1};
    struct hf_config *config = NULL;
    if (!check_flags(settings, command, ret_exit) || !open_key_log(settings->keylog, command, &kept.key_log, ret_exit))
        return NULL;
    if ((!settings->lock_memory || hf_lock_memory(&failure)) && keep_sessions(settings, &kept) &&
        read_phrase(settings, &phrase, &failure))
        config = make_with_help(&making, &phrase, &failure);
    hf_pass_phrase_wipe(&phrase);
    if (config == NULL) {
        *ret_exit = hf_out_failure(command, &failure);
        hf_settings_release(&kept);
        return NULL;
    }
    *ret_kept = kept;
    return config;
}

struct hf_config *hf_settings_config_again(const struct hf_settings *settings, enum hf_role role,
                                           const struct hf_settings_observer *observer,
                                           const struct hf_settings_kept *kept, struct hf_failure *ret_failure)
{
    const struct making making = {.settings = settings, .observer = observer, .kept = kept, .role = role};
    struct hf_pass_phrase phrase = {.len = 0};
    struct hf_config *config = NULL;
    if (read_phrase(settings, &phrase, ret_failure))
        config = make(&making, &phrase, (int64_t)time(NULL), ret_failure);
    hf_pass_phrase_wipe(&phrase);
    return config;
}
