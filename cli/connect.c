/* `handfast connect`: a client that tells the session, waits for what the server thinks of us, and relays two pipes.
 * Invariants: standard output carries what the server sent and nothing else; exit status 0 means that both ends are
 * proven and that the server did not refuse us: in TLS 1.3 a client is done before the server has judged its
 * certificate (RFC 9846 4.5.1.3), so that has to be waited for. */
#define _POSIX_C_SOURCE 200809L
#include "commands.h"

#include <handfast/session.h>
#include <handfast/socket.h>

#include <stddef.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "diagnose.h"
#include "ech.h"
#include "endpoint.h"
#include "story.h"
#include "out.h"
#include "report.h"
#include "settings.h"
#include "stop.h"
#include "talk.h"

enum { STEP_MS = 1000, FLUSH_MS = 2000, EXIT_HTTP = 1 };

struct flags {
    const char *name;
    const char *http;
    const char *session_in;
    const char *session_out;
    bool early_data;
    bool check;
    bool json;
    bool quiet;
    bool verbose;
    int timeout_ms;
    int verdict_timeout_ms;
    bool diagnose;
    const char *cert_dir;
};

/* What goes on, from the first byte to the exit status. */
struct client {
    struct flags flags;
    struct hf_settings settings;
    struct hf_endpoint endpoint;
    struct hf_talk talk;
    struct hf_http_answer answer;
    struct hf_session_file offered; /* --session-in */
    struct hf_session_file kept;    /* --session-out */
    struct hf_report report;
    struct hf_failure failure; /* the one that is told, with what this end adds to it */
    bool failed;
    bool told;     /* the session was told, or its JSON written */
    bool declined; /* to renegotiate, as we were asked to */
    bool again;    /* to be tried once more: --ech-retry */
    uint64_t opened_ms;
    char address[HF_ENDPOINT_TEXT_ROOM];
    char first_bytes[4 * HF_PLAIN_TEXT_BYTES + 8];
    char last_message[96]; /* "our ClientHello (233 bytes)" */
};

#define FIELD(name) offsetof(struct flags, name)

static const struct hf_option connect_options[] = {
    {.name = "name",
     .value = "NAME",
     .kind = HF_OPTION_TEXT,
     .offset = FIELD(name),
     .help = "the name that the server must prove; default: HOST"},
    {.name = "check",
     .kind = HF_OPTION_SWITCH,
     .offset = FIELD(check),
     .help = "look only: tell session and verdict, close, relay nothing"},
    {.name = "http",
     .value = "PATH",
     .kind = HF_OPTION_TEXT,
     .offset = FIELD(http),
     .help = "send GET PATH (HTTP/1.0) and print the body; status 1, or 20\n"
             "where our certificate is the reason, for answers from 400 up"},
    {.name = "verdict-timeout",
     .value = "SECONDS",
     .kind = HF_OPTION_SECONDS,
     .offset = FIELD(verdict_timeout_ms),
     .max = 3600,
     .help = "how long to wait for what the server thinks of our\ncertificate; default 3"},
    {.name = "timeout",
     .value = "SECONDS",
     .kind = HF_OPTION_SECONDS,
     .offset = FIELD(timeout_ms),
     .max = 3600,
     .help = "for connecting, and for the handshake; default 10"},
    {.name = "diagnose",
     .kind = HF_OPTION_SWITCH,
     .offset = FIELD(diagnose),
     .help = "look only, and tell all there is to see: which versions, what the\nserver sent and why it fails, what it "
             "asks for and which of our\ncertificates fits; on standard output"},
    {.name = "cert-dir",
     .value = "DIR",
     .kind = HF_OPTION_TEXT,
     .offset = FIELD(cert_dir),
     .help = "with --diagnose: our certificates are the NAME.pem of DIR that\nhave a key, in NAME.key or beside them"},
    {.name = "session-in",
     .value = "FILE",
     .kind = HF_OPTION_TEXT,
     .offset = FIELD(session_in),
     .help = "resume the session that --session-out wrote; one of TLS 1.3\nis used once, and its FILE removed"},
    {.name = "session-out",
     .value = "FILE",
     .kind = HF_OPTION_TEXT,
     .offset = FIELD(session_out),
     .help = "keep the session: who has FILE can be this client"},
    {.name = "early-data",
     .kind = HF_OPTION_SWITCH,
     .offset = FIELD(early_data),
     .help = "send the request of --http with our first bytes (0-RTT), by\n--session-in: it may be replayed"},
    {.name = "json",
     .kind = HF_OPTION_SWITCH,
     .offset = FIELD(json),
     .help = "tell the session as one JSON object, on standard error;\nwith --check on standard output"},
    {.name = "quiet", .kind = HF_OPTION_SWITCH, .offset = FIELD(quiet), .help = "tell failures only"},
    {.name = "verbose",
     .kind = HF_OPTION_SWITCH,
     .offset = FIELD(verbose),
     .help = "tell every message of the handshake"},
};

