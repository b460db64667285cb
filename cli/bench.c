/* `handfast bench`: how many handshakes a server makes, how long they take, and what connections cost. Here are its
 * flags; bench_run.c runs it. */
#define _POSIX_C_SOURCE 200809L
#include "commands.h"

#include <stddef.h>
#include <string.h>

#include "bench.h"
#include "descriptors.h"
#include "ech.h"
#include "out.h"
#include "stop.h"

#define FIELD(name) offsetof(struct hf_bench_flags, name)

enum { HOLD_BYTES = 32, HOLD_BYTES_MAX = 16384, HOLD_BYTES_MAX_DATAGRAMS = 1024, DESCRIPTORS_OWN = 64 };

static const struct hf_option load_options[] = {
    {.name = "connections",
     .value = "N",
     .kind = HF_OPTION_NUMBER,
     .offset = FIELD(connections),
     .max = HF_BENCH_CONNECTIONS_MAX,
     .help = "at a time; default 16; with --hold: so many are opened at a time"},
    {.name = "threads",
     .value = "N",
     .kind = HF_OPTION_NUMBER,
     .offset = FIELD(threads),
     .max = HF_BENCH_THREADS_MAX,
     .help = "of the client; default 1"},
    {.name = "seconds",
     .value = "SECONDS",
     .kind = HF_OPTION_SECONDS,
     .offset = FIELD(duration_ms),
     .max = 86400,
     .help = "stop after so long; default 5, with --count or --hold 600"},
    {.name = "count",
     .value = "N",
     .kind = HF_OPTION_NUMBER,
     .offset = FIELD(count),
     .max = 1000000000,
     .help = "stop after so many connections"},
    {.name = "resume",
     .value = "PERCENT",
     .kind = HF_OPTION_NUMBER,
     .offset = FIELD(resume),
     .max = 100,
     .help =
         "let so many connections in a hundred offer a session of an earlier\none (the server must keep sessions, or "
         "give tickets)"},
    {.name = "bytes",
     .value = "N",
     .kind = HF_OPTION_NUMBER,
     .offset = FIELD(bytes),
     .max = (size_t)1 << 40,
     .help = "send so many on each connection before it closes; with --hold: in\neach message, default 32"},
    {.name = "echo",
     .kind = HF_OPTION_SWITCH,
     .offset = FIELD(echo),
     .help = "the server sends them back (serve --echo): wait for that"},
    {.name = "timeout",
     .value = "SECONDS",
     .kind = HF_OPTION_SECONDS,
     .offset = FIELD(timeout_ms),
     .max = 3600,
     .help = "for a handshake, and for data to move on; default 10"},
    {.name = "verdict-timeout",
     .value = "SECONDS",
     .kind = HF_OPTION_SECONDS,
     .offset = FIELD(verdict_timeout_ms),
     .max = 3600,
     .help = "how long to wait for what the server thinks of our certificate,\nand for its tickets; default 1"},
    {.name = "json",
     .kind = HF_OPTION_SWITCH,
     .offset = FIELD(json),
     .help = "tell the result as one JSON object, on standard output"},
};

static const struct hf_option hold_options[] = {
    {.name = "hold",
     .value = "N",
     .kind = HF_OPTION_NUMBER,
     .offset = FIELD(hold),
     .max = HF_BENCH_CONNECTIONS_MAX,
     .help =
         "open N connections and hold all of them; then a message on each in\nturn, by each thread; then close them"},
    {.name = "rounds",
     .value = "N",
     .kind = HF_OPTION_NUMBER,
     .offset = FIELD(rounds),
     .max = 1000000,
     .help = "of messages, one on each connection; default 1"},
    {.name = "idle",
     .value = "SECONDS",
     .kind = HF_OPTION_SECONDS,
     .offset = FIELD(idle_ms),
     .max = 3600,
     .help = "how long all are quiet before memory is measured; default 2"},
    {.name = "pid",
     .value = "PID",
     .kind = HF_OPTION_NUMBER,
     .offset = FIELD(pid),
     .max = (size_t)1 << 30,
     .help = "the server's process, on this machine: its resident memory is told\nfor each connection, too"},
};

static const struct hf_option trust_options[] = {
    {.name = "name",
     .value = "NAME",
     .kind = HF_OPTION_TEXT,
     .offset = offsetof(struct hf_bench, flags.name),
     .help = "the name that the server must prove; default: HOST"},
    {.name = "ca",
     .value = "FILE",
     .kind = HF_OPTION_LIST,
     .offset = offsetof(struct hf_bench, settings.authorities),
     .help = "CAs to trust (PEM); may be repeated; default: the system's"},
    {.name = "any-name",
     .kind = HF_OPTION_SWITCH,
     .offset = offsetof(struct hf_bench, settings.any_name),
     .help = "prove the chain, but not the server's name"},
};

static int check(struct hf_bench *bench, const struct hf_option_list *words)
{
    struct hf_bench_flags *flags = &bench->flags;
    const char *why = "";
    size_t hold_max = bench->settings.dtls ? HOLD_BYTES_MAX_DATAGRAMS : HOLD_BYTES_MAX;
    if (words->count == 0)
        return hf_out_usage("bench", "where to? HOST:PORT is missing");
    if (!hf_endpoint_parse(words->items[0], &bench->endpoint, &why))
        return hf_out_usage("bench", "\"%s\" is no HOST:PORT: %s", words->items[0], why);
    if (flags->name != NULL && bench->settings.any_name)
        return hf_out_usage("bench", "--name and --any-name contradict each other");
    if (flags->connections == 0 || flags->threads == 0)
        return hf_out_usage("bench", "--%s 0 would do nothing", flags->connections == 0 ? "connections" : "threads");
    if (flags->hold == 0 && (flags->pid > 0 || flags->idle_ms >= 0 || flags->rounds > 0))
        return hf_out_usage("bench", "--%s goes with --hold",
                            flags->pid > 0      ? "pid"
                            : flags->rounds > 0 ? "rounds"
                                                : "idle");
    if (flags->hold > 0 && (flags->count > 0 || flags->resume > 0))
        return hf_out_usage("bench", "--hold goes without --%s", flags->count > 0 ? "count" : "resume");
    if (flags->hold > 0 && flags->bytes > hold_max)
        return hf_out_usage("bench", "--hold sends messages of %zu bytes at most", hold_max);
    if (flags->echo && flags->bytes == 0 && flags->hold == 0)
        return hf_out_usage("bench", "--echo needs --bytes: what should come back?");
    return 0;
}

