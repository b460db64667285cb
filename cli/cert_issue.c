/* Order of writing: the ledger first, for a certificate that exists and is not in it would be worse than the other way
 * round; then the key, then the chain, so that nobody finds a chain whose key is not there yet. */
#define _POSIX_C_SOURCE 200809L
#include "cert_issue.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cert_store.h"
#include "file.h"
#include "out.h"

enum { LEAF_DAYS = 90 };

/* Where a pair goes. */
struct places {
    char chain[HF_FILE_PATH_MAX];
    char key[HF_FILE_PATH_MAX];
};

const char *hf_cert_issue_directory(const struct hf_cert_flags *flags)
{
    return flags->ca == NULL ? HF_CERT_STORE_DIRECTORY : flags->ca;
}

/* "*.lan" is "_.lan.pem"; "payments/api" is "payments-api.pem"; an IPv6 address keeps its colons. */
static void place(struct places *places, const char *directory, const char *name)
{
    char base[256];
    (void)snprintf(base, sizeof(base) - 8, "%s", name);
    for (char *c = base; *c != '\0'; c++) {
        if (*c == '*')
            *c = '_';
        if (*c == '/')
            *c = '-';
    }
    char file[sizeof(base) + 8];
    (void)snprintf(file, sizeof(file), "%s.pem", base);
    hf_file_join(places->chain, directory, file);
    (void)snprintf(file, sizeof(file), "%s.key", base);
    hf_file_join(places->key, directory, file);
}

static void say(const char *verb, const struct hf_authority_issued *issued, const char *chain, const char *key)
{
    char until[24];
    printf("%s %s%s%s (%s), valid to %s\n", verb, hf_out_style(stdout, HF_OUT_BOLD), issued->subject,
           hf_out_style(stdout, HF_OUT_PLAIN), issued->identity, hf_out_time((time_t)issued->not_after_s, until));
    printf("  chain  %s\n", chain);
    printf("  key    %s%s\n", key, issued->key_pem == NULL ? " (kept)" : "");
}

static int write_pair(const struct hf_cert_flags *flags, const struct hf_authority_issued *issued,
                      const struct places *places)
{
    struct hf_failure failure;
    if (!hf_cert_store_note(hf_cert_issue_directory(flags), "issued", issued, places->chain, &failure) ||
        !hf_file_write_new(places->key, issued->key_pem, HF_FILE_PRIVATE, &failure))
        return hf_out_failure(NULL, &failure);
    if (!hf_file_write_new(places->chain, issued->chain_pem, HF_FILE_PUBLIC, &failure)) {
        (void)unlink(places->key); /* just made by us, and of no use alone */
        return hf_out_failure(NULL, &failure);
    }
    say("issued", issued, places->chain, places->key);
    return HF_EXIT_FINE;
}

static bool is_free(const char *path, int *ret_exit)
{
    struct hf_failure failure;
    if (!hf_file_exists(path))
        return true;
    (void)hf_file_fail(HF_ERR_file_exists, path, 0, &failure);
    (void)snprintf(failure.hint, sizeof(failure.hint),
                   "to renew it: handfast cert renew FILE; else choose another directory with --out");
    *ret_exit = hf_out_failure(NULL, &failure);
    return false;
}

static struct hf_authority_validity validity(const struct hf_cert_flags *flags)
{
    return hf_authority_validity_days((int64_t)time(NULL), flags->days == 0 ? LEAF_DAYS : (unsigned)flags->days);
}

int hf_cert_issue_one(const struct hf_authority *authority, const struct hf_cert_flags *flags,
                      const struct hf_authority_wish *wish)
{
    struct places places;
    int exit_status = HF_EXIT_FINE;
    place(&places, flags->out, wish->name);
    if (!is_free(places.chain, &exit_status) || !is_free(places.key, &exit_status))
        return exit_status;
    struct hf_pass_phrase phrase;
    struct hf_authority_wish whole = *wish;
    if (!hf_cert_flags_pass(flags->passfile, &phrase, &whole.pass, &exit_status))
        return exit_status;
    whole.key = hf_cert_flags_key(flags);
    whole.validity = validity(flags);
    struct hf_authority_issued issued;
    struct hf_failure failure;
    enum hf_error error = hf_authority_issue(authority, &whole, &issued, &failure);
    hf_pass_phrase_wipe(&phrase);
    if (error != HF_OK)
        return hf_out_failure(NULL, &failure);
    exit_status = write_pair(flags, &issued, &places);
    hf_authority_issued_wipe(&issued);
    return exit_status;
}

bool hf_cert_issue_key_beside(char *into, const char *path)
{
    size_t len = strlen(path);
    bool pem = len > 4 && strcmp(path + len - 4, ".pem") == 0;
    int written = snprintf(into, HF_FILE_PATH_MAX, "%.*s.key", (int)(pem ? len - 4 : len), path);
    return written > 0 && written < HF_FILE_PATH_MAX;
}

static int replace_pair(const struct hf_cert_flags *flags, const struct hf_authority_issued *issued, const char *path,
                        const char *key_path)
{
    struct hf_failure failure;
    bool done = hf_cert_store_note(hf_cert_issue_directory(flags), "renewed", issued, path, &failure) &&
                (issued->key_pem == NULL || hf_file_replace(key_path, issued->key_pem, HF_FILE_PRIVATE, &failure)) &&
                hf_file_replace(path, issued->chain_pem, HF_FILE_PUBLIC, &failure);
    if (!done)
        return hf_out_failure(NULL, &failure);
    say("renewed", issued, path, key_path);
    return HF_EXIT_FINE;
}

static int renew(const struct hf_authority *authority, const struct hf_cert_flags *flags,
                 const struct hf_authority_pair *old, const char *path, const char *key_path)
{
    struct hf_authority_wish wish = {.key = hf_cert_flags_key(flags), .validity = validity(flags), .pass = old->pass};
    struct hf_authority_issued issued;
    struct hf_failure failure;
    if (hf_authority_renew(authority, old, &wish, &issued, &failure) != HF_OK)
        return hf_out_failure(path, &failure);
    int exit_status = replace_pair(flags, &issued, path, key_path);
    hf_authority_issued_wipe(&issued);
    return exit_status;
}

int hf_cert_issue_again(const struct hf_authority *authority, const struct hf_cert_flags *flags, const char *path,
                        const char *pass)
{
    char beside[HF_FILE_PATH_MAX];
    struct hf_failure failure;
    if (flags->key == NULL && !hf_cert_issue_key_beside(beside, path)) {
        (void)hf_file_fail(HF_ERR_file_unreadable, path, 0, &failure);
        return hf_out_failure(NULL, &failure);
    }
    const char *key_path = flags->key == NULL ? beside : flags->key;
    struct hf_file chain = {.bytes = NULL};
    struct hf_file key = {.bytes = NULL};
    int exit_status = HF_EXIT_FINE;
    if (!hf_file_read(path, &chain, &failure) || (!flags->new_key && !hf_file_read(key_path, &key, &failure))) {
        if (chain.bytes != NULL)
            (void)snprintf(failure.hint, sizeof(failure.hint),
                           "name the key with --key FILE, or make a new one: --new-key");
        exit_status = hf_out_failure(NULL, &failure);
    } else {
        struct hf_authority_pair old = {.certificate = chain.bytes,
                                        .certificate_len = chain.len,
                                        .key = key.bytes,
                                        .key_len = key.len,
                                        .pass = pass};
        exit_status = renew(authority, flags, &old, path, key_path);
    }
    hf_file_wipe(&chain);
    hf_file_wipe(&key);
    return exit_status;
}
