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
#include <unistd.h>

#include "ech.h"
#include "endpoint.h"
#include "guest.h"
#include "guest_tell.h"
#include "story.h"
#include "out.h"
#include "reload.h"
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
    const char *reload;
    int handshake_timeout_ms;
    int idle_timeout_ms;
    size_t max_connections;
    size_t bad;
    const char *bad_folder;
};

struct server {
    struct flags flags;
    struct hf_settings settings;
    struct hf_zoo zoo;         /* --bad */
    struct hf_current *config; /* what new guests are met with */
    struct hf_reload reload;
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
     .help = "ask clients who they are only when they have sent something:\n--client-auth none or request; in TLS 1.3 "
             "those "
             "that let themselves\nbe asked, in TLS 1.2 with --historic renegotiation-ask"},
    {.name = "once",
     .kind = HF_OPTION_SWITCH,
     .offset = FIELD(once),
     .help = "serve one connection, and exit with its status"},
    {.name = "json",
     .kind = HF_OPTION_SWITCH,
     .offset = FIELD(json),
     .help = "one JSON object a line: \"event\" is listening, opened, failed,\nanswered, declined, moved, reloaded or "
             "not_reloaded"},
    {.name = "verbose",
     .kind = HF_OPTION_SWITCH,
     .offset = FIELD(verbose),
     .help = "tell every message of the handshakes, on standard error"},
    {.name = "reload",
     .value = "HOW",
     .kind = HF_OPTION_CHOICE,
     .offset = FIELD(reload),
     .choices = "watch|signal",
     .help =
         "load certificates, keys, CAs, lists and rules anew, whole or not\nat all, while connections go on: watch: "
         "when one of the files\nchanges, and on SIGHUP; signal: on SIGHUP only"},
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
    {.name = "early-data",
     .kind = HF_OPTION_SWITCH,
     .offset = offsetof(struct hf_settings, early_data),
     .help =
         "take early data (0-RTT), up to 16 KiB, in resumed sessions of TLS 1.3\nof clients with certificates; it is "
         "answered when the client has\nshown that it is there"},
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
    else if (settings->certs.count == 0 && settings->raw_keys.count == 0)
        return hf_out_usage("serve", "a server needs a certificate: --cert FILE --key FILE "
                                     "(handfast cert makes one)");
    asks = asks || flags->ask_later;
    if (asks && !names_anchors)
        return hf_out_usage("serve", "whose clients are let in? Give their CA: --client-ca FILE, "
                                     "or do not ask them who they are: --client-auth none");
    if (settings->early_data && (settings->dtls || (!settings->tickets && settings->session_cache == 0)))
        return hf_out_usage("serve", "--early-data needs --tickets or --session-cache, and goes without --dtls");
    if (settings->dtls && settings->ech.keys.count + settings->ech.old_keys.count > 0)
        return hf_out_usage("serve",
                            "--ech and --ech-old go without --dtls: clients are asked there where they are before "
                            "their hellos\nare opened, and take that for a refusal");
    if (flags->http && flags->echo)
        return hf_out_usage("serve", "--http and --echo contradict each other");
    bool renegotiates = settings->historic != NULL && strstr(settings->historic, "renegotiation-ask") != NULL;
    bool is_old = settings->max_version != NULL && strcmp(settings->max_version, "1.2") == 0;
    if (flags->ask_later && is_old && !renegotiates)
        return hf_out_usage("serve",
                            "--ask-later needs TLS 1.3, or --historic renegotiation-ask, which is off for good "
                            "reasons");
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
        {"Encrypted Client Hello", hf_ech_server_options, hf_ech_server_option_count, &server->settings},
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
    if (server->flags.ask_later)
        server->settings.later = "present";
    const char *folder = server->flags.bad_folder != NULL ? server->flags.bad_folder : "handfast-bad";
    if (server->flags.bad == 0)
        return true;
    if (!hf_zoo_prepare(&server->zoo, server->flags.bad, folder, &server->settings, ret_exit))
        return false;
    server->flags.http |= server->zoo.asks_later;
    server->flags.ask_later |= server->zoo.asks_later;
    return true;
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
    struct hf_config *config = hf_current_take(server->config);
    struct hf_guest *guest = hf_guest_new(config, fd, service_of(server), &limits);
    hf_config_drop(config);
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

/* How long poll may wait at most: until then, or until what is told by nothing else is looked at. */
static int wait_until(uint64_t due_ms, uint64_t now_ms)
{
    uint64_t wait_ms = due_ms <= now_ms ? 0 : due_ms - now_ms;
    return wait_ms < STEP_MS ? (int)wait_ms : STEP_MS;
}