/* What the flags leave open. */
static void complete(struct hf_bench *bench)
{
    struct hf_bench_flags *flags = &bench->flags;
    size_t all = flags->hold > 0 ? flags->hold : flags->connections;
    flags->threads = flags->threads < all ? flags->threads : all;
    if (flags->duration_ms < 0)
        flags->duration_ms = flags->count > 0 || flags->hold > 0 ? 600000 : 5000;
    flags->idle_ms = flags->idle_ms < 0 ? 2000 : flags->idle_ms;
    flags->rounds = flags->rounds > 0 ? flags->rounds : 1;
    if (flags->hold > 0 && flags->bytes == 0)
        flags->bytes = HOLD_BYTES;
    bench->endpoint.datagrams = bench->settings.dtls;
    bench->settings.keeps_session = flags->resume > 0;
    bench->name = bench->settings.any_name ? NULL : flags->name != NULL ? flags->name : bench->endpoint.host;
}

static bool parse(struct hf_bench *bench, int argc, char **argv, int *ret_exit)
{
    const struct hf_option_group groups[] = {
        {"The load", load_options, sizeof load_options / sizeof load_options[0], &bench->flags},
        {"Many at once", hold_options, sizeof hold_options / sizeof hold_options[0], &bench->flags},
        {"Whom we believe", trust_options, sizeof trust_options / sizeof trust_options[0], bench},
        {"How far we believe", hf_settings_trust, hf_settings_trust_count, &bench->settings.trust},
        {"Whom we admit", hf_settings_admission, hf_settings_admission_count, &bench->settings},
        {"Who we are", hf_settings_identity, hf_settings_identity_count, &bench->settings},
        {"Revocation", hf_settings_revocation, hf_settings_revocation_count, &bench->settings},
        {"The protocol", hf_settings_policy, hf_settings_policy_count, &bench->settings},
        {"Encrypted Client Hello", hf_ech_client_options, hf_ech_client_option_count, &bench->settings},
    };
    const struct hf_option_page page = {
        .command = "bench",
        .synopsis = "HOST:PORT [flags]",
        .about = "Makes many connections to one server, of any make, by TLS, or with --dtls by DTLS, and tells\n"
                 "how many handshakes there were in a second, how long they took, and why those failed that\n"
                 "did. A handshake takes from connecting on until the server has shown that it accepts us.",
        .notes = "examples:\n  handfast bench localhost:4433 --ca ca.pem --cert client.pem --key client.key "
                 "--connections 64\n"
                 "  handfast bench localhost:4433 --ca ca.pem --hold 10000 --echo --pid \"$(pidof handfast)\"\n\n"
                 "Status 0: no connection failed; otherwise that of the failure seen most.\n" HF_CLI_STATUSES,
        .groups = groups,
        .group_count = sizeof groups / sizeof groups[0],
        .words_max = 1,
    };
    struct hf_option_list words = {.count = 0};
    if (!hf_options_parse(&page, argc, argv, &words, ret_exit))
        return false;
    *ret_exit = check(bench, &words);
    if (*ret_exit == 0)
        complete(bench);
    return *ret_exit == 0;
}

static bool has_descriptors(const struct hf_bench *bench, int *ret_exit)
{
    size_t all = bench->flags.hold > 0 ? bench->flags.hold : bench->flags.connections;
    size_t wanted = all + 3 * bench->flags.threads + DESCRIPTORS_OWN;
    size_t have = hf_descriptors_raise(wanted);
    if (have >= wanted)
        return true;
    hf_out_error("bench: %zu connections need %zu descriptors, and this process may have %zu: raise the hard limit "
                 "(ulimit -Hn), or use fewer",
                 all, wanted, have);
    *ret_exit = hf_error_exit_status(HF_ERR_network_failed);
    return false;
}

int hf_cli_bench(int argc, char **argv)
{
    static struct hf_bench bench = {.settings = {.trust = HF_SETTINGS_TRUST_DEFAULT}};
    int status = HF_EXIT_FINE;
    struct hf_settings_kept kept;
    struct hf_failure failure;
    bench.flags = (struct hf_bench_flags){.connections = 16,
                                          .threads = 1,
                                          .duration_ms = -1,
                                          .idle_ms = -1,
                                          .timeout_ms = 10000,
                                          .verdict_timeout_ms = 1000};
    if (!parse(&bench, argc, argv, &status) || !has_descriptors(&bench, &status))
        return status;
    hf_stop_prepare();
    bench.config = hf_settings_config(&bench.settings, HF_CLIENT, "bench", NULL, &kept, &status);
    if (bench.config == NULL)
        return status;
    if (hf_endpoint_find(&bench.endpoint, bench.flags.timeout_ms, &bench.target, bench.address, &failure))
        status = hf_bench_run(&bench);
    else
        status = hf_out_failure("bench", &failure);
    hf_config_drop(bench.config);
    hf_settings_release(&kept);
    return status;
}
