/* `handfast cert`: finds the subcommand. */
#include "cert.h"

#include <stdio.h>
#include <string.h>

#include "cert_delegate.h"
#include "cert_look.h"
#include "cert_make.h"
#include "out.h"
#include "suggest.h"

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *synopsis;
    const char *about;
} commands[] = {
    {"ca", hf_cert_make_ca, "ca [DIR]", "makes a private CA"},
    {"init", hf_cert_make_ca, NULL, NULL}, /* the same, for those who look for this word */
    {"issue", hf_cert_make_issue, "issue server NAME [NAME|IP ...]", "a server's certificate and key"},
    {"issue", hf_cert_make_issue, "issue client NAME", "a client's certificate and key"},
    {"pair", hf_cert_make_pair, "pair [NAME|IP ...]", "all three at once: CA, server, client"},
    {"renew", hf_cert_make_renew, "renew FILE", "the same certificate for another 90 days"},
    {"delegate", hf_cert_delegate, "delegate server|client FILE", "a credential for a few days, signed by its key"},
    {"show", hf_cert_look_show, "show FILE ...", "what is in a certificate file"},
    {"check", hf_cert_look_check, "check FILE ...", "whether it will do, and why not"},
    {"sort", hf_cert_look_sort, "sort FILE", "a chain put in order, the leaf first"},
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void print_help(void)
{
    printf("usage: handfast cert SUBCOMMAND\n\nA private CA for mutual TLS, and certificates shown and checked.\n\n");
    for (size_t i = 0; i < COMMANDS; i++) {
        if (commands[i].synopsis != NULL)
            printf("  %-34s%s\n", commands[i].synopsis, commands[i].about);
    }
    printf("\nFewest words: handfast cert pair\n"
           "Each has its own page: handfast cert SUBCOMMAND --help\n");
}

int hf_cli_cert(int argc, char **argv)
{
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        print_help();
        return argc < 2 ? HF_EXIT_USAGE : HF_EXIT_FINE;
    }
    struct hf_suggest suggest = {.typed = argv[1]};
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(commands[i].name, argv[1]) == 0)
            return commands[i].run(argc - 1, argv + 1);
        hf_suggest_consider(&suggest, commands[i].name);
    }
    if (suggest.best == NULL)
        return hf_out_usage("cert", "there is no \"cert %s\"", argv[1]);
    return hf_out_usage("cert", "there is no \"cert %s\"; did you mean %s?", argv[1], suggest.best);
}
