/* `handfast cert show`, `check`, `sort`. What is said of a certificate comes from the library's inspection; nothing is
 * parsed here. check says all it finds, and exits with the status of the worst, which comes first. */
#define _GNU_SOURCE
#include "cert_look.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <handfast/inspect.h>

#include "cert_admit.h"
#include "cert_papers.h"
#include "cert_flags.h"
#include "file.h"
#include "out.h"

enum { FINDINGS_MAX = 8, EXPLAINED_MAX = 2048, RULE_MAX = 1024 };

#define FIELD(name) offsetof(struct hf_cert_flags, name)
#define OPTION_JSON                                                                                                    \
    {                                                                                                                  \
        "json", NULL, HF_OPTION_SWITCH, FIELD(json), NULL, 0, "prints JSON, one object a file"                         \
    }
#define OPTION_KEY                                                                                                     \
    {                                                                                                                  \
        "key", "FILE", HF_OPTION_TEXT, FIELD(key), NULL, 0, "the private key that must belong to it"                   \
    }
#define OPTION_PASS                                                                                                    \
    {                                                                                                                  \
        "passfile", "FILE", HF_OPTION_TEXT, FIELD(passfile), NULL, 0, "holds the key's pass phrase"                    \
    }

static void print_list(const char *title, const char *const *items, size_t count)
{
    if (count == 0)
        return;
    printf("    %-12s", title);
    for (size_t i = 0; i < count; i++)
        printf("%s%s", i == 0 ? "" : ", ", items[i]);
    printf("\n");
}

static void show_one(const struct hf_inspected *one, size_t number, time_t now_s)
{
    char from[24];
    char until[24];
    bool expired = now_s > one->not_after_s;
    bool early = now_s < one->not_before_s;
    printf("  #%zu %s%s%s%s\n", number, hf_out_style(stdout, HF_OUT_BOLD), one->subject,
           hf_out_style(stdout, HF_OUT_PLAIN), one->is_ca ? " (a CA)" : "");
    printf("    %-12s%s\n", "issuer", one->issuer);
    printf("    %-12s%s to %s", "valid", hf_out_time((time_t)one->not_before_s, from),
           hf_out_time((time_t)one->not_after_s, until));
    printf("%s%s%s\n", hf_out_style(stdout, expired || early ? HF_OUT_RED : HF_OUT_PLAIN),
           expired ? "  EXPIRED" : (early ? "  NOT YET VALID" : ""), hf_out_style(stdout, HF_OUT_PLAIN));
    print_list("names", one->names, one->names_count);
    print_list("purposes", one->purposes, one->purposes_count);
    printf("    %-12s%s, signed with %s\n", "key", one->key, one->signature);
    if (one->is_ca && one->path_len >= 0)
        printf("    %-12s%d\n", "path length", one->path_len);
    printf("    %-12s%s\n    %-12s%s\n", "serial", one->serial, "SHA-256", one->fingerprint);
}

static void json_list(bool *first, const char *name, const char *const *items, size_t count)
{
    printf("%s", *first ? "" : ", ");
    *first = false;
    hf_out_json_text(stdout, name);
    printf(": [");
    for (size_t i = 0; i < count; i++) {
        printf("%s", i == 0 ? "" : ", ");
        hf_out_json_text(stdout, items[i]);
    }
    printf("]");
}

static void json_one(const struct hf_inspected *one)
{
    bool first = true;
    printf("{");
    hf_out_json_member(stdout, &first, "subject", one->subject);
    hf_out_json_member(stdout, &first, "issuer", one->issuer);
    hf_out_json_member(stdout, &first, "serial", one->serial);
    hf_out_json_member(stdout, &first, "fingerprint_sha256", one->fingerprint);
    hf_out_json_member(stdout, &first, "key", one->key);
    hf_out_json_member(stdout, &first, "signature", one->signature);
    hf_out_json_number(stdout, &first, "not_before", (long long)one->not_before_s);
    hf_out_json_number(stdout, &first, "not_after", (long long)one->not_after_s);
    hf_out_json_bool(stdout, &first, "ca", one->is_ca);
    hf_out_json_number(stdout, &first, "path_length", one->path_len);
    json_list(&first, "names", one->names, one->names_count);
    json_list(&first, "purposes", one->purposes, one->purposes_count);
    printf("}");
}

