/* A connection told to a person: aligned labels, one fact a line.
 * Invariant: everything that a peer chose comes from the library's texts, which are safe to print. */
#include "report.h"

#include "chain.h"
#include "ech.h"
#include "out.h"
#include "story.h"

#include <string.h>

enum { LABEL_WIDTH = 12 };

const char *hf_verdict_name(enum hf_verdict verdict)
{
    switch (verdict) {
    case HF_VERDICT_PENDING:
        return "pending";
    case HF_VERDICT_NOT_NEEDED:
        return "not needed";
    case HF_VERDICT_ACCEPTED:
        return "accepted";
    case HF_VERDICT_REFUSED:
        return "refused";
    case HF_VERDICT_UNKNOWN:
        break;
    }
    return "unknown";
}

bool hf_report_handshake(const struct hf_seen *what, char ret_id[HF_REPORT_ID_ROOM])
{
    /* After the message's header and legacy_version. A header of datagrams is 12 bytes; where it has the number of the
     * message, others have the version. */
    enum { RANDOM_AT = 6, RANDOM_AT_DATAGRAM = 14, VERSION_AT = 4, VERSION_MAJOR = 3 };
    if (strcmp(what->message, "ClientHello") != 0 || what->len < RANDOM_AT_DATAGRAM + 4 || what->bytes == NULL)
        return false;
    const uint8_t *random = what->bytes + (what->bytes[VERSION_AT] == VERSION_MAJOR ? RANDOM_AT : RANDOM_AT_DATAGRAM);
    (void)snprintf(ret_id, HF_REPORT_ID_ROOM, "%02x%02x%02x%02x", random[0], random[1], random[2], random[3]);
    return true;
}

const char *hf_report_version(enum hf_version version)
{
    switch (version) {
    case HF_TLS13:
        return "TLS 1.3";
    case HF_TLS12:
        return "TLS 1.2";
    case HF_DTLS13:
        return "DTLS 1.3";
    case HF_DTLS12:
        return "DTLS 1.2";
    }
    return "";
}

static size_t add(char *into, size_t len, size_t room, const char *before, const char *text)
{
    if (len + 1 >= room)
        return len;
    int written = snprintf(into + len, room - len, "%s%s", before, text);
    return written < 0 ? len : (size_t)written < room - len ? len + (size_t)written : room - 1;
}

const char *hf_report_identity(const struct hf_peer *peer, char *into, size_t room)
{
    size_t len = add(into, 0, room, "", hf_peer_subject(peer));
    const char *before = hf_peer_subject(peer)[0] == '\0' ? "" : " for ";
    for (size_t i = 0; i < hf_peer_dns_count(peer); i++, before = ", ")
        len = add(into, len, room, before, hf_peer_dns(peer, i));
    for (size_t i = 0; i < hf_peer_ip_count(peer); i++, before = ", ")
        len = add(into, len, room, before, hf_peer_ip(peer, i));
    for (size_t i = 0; i < hf_peer_uri_count(peer); i++, before = ", ")
        len = add(into, len, room, before, hf_peer_uri(peer, i));
    for (size_t i = 0; i < hf_peer_email_count(peer); i++, before = ", ")
        len = add(into, len, room, before, hf_peer_email(peer, i));
    return into;
}

static void label(FILE *to, const char *text)
{
    (void)fprintf(to, "%s%-*s%s ", hf_out_style(to, HF_OUT_DIM), LABEL_WIDTH, text, hf_out_style(to, HF_OUT_PLAIN));
}

void hf_report_line(FILE *to, const char *name, const char *lines)
{
    for (const char *at = lines; *at != '\0'; name = "") {
        size_t len = strcspn(at, "\n");
        label(to, name);
        (void)fprintf(to, "%.*s\n", (int)len, at);
        at += len + (at[len] == '\n' ? 1 : 0);
    }
}

static void print_certificate(FILE *to, size_t i, size_t count, const struct hf_inspected *certificate)
{
    char until[24];
    label(to, i == 0 ? "chain" : "");
    (void)fprintf(to, "%zu %s, %s, valid to %s%s\n", i, certificate->subject, certificate->key,
                  hf_out_time((time_t)certificate->not_after_s, until), i + 1 == count && i > 0 ? " (trusted)" : "");
}

static void print_revocation(FILE *to, const struct hf_peer *peer)
{
    if (hf_peer_revocation(peer) == HF_REVOCATION_NOT_CHECKED)
        return;
    label(to, "revocation");
    (void)fprintf(to, "%s: %s\n", hf_peer_revocation(peer) == HF_REVOCATION_GOOD ? "good" : "unknown",
                  hf_peer_revocation_told(peer));
}

