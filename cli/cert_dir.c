/* Each pair is tried in a configuration of its own, so that one that is broken takes no other with it. */
#define _POSIX_C_SOURCE 200809L
#include "cert_dir.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "file.h"
#include "out.h"
#include "report.h"

static int is_pem(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);
    return len > 4 && entry->d_name[0] != '.' && strcmp(entry->d_name + len - 4, ".pem") == 0;
}

static bool holds_key(const char *path)
{
    struct hf_file file;
    struct hf_failure failure;
    if (!hf_file_read(path, &file, &failure))
        return false;
    bool holds = strstr(file.bytes, "PRIVATE KEY-----") != NULL;
    hf_file_wipe(&file);
    return holds;
}

/* Finds the key of a certificate's file. */
static bool find_key(const char *cert, char *key)
{
    (void)snprintf(key, HF_CERT_DIR_PATH_ROOM, "%.*s.key", (int)(strlen(cert) - 4), cert);
    if (hf_file_exists(key))
        return true;
    (void)snprintf(key, HF_CERT_DIR_PATH_ROOM, "%s", cert);
    return holds_key(cert);
}

/* Whether the two make an identity that may be presented; else says why not. */
static bool try_pair(const char *cert, const char *key, const struct hf_pass_phrase *phrase, FILE *told)
{
    struct hf_failure failure;
    char text[2048];
    size_t len = (size_t)snprintf(text, sizeof text, "%.1000s: ", cert);
    struct hf_builder *builder = hf_builder_new(HF_CLIENT);
    if (builder == NULL)
        return false;
    if (phrase->len > 0)
        hf_builder_pass_phrase(builder, phrase->text, phrase->len);
    hf_builder_identity_files(builder, cert, key);
    hf_builder_trust_system(builder);
    struct hf_config *config = hf_builder_finish(builder, (int64_t)time(NULL), &failure);
    bool is_identity = config != NULL || failure.error == HF_ERR_no_trust_anchors;
    hf_config_drop(config);
    if (is_identity)
        return true;
    hf_failure_explain(&failure, (int64_t)time(NULL), text + len, sizeof text - len);
    hf_report_wrapped(told, "unusable", text);
    return false;
}

static void add(struct hf_cert_dir *dir, const char *path, const struct hf_pass_phrase *phrase,
                struct hf_settings *settings, FILE *told)
{
    size_t at = settings->certs.count;
    if (at == HF_OPTION_LIST_MAX) {
        hf_report_line(told, "passed over", path);
        return;
    }
    (void)snprintf(dir->certs[at], sizeof dir->certs[at], "%s", path);
    if (!find_key(path, dir->keys[at]) || !try_pair(path, dir->keys[at], phrase, told))
        return;
    settings->certs.items[settings->certs.count++] = dir->certs[at];
    settings->keys.items[settings->keys.count++] = dir->keys[at];
}

bool hf_cert_dir_add(struct hf_cert_dir *dir, const char *folder, struct hf_settings *settings, FILE *told,
                     int *ret_exit)
{
    struct dirent **entries = NULL;
    struct hf_failure failure;
    struct hf_pass_phrase phrase = {.len = 0};
    char path[HF_CERT_DIR_PATH_ROOM];
    if (settings->passfile != NULL && !hf_pass_phrase_read(settings->passfile, &phrase, &failure)) {
        *ret_exit = hf_out_failure("connect", &failure);
        return false;
    }
    int count = scandir(folder, &entries, is_pem, alphasort);
    if (count < 0) {
        (void)hf_file_fail(HF_ERR_file_unreadable, folder, errno, &failure);
        *ret_exit = hf_out_failure("connect", &failure);
    }
    for (int i = 0; i < count; i++) {
        (void)snprintf(path, sizeof path, "%.3900s/%.255s", folder, entries[i]->d_name);
        add(dir, path, &phrase, settings, told);
        free(entries[i]);
    }
    free(entries);
    hf_pass_phrase_wipe(&phrase);
    return count >= 0;
}
