/* `handfast serve`: many guests in one poll loop, one line about each on standard output.
 * Invariants: no guest can hold up another; the number of guests is bounded, and above it new ones wait in the
 * listener's queue; the line about a guest names the same handshake, reason and number as the client's own report. */
#define _POSIX_C_SOURCE 200809L
#include "commands.h"

#include <handfast/socket.h>

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "endpoint.h"
#include "guest.h"
#include "story.h"
#include "out.h"
#include "report.h"
#include "settings.h"
#include "stop.h"
#include "udp.h"
#include "zoo.h"

enum { GUESTS_MAX = 4096, STEP_MS = 1000, PAUSE_MS = 100 };

struct flags {
    const char *listen;
    bool http;
    bool echo;
    bool ask_later;
    bool once;
    bool json;
    bool verbose;
    int handshake_timeout_ms;
    int idle_timeout_ms;
    size_t max_connections;
    size_t bad;
    const char *bad_folder;
};

struct server {
    struct flags flags;
    struct hf_settings settings;
    struct hf_config *config;
    struct hf_zoo zoo;         /* --bad */
    int listener;              /* -1: no more guests, of a stream */
    struct hf_listener *crowd; /* over datagrams: all guests by one socket; else NULL */
    uint64_t refused_told;     /* over datagrams: hellos refused, of those the listener counts */
    uint64_t pause_until_ms;   /* the system had no descriptor left */
    struct hf_guest **guests;
    size_t count;
    unsigned long total;
    struct hf_guest *current; /* whom the connection being moved belongs to */
    int status;               /* --once: the guest's exit status */
};

#define FIELD(name) offsetof(struct flags, name)

static const struct hf_option serve_options[] = {
    {.name = "listen",
     .value = "HOST:PORT",
     .kind = HF_OPTION_TEXT,
     .offset = FIELD(listen),
     .help = "where; default 127.0.0.1:4433; port 0 picks a free one"},
    {.name = "http",
     .kind = HF_OPTION_SWITCH,
     .offset = FIELD(http),
     .help = "answer any request with a page that states the session and\nthe client's proven identity"},
    {.name = "echo",
     .kind = HF_OPTION_SWITCH,
     .offset = FIELD(echo),
     .help = "send back what comes; without this and --http it is dropped"},
    {.name = "ask-later",
     .kind = HF_OPTION_SWITCH,
     .offset = FIELD(ask_later),
     .help =
         "ask clients who they are only when they have sent something, by\nrenegotiation: TLS 1.2, --client-auth none "
         "or request, and\n--historic renegotiation-ask"},
    {.name = "once",
     .kind = HF_OPTION_SWITCH,
     .offset = FIELD(once),
     .help = "serve one connection, and exit with its status"},
    {.name = "json",
     .kind = HF_OPTION_SWITCH,
     .offset = FIELD(json),
     .help = "one JSON object a line: \"event\" is listening, opened, failed"},
    {.name = "verbose",
     .kind = HF_OPTION_SWITCH,
     .offset = FIELD(verbose),
     .help = "tell every message of the handshakes, on standard error"},
    {.name = "handshake-timeout",
     .value = "SECONDS",
     .kind = HF_OPTION_SECONDS,
     .offset = FIELD(handshake_timeout_ms),
     .max = 3600,
     .help = "for the whole handshake; default 10"},
    {.name = "idle-timeout",
     .value = "SECONDS",
     .kind = HF_OPTION_SECONDS,
     .offset = FIELD(idle_timeout_ms),
     .max = 86400,
     .help = "close after so long without data; default 300, 0: never"},
    {.name = "max-connections",
     .value = "N",
     .kind = HF_OPTION_NUMBER,
     .offset = FIELD(max_connections),
     .max = GUESTS_MAX,
     .help = "at once; further ones wait; default 512"},
    {.name = "bad",
     .value = "N",
     .kind = HF_OPTION_NUMBER,
     .offset = FIELD(bad),
     .max = 32,
     .help = "fail in way N of docs/FAILURES.md, with papers made for it: to\nsee what a client makes of it"},
    {.name = "bad-dir",
     .value = "DIR",
     .kind = HF_OPTION_TEXT,
     .offset = FIELD(bad_folder),
     .help = "where --bad writes the papers, the client's too; default\n./handfast-bad"},
};

