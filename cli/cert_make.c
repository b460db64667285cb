/* `handfast cert ca`, `issue`, `renew`, `pair`. Each works with no flags at all in an empty directory, says what it
 * wrote, and prints the next command. */
#define _GNU_SOURCE /* explicit_bzero, gethostname */
#include "cert_make.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cert_issue.h"
#include "cert_store.h"
#include "file.h"
#include "out.h"

enum { CA_DAYS = 3650, CA_NAME_MAX = 48 };

#define FIELD(name) offsetof(struct hf_cert_flags, name)
#define KEY_TYPES   "p256|p384|p521|ed25519|rsa2048|rsa4096|mldsa44|mldsa65|mldsa87"
#define OPTION_CA                                                                                                      \
    {                                                                                                                  \
        "ca", "DIR", HF_OPTION_TEXT, FIELD(ca), NULL, 0, "the CA's directory; default: ca"                             \
    }
#define OPTION_CA_PASS                                                                                                 \
    {                                                                                                                  \
        "ca-passfile", "FILE", HF_OPTION_TEXT, FIELD(ca_passfile), NULL, 0, "holds the pass phrase of the CA's keys"   \
    }
#define OPTION_PASS                                                                                                    \
    {                                                                                                                  \
        "passfile", "FILE", HF_OPTION_TEXT, FIELD(passfile), NULL, 0, "holds the pass phrase of the certificate's key" \
    }
#define OPTION_KEY_TYPE                                                                                                \
    {                                                                                                                  \
        "key-type", "TYPE", HF_OPTION_CHOICE, FIELD(key_type), KEY_TYPES, 0, "of the new key; default: p256"           \
    }
#define OPTION_DAYS(text)                                                                                              \
    {                                                                                                                  \
        "days", "N", HF_OPTION_NUMBER, FIELD(days), NULL, HF_CERT_DAYS_MAX, text                                       \
    }
#define OPTION_OUT                                                                                                     \
    {                                                                                                                  \
        "out", "DIR", HF_OPTION_TEXT, FIELD(out), NULL, 0, "where the files go; default: here"                         \
    }
#define EXITS "Exit status: 0 done, 2 usage, 50 to 59 files, 10 to 19 a certificate that does not verify."