/* Behind the guests: the listener, and what tells of changed files. Returns how long poll may wait. */
static int fill(const struct server *server, struct pollfd *pollers)
{
    uint64_t due_ms = hf_reload_deadline(&server->reload);
    for (size_t i = 0; i < server->count; i++) {
        const struct hf_guest *guest = server->guests[i];
        short events = hf_guest_events(guest);
        pollers[i] = (struct pollfd){.fd = events == 0 ? -1 : guest->fd, .events = events};
        due_ms = hf_guest_deadline(guest) < due_ms ? hf_guest_deadline(guest) : due_ms;
    }
    pollers[server->count] = (struct pollfd){.fd = takes_more(server) ? server->listener : -1, .events = POLLIN};
    pollers[server->count + 1] = (struct pollfd){.fd = hf_reload_fd(&server->reload), .events = POLLIN};
    uint64_t now_ms = hf_socket_now_ms();
    int wait_ms = wait_until(due_ms, now_ms);
    return server->pause_until_ms > now_ms && wait_ms > PAUSE_MS ? PAUSE_MS : wait_ms;
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
        int ready = poll(pollers, polled + 2, wait_ms);
        uint64_t now_ms = hf_socket_now_ms();
        hf_reload_turn(&server->reload, now_ms);
        if (ready < 0)
            continue;
        for (size_t i = 0; i < polled; i++) {
            server->current = server->guests[i];
            hf_guest_step(server->guests[i], pollers[i].revents, now_ms);
            hf_guest_tell(server->guests[i], server->flags.json);
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
    hf_guest_tell(guest, server->flags.json);
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
    struct pollfd pollers[] = {
        {.fd = server->listener, .events = (short)(POLLIN | (is_stuck ? POLLOUT : 0))},
        {.fd = hf_reload_fd(&server->reload), .events = POLLIN},
    };
    uint64_t due_ms = hf_listener_deadline(server->crowd);
    if (hf_reload_deadline(&server->reload) < due_ms)
        due_ms = hf_reload_deadline(&server->reload);
    for (size_t i = 0; i < server->count; i++)
        due_ms = hf_guest_deadline(server->guests[i]) < due_ms ? hf_guest_deadline(server->guests[i]) : due_ms;
    return poll(pollers, sizeof pollers / sizeof pollers[0], wait_until(due_ms, hf_socket_now_ms()));
}

static void run_over_datagrams(struct server *server)
{
    bool is_stuck = false;
    while (!hf_stop_asked() && (!server->flags.once || server->total == 0 || server->count > 0)) {
        int ready = wait_for_datagrams(server, is_stuck);
        hf_reload_turn(&server->reload, hf_socket_now_ms());
        if (ready < 0)
            continue;
        hf_udp_receive(server->crowd, server->listener);
        hf_listener_tick(server->crowd, hf_socket_now_ms());
        hear_all(server);
        for (size_t i = 0; i < server->count; i++) {
            hf_guest_step(server->guests[i], 0, hf_socket_now_ms());
            hf_guest_tell(server->guests[i], server->flags.json);
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
    struct hf_config *config = hf_current_take(server->config);
    if (server->settings.dtls)
        server->crowd = hf_listener_new(config, &limits, NULL);
    hf_config_drop(config);
    server->reload.crowd = server->crowd;
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
    struct pollfd *pollers = calloc(server->flags.max_connections + 2, sizeof *pollers);
    server->guests = calloc(server->flags.max_connections, sizeof(struct hf_guest *));
    bool has_room = pollers != NULL && server->guests != NULL && open_crowd(server);
    if (has_room) {
        hf_guest_tell_listening(address, server->flags.json);
        if (server->zoo.row != NULL)
            hf_zoo_tell(&server->zoo, address);
        run_either(server, pollers);
    }
    dismiss_all(server);
    free(server->guests);
    free(pollers);
    if (!has_room)
        return hf_error_exit_status(HF_ERR_no_memory);
    return server->flags.once ? server->status : HF_EXIT_FINE;
}

/* From the first config to the last. What changes while the first is made must be seen, so that is looked for before.
 */
static int serve(struct server *server)
{
    const struct hf_settings_observer observer = {see, server};
    struct hf_settings_kept kept;
    int status = HF_EXIT_FINE;
    server->reload = (struct hf_reload){
        .settings = &server->settings, .observer = &observer, .kept = &kept, .json = server->flags.json};
    struct hf_config *config = NULL;
    if (hf_reload_begin(&server->reload, server->flags.reload, &status))
        config = hf_settings_config(&server->settings, HF_SERVER, "serve", &observer, &kept, &status);
    if (config != NULL) {
        server->config = hf_current_new(config);
        hf_config_drop(config);
        server->reload.current = server->config;
        status = server->config == NULL ? hf_error_exit_status(HF_ERR_no_memory) : listen_and_run(server);
        hf_current_free(server->config);
        hf_settings_release(&kept);
    }
    hf_reload_end(&server->reload);
    return status;
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
    return serve(&server);
}