static const struct hf_option trust_options[] = {
    {.name = "client-ca",
     .value = "FILE",
     .kind = HF_OPTION_LIST,
     .offset = offsetof(struct hf_settings, authorities),
     .help = "CAs whose clients are let in (PEM); may be repeated"},
    {.name = "client-auth",
     .value = "HOW",
     .kind = HF_OPTION_CHOICE,
     .offset = offsetof(struct hf_settings, client_auth),
     .choices = "none|request|require",
     .help = "require (default): no certificate, no connection;\nrequest: clients without one go on, unauthenticated;\n"
             "none: clients are not asked"},
};

static const struct hf_option session_options[] = {
    {.name = "session-cache",
     .value = "N",
     .kind = HF_OPTION_NUMBER,
     .offset = offsetof(struct hf_settings, session_cache),
     .max = 1 << 20,
     .help = "keep N sessions of TLS 1.2, an hour each, for clients to resume;\ndefault 0: none is kept"},
    {.name = "tickets",
     .kind = HF_OPTION_SWITCH,
     .offset = offsetof(struct hf_settings, tickets),
     .help =
         "give tickets to clients of TLS 1.2 that take them, sealed under\na key of this run; with clients that show "
         "certificates\nbeside --session-cache"},
};

static int check(const struct server *server)
{
    const struct flags *flags = &server->flags;
    const struct hf_settings *settings = &server->settings;
    if (flags->bad > 0 && (settings->certs.count > 0 || settings->authorities.count > 0))
        return hf_out_usage("serve", "--bad makes its own certificates: leave out --cert and --client-ca");
    if (flags->bad > 0)
        return 0;
    bool asks = settings->client_auth == NULL || strcmp(settings->client_auth, "none") != 0;
    bool names_anchors = settings->authorities.count > 0 || hf_settings_trust_names_anchors(&settings->trust);
    if (hf_settings_has_keys(
            settings)) /* keys shared beforehand are enough on both sides; the library judges the rest */
        asks = asks && settings->certs.count > 0 && names_anchors;
    else if (settings->certs.count == 0)
        return hf_out_usage("serve", "a server needs a certificate: --cert FILE --key FILE "
                                     "(handfast cert makes one)");
    asks = asks || flags->ask_later;
    if (asks && !names_anchors)
        return hf_out_usage("serve", "whose clients are let in? Give their CA: --client-ca FILE, "
                                     "or do not ask them who they are: --client-auth none");
    if (flags->http && flags->echo)
        return hf_out_usage("serve", "--http and --echo contradict each other");
    if (flags->ask_later && (settings->historic == NULL || strstr(settings->historic, "renegotiation-ask") == NULL))
        return hf_out_usage("serve", "--ask-later needs --historic renegotiation-ask, which is off for good reasons");
    if (flags->max_connections == 0)
        return hf_out_usage("serve", "--max-connections 0 would serve nobody");
    return 0;
}