static const struct hf_option trust_options[] = {
    {.name = "ca",
     .value = "FILE",
     .kind = HF_OPTION_LIST,
     .offset = offsetof(struct hf_settings, authorities),
     .help = "CAs to trust (PEM); may be repeated; default: the system's"},
    {.name = "any-name",
     .kind = HF_OPTION_SWITCH,
     .offset = offsetof(struct hf_settings, any_name),
     .help = "prove the chain, but not the server's name"},
};

static const struct hf_option later_options[] = {
    {.name = "post-handshake-auth",
     .value = "HOW",
     .kind = HF_OPTION_CHOICE,
     .offset = offsetof(struct hf_settings, later),
     .choices = "decline|present",
     .help = "tell servers of TLS 1.3 that they may ask later; present: answer\nwith --cert; decline: with nothing"},
};

static bool parse(struct client *client, int argc, char **argv, int *ret_exit)
{
    const struct hf_option_group groups[] = {
        {"Whom we believe", trust_options, sizeof trust_options / sizeof trust_options[0], &client->settings},
        {"How far we believe", hf_settings_trust, hf_settings_trust_count, &client->settings.trust},
        {"Whom we admit", hf_settings_admission, hf_settings_admission_count, &client->settings},
        {"Who we are", hf_settings_identity, hf_settings_identity_count, &client->settings},
        {"When we are asked later", later_options, sizeof later_options / sizeof later_options[0], &client->settings},
        {"What is done", connect_options, sizeof connect_options / sizeof connect_options[0], &client->flags},
        {"Revocation", hf_settings_revocation, hf_settings_revocation_count, &client->settings},
        {"The protocol", hf_settings_policy, hf_settings_policy_count, &client->settings},
        {"Encrypted Client Hello", hf_ech_client_options, hf_ech_client_option_count, &client->settings},
    };
    const struct hf_option_page page = {
        .command = "connect",
        .synopsis = "HOST:PORT [flags]",
        .about = "Connects by TLS, or with --dtls by DTLS, proves the server, proves us with --cert, and waits\n"
                 "for the server's verdict. Then standard input goes to the server and what it sends to standard\n"
                 "output, byte for byte; the end of the input closes our side only. The session is told on standard\n"
                 "error.",
        .notes = "examples:\n  handfast connect localhost:4433 --ca ca.pem --cert client.pem --key client.key --check\n"
                 "  handfast connect example.org:443 --http /\n\n" HF_CLI_STATUSES,
        .groups = groups,
        .group_count = sizeof groups / sizeof groups[0],
        .words_max = 1,
    };
    struct hf_option_list words = {.count = 0};
    const char *why = "";
    if (!hf_options_parse(&page, argc, argv, &words, ret_exit))
        return false;
    if (words.count == 0)
        *ret_exit = hf_out_usage("connect", "where to? HOST:PORT is missing");
    else if (!hf_endpoint_parse(words.items[0], &client->endpoint, &why))
        *ret_exit = hf_out_usage("connect", "\"%s\" is no HOST:PORT: %s", words.items[0], why);
    else if (client->flags.check && client->flags.http != NULL)
        *ret_exit = hf_out_usage("connect", "--check relays nothing, so it cannot go with --http");
    else if (client->flags.diagnose && (client->flags.check || client->flags.http != NULL || client->flags.json ||
                                        client->flags.quiet || client->settings.dtls))
        *ret_exit = hf_out_usage("connect", "--diagnose goes with none of --check, --http, --json, --quiet, --dtls");
    else if (client->flags.early_data && (client->settings.dtls || client->flags.diagnose || client->flags.check))
        *ret_exit = hf_out_usage("connect", "--early-data goes with none of --dtls, --diagnose, --check");
    else if (client->settings.ech.retries && (client->settings.ech.configs == NULL || client->flags.diagnose))
        *ret_exit = hf_out_usage("connect", "--ech-retry goes with --ech, and without --diagnose");
    else if (client->flags.cert_dir != NULL && (!client->flags.diagnose || client->settings.certs.count > 0))
        *ret_exit = hf_out_usage("connect", "--cert-dir goes with --diagnose, and without --cert");
    else if (client->flags.name != NULL && client->settings.any_name)
        *ret_exit = hf_out_usage("connect", "--name and --any-name contradict each other");
    else
        return true;
    return false;
}

