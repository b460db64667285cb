/* A connection told to a program. The names of members are stable: programs depend on them. */
#include "report.h"

#include "chain.h"
#include "ech.h"
#include "out.h"

#include <string.h>
#include <time.h>

/* Opens a member that is an object or a list. */
static void open_member(FILE *to, bool *first, const char *name, char bracket)
{
    (void)fprintf(to, "%s", *first ? "" : ", ");
    hf_out_json_text(to, name);
    (void)fprintf(to, ": %c", bracket);
    *first = false;
}

/* One piece of a list of texts, cut at `len`. */
static void add_piece(FILE *to, bool *first, const char *from, size_t len)
{
    char piece[400];
    (void)snprintf(piece, sizeof piece, "%.*s", (int)(len < sizeof piece ? len : sizeof piece - 1), from);
    (void)fprintf(to, "%s", *first ? "" : ", ");
    hf_out_json_text(to, piece);
    *first = false;
}

/* A text whose pieces stand between separators, as a list. */
static void add_split(FILE *to, bool *first, const char *name, const char *text, const char *separator)
{
    bool first_piece = true;
    open_member(to, first, name, '[');
    for (const char *at = text; *at != '\0';) {
        size_t len = strcspn(at, separator);
        if (len > 0)
            add_piece(to, &first_piece, at, len);
        at += len + (at[len] == '\0' ? 0 : 1);
    }
    (void)fputc(']', to);
}

static void add_names(FILE *to, bool *first, const char *name, const struct hf_peer *peer,
                      const char *(*at)(const struct hf_peer *, size_t))
{
    bool first_name = true;
    open_member(to, first, name, '[');
    for (size_t i = 0; at(peer, i) != NULL; i++)
        add_piece(to, &first_name, at(peer, i), strlen(at(peer, i)));
    (void)fputc(']', to);
}