static bool parse(struct server *server, int argc, char **argv, int *ret_exit)
{
    const struct hf_option_group groups[] = {
        {"Whom we believe", trust_options, sizeof trust_options / sizeof trust_options[0], &server->settings},
        {"How far we believe", hf_settings_trust, hf_settings_trust_count, &server->settings.trust},
        {"Whom we admit", hf_settings_admission, hf_settings_admission_count, &server->settings},
        {"Who we are", hf_settings_identity, hf_settings_identity_count, &server->settings},
        {"Sessions", session_options, sizeof session_options / sizeof session_options[0], &server->settings},
        {"What is done", serve_options, sizeof serve_options / sizeof serve_options[0], &server->flags},
        {"Revocation", hf_settings_revocation, hf_settings_revocation_count, &server->settings},
        {"The protocol", hf_settings_policy, hf_settings_policy_count, &server->settings},
    };
    const struct hf_option_page page = {
        .command = "serve",
        .synopsis = "--cert FILE --key FILE --client-ca FILE [flags]",
        .about =
            "Serves TLS to clients that prove who they are. Prints \"listening on HOST:PORT\", then one line about\n"
            "each connection: its handshake, the client's proven identity, or why there is none.",
        .notes = "example:\n  handfast serve --cert server.pem --key server.key --client-ca ca.pem --http\n\n"
                 "SIGINT and SIGTERM stop it: it says goodbye to its clients and exits with 0.\n" HF_CLI_STATUSES,
        .groups = groups,
        .group_count = sizeof groups / sizeof groups[0],
        .words_max = 0,
    };
    struct hf_option_list words = {.count = 0};
    if (!hf_options_parse(&page, argc, argv, &words, ret_exit))
        return false;
    *ret_exit = check(server);
    if (*ret_exit != 0)
        return false;
    const char *folder = server->flags.bad_folder != NULL ? server->flags.bad_folder : "handfast-bad";
    return server->flags.bad == 0 ||
           hf_zoo_prepare(&server->zoo, server->flags.bad, folder, &server->settings, ret_exit);
}

static struct hf_guest *guest_of(struct server *server, const struct hf_connection *connection);

static void see(void *context, const struct hf_connection *connection, const struct hf_seen *what)
{
    struct server *server = context;
    struct hf_guest *guest = server->crowd == NULL ? server->current : guest_of(server, connection);
    if (guest == NULL)
        return;
    if (guest->handshake[0] == '\0')
        hf_report_handshake(what, guest->handshake);
    snprintf(guest->last_message, sizeof guest->last_message, "%s %s (%zu bytes)", what->sent ? "our" : "the client's",
             what->message, what->len);
    if (!server->flags.verbose)
        return;
    hf_story_message(stderr, /* from_client= */ !what->sent, what);
    hf_story_detail(stderr, "", what->detail);
}

/* ---- Telling. ---- */

static void tell_json(struct hf_guest *guest, bool failed)
{
    bool first = true;
    struct hf_report report = {.address = guest->address,
                               .name = "",
                               .connection = guest->connection,
                               .first_bytes = guest->first_bytes,
                               .failure = failed ? &guest->failure : NULL};
    snprintf(report.handshake, sizeof report.handshake, "%s", guest->handshake);
    report.verdict = guest->was_open ? HF_VERDICT_ACCEPTED : HF_VERDICT_PENDING;
    putchar('{');
    hf_out_json_member(stdout, &first, "event", failed ? "failed" : "opened");
    hf_out_json_number(stdout, &first, "connection", (long long)guest->number);
    hf_out_json_bool(stdout, &first, "unauthenticated", guest->unauthenticated);
    hf_report_json(stdout, &first, &report);
    printf("}\n");
}

static void tell_prefix(const struct hf_guest *guest, const char *what, enum hf_out_style style)
{
    printf("#%lu %s %s %s%s%s", guest->number, guest->handshake[0] != '\0' ? guest->handshake : "--------",
           guest->address, hf_out_style(stdout, style), what, hf_out_style(stdout, HF_OUT_PLAIN));
}

static void tell_open(struct hf_guest *guest)
{
    struct hf_session_info session;
    char identity[600] = "not asked";
    char key[300];
    hf_session_info(guest->connection, &session);
    if (hf_peer(guest->connection) != NULL)
        hf_report_identity(hf_peer(guest->connection), identity, sizeof identity);
    else if (session.psk_identity != NULL)
        snprintf(identity, sizeof identity, "by the shared key %s", hf_report_psk(&session, key, sizeof key));
    else if (session.asked_for_certificate)
        snprintf(identity, sizeof identity, "unauthenticated, it presented no certificate");
    tell_prefix(guest, "opened", HF_OUT_GREEN);
    printf(" %s %s %s%s%s; client: %s\n", hf_report_version(session.version), session.suite, session.group,
           session.alpn[0] != '\0' ? " " : "", session.alpn, identity);
}