/* What came beside its certificate; what it is worth, the line above says where anything could be told. */
static void print_staple(FILE *to, const struct hf_peer *peer)
{
    size_t len = 0;
    if (hf_peer_ocsp(peer, 0, &len) == NULL)
        return;
    label(to, "stapled");
    (void)fprintf(to, "an OCSP response of %zu bytes%s\n", len,
                  hf_peer_revocation(peer) == HF_REVOCATION_GOOD ? "" : ", which does not say that it is good");
}

static void print_peer(FILE *to, const struct hf_peer *peer)
{
    char identity[600];
    const char *issuer = hf_peer_issuer(peer); /* "" of a raw public key */
    label(to, "server");
    (void)fprintf(to, "%s%s%s%s%s\n", hf_out_style(to, HF_OUT_GREEN),
                  hf_report_identity(peer, identity, sizeof identity), hf_out_style(to, HF_OUT_PLAIN),
                  issuer[0] != '\0' ? ", issued by " : "", issuer);
    print_revocation(to, peer);
    print_staple(to, peer);
    struct hf_inspection *chain = hf_chain_read(peer);
    if (chain == NULL)
        return;
    size_t count = hf_inspection_count(chain);
    for (size_t i = 0; i < count; i++)
        print_certificate(to, i, count, hf_inspection_at(chain, i));
    hf_inspection_free(chain);
}

void hf_report_wrapped(FILE *to, const char *name, const char *text)
{
    label(to, name);
    hf_story_wrapped(to, LABEL_WIDTH + 1, text);
}

void hf_report_words(FILE *to, const char *name, const char *words)
{
    char text[2048];
    (void)snprintf(text, sizeof text, "%s", words);
    for (char *at = text; *at != '\0'; at++)
        if (*at == ':')
            *at = ' ';
    hf_report_wrapped(to, name, text);
}

static void print_authorities(FILE *to, const struct hf_certificate_request_info *request)
{
    hf_report_line(to, "it accepts",
                   request->authority_count == 0 ? "any CA, or it does not say which" : request->authorities);
}

static void print_asked(FILE *to, const struct hf_certificate_request_info *request,
                        const struct hf_session_info *session)
{
    label(to, "we");
    if (!request->asked) {
        (void)fprintf(to, "were not asked for a certificate\n");
        return;
    }
    (void)fprintf(to, "were asked for a certificate and %s%s%s\n",
                  session->presented_certificate ? "presented one" : "presented none",
                  session->own_scheme[0] != '\0' ? ", signing with " : "", session->own_scheme);
    print_authorities(to, request);
}

const char *hf_report_psk(const struct hf_session_info *session, char *into, size_t room)
{
    const unsigned char *bytes = session->psk_identity;
    size_t at = 0;
    into[0] = '\0';
    for (size_t i = 0; bytes != NULL && i < session->psk_identity_len && at + 5 < room; i++) {
        bool is_plain = bytes[i] > ' ' && bytes[i] < 0x7f && bytes[i] != '\\';
        at += (size_t)snprintf(into + at, room - at, is_plain ? "%c" : "\\x%02x", bytes[i]);
    }
    return into;
}

static void print_protection(FILE *to, const struct hf_session_info *session)
{
    char identity[300];
    label(to, "protection");
    (void)fprintf(to, "%s%s%s%s%s%s%s%s%s\n", session->suite, session->group[0] != '\0' ? ", keys by " : "",
                  session->group, session->peer_scheme[0] != '\0' ? ", server signed with " : "", session->peer_scheme,
                  session->hello_retried ? ", after a HelloRetryRequest" : "",
                  session->version == HF_TLS12 && !session->extended_master_secret ? ", no extended master secret" : "",
                  session->encrypt_then_mac ? ", encrypt-then-MAC" : "", session->compressed ? ", compressed" : "");
    if (session->authenticated_only)
        hf_report_line(to, "", "nothing is encrypted: everyone on the way can read it");
    if (session->peer_delegated)
        hf_report_line(to, "delegated", "the peer proved itself by a delegated credential of its certificate");
    if (session->resumed)
        hf_report_line(to, "resumed", "from a session: the certificates are those of then, judged again");
    if (session->early_data)
        hf_report_line(to, "early data", "taken: it came with the client's first bytes");
    if (session->psk_identity != NULL)
        hf_report_line(to, "shared key", hf_report_psk(session, identity, sizeof identity));
}