static void add_hex(FILE *to, bool *first, const char *name, const uint8_t *bytes, size_t len)
{
    char hex[2 * 32 + 1] = "";
    for (size_t i = 0; i < len && i < 32; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
    hf_out_json_member(to, first, name, hex);
}

static void add_certificate(FILE *to, const struct hf_inspected *certificate)
{
    bool first = true;
    (void)fputc('{', to);
    hf_out_json_member(to, &first, "subject", certificate->subject);
    hf_out_json_member(to, &first, "issuer", certificate->issuer);
    hf_out_json_member(to, &first, "serial", certificate->serial);
    hf_out_json_member(to, &first, "sha256", certificate->fingerprint);
    hf_out_json_member(to, &first, "key", certificate->key);
    hf_out_json_number(to, &first, "not_before", certificate->not_before_s);
    hf_out_json_number(to, &first, "not_after", certificate->not_after_s);
    (void)fputc('}', to);
}

static void add_chain(FILE *to, bool *first, const struct hf_peer *peer)
{
    struct hf_inspection *chain = hf_chain_read(peer);
    if (chain == NULL)
        return;
    open_member(to, first, "chain", '[');
    for (size_t i = 0; i < hf_inspection_count(chain); i++) {
        (void)fprintf(to, "%s", i == 0 ? "" : ", ");
        add_certificate(to, hf_inspection_at(chain, i));
    }
    (void)fputc(']', to);
    hf_inspection_free(chain);
}

static void add_staple(FILE *to, bool *first, const struct hf_peer *peer)
{
    size_t len = 0;
    if (hf_peer_ocsp(peer, 0, &len) != NULL)
        hf_out_json_number(to, first, "stapled_ocsp_bytes", (long long)len);
}

static void add_peer(FILE *to, bool *outer_first, const struct hf_peer *peer)
{
    bool first = true;
    if (peer == NULL)
        return;
    open_member(to, outer_first, "peer", '{');
    hf_out_json_member(to, &first, "subject", hf_peer_subject(peer));
    hf_out_json_member(to, &first, "issuer", hf_peer_issuer(peer));
    hf_out_json_member(to, &first, "serial", hf_peer_serial(peer));
    hf_out_json_member(to, &first, "common_name", hf_peer_common_name(peer));
    add_names(to, &first, "dns", peer, hf_peer_dns);
    add_names(to, &first, "ip", peer, hf_peer_ip);
    add_names(to, &first, "uri", peer, hf_peer_uri);
    add_names(to, &first, "email", peer, hf_peer_email);
    hf_out_json_member(to, &first, "spiffe_id", hf_peer_spiffe_id(peer));
    if (hf_peer_revocation(peer) != HF_REVOCATION_NOT_CHECKED) {
        bool good = hf_peer_revocation(peer) == HF_REVOCATION_GOOD;
        hf_out_json_member(to, &first, "revocation", good ? "good" : "unknown");
        hf_out_json_member(to, &first, "revocation_told", hf_peer_revocation_told(peer));
    }
    add_staple(to, &first, peer);
    hf_out_json_number(to, &first, "not_before", hf_peer_not_before(peer));
    hf_out_json_number(to, &first, "not_after", hf_peer_not_after(peer));
    add_hex(to, &first, "key_sha256", hf_peer_key_fingerprint(peer), 32);
    add_hex(to, &first, "certificate_sha256", hf_peer_certificate_fingerprint(peer), 32);
    add_chain(to, &first, peer);
    (void)fputc('}', to);
}

static void add_request(FILE *to, bool *outer_first, const struct hf_connection *connection)
{
    struct hf_certificate_request_info request;
    bool first = true;
    hf_certificate_request(connection, &request);
    open_member(to, outer_first, "certificate_request", '{');
    hf_out_json_bool(to, &first, "asked", request.asked);
    hf_out_json_bool(to, &first, "answered", request.answered);
    add_split(to, &first, "authorities", request.authorities, "\n");
    add_split(to, &first, "schemes", request.schemes, ":");
    add_split(to, &first, "misfits", request.misfits, "\n");
    (void)fputc('}', to);
}

static const char *by_name(enum hf_failure_by by)
{
    static const char *const names[] = {[HF_BY_NOBODY] = "",
                                        [HF_BY_US] = "us",
                                        [HF_BY_PEER] = "peer",
                                        [HF_BY_NETWORK] = "network",
                                        [HF_BY_SETTINGS] = "settings"};
    return names[by];
}

static const char *of_name(enum hf_failure_of of)
{
    return of == HF_OF_SERVER ? "server" : of == HF_OF_CLIENT ? "client" : "";
}

void hf_report_failure_json(FILE *to, const struct hf_failure *failure)
{
    char text[2048];
    bool first = true;
    hf_failure_explain(failure, (int64_t)time(NULL), text, sizeof text);
    (void)fputc('{', to);
    hf_out_json_member(to, &first, "error", hf_error_name(failure->error));
    hf_out_json_number(to, &first, "number", failure->error);
    hf_out_json_number(to, &first, "reason", hf_failure_reason(failure));
    hf_out_json_number(to, &first, "exit_status", hf_error_exit_status(failure->error));
    hf_out_json_member(to, &first, "by", by_name(failure->by));
    hf_out_json_member(to, &first, "of", of_name(failure->of));
    hf_out_json_member(to, &first, "alert", failure->alert == HF_ALERT_none ? NULL : hf_alert_name(failure->alert));
    hf_out_json_number(to, &first, "depth", failure->depth);
    hf_out_json_number(to, &first, "since", failure->since_s);
    hf_out_json_member(to, &first, "subject", failure->subject);
    hf_out_json_member(to, &first, "serial", failure->serial);
    hf_out_json_member(to, &first, "wanted", failure->wanted);
    hf_out_json_member(to, &first, "got", failure->got);
    hf_out_json_member(to, &first, "where", failure->where);
    hf_out_json_member(to, &first, "remedy",
                       failure->hint[0] != '\0' ? failure->hint : hf_error_remedy(failure->error));
    hf_out_json_member(to, &first, "section", hf_error_section(failure->error));
    hf_out_json_member(to, &first, "explanation", text);
    (void)fputc('}', to);
}

static void add_ech(FILE *to, bool *first, const struct hf_connection *connection)
{
    static const char *const states[] = {[HF_ECH_GREASED] = "greased",
                                         [HF_ECH_OFFERED] = "offered",
                                         [HF_ECH_ACCEPTED] = "accepted",
                                         [HF_ECH_REJECTED] = "rejected"};
    struct hf_ech_info info;
    hf_ech_info(connection, &info);
    if (info.state != HF_ECH_NONE)
        hf_out_json_member(to, first, "ech", states[info.state]);
    if (info.public_name[0] != '\0')
        hf_out_json_member(to, first, "ech_public_name", info.public_name);
}

void hf_report_session_json(FILE *to, bool *first, const struct hf_connection *connection)
{
    struct hf_session_info session;
    char identity[300];
    hf_session_info(connection, &session);
    add_ech(to, first, connection);
    hf_out_json_bool(to, first, "opened", session.opened);
    hf_out_json_member(to, first, "version", hf_report_version(session.version));
    hf_out_json_member(to, first, "suite", session.suite);
    hf_out_json_member(to, first, "group", session.group);
    hf_out_json_member(to, first, "own_scheme", session.own_scheme);
    hf_out_json_member(to, first, "peer_scheme", session.peer_scheme);
    hf_out_json_member(to, first, "alpn", session.alpn);
    hf_out_json_member(to, first, "server_name", session.server_name);
    if (session.admitted_by[0] != '\0')
        hf_out_json_member(to, first, "admitted_by", session.admitted_by);
    hf_out_json_bool(to, first, "hello_retried", session.hello_retried);
    hf_out_json_bool(to, first, "extended_master_secret", session.extended_master_secret);
    hf_out_json_bool(to, first, "encrypt_then_mac", session.encrypt_then_mac);
    hf_out_json_bool(to, first, "compressed", session.compressed);
    hf_out_json_bool(to, first, "authenticated_only", session.authenticated_only);
    hf_out_json_bool(to, first, "session_offered", session.session_offered);
    hf_out_json_bool(to, first, "resumed", session.resumed);
    hf_out_json_bool(to, first, "early_data", session.early_data);
    if (session.psk_identity != NULL)
        hf_out_json_member(to, first, "psk_identity", hf_report_psk(&session, identity, sizeof identity));
    hf_out_json_bool(to, first, "asked_for_certificate", session.asked_for_certificate);
    hf_out_json_bool(to, first, "presented_certificate", session.presented_certificate);
    hf_out_json_bool(to, first, "peer_delegated", session.peer_delegated);
}

static void add_ids(FILE *to, bool *first, const struct hf_connection *connection)
{
    struct hf_connection_id_info info;
    hf_connection_id_info(connection, &info);
    if (!info.used)
        return;
    hf_out_json_number(to, first, "connection_id_sent_len", (long long)info.peer_len);
    hf_out_json_number(to, first, "connection_id_received_len", (long long)info.own_len);
    hf_out_json_bool(to, first, "paths_checked", info.checks_paths);
}

void hf_report_json(FILE *to, bool *first, const struct hf_report *report)
{
    hf_out_json_member(to, first, "handshake", report->handshake);
    hf_out_json_member(to, first, "address", report->address);
    if (report->name[0] != '\0')
        hf_out_json_member(to, first, "name", report->name);
    if (report->connection != NULL) {
        hf_report_session_json(to, first, report->connection);
        add_ids(to, first, report->connection);
        add_request(to, first, report->connection);
        add_peer(to, first, hf_peer(report->connection));
    } else {
        hf_out_json_bool(to, first, "opened", false);
    }
    if (report->first_bytes[0] != '\0')
        hf_out_json_member(to, first, "first_bytes", report->first_bytes);
    hf_out_json_member(to, first, "verdict", hf_verdict_name(report->verdict));
    if (report->failure != NULL) {
        (void)fprintf(to, ", \"failure\": ");
        hf_report_failure_json(to, report->failure);
    }
}
