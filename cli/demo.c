/* `handfast demo`: the program's first impression, and a test of itself.
 * It plays each scene over each protocol of its tables. Exit status 0 only when everything came as narrated. */
#define _POSIX_C_SOURCE 200809L
#include "commands.h"

#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>

#include "demo_material.h"
#include "demo_scene.h"
#include "demo_tell.h"
#include "options.h"
#include "out.h"

struct flags {
    bool json;
};

static const struct hf_option demo_options[] = {
    {.name = "json",
     .kind = HF_OPTION_SWITCH,
     .offset = offsetof(struct flags, json),
     .help = "tell it as one JSON document"},
};

/* A datagram protocol will be another row. */
static const struct hf_demo_protocol protocols[] = {
    {.name = "TLS 1.3", .version = HF_TLS13},
    {.name = "TLS 1.2", .version = HF_TLS12},
};
enum { PROTOCOLS = sizeof protocols / sizeof protocols[0] };

static const struct hf_demo_scene friends = {
    .title = "Mutual authentication",
    .story = "Each end proves who it is by a certificate and a signature over everything said before.",
    .presents = HF_DEMO_PRESENTS_PROPER,
    .server_finds = HF_OK,
};

static const struct hf_demo_scene refusals[] = {
    {.title = "A client without a certificate",
     .story =
         "The server requires one. In TLS 1.3 the client is done before it is judged, so it must wait for the verdict.",
     .presents = HF_DEMO_PRESENTS_NOTHING,
     .server_finds = HF_ERR_certificate_missing,
     .client_reason = 14},
    {.title = "A client whose certificate expired",
     .story = "It is genuine and from the right CA, and three days too old.",
     .presents = HF_DEMO_PRESENTS_EXPIRED,
     .server_finds = HF_ERR_certificate_expired,
     .client_reason = 17},
    {.title = "A client from another CA",
     .story = "Its certificate is valid and its signature right, but nobody here knows who issued it.",
     .presents = HF_DEMO_PRESENTS_STRANGER,
     .server_finds = HF_ERR_unknown_issuer,
     .client_reason = 15},
};
enum { REFUSALS = sizeof refusals / sizeof refusals[0] };

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void play_all(const struct hf_demo_material *material, struct hf_demo_teller *teller)
{
    for (size_t i = 0; i < PROTOCOLS; i++)
        hf_demo_scene_play(&friends, &protocols[i], material, teller);
    for (size_t i = 0; i < REFUSALS; i++)
        hf_demo_scene_play(&refusals[i], &protocols[0], material, teller);
}

int hf_cli_demo(int argc, char **argv)
{
    struct flags flags = {.json = false};
    struct hf_option_group group = {"Flags", demo_options, sizeof demo_options / sizeof demo_options[0], &flags};
    const struct hf_option_page page = {
        .command = "demo",
        .synopsis = "[--json]",
        .about = "Makes a private CA, a server and clients, and lets them meet over loopback: mutual TLS in each\n"
                 "version, message by message, then three clients that are refused, with what each end has to say\n"
                 "about it. Nothing is written to disk.",
        .notes = "exit status: 0 when everything came as narrated, 60 when not; 2 usage.",
        .groups = &group,
        .group_count = 1,
        .words_max = 0,
    };
    struct hf_option_list words;
    int status = HF_EXIT_FINE;
    if (!hf_options_parse(&page, argc, argv, &words, &status))
        return status;
    signal(SIGPIPE, SIG_IGN);
    double began = seconds_now();
    struct hf_demo_material material;
    struct hf_demo_teller teller = {.json = flags.json};
    struct hf_failure failure;
    if (!hf_demo_material_make(&material, (int64_t)time(NULL), &failure)) {
        hf_demo_material_wipe(&material);
        return hf_out_failure("demo", &failure);
    }
    hf_demo_tell_cast(&teller, &material);
    play_all(&material, &teller);
    hf_demo_tell_end(&teller, seconds_now() - began);
    hf_demo_material_wipe(&material);
    return teller.broken == 0 && fflush(stdout) == 0 ? HF_EXIT_FINE : hf_error_exit_status(HF_ERR_internal);
}
