/* Credential and key go into one file, which goes to whoever ends connections in the certificate's name. */
#define _GNU_SOURCE /* explicit_bzero */
#include "cert_delegate.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <handfast/delegation.h>

#include "cert_flags.h"
#include "cert_issue.h"
#include "file.h"
#include "out.h"

#define FIELD(name) offsetof(struct hf_cert_flags, name)

enum { DAY_S = 86400, TEXT_MAX = 32768 };

/* "server.pem" is delegated by "server.delegated.pem". */
static bool place(const struct hf_cert_flags *flags, const char *path, char into[HF_FILE_PATH_MAX])
{
    const char *whole = flags->out == NULL ? path : flags->out;
    size_t len = strlen(whole);
    if (flags->out != NULL)
        return snprintf(into, HF_FILE_PATH_MAX, "%s", whole) < HF_FILE_PATH_MAX;
    bool pem = len > 4 && strcmp(whole + len - 4, ".pem") == 0;
    return snprintf(into, HF_FILE_PATH_MAX, "%.*s.delegated.pem", (int)(pem ? len - 4 : len), whole) < HF_FILE_PATH_MAX;
}

static int write_file(const char *path, const char *credential, const char *key, int64_t end_s)
{
    char text[TEXT_MAX], until[24];
    struct hf_failure failure;
    (void)snprintf(text, sizeof text, "%s%s", credential, key);
    bool written = hf_file_replace(path, text, HF_FILE_PRIVATE, &failure);
    explicit_bzero(text, sizeof text);
    if (!written)
        return hf_out_failure(NULL, &failure);
    printf("delegated, valid to %s\n  credential and key  %s\n", hf_out_time((time_t)end_s, until), path);
    return HF_EXIT_FINE;
}

static int delegate(const struct hf_delegation_wish *wish, const char *path, const char *into)
{
    struct hf_failure failure;
    char *credential = NULL, *key = NULL;
    if (hf_delegate(wish, &credential, &key, &failure) != HF_OK)
        return hf_out_failure(path, &failure);
    int exit_status = write_file(into, credential, key, wish->now_s + (int64_t)wish->lasts_s);
    hf_authority_text_free(credential);
    hf_authority_text_free(key);
    return exit_status;
}

static int read_and_delegate(const struct hf_cert_flags *flags, enum hf_role role, const char *path, const char *pass)
{
    char beside[HF_FILE_PATH_MAX], into[HF_FILE_PATH_MAX];
    struct hf_failure failure;
    struct hf_file chain = {.bytes = NULL}, key = {.bytes = NULL};
    if (!place(flags, path, into) || (flags->key == NULL && !hf_cert_issue_key_beside(beside, path)))
        return hf_out_usage("cert delegate", "the path is too long");
    int exit_status = HF_EXIT_FINE;
    if (!hf_file_read(path, &chain, &failure) ||
        !hf_file_read(flags->key == NULL ? beside : flags->key, &key, &failure)) {
        exit_status = hf_out_failure(NULL, &failure);
    } else {
        const struct hf_delegation_wish wish = {
            .by = {.certificate = chain.bytes,
                   .certificate_len = chain.len,
                   .key = key.bytes,
                   .key_len = key.len,
                   .pass = pass},
            .role = role,
            .key = hf_cert_flags_key(flags),
            .now_s = (int64_t)time(NULL),
            .lasts_s = (uint32_t)(flags->days == 0 ? HF_DELEGATION_DAYS_MAX : flags->days) * DAY_S,
        };
        exit_status = delegate(&wish, path, into);
    }
    hf_file_wipe(&chain);
    hf_file_wipe(&key);
    return exit_status;
}

int hf_cert_delegate(int argc, char **argv)
{
    static const struct hf_option options[] = {
        {"key", "FILE", HF_OPTION_TEXT, FIELD(key), NULL, 0, "the certificate's key; default: FILE with .key for .pem"},
        {"days", "N", HF_OPTION_NUMBER, FIELD(days), NULL, HF_DELEGATION_DAYS_MAX, "how long it is valid; default: 7"},
        {"key-type", "TYPE", HF_OPTION_CHOICE, FIELD(key_type), "p256|p384|p521|ed25519|mldsa44|mldsa65|mldsa87", 0,
         "of the new key; default: p256"},
        {"passfile", "FILE", HF_OPTION_TEXT, FIELD(passfile), NULL, 0,
         "holds the pass phrase of the certificate's key"},
        {"out", "FILE", HF_OPTION_TEXT, FIELD(out), NULL, 0, "default: FILE with .delegated.pem for .pem"},
    };
    struct hf_cert_flags flags = {.days = 0};
    const struct hf_option_group group = {"Flags", options, sizeof(options) / sizeof(options[0]), &flags};
    const struct hf_option_page page = {
        "cert delegate",
        "server|client FILE [flags]",
        "Makes a key, and has the key of the certificate in FILE sign a credential for it (RFC 9345): whoever\n"
        "has the file that comes of it proves himself by the certificate, in this role, for at most 7 days.\n"
        "An older one is replaced. The certificate must permit it: handfast cert issue --delegation.",
        "Exit status: 0 done, 2 usage, 50 to 59 files.",
        &group,
        1,
        2};
    struct hf_option_list words = {.count = 0};
    int exit_status = HF_EXIT_FINE;
    if (!hf_cert_flags_parse(&page, argc, argv, &words, &exit_status))
        return exit_status;
    bool server = words.count > 0 && strcmp(words.items[0], "server") == 0;
    bool client = words.count > 0 && strcmp(words.items[0], "client") == 0;
    if ((!server && !client) || words.count < 2)
        return hf_out_usage("cert delegate",
                            "say for whom and by which certificate: \"server FILE\" or \"client FILE\"");
    struct hf_pass_phrase phrase;
    const char *pass = NULL;
    if (!hf_cert_flags_pass(flags.passfile, &phrase, &pass, &exit_status))
        return exit_status;
    exit_status = read_and_delegate(&flags, server ? HF_SERVER : HF_CLIENT, words.items[1], pass);
    hf_pass_phrase_wipe(&phrase);
    return exit_status;
}