/* Opens a file of certificates; NULL: said on stderr, *ret_exit set. */
static struct hf_inspection *inspect(const char *path, int *ret_exit)
{
    struct hf_file file;
    struct hf_failure failure;
    if (!hf_file_read(path, &file, &failure)) {
        *ret_exit = hf_out_failure(NULL, &failure);
        return NULL;
    }
    struct hf_inspection *inspection = NULL;
    if (hf_inspection_new(file.bytes, file.len, &inspection, &failure) != HF_OK)
        *ret_exit = hf_out_failure(path, &failure);
    hf_file_wipe(&file);
    return inspection;
}

static int show(const char *path, bool json)
{
    int exit_status = HF_EXIT_FINE;
    struct hf_inspection *inspection = inspect(path, &exit_status);
    if (inspection == NULL)
        return exit_status;
    bool first = true;
    if (json) {
        printf("{");
        hf_out_json_member(stdout, &first, "file", path);
        printf(", \"certificates\": [");
    } else {
        printf("%s\n", path);
    }
    for (size_t i = 0; i < hf_inspection_count(inspection); i++) {
        if (json)
            printf("%s", i == 0 ? "" : ", ");
        if (json)
            json_one(hf_inspection_at(inspection, i));
        else
            show_one(hf_inspection_at(inspection, i), i + 1, time(NULL));
    }
    if (json)
        printf("]}\n");
    hf_inspection_free(inspection);
    return HF_EXIT_FINE;
}

int hf_cert_look_show(int argc, char **argv)
{
    static const struct hf_option options[] = {OPTION_JSON};
    struct hf_cert_flags flags = {.days = 0};
    const struct hf_option_group group = {"Flags", options, sizeof(options) / sizeof(options[0]), &flags};
    const struct hf_option_page page = {
        "cert show",
        "FILE ...",
        "Shows every certificate of PEM files: subject, issuer, validity, names, purposes, key.",
        "Exit status: 0 shown, 51 a file that cannot be read.",
        &group,
        1,
        HF_OPTION_LIST_MAX};
    struct hf_option_list words = {.count = 0};
    int exit_status = HF_EXIT_FINE;
    if (!hf_options_parse(&page, argc, argv, &words, &exit_status))
        return exit_status;
    if (words.count == 0)
        return hf_out_usage("cert show", "name a file");
    for (size_t i = 0; i < words.count; i++) {
        int one = show(words.items[i], flags.json);
        exit_status = exit_status == HF_EXIT_FINE ? one : exit_status;
    }
    return exit_status;
}

/* The files that a question borrows from. */
struct asked {
    struct hf_file key;
    struct hf_file ca;
    struct hf_pass_phrase phrase;
    struct hf_cert_papers crls;
    struct hf_cert_papers responses;
    struct hf_inspect_question question;
};

static void wipe(struct asked *asked)
{
    hf_file_wipe(&asked->key);
    hf_file_wipe(&asked->ca);
    hf_cert_papers_free(&asked->crls);
    hf_cert_papers_free(&asked->responses);
    hf_pass_phrase_wipe(&asked->phrase);
}

static bool ask(const struct hf_cert_flags *flags, struct asked *asked, int *ret_exit)
{
    struct hf_failure failure;
    if ((flags->key != NULL && !hf_file_read(flags->key, &asked->key, &failure)) ||
        (flags->ca != NULL && !hf_file_read(flags->ca, &asked->ca, &failure))) {
        *ret_exit = hf_out_failure(NULL, &failure);
        return false;
    }
    if (!hf_cert_flags_pass(flags->passfile, &asked->phrase, &asked->question.pass, ret_exit) ||
        !hf_cert_papers_read(&flags->crls, &asked->crls, ret_exit) ||
        !hf_cert_papers_read(&flags->responses, &asked->responses, ret_exit))
        return false;
    bool client = flags->purpose != NULL && strcmp(flags->purpose, "client") == 0;
    asked->question.key = asked->key.bytes;
    asked->question.key_len = asked->key.len;
    asked->question.ca = asked->ca.bytes;
    asked->question.ca_len = asked->ca.len;
    asked->question.crls = asked->crls.items;
    asked->question.crl_count = asked->crls.count;
    asked->question.responses = asked->responses.items;
    asked->question.response_count = asked->responses.count;
    asked->question.name = flags->name;
    asked->question.now_s = (int64_t)time(NULL);
    asked->question.purpose =
        flags->purpose == NULL ? HF_INSPECT_ANY : (client ? HF_INSPECT_CLIENT : HF_INSPECT_SERVER);
    return true;
}