static void see(void *context, const struct hf_connection *connection, const struct hf_seen *what)
{
    struct client *client = context;
    (void)connection;
    if (client->report.handshake[0] == '\0')
        hf_report_handshake(what, client->report.handshake);
    (void)snprintf(client->last_message, sizeof client->last_message, "%s %s (%zu bytes)",
                   what->sent ? "our" : "the server's", what->message, what->len);
    client->declined |= what->sent && strcmp(what->detail, hf_alert_name(HF_ALERT_no_renegotiation)) == 0;
    if (!client->flags.verbose)
        return;
    hf_story_message(stderr, what->sent, what);
    hf_story_detail(stderr, "", what->detail);
}

/* ---- Telling. ---- */

static void tell_json(struct client *client)
{
    FILE *to = client->flags.check ? stdout : stderr;
    bool first = true;
    (void)fputc('{', to);
    hf_out_json_member(to, &first, "event", client->failed ? "failed" : "session");
    if (client->last_message[0] != '\0')
        hf_out_json_member(to, &first, "last_message", client->last_message);
    hf_report_json(to, &first, &client->report);
    (void)fprintf(to, "}\n");
    (void)fflush(to);
}

static void tell_session(struct client *client)
{
    if (client->told || client->flags.quiet || client->flags.json)
        return;
    client->told = true;
    hf_report_session(stderr, &client->report);
}

static void tell_verdict(struct client *client, enum hf_verdict verdict)
{
    if (client->report.verdict == verdict)
        return;
    client->report.verdict = verdict;
    if (client->flags.json && !client->failed)
        tell_json(client);
    if (client->flags.quiet || client->flags.json)
        return;
    hf_report_verdict(stderr, &client->report);
}

/* Adds what only this end can say: what was seen last, and what a peer without TLS seems to speak. */
static void complete_failure(struct client *client)
{
    struct hf_failure *failure = &client->failure;
    if (failure->by == HF_BY_NETWORK && client->last_message[0] != '\0')
        (void)snprintf(failure->where, sizeof failure->where, "after %.88s", client->last_message);
    if (failure->error != HF_ERR_not_tls)
        return;
    hf_plain_text_show(&client->talk.first, client->first_bytes, sizeof client->first_bytes);
    client->report.first_bytes = client->first_bytes;
    if (failure->got[0] == '\0')
        (void)snprintf(failure->got, sizeof failure->got, "%s", client->first_bytes);
    if (failure->hint[0] == '\0')
        (void)snprintf(failure->hint, sizeof failure->hint, "%s", hf_plain_text_guess(&client->talk.first));
}

/* Takes the connection's own failure, or makes one for what happened below it. */
static void fail(struct client *client, enum hf_error error)
{
    const struct hf_failure *known = client->talk.connection == NULL ? NULL : hf_failure(client->talk.connection);
    client->failed = true;
    client->failure = (struct hf_failure){.error = error, .by = HF_BY_NETWORK, .alert = HF_ALERT_none, .depth = -1};
    if (known != NULL)
        client->failure = *known;
    complete_failure(client);
}

