/* `handfast serve`: many guests, one line about each on standard output. Here are its flags; server.c runs it.
 * Invariants: no guest can hold up another; the line about a guest names the same handshake, reason and number as the
 * client's own report. */
#define _POSIX_C_SOURCE 200809L
#include "commands.h"

#include <stddef.h>
#include <string.h>

#include "ech.h"
#include "out.h"
#include "server.h"
#include "stop.h"

#define FIELD(name) offsetof(struct hf_server_flags, name)

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
    {.name = "quiet",
     .kind = HF_OPTION_SWITCH,
     .offset = FIELD(quiet),
     .help = "tell failures only, of guests: for many of them"},
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
     .max = HF_SERVER_GUESTS_MAX,
     .help = "at once; further ones wait; default 512"},
    {.name = "threads",
     .value = "N",
     .kind = HF_OPTION_NUMBER,
     .offset = FIELD(threads),
     .max = HF_SERVER_THREADS_MAX,
     .help = "serve by N threads, each with an event loop of its own; default 1,\n0: one for each processor"},
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
    {.name = "prepared-shares",
     .value = "N",
     .kind = HF_OPTION_NUMBER,
     .offset = offsetof(struct hf_settings, prepared_shares),
     .max = 1024,
     .help = "while nothing else is to do keep N key shares ready, of each group:\nhandshakes that take one cost less; "
             "default 0"},
    {.name = "session-cache",
     .value = "N",
     .kind = HF_OPTION_NUMBER,
     .offset = offsetof(struct hf_settings, session_cache),
     .max = 1 << 20,
     .help = "keep N sessions, an hour each, for clients to resume, in TLS 1.3\nonce each; default 0: none is kept"},
    {.name = "tickets",
     .kind = HF_OPTION_SWITCH,
     .offset = offsetof(struct hf_settings, tickets),
     .help = "give clients that take them tickets sealed under a key of this\nrun; with clients that show "
             "certificates beside --session-cache"},
    {.name = "early-data",
     .kind = HF_OPTION_SWITCH,
     .offset = offsetof(struct hf_settings, early_data),
     .help =
         "take early data (0-RTT), up to 16 KiB, in resumed sessions of TLS 1.3\nof clients with certificates; it is "
         "answered when the client has\nshown that it is there"},
};

static int check(const struct hf_server *server)
{
    const struct hf_server_flags *flags = &server->flags;
    const struct hf_settings *settings = &server->settings;
    if (flags->threads != 1 && flags->once)
        return hf_out_usage("serve", "--once serves one connection, and goes without --threads");
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
    if (flags->quiet && flags->verbose)
        return hf_out_usage("serve", "--quiet and --verbose contradict each other");
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

static bool parse(struct hf_server *server, int argc, char **argv, int *ret_exit)
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

/* From the first config to the last. What changes while the first is made must be seen, so that is looked for before.
 */
static int serve(struct hf_server *server)
{
    const struct hf_settings_observer observer = {hf_server_see, server};
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
        status = server->config == NULL ? hf_error_exit_status(HF_ERR_no_memory) : hf_server_run(server);
        hf_current_free(server->config);
        hf_settings_release(&kept);
    }
    hf_reload_end(&server->reload);
    return status;
}

int hf_cli_serve(int argc, char **argv)
{
    struct hf_server server = {
        .flags = {.handshake_timeout_ms = 10000, .idle_timeout_ms = 300000, .max_connections = 512, .threads = 1},
        .settings = {.trust = HF_SETTINGS_TRUST_DEFAULT},
        .listener = -1};
    int status = HF_EXIT_FINE;
    if (!parse(&server, argc, argv, &status))
        return status;
    hf_stop_prepare();
    return serve(&server);
}