static void tell_failed(struct hf_guest *guest)
{
    char text[2048];
    hf_failure_explain(&guest->failure, (int64_t)time(NULL), text, sizeof text);
    for (char *at = text; *at != '\0'; at++)
        *at = *at == '\n' ? ' ' : *at;
    tell_prefix(guest, guest->was_open ? "cut" : guest->failure.by == HF_BY_US ? "refused" : "failed", HF_OUT_RED);
    printf(" %s\n", text);
}

static void tell(const struct server *server, struct hf_guest *guest)
{
    bool opened = guest->was_open && !guest->told_open;
    bool failed = guest->failed && !guest->told_failure;
    bool moved = guest->moved && guest->association != NULL;
    if (moved)
        hf_udp_tell_moved(guest, server->flags.json);
    if (opened && server->flags.json)
        tell_json(guest, /* failed= */ false);
    else if (opened)
        tell_open(guest);
    if (failed && server->flags.json)
        tell_json(guest, /* failed= */ true);
    else if (failed)
        tell_failed(guest);
    guest->told_open |= opened;
    guest->told_failure |= failed;
    if (opened || failed || moved)
        fflush(stdout);
}

static void tell_listening(const struct server *server, const char *address)
{
    if (server->flags.json) {
        bool first = true;
        putchar('{');
        hf_out_json_member(stdout, &first, "event", "listening");
        hf_out_json_member(stdout, &first, "address", address);
        printf("}\n");
    } else {
        printf("listening on %s\n", address);
    }
    fflush(stdout);
}

/* ---- Serving. ---- */

static enum hf_guest_service service_of(const struct server *server)
{
    return server->flags.http ? HF_GUEST_HTTP : server->flags.echo ? HF_GUEST_ECHO : HF_GUEST_DROP;
}

static struct hf_guest_limits limits_of(const struct server *server)
{
    return (struct hf_guest_limits){server->flags.handshake_timeout_ms, server->flags.idle_timeout_ms,
                                    server->flags.ask_later};
}

static void add(struct server *server, struct hf_guest *guest)
{
    guest->number = ++server->total;
    server->guests[server->count++] = guest;
}

static void welcome(struct server *server)
{
    char address[HF_ENDPOINT_TEXT_ROOM];
    const struct hf_guest_limits limits = limits_of(server);
    int fd = hf_endpoint_accept(server->listener, address);
    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
            server->pause_until_ms = hf_socket_now_ms() + PAUSE_MS;
        return;
    }
    struct hf_guest *guest = hf_guest_new(server->config, fd, service_of(server), &limits);
    if (guest == NULL)
        return;
    snprintf(guest->address, sizeof guest->address, "%s", address);
    add(server, guest);
    if (server->flags.once) {
        close(server->listener);
        server->listener = -1;
    }
}

static bool takes_more(const struct server *server)
{
    return server->listener >= 0 && server->count < server->flags.max_connections &&
           hf_socket_now_ms() >= server->pause_until_ms;
}

/* The listener is last. Returns how long poll may wait: until the first deadline. */
static int fill(const struct server *server, struct pollfd *pollers)
{
    uint64_t now_ms = hf_socket_now_ms();
    uint64_t wait_ms = STEP_MS;
    for (size_t i = 0; i < server->count; i++) {
        const struct hf_guest *guest = server->guests[i];
        short events = hf_guest_events(guest);
        pollers[i] = (struct pollfd){.fd = events == 0 ? -1 : guest->fd, .events = events};
        uint64_t deadline_ms = hf_guest_deadline(guest);
        if (deadline_ms <= now_ms)
            wait_ms = 0;
        else if (deadline_ms - now_ms < wait_ms)
            wait_ms = deadline_ms - now_ms;
    }
    pollers[server->count] = (struct pollfd){.fd = takes_more(server) ? server->listener : -1, .events = POLLIN};
    return server->pause_until_ms > now_ms && wait_ms > PAUSE_MS ? PAUSE_MS : (int)wait_ms;
}