static void tell_failure(struct client *client)
{
    client->report.failure = &client->failure;
    if (client->failure.by == HF_BY_PEER)
        client->report.verdict = HF_VERDICT_REFUSED;
    if (client->flags.json) {
        tell_json(client);
        return;
    }
    hf_out_failure(NULL, &client->failure);
    if (client->talk.connection != NULL)
        hf_ech_tell_retry(stderr, client->talk.connection);
    if (client->failure.by == HF_BY_PEER)
        hf_report_request(stderr, &client->report, /* told= */ client->told);
    if (client->report.handshake[0] != '\0' && !client->flags.quiet)
        (void)fprintf(stderr, "(handshake %s at %s: the server's log may say more)\n", client->report.handshake,
                      client->address);
}

/* ---- Sessions. ---- */

/* What came of the session that was to be resumed; without --quiet only. */
static void tell_resumption(const struct client *client)
{
    struct hf_session_info session;
    hf_session_info(client->talk.connection, &session);
    if (client->flags.session_in == NULL || client->flags.quiet || session.resumed)
        return;
    (void)fprintf(stderr, "handfast: the session of %s was not resumed: %s\n", client->flags.session_in,
                  session.session_offered
                      ? "the server did not take it. The handshake was a full one"
                      : "it is over, or of another server, other CAs or other flags. The handshake was a full one");
}

/* Nothing is kept of a connection that failed (RFC 5246 7.2.2). */
static bool keep_session(struct client *client)
{
    struct hf_session_info session;
    hf_session_info(client->talk.connection, &session);
    if (client->flags.session_out == NULL || client->failed)
        return true;
    if (client->kept.len > 0)
        return hf_session_file_write(client->flags.session_out, &client->kept, &client->failure);
    if (!client->flags.quiet && !session.resumed)
        (void)fprintf(stderr, "handfast: the server gave no session to keep: %s is as it was\n",
                      client->flags.session_out);
    return true;
}

/* ---- Running. ---- */

static void judge(struct client *client)
{
    struct hf_certificate_request_info request;
    hf_certificate_request(client->talk.connection, &request);
    uint64_t now = hf_socket_now_ms();
    bool is_late = now >= client->opened_ms + (uint64_t)client->flags.verdict_timeout_ms;
    if (client->report.verdict == HF_VERDICT_NOT_NEEDED)
        return; /* who is asked later hears of no verdict */
    if (!request.asked)
        tell_verdict(client, HF_VERDICT_NOT_NEEDED);
    else if (client->talk.accepted)
        tell_verdict(client, HF_VERDICT_ACCEPTED);
    else if (client->talk.peer_closed || is_late)
        tell_verdict(client, HF_VERDICT_UNKNOWN);
}

/* In TLS 1.3 a session comes behind the handshake, if it does; where nobody is judged nothing else is waited for. */
static bool awaits_session(const struct client *client)
{
    struct hf_session_info session;
    hf_session_info(client->talk.connection, &session);
    return client->flags.session_out != NULL && client->kept.len == 0 && !client->talk.peer_closed &&
           (session.version == HF_TLS13 || session.version == HF_DTLS13) &&
           hf_socket_now_ms() < client->opened_ms + (uint64_t)client->flags.verdict_timeout_ms;
}

static bool is_done(const struct client *client)
{
    if (client->flags.check)
        return client->report.verdict != HF_VERDICT_PENDING && !awaits_session(client);
    if (client->flags.http != NULL && hf_http_is_complete(&client->answer))
        return client->talk.from_peer.at == client->talk.from_peer.len || client->talk.out_broken;
    return hf_talk_is_over(&client->talk);
}

/* How long the next step may wait: until what is waited for is late. */
static int step_ms(const struct client *client, uint64_t until_ms)
{
    uint64_t now = hf_socket_now_ms();
    if (client->report.verdict != HF_VERDICT_PENDING)
        return STEP_MS;
    return until_ms <= now ? 0 : until_ms - now < STEP_MS ? (int)(until_ms - now) : STEP_MS;
}

