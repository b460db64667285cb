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
#include "history.h"
#include "options.h"
#include "out.h"

struct flags {
    bool json;
    bool history;
};

static const struct hf_option demo_options[] = {
    {.name = "json",
     .kind = HF_OPTION_SWITCH,
     .offset = offsetof(struct flags, json),
     .help = "tell it as one JSON document"},
    {.name = "history",
     .kind = HF_OPTION_SWITCH,
     .offset = offsetof(struct flags, history),
     .help = "walk through what practice has retired: a real handshake of\n"
             "each piece, and when and why it went; of all, or of the chapters named"},
};

static const struct hf_demo_protocol streams[] = {
    {.name = "TLS 1.3", .version = HF_TLS13, .told = HF_TLS13},
    {.name = "TLS 1.2", .version = HF_TLS12, .told = HF_TLS12},
};
enum { STREAMS = sizeof streams / sizeof streams[0] };

static const struct hf_demo_protocol datagrams[] = {
    {.name = "DTLS 1.3", .version = HF_TLS13, .told = HF_DTLS13, .is_of_datagrams = true},
    {.name = "DTLS 1.2", .version = HF_TLS12, .told = HF_DTLS12, .is_of_datagrams = true},
};
enum { DATAGRAMS = sizeof datagrams / sizeof datagrams[0] };

static const struct hf_demo_scene friends = {
    .title = "Mutual authentication",
    .story = "Each end proves who it is by a certificate and a signature over everything said before.",
    .presents = HF_DEMO_PRESENTS_PROPER,
    .server_finds = HF_OK,
};

static const struct hf_demo_scene lossy_friends = {
    .title = "The same over UDP, which loses a flight",
    .story = "Datagrams carry the same messages. The server's first ones do not arrive, and nobody says so: whoever "
             "waits too "
             "long for an answer sends its flight again.",
    .presents = HF_DEMO_PRESENTS_PROPER,
    .loses_flight = true,
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

static bool play_all(const struct hf_demo_material *material, struct hf_demo_teller *teller)
{
    hf_demo_tell_cast(teller, material);
    for (size_t i = 0; i < STREAMS; i++)
        hf_demo_scene_play(&friends, &streams[i], material, teller);
    for (size_t i = 0; i < DATAGRAMS; i++)
        hf_demo_scene_play(&lossy_friends, &datagrams[i], material, teller);
    for (size_t i = 0; i < REFUSALS; i++)
        hf_demo_scene_play(&refusals[i], &streams[0], material, teller);
    return true;
}

static bool play_history(const struct hf_option_list *chapters, struct hf_demo_material *material,
                         struct hf_demo_teller *teller, struct hf_failure *ret_failure)
{
    hf_demo_tell_preface(teller, "What practice has retired, in the order in which a connection meets it. Each chapter "
                                 "is a real connection over loopback, made of pieces that are off by default; what is "
                                 "checked below it is what the library reports, or what stands on the wire.");
    return hf_history_play(chapters, material, teller, ret_failure);
}

static int check_words(const struct hf_option_list *words, bool history)
{
    if (!history && words->count > 0)
        return hf_out_usage("demo", "what is %s for? Chapters go with --history", words->items[0]);
    for (size_t i = 0; i < words->count; i++)
        if (!hf_history_knows(words->items[i]))
            return hf_out_usage("demo", "--history has no chapter %s", words->items[i]);
    return HF_EXIT_FINE;
}

static int play(const struct hf_option_list *words, const struct flags *flags)
{
    struct hf_demo_material material;
    struct hf_demo_teller teller = {.json = flags->json};
    struct hf_failure failure;
    double began = seconds_now();
    bool played = hf_demo_material_make(&material, (int64_t)time(NULL), &failure) &&
                  (flags->history ? play_history(words, &material, &teller, &failure) : play_all(&material, &teller));
    if (played)
        hf_demo_tell_end(&teller, seconds_now() - began);
    hf_demo_material_wipe(&material);
    if (!played)
        return hf_out_failure("demo", &failure);
    return teller.broken == 0 && fflush(stdout) == 0 ? HF_EXIT_FINE : hf_error_exit_status(HF_ERR_internal);
}

int hf_cli_demo(int argc, char **argv)
{
    struct flags flags = {.json = false};
    struct hf_option_group group = {"Flags", demo_options, sizeof demo_options / sizeof demo_options[0], &flags};
    const struct hf_option_page page = {
        .command = "demo",
        .synopsis = "[--json] [--history [CHAPTER...]]",
        .about = "Makes a private CA, a server and clients, and lets them meet over loopback: mutual TLS in each\n"
                 "version, message by message, the same by DTLS, where a flight is lost and goes again, then\n"
                 "three clients that are refused, with what each end has to say about it. Nothing is written to\n"
                 "disk.",
        .notes = "chapters: rsa dhe psk dhe-psk rsa-psk ecdhe-psk compression cbc encrypt-then-mac rc4 null\n"
                 "          integrity-only sha1 session-id ticket psk-ke renegotiation\n\n"
                 "exit status: 0 when everything came as narrated, 60 when not; 2 usage.",
        .groups = &group,
        .group_count = 1,
        .words_max = HF_OPTION_LIST_MAX,
    };
    struct hf_option_list words;
    int status = HF_EXIT_FINE;
    if (!hf_options_parse(&page, argc, argv, &words, &status))
        return status;
    (void)signal(SIGPIPE, SIG_IGN);
    status = check_words(&words, flags.history);
    return status == HF_EXIT_FINE ? play(&words, &flags) : status;
}