static int status_of(const struct hf_guest *guest)
{
    return guest->failed ? hf_error_exit_status(guest->failure.error) : HF_EXIT_FINE;
}

/* Frees those who are gone; the rest close ranks. */
static void sweep(struct server *server)
{
    size_t kept = 0;
    for (size_t i = 0; i < server->count; i++) {
        struct hf_guest *guest = server->guests[i];
        if (guest->phase != HF_GUEST_GONE) {
            server->guests[kept++] = guest;
            continue;
        }
        server->status = status_of(guest);
        hf_guest_free(guest);
    }
    server->count = kept;
}

static void run(struct server *server, struct pollfd *pollers)
{
    while (!hf_stop_asked() && (server->listener >= 0 || server->count > 0)) {
        int wait_ms = fill(server, pollers);
        size_t polled = server->count;
        if (poll(pollers, polled + 1, wait_ms) < 0)
            continue;
        uint64_t now_ms = hf_socket_now_ms();
        for (size_t i = 0; i < polled; i++) {
            server->current = server->guests[i];
            hf_guest_step(server->guests[i], pollers[i].revents, now_ms);
            tell(server, server->guests[i]);
        }
        server->current = NULL;
        if (pollers[polled].revents != 0)
            welcome(server);
        sweep(server);
    }
}

/* ---- Serving over datagrams. ---- */

/* A guest begins with its connection's first message: then the listener has not told of the association yet. */
static struct hf_guest *guest_of(struct server *server, const struct hf_connection *connection)
{
    const struct hf_guest_limits limits = limits_of(server);
    for (size_t i = 0; i < server->count; i++)
        if (server->guests[i]->begun_as == connection)
            return server->guests[i];
    struct hf_guest *guest = server->count < server->flags.max_connections
                                 ? hf_guest_new_over_datagrams(connection, service_of(server), &limits)
                                 : NULL;
    if (guest != NULL)
        add(server, guest);
    return guest;
}

static void hear(struct server *server, struct hf_association *association)
{
    struct hf_guest *guest = guest_of(server, hf_association_connection(association));
    if (guest == NULL) {
        hf_association_drop(association);
        return;
    }
    hf_guest_hear(guest, association, hf_socket_now_ms());
    tell(server, guest);
}

/* Each once: who has no room for more data now comes again. */
static void hear_all(struct server *server)
{
    struct hf_listener_counts counts;
    hf_listener_counts(server->crowd, &counts);
    for (size_t left = counts.associations; left > 0; left--) {
        struct hf_association *one = hf_listener_next(server->crowd);
        if (one == NULL)
            return;
        hear(server, one);
    }
}

static int wait_for_datagrams(const struct server *server, bool is_stuck)
{
    struct pollfd poller = {.fd = server->listener, .events = (short)(POLLIN | (is_stuck ? POLLOUT : 0))};
    uint64_t now_ms = hf_socket_now_ms();
    uint64_t due_ms = hf_listener_deadline(server->crowd);
    for (size_t i = 0; i < server->count; i++)
        due_ms = hf_guest_deadline(server->guests[i]) < due_ms ? hf_guest_deadline(server->guests[i]) : due_ms;
    uint64_t wait_ms = due_ms <= now_ms ? 0 : due_ms - now_ms;
    return poll(&poller, 1, wait_ms < STEP_MS ? (int)wait_ms : STEP_MS);
}