static void run(struct client *client)
{
    struct hf_talk *talk = &client->talk;
    uint64_t until_ms = hf_socket_now_ms() + (uint64_t)client->flags.timeout_ms;
    while (!hf_stop_asked()) {
        hf_talk_step(talk, step_ms(client, until_ms));
        if (talk->error != HF_OK) {
            fail(client, talk->error);
            return;
        }
        if (!talk->opened && hf_socket_now_ms() >= until_ms) {
            fail(client, talk->over_datagrams ? HF_ERR_datagrams_unanswered : HF_ERR_timed_out);
            return;
        }
        if (!talk->opened)
            continue;
        if (client->opened_ms == 0) {
            client->opened_ms = hf_socket_now_ms();
            until_ms = client->opened_ms + (uint64_t)client->flags.verdict_timeout_ms;
            tell_session(client);
            tell_resumption(client);
        }
        judge(client);
        if (is_done(client))
            return;
    }
}

/* Sends close_notify, or the alert of our refusal, and lets it arrive. */
static void hang_up(struct client *client)
{
    struct hf_talk *talk = &client->talk;
    uint64_t until_ms = hf_socket_now_ms() + FLUSH_MS;
    if (!client->failed && !talk->closed)
        hf_talk_close(talk);
    hf_talk_flush(talk);
    while (hf_talk_has_output(talk) && hf_socket_now_ms() < until_ms) {
        hf_endpoint_wait(talk->fd, /* until_writable= */ true, 100);
        hf_talk_flush(talk);
    }
    hf_talk_release(talk);
    hf_endpoint_hang_up(talk->fd, client->failed && client->failure.by == HF_BY_US);
}

/* What an HTTP answer means for the exit status. */
static int http_status(const struct client *client)
{
    const struct hf_http_answer *answer = &client->answer;
    struct hf_session_info session;
    char line[HF_HTTP_LINE_ROOM];
    hf_http_first_line(answer, line);
    if (answer->status == 0) {
        hf_out_error("the server's answer is not HTTP");
        return EXIT_HTTP;
    }
    if (!client->flags.quiet)
        hf_report_answer(stderr, client->flags.json, answer->status, line);
    if (answer->status < 400)
        return HF_EXIT_FINE;
    hf_session_info(client->talk.connection, &session);
    bool is_about_us = answer->status == 400 || answer->status == 401 || answer->status == 403;
    if (!session.asked_for_certificate || !is_about_us)
        return EXIT_HTTP;
    hf_out_error("the server asked for a certificate, %s, and answered \"%s\": some servers refuse in HTTP only",
                 session.presented_certificate ? "was given one" : "got none", line);
    return hf_error_exit_status(HF_ERR_peer_refused);
}

static int status_of(struct client *client)
{
    if (client->failed)
        return hf_error_exit_status(client->failure.error);
    if (client->report.verdict == HF_VERDICT_UNKNOWN || client->report.verdict == HF_VERDICT_PENDING)
        return hf_error_exit_status(HF_ERR_timed_out);
    if (client->flags.http != NULL)
        return http_status(client);
    return HF_EXIT_FINE;
}

static bool prepare_talk(struct client *client)
{
    struct hf_talk *talk = &client->talk;
    talk->in_fd = client->flags.check || client->flags.http != NULL ? -1 : STDIN_FILENO;
    talk->out_fd = client->flags.check ? -1 : STDOUT_FILENO;
    talk->close_at_end = talk->in_fd >= 0;
    if (client->flags.http == NULL)
        return true;
    talk->answer = &client->answer;
    talk->early = client->flags.early_data;
    talk->to_peer.len = hf_http_request(talk->to_peer.bytes, sizeof talk->to_peer.bytes, client->flags.http,
                                        client->flags.name != NULL ? client->flags.name : client->endpoint.host);
    return talk->to_peer.len > 0;
}