/* The CA's name when none is given: this host's, as far as a name may hold it. */
static void default_name(char into[CA_NAME_MAX + 1])
{
    char host[256] = "";
    (void)gethostname(host, sizeof(host) - 1);
    size_t len = 0;
    for (const char *c = host; *c != '\0' && *c != '.' && len < CA_NAME_MAX; c++) {
        char lower = *c;
        if (*c >= 'A' && *c <= 'Z')
            lower = (char)(*c + ('a' - 'A'));
        if ((lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9') || (lower == '-' && len > 0))
            into[len++] = lower;
    }
    into[len] = '\0';
    if (len == 0)
        (void)snprintf(into, CA_NAME_MAX + 1, "private");
}

static int make_ca(const struct hf_cert_flags *flags, const char *directory)
{
    char name[CA_NAME_MAX + 1];
    default_name(name);
    struct hf_authority_settings settings = {
        .name = flags->name == NULL ? name : flags->name,
        .key = hf_cert_flags_key(flags),
        .validity = hf_authority_validity_days((int64_t)time(NULL), flags->days == 0 ? CA_DAYS : (unsigned)flags->days),
        .permitted = flags->permit.items,
        .permitted_count = flags->permit.count};
    struct hf_pass_phrase phrase;
    const char *pass = NULL;
    int exit_status = HF_EXIT_FINE;
    if (!hf_cert_flags_pass(flags->ca_passfile, &phrase, &pass, &exit_status))
        return exit_status;
    struct hf_authority *authority = NULL;
    struct hf_failure failure;
    bool done = hf_authority_new(&settings, &authority, &failure) == HF_OK &&
                hf_cert_store_create(directory, authority, pass, &failure);
    hf_pass_phrase_wipe(&phrase);
    hf_authority_free(authority);
    if (!done)
        return hf_out_failure(NULL, &failure);
    printf("made the CA %s\"%s\"%s in %s\n", hf_out_style(stdout, HF_OUT_BOLD), settings.name,
           hf_out_style(stdout, HF_OUT_PLAIN), directory);
    printf("  give %s/ca.pem to whoever is to trust it; keep %s/ca.key away from servers\n", directory, directory);
    return HF_EXIT_FINE;
}

static void print_ca_flag(const char *directory)
{
    if (strcmp(directory, HF_CERT_STORE_DIRECTORY) != 0)
        printf(" --ca %s", directory);
}

int hf_cert_make_ca(int argc, char **argv)
{
    static const struct hf_option options[] = {
        {"name", "NAME", HF_OPTION_TEXT, FIELD(name), NULL, 0,
         "the CA's name, and the trust domain of its clients;\ndefault: this host's name"},
        {"permit", "NAME", HF_OPTION_LIST, FIELD(permit), NULL, 0,
         "a DNS domain, IP address or range that servers'\ncertificates are limited to; may be repeated"},
        OPTION_DAYS("how long the CA is valid; default: 3650"),
        OPTION_KEY_TYPE,
        OPTION_CA_PASS,
    };
    struct hf_cert_flags flags = {.days = 0};
    const struct hf_option_group group = {"Flags", options, sizeof(options) / sizeof(options[0]), &flags};
    const struct hf_option_page page = {
        "cert ca",
        "[DIR] [flags]",
        "Makes a private CA in DIR (default: ca): a root, an issuer for servers and one for clients.\n"
        "Each issuer can make one kind only, so no client's certificate can act as a server's.",
        "Keys are readable by their owner only; nothing is overwritten.\n" EXITS,
        &group,
        1,
        1};
    struct hf_option_list words = {.count = 0};
    int exit_status = HF_EXIT_FINE;
    if (!hf_cert_flags_parse(&page, argc, argv, &words, &exit_status))
        return exit_status;
    const char *directory = words.count > 0 ? words.items[0] : HF_CERT_STORE_DIRECTORY;
    exit_status = make_ca(&flags, directory);
    if (exit_status != HF_EXIT_FINE)
        return exit_status;
    printf("next: handfast cert issue server NAME");
    print_ca_flag(directory);
    printf("\n      handfast cert issue client NAME");
    print_ca_flag(directory);
    printf("\n");
    return HF_EXIT_FINE;
}

/* Opens the CA of the flags; NULL: said on stderr, *ret_exit set. */
static struct hf_authority *open_ca(const struct hf_cert_flags *flags, int *ret_exit)
{
    struct hf_pass_phrase phrase;
    const char *pass = NULL;
    if (!hf_cert_flags_pass(flags->ca_passfile, &phrase, &pass, ret_exit))
        return NULL;
    struct hf_authority *authority = NULL;
    struct hf_failure failure;
    bool opened = hf_cert_store_open(hf_cert_issue_directory(flags), pass, &authority, &failure);
    hf_pass_phrase_wipe(&phrase);
    if (!opened)
        *ret_exit = hf_out_failure(NULL, &failure);
    return authority;
}

static int issue(const struct hf_cert_flags *flags, const struct hf_authority_wish *wish)
{
    int exit_status = HF_EXIT_FINE;
    struct hf_authority *authority = open_ca(flags, &exit_status);
    if (authority == NULL)
        return exit_status;
    exit_status = hf_cert_issue_one(authority, flags, wish);
    hf_authority_free(authority);
    return exit_status;
}

int hf_cert_make_issue(int argc, char **argv)
{
    static const struct hf_option options[] = {
        OPTION_CA,
        OPTION_OUT,
        OPTION_DAYS("how long it is valid; default: 90"),
        OPTION_KEY_TYPE,
        OPTION_PASS,
        OPTION_CA_PASS,
        {"delegation", NULL, HF_OPTION_SWITCH, FIELD(delegates), NULL, 0,
         "it permits delegated credentials (cert delegate)"},
    };
    struct hf_cert_flags flags = {.days = 0};
    const struct hf_option_group group = {"Flags", options, sizeof(options) / sizeof(options[0]), &flags};
    const struct hf_option_page page = {
        "cert issue",
        "server NAME [NAME|IP ...] | client NAME",
        "Issues a certificate with a new key: NAME.pem (the chain, leaf first) and NAME.key.\n"
        "A server's names are DNS names and IP addresses; a client NAME becomes spiffe://CA/NAME.\n"
        "The pair is verified up to the root before anything is written.",
        EXITS,
        &group,
        1,
        HF_OPTION_LIST_MAX};
    struct hf_option_list words = {.count = 0};
    int exit_status = HF_EXIT_FINE;
    if (!hf_cert_flags_parse(&page, argc, argv, &words, &exit_status))
        return exit_status;
    bool server = words.count > 0 && strcmp(words.items[0], "server") == 0;
    bool client = words.count > 0 && strcmp(words.items[0], "client") == 0;
    if (!server && !client)
        return hf_out_usage("cert issue", "say whose certificate: \"server NAME\" or \"client NAME\"");
    if (words.count < 2)
        return hf_out_usage("cert issue", "a %s needs a name", words.items[0]);
    struct hf_authority_wish wish = {.role = server ? HF_AUTHORITY_SERVER : HF_AUTHORITY_CLIENT,
                                     .name = words.items[1],
                                     .names = words.items + 2,
                                     .names_count = words.count - 2,
                                     .delegates = flags.delegates};
    return issue(&flags, &wish);
}

int hf_cert_make_renew(int argc, char **argv)
{
    static const struct hf_option options[] = {
        OPTION_CA,
        {"key", "FILE", HF_OPTION_TEXT, FIELD(key), NULL, 0, "its key; default: FILE with .key for .pem"},
        {"new-key", NULL, HF_OPTION_SWITCH, FIELD(new_key), NULL, 0, "makes a new key, too; default: the key is kept"},
        OPTION_DAYS("how long it is valid; default: 90"),
        OPTION_KEY_TYPE,
        OPTION_PASS,
        OPTION_CA_PASS,
    };
    struct hf_cert_flags flags = {.days = 0};
    const struct hf_option_group group = {"Flags", options, sizeof(options) / sizeof(options[0]), &flags};
    const struct hf_option_page page = {
        "cert renew",
        "FILE [flags]",
        "Issues the certificate in FILE anew, with the same names, and puts it in its place in one step.\n"
        "It may have expired; this CA must have issued it.",
        EXITS,
        &group,
        1,
        1};
    struct hf_option_list words = {.count = 0};
    int exit_status = HF_EXIT_FINE;
    if (!hf_cert_flags_parse(&page, argc, argv, &words, &exit_status))
        return exit_status;
    if (words.count == 0)
        return hf_out_usage("cert renew", "name the certificate's file");
    struct hf_pass_phrase phrase;
    const char *pass = NULL;
    if (!hf_cert_flags_pass(flags.passfile, &phrase, &pass, &exit_status))
        return exit_status;
    struct hf_authority *authority = open_ca(&flags, &exit_status);
    if (authority != NULL)
        exit_status = hf_cert_issue_again(authority, &flags, words.items[0], pass);
    hf_authority_free(authority);
    hf_pass_phrase_wipe(&phrase);
    return exit_status;
}

static void print_next(const struct hf_cert_flags *flags, const char *server, const char *client)
{
    const char *ca = hf_cert_issue_directory(flags);
    const char *out = flags->out == NULL ? "." : flags->out;
    printf("next: handfast serve --listen %s:4433 --cert %s/%s.pem --key %s/%s.key --client-ca %s/ca.pem\n", server,
           out, server, out, server, ca);
    printf("      handfast connect %s:4433 --cert %s/%s.pem --key %s/%s.key --ca %s/ca.pem\n", server, out, client, out,
           client, ca);
}

/* A server for this machine when no names are given. */
static int make_pair(const struct hf_cert_flags *flags, const struct hf_option_list *words)
{
    static const char *const here[] = {"127.0.0.1", "::1"};
    struct hf_authority_wish server = {
        .role = HF_AUTHORITY_SERVER, .name = "localhost", .names = here, .names_count = 2};
    if (words->count > 0) {
        server.name = words->items[0];
        server.names = words->items + 1;
        server.names_count = words->count - 1;
    }
    struct hf_authority_wish client = {.role = HF_AUTHORITY_CLIENT,
                                       .name = flags->client == NULL ? "client" : flags->client};
    int exit_status = HF_EXIT_FINE;
    const char *directory = hf_cert_issue_directory(flags);
    struct hf_cert_flags of_ca = *flags;
    of_ca.days = 0; /* --days is about the pair */
    if (!hf_cert_store_exists(directory))
        exit_status = make_ca(&of_ca, directory);
    if (exit_status == HF_EXIT_FINE)
        exit_status = issue(flags, &server);
    if (exit_status == HF_EXIT_FINE)
        exit_status = issue(flags, &client);
    if (exit_status == HF_EXIT_FINE)
        print_next(flags, server.name, client.name);
    return exit_status;
}

int hf_cert_make_pair(int argc, char **argv)
{
    static const struct hf_option options[] = {
        {"client", "NAME", HF_OPTION_TEXT, FIELD(client), NULL, 0, "the client's name; default: client"},
        {"name", "NAME", HF_OPTION_TEXT, FIELD(name), NULL, 0, "the CA's name, if it is made; default: this host's"},
        OPTION_CA,
        OPTION_OUT,
        OPTION_DAYS("how long the two are valid; default: 90"),
        OPTION_KEY_TYPE,
        OPTION_PASS,
        OPTION_CA_PASS,
    };
    struct hf_cert_flags flags = {.days = 0};
    const struct hf_option_group group = {"Flags", options, sizeof(options) / sizeof(options[0]), &flags};
    const struct hf_option_page page = {
        "cert pair",
        "[SERVER-NAME|IP ...] [flags]",
        "All at once: a CA, unless it is there, a server's certificate (default: localhost 127.0.0.1 ::1)\n"
        "and a client's.",
        EXITS,
        &group,
        1,
        HF_OPTION_LIST_MAX};
    struct hf_option_list words = {.count = 0};
    int exit_status = HF_EXIT_FINE;
    if (!hf_cert_flags_parse(&page, argc, argv, &words, &exit_status))
        return exit_status;
    return make_pair(&flags, &words);
}
