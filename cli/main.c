/* The program: finds the subcommand, and nothing else. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "cert.h"
#include "commands.h"
#include "out.h"
#include "suggest.h"

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
};

static const struct command commands[] = {
    {"demo", hf_cli_demo, "watch mutual TLS work, and fail, over loopback"},
    {"cert", hf_cli_cert, "make a private CA and certificates; show, check and renew them"},
    {"ech", hf_cli_ech, "make a key that clients encrypt their hello to"},
    {"serve", hf_cli_serve, "a TLS server that asks its clients who they are"},
    {"connect", hf_cli_connect, "a TLS client that says what it found, and what the server thought of it"},
    {"bench", hf_cli_bench, "many connections to a server: how fast it is, and what they cost"},
};
static const size_t command_count = sizeof commands / sizeof commands[0];

static void print_help(FILE *to)
{
    (void)fprintf(to, "%shandfast%s: mutual TLS that explains itself\n\nusage: handfast COMMAND ...\n\n",
                  hf_out_style(to, HF_OUT_BOLD), hf_out_style(to, HF_OUT_PLAIN));
    for (size_t i = 0; i < command_count; i++)
        (void)fprintf(to, "  %s%-9s%s %s\n", hf_out_style(to, HF_OUT_BOLD), commands[i].name,
                      hf_out_style(to, HF_OUT_PLAIN), commands[i].help);
    (void)fprintf(to, "\n  handfast COMMAND --help tells the rest. Start with: handfast demo\n\n%s\n", HF_CLI_STATUSES);
}

static int refuse(const char *word)
{
    struct hf_suggest suggest = {.typed = word};
    for (size_t i = 0; i < command_count; i++)
        hf_suggest_consider(&suggest, commands[i].name);
    if (suggest.best != NULL)
        hf_out_error("there is no command \"%s\"; did you mean %s? (try handfast --help)", word, suggest.best);
    else
        hf_out_error("there is no command \"%s\" (try handfast --help)", word);
    return HF_EXIT_USAGE;
}

int main(int argc, char **argv)
{
    (void)setlocale(LC_CTYPE, ""); /* for whether arrows can be drawn; numbers and dates stay as they are */
    if (argc < 2) {
        print_help(stderr);
        return HF_EXIT_USAGE;
    }
    const char *word = argv[1];
    for (size_t i = 0; i < command_count; i++)
        if (strcmp(word, commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    if (strcmp(word, "--version") == 0) {
        printf("handfast %s\n", HF_VERSION);
        return HF_EXIT_FINE;
    }
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
        print_help(stdout);
        return HF_EXIT_FINE;
    }
    return refuse(word);
}