/* What was found of one file, and which rule admits who presents it ("": none was asked for, or none does). */
struct found {
    struct hf_failure findings[FINDINGS_MAX];
    size_t count;
    char rule[RULE_MAX];
};

static void json_findings(const char *path, const struct found *found)
{
    const struct hf_failure *findings = found->findings;
    size_t count = found->count;
    char text[EXPLAINED_MAX];
    bool first = true;
    printf("{");
    hf_out_json_member(stdout, &first, "file", path);
    hf_out_json_bool(stdout, &first, "fine", count == 0);
    if (found->rule[0] != '\0')
        hf_out_json_member(stdout, &first, "admitted_by", found->rule);
    printf(", \"findings\": [");
    for (size_t i = 0; i < count; i++) {
        (void)hf_failure_explain(&findings[i], (int64_t)time(NULL), text, sizeof(text));
        bool first_member = true;
        printf("%s{", i == 0 ? "" : ", ");
        hf_out_json_member(stdout, &first_member, "error", hf_error_name(findings[i].error));
        hf_out_json_number(stdout, &first_member, "reason", hf_error_reason(findings[i].error));
        hf_out_json_member(stdout, &first_member, "text", text);
        printf("}");
    }
    printf("]}\n");
}

static void print_found(const char *path, const struct hf_inspection *inspection, const struct found *found)
{
    for (size_t i = 0; i < found->count; i++)
        (void)hf_out_failure(path, &found->findings[i]);
    if (found->count == 0)
        printf("%s: %sfine%s (%s)\n", path, hf_out_style(stdout, HF_OUT_GREEN), hf_out_style(stdout, HF_OUT_PLAIN),
               hf_inspection_at(inspection, 0)->subject);
    if (found->rule[0] != '\0')
        printf("%s: admitted by %s\n", path, found->rule);
}

/* The worst comes first; that no rule admits comes last. */
static enum hf_error look(const struct hf_inspection *inspection, const struct hf_inspect_question *question,
                          const struct hf_cert_admit *admit, struct found *found)
{
    enum hf_error error = hf_inspection_check(inspection, question, found->findings, FINDINGS_MAX - 1, &found->count);
    if (error != HF_OK || admit->text == NULL)
        return error;
    if (hf_inspection_admit(inspection, &admit->rules, found->rule, sizeof found->rule,
                            &found->findings[found->count]) != HF_OK)
        found->count++;
    return HF_OK;
}

static int check(const char *path, const struct hf_inspect_question *question, const struct hf_cert_admit *admit,
                 bool json)
{
    int exit_status = HF_EXIT_FINE;
    struct hf_inspection *inspection = inspect(path, &exit_status);
    struct found found = {.count = 0};
    if (inspection == NULL)
        return exit_status;
    enum hf_error error = look(inspection, question, admit, &found);
    if (error != HF_OK) {
        hf_out_error("%s: %s", path, hf_error_title(error));
        exit_status = hf_error_exit_status(error);
    } else {
        exit_status = found.count > 0 ? hf_error_exit_status(found.findings[0].error) : HF_EXIT_FINE;
        if (json)
            json_findings(path, &found);
        else
            print_found(path, inspection, &found);
    }
    hf_inspection_free(inspection);
    return exit_status;
}