static void run_over_datagrams(struct server *server)
{
    bool is_stuck = false;
    while (!hf_stop_asked() && (!server->flags.once || server->total == 0 || server->count > 0)) {
        if (wait_for_datagrams(server, is_stuck) < 0)
            continue;
        hf_udp_receive(server->crowd, server->listener);
        hf_listener_tick(server->crowd, hf_socket_now_ms());
        hear_all(server);
        for (size_t i = 0; i < server->count; i++) {
            hf_guest_step(server->guests[i], 0, hf_socket_now_ms());
            tell(server, server->guests[i]);
        }
        hf_udp_tell_refused(server->crowd, server->flags.json, &server->refused_told);
        is_stuck = !hf_udp_send(server->crowd, server->listener);
        sweep(server);
    }
}

static void dismiss_all(struct server *server)
{
    for (size_t i = 0; i < server->count; i++) {
        hf_guest_dismiss(server->guests[i]);
        hf_guest_free(server->guests[i]);
    }
    server->count = 0;
    if (server->crowd != NULL)
        (void)hf_udp_send(server->crowd, server->listener);
    hf_listener_free(server->crowd);
    server->crowd = NULL;
    if (server->listener >= 0)
        close(server->listener);
}

/* Those who have shown where they are count; --once lets in one. */
static bool open_crowd(struct server *server)
{
    size_t max = server->flags.once ? 1 : server->flags.max_connections;
    const struct hf_listener_limits limits = {
        .associations = max,
        .half_open = max,
        .handshake_ms = (uint64_t)server->flags.handshake_timeout_ms,
    };
    if (server->settings.dtls)
        server->crowd = hf_listener_new(server->config, &limits, NULL);
    return !server->settings.dtls || server->crowd != NULL;
}

static void run_either(struct server *server, struct pollfd *pollers)
{
    if (server->zoo.act != HF_ZOO_TLS)
        hf_zoo_run(&server->zoo, server->listener, server->flags.once);
    else if (server->crowd != NULL)
        run_over_datagrams(server);
    else
        run(server, pollers);
}

static int listen_and_run(struct server *server)
{
    struct hf_endpoint endpoint;
    struct hf_failure failure;
    const char *why = "";
    const char *where = server->flags.listen != NULL ? server->flags.listen : "127.0.0.1:4433";
    char address[HF_ENDPOINT_TEXT_ROOM];
    if (!hf_endpoint_parse(where, &endpoint, &why))
        return hf_out_usage("serve", "\"%s\" is no HOST:PORT: %s", where, why);
    endpoint.datagrams = server->settings.dtls;
    server->listener = hf_endpoint_listen(&endpoint, address, &failure);
    if (server->listener < 0)
        return hf_out_failure("serve", &failure);
    struct pollfd *pollers = calloc(server->flags.max_connections + 1, sizeof *pollers);
    server->guests = calloc(server->flags.max_connections, sizeof(struct hf_guest *));
    if (pollers != NULL && server->guests != NULL && open_crowd(server)) {
        tell_listening(server, address);
        if (server->zoo.row != NULL)
            hf_zoo_tell(&server->zoo, address);
        run_either(server, pollers);
    } else {
        server->status = hf_error_exit_status(HF_ERR_no_memory);
    }
    dismiss_all(server);
    free(server->guests);
    free(pollers);
    return server->flags.once ? server->status : HF_EXIT_FINE;
}

int hf_cli_serve(int argc, char **argv)
{
    struct server server = {.flags = {.handshake_timeout_ms = 10000, .idle_timeout_ms = 300000, .max_connections = 512},
                            .settings = {.trust = HF_SETTINGS_TRUST_DEFAULT},
                            .listener = -1};
    int status = HF_EXIT_FINE;
    if (!parse(&server, argc, argv, &status))
        return status;
    hf_stop_prepare();
    const struct hf_settings_observer observer = {see, &server};
    FILE *key_log = NULL;
    server.config = hf_settings_config(&server.settings, HF_SERVER, "serve", &observer, &key_log, &status);
    if (server.config == NULL)
        return status;
    status = listen_and_run(&server);
    hf_config_drop(server.config);
    if (key_log != NULL)
        fclose(key_log);
    return status;
}