static int converse(struct client *client, struct hf_config *config)
{
    struct hf_talk *talk = &client->talk;
    const char *name = client->settings.any_name ? NULL : client->report.name;
    client->endpoint.datagrams = client->settings.dtls;
    talk->over_datagrams = client->settings.dtls;
    talk->fd = hf_endpoint_connect(&client->endpoint, client->flags.timeout_ms, client->address, &client->failure);
    if (talk->fd >= 0)
        talk->connection = hf_connection_resume(config, name, client->offered.bytes, client->offered.len,
                                                hf_socket_now_ms(), &client->failure);
    client->report.connection = talk->connection;
    if (talk->connection == NULL) {
        client->failed = true;
    } else {
        run(client);
    }
    client->again =
        client->failed && talk->connection != NULL && hf_ech_keep_retry(talk->connection, &client->settings.ech);
    if (client->again && !client->flags.quiet)
        (void)fprintf(stderr,
                      "handfast: the server could not open our hello: once more, with the key that it says it has\n");
    else if (client->failed && !client->again)
        tell_failure(client);
    else if (client->report.verdict == HF_VERDICT_PENDING)
        tell_verdict(client, HF_VERDICT_UNKNOWN);
    if ((client->declined || talk->declined) && !client->flags.quiet)
        hf_report_declined(stderr, client->flags.json);
    if (talk->connection != NULL)
        hang_up(client);
    else if (talk->fd >= 0)
        close(talk->fd);
    if (talk->connection != NULL && !keep_session(client)) {
        client->failed = true;
        hf_out_failure("connect", &client->failure);
    }
    int status = status_of(client);
    hf_connection_free(talk->connection);
    return status;
}

static int diagnose(const struct client *client)
{
    struct hf_diagnosis diagnosis = {
        .settings = client->settings,
        .endpoint = client->endpoint,
        .name = client->settings.any_name ? NULL : client->report.name,
        .cert_dir = client->flags.cert_dir,
        .timeout_ms = client->flags.timeout_ms,
        .verdict_timeout_ms = client->flags.verdict_timeout_ms,
    };
    return hf_diagnose(&diagnosis);
}

/* The session is read when all else is well: reading may use it up. */
static int resume_and_converse(struct client *client, struct hf_config *config)
{
    if (client->flags.session_in != NULL &&
        !hf_session_file_take(client->flags.session_in, &client->offered, &client->failure))
        return hf_out_failure("connect", &client->failure);
    if (client->flags.session_out != NULL)
        client->talk.session = &client->kept;
    int status = converse(client, config);
    hf_session_file_wipe(&client->offered);
    hf_session_file_wipe(&client->kept);
    return status;
}

/* Before the first try, and the second: what was given stays, what happened goes. */
static bool begin(struct client *client)
{
    const struct flags flags = client->flags;
    const struct hf_settings settings = client->settings;
    const struct hf_endpoint endpoint = client->endpoint;
    memset(client, 0, sizeof *client);
    client->flags = flags;
    client->settings = settings;
    client->endpoint = endpoint;
    client->report.address = client->address;
    client->report.first_bytes = "";
    client->report.name = settings.any_name ? "" : flags.name != NULL ? flags.name : client->endpoint.host;
    return prepare_talk(client);
}

static int attempt(struct client *client)
{
    const struct hf_settings_observer observer = {see, client};
    struct hf_settings_kept kept;
    int status = HF_EXIT_FINE;
    struct hf_config *config = hf_settings_config(&client->settings, HF_CLIENT, "connect", &observer, &kept, &status);
    if (config == NULL)
        return status;
    status = resume_and_converse(client, config);
    hf_config_drop(config);
    hf_settings_release(&kept);
    return status;
}

int hf_cli_connect(int argc, char **argv)
{
    static struct client client = {.settings = {.trust = HF_SETTINGS_TRUST_DEFAULT}}; /* too large for a stack */
    int status = HF_EXIT_FINE;
    client.flags.timeout_ms = 10000;
    client.flags.verdict_timeout_ms = 3000;
    if (!parse(&client, argc, argv, &status))
        return status;
    client.settings.early_data = client.flags.early_data;
    client.settings.keeps_session = client.flags.session_in != NULL || client.flags.session_out != NULL;
    if (!begin(&client))
        return hf_out_usage("connect", "\"%s\" cannot stand in a request", client.flags.http);
    hf_stop_prepare();
    if (client.flags.diagnose)
        return diagnose(&client);
    status = attempt(&client);
    if (!client.again)
        return status;
    client.flags.session_in = NULL; /* it was for one connection */
    return begin(&client) ? attempt(&client) : status;
}