/* Over datagrams, where both ends use connection IDs. */
static void print_ids(FILE *to, const struct hf_connection *connection)
{
    struct hf_connection_id_info info;
    hf_connection_id_info(connection, &info);
    if (!info.used)
        return;
    label(to, "address");
    (void)fprintf(to, "found by an ID of %zu bytes%s%s\n", info.peer_len, info.own_len > 0 ? ", as we are by ours" : "",
                  info.checks_paths ? ": ours may change, and is checked then" : "; who moves is not followed");
}

void hf_report_session(FILE *to, const struct hf_report *report)
{
    struct hf_session_info session;
    struct hf_certificate_request_info request;
    char ech[64 + HF_ECH_PUBLIC_NAME_MAX];
    hf_session_info(report->connection, &session);
    hf_certificate_request(report->connection, &request);
    label(to, "connected");
    (void)fprintf(to, "%s%s%s to %s%s%s, handshake %s\n", hf_out_style(to, HF_OUT_BOLD),
                  hf_report_version(session.version), hf_out_style(to, HF_OUT_PLAIN), report->address,
                  report->name[0] != '\0' ? " as " : "", report->name, report->handshake);
    print_protection(to, &session);
    if (session.alpn[0] != '\0')
        hf_report_line(to, "protocol", session.alpn);
    print_ids(to, report->connection);
    hf_report_line(to, "ECH", hf_ech_tell(report->connection, ech, sizeof ech));
    if (hf_peer(report->connection) != NULL)
        print_peer(to, hf_peer(report->connection));
    if (session.admitted_by[0] != '\0')
        hf_report_line(to, "admitted by", session.admitted_by);
    print_asked(to, &request, &session);
}

void hf_report_request(FILE *to, const struct hf_report *report, bool told)
{
    struct hf_certificate_request_info request;
    if (report->connection == NULL)
        return;
    hf_certificate_request(report->connection, &request);
    if (!request.asked || request.answered)
        return;
    if (!told)
        print_authorities(to, &request);
    hf_report_words(to, "signed by", request.schemes);
    hf_report_line(to, "you have", request.misfits[0] != '\0' ? request.misfits : "no certificate configured (--cert)");
}

void hf_report_verdict(FILE *to, const struct hf_report *report)
{
    enum hf_out_style style = report->verdict == HF_VERDICT_REFUSED   ? HF_OUT_RED
                              : report->verdict == HF_VERDICT_UNKNOWN ? HF_OUT_YELLOW
                                                                      : HF_OUT_GREEN;
    static const char *const reasons[] = {
        [HF_VERDICT_PENDING] = "the server has not judged us yet",
        [HF_VERDICT_NOT_NEEDED] = "the server asked for no certificate",
        [HF_VERDICT_ACCEPTED] = "the server has shown that it goes on with us",
        [HF_VERDICT_REFUSED] = "the server refused us",
        [HF_VERDICT_UNKNOWN] = "the server neither refused us nor showed that it accepts us",
    };
    label(to, "verdict");
    (void)fprintf(to, "%s%s%s: %s\n", hf_out_style(to, style), hf_verdict_name(report->verdict),
                  hf_out_style(to, HF_OUT_PLAIN), reasons[report->verdict]);
}

void hf_report_declined(FILE *to, bool json)
{
    bool first = true;
    if (!json) {
        hf_report_line(to, "declined",
                       "to say who we are: the server asked later [H29]\n"
                       "it should ask in the first handshake, or serve what needs it on a port of its own;\n"
                       "or answer it: in TLS 1.3 --cert and --post-handshake-auth present,\n"
                       "in TLS 1.2 --historic renegotiation-follow");
        return;
    }
    (void)fputc('{', to);
    hf_out_json_member(to, &first, "event", "declined");
    hf_out_json_member(to, &first, "reason", "H29");
    (void)fprintf(to, "}\n");
}

void hf_report_answer(FILE *to, bool json, int status, const char *line)
{
    bool first = true;
    if (!json) {
        (void)fprintf(to, "%sanswer%s       %s\n", hf_out_style(to, HF_OUT_DIM), hf_out_style(to, HF_OUT_PLAIN), line);
        return;
    }
    (void)fputc('{', to);
    hf_out_json_member(to, &first, "event", "answer");
    hf_out_json_number(to, &first, "status", status);
    hf_out_json_member(to, &first, "line", line);
    (void)fprintf(to, "}\n");
}