int hf_cert_look_check(int argc, char **argv)
{
    static const struct hf_option options[] = {
        OPTION_KEY,
        OPTION_PASS,
        {"ca", "FILE", HF_OPTION_TEXT, FIELD(ca), NULL, 0, "trusted CAs: the chain is verified up to them"},
        {"purpose", "WHOSE", HF_OPTION_CHOICE, FIELD(purpose), "server|client", 0, "who is to present it"},
        {"name", "NAME", HF_OPTION_TEXT, FIELD(name), NULL, 0, "DNS name or IP address that it must be for"},
        {"crl", "FILE", HF_OPTION_LIST, FIELD(crls), NULL, 0,
         "with --ca: what the CAs revoked (PEM or DER); may be repeated"},
        {"ocsp", "FILE", HF_OPTION_LIST, FIELD(responses), NULL, 0,
         "with --ca: an OCSP response (DER); may be repeated. With either,\nrevocation must be known of the whole "
         "path"},
        {"peer", "FILE", HF_OPTION_TEXT, FIELD(peer), NULL, 0, "one more file: the certificate of a peer"},
        {"admit", "RULE|@FILE", HF_OPTION_LIST, FIELD(admit), NULL, 0,
         "says which rule would admit who presents it (docs/ADMISSION.md)"},
        {"admit-common-names", NULL, HF_OPTION_SWITCH, FIELD(admit_common_names), NULL, 0, "rules may use cn:"},
        OPTION_JSON,
    };
    struct hf_cert_flags flags = {.days = 0};
    const struct hf_option_group group = {"Flags", options, sizeof(options) / sizeof(options[0]), &flags};
    const struct hf_option_page page = {
        "cert check",
        "FILE ... [flags]",
        "Says whether the certificate chain of each file will do: order, dates, and, as far as asked,\n"
        "key, purpose, name, and the path to a trusted CA.",
        "Exit status: 0 fine; else that of the worst finding: 50 order or key, 51 unreadable, 52 outside its\n"
        "validity, 10 to 15 what a peer would refuse it for.",
        &group,
        1,
        HF_OPTION_LIST_MAX};
    struct hf_option_list words = {.count = 0};
    int exit_status = HF_EXIT_FINE;
    if (!hf_options_parse(&page, argc, argv, &words, &exit_status))
        return exit_status;
    if (flags.peer != NULL && words.count < HF_OPTION_LIST_MAX)
        words.items[words.count++] = flags.peer;
    if (words.count == 0)
        return hf_out_usage("cert check", "name a file");
    if (flags.ca == NULL && flags.crls.count + flags.responses.count > 0)
        return hf_out_usage("cert check",
                            "--crl and --ocsp say something about a path: give the trusted CAs (--ca FILE)");
    struct hf_cert_admit admit = {.text = NULL};
    static struct asked asked; /* its tables are too large for a stack */
    if (hf_cert_admit_read(&flags, &admit, &exit_status) && ask(&flags, &asked, &exit_status)) {
        for (size_t i = 0; i < words.count; i++) {
            int one = check(words.items[i], &asked.question, &admit, flags.json);
            exit_status = exit_status == HF_EXIT_FINE ? one : exit_status;
        }
    }
    hf_cert_admit_free(&admit);
    wipe(&asked);
    return exit_status;
}

static int sort(const char *path, const struct hf_inspect_question *question, const char *out)
{
    int exit_status = HF_EXIT_FINE;
    struct hf_inspection *inspection = inspect(path, &exit_status);
    if (inspection == NULL)
        return exit_status;
    struct hf_failure failure;
    char *pem = NULL;
    if (hf_inspection_sorted_pem(inspection, question, &pem, &failure) != HF_OK)
        exit_status = hf_out_failure(path, &failure);
    else if (out == NULL)
        (void)fputs(pem, stdout);
    else if (!hf_file_write_new(out, pem, HF_FILE_PUBLIC, &failure))
        exit_status = hf_out_failure(NULL, &failure);
    hf_authority_text_free(pem);
    hf_inspection_free(inspection);
    return exit_status;
}

int hf_cert_look_sort(int argc, char **argv)
{
    static const struct hf_option options[] = {
        OPTION_KEY,
        OPTION_PASS,
        {"out", "FILE", HF_OPTION_TEXT, FIELD(out), NULL, 0, "where the chain goes; default: standard output"},
    };
    struct hf_cert_flags flags = {.days = 0};
    const struct hf_option_group group = {"Flags", options, sizeof(options) / sizeof(options[0]), &flags};
    const struct hf_option_page page = {
        "cert sort",
        "FILE [--key FILE] [--out FILE]",
        "Writes the chain in the order in which it must be presented: the leaf first, then its issuers,\n"
        "without the root and without what does not belong to it.",
        "Exit status: 0 done, 50 the key belongs to none, 51 unreadable, 53 not written.",
        &group,
        1,
        1};
    struct hf_option_list words = {.count = 0};
    int exit_status = HF_EXIT_FINE;
    if (!hf_options_parse(&page, argc, argv, &words, &exit_status))
        return exit_status;
    if (words.count == 0)
        return hf_out_usage("cert sort", "name a file");
    struct asked asked = {.key = {.bytes = NULL}};
    if (ask(&flags, &asked, &exit_status))
        exit_status = sort(words.items[0], &asked.question, flags.out);
    wipe(&asked);
    return exit_status;
}
