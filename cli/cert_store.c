/* A new CA is written into a directory of another name and gets its own by one rename, which also refuses to take the
 * place of a directory that is not empty. */
#define _POSIX_C_SOURCE 200809L
#include "cert_store.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "file.h"

#define LEDGER "ledger.txt"

/* By enum hf_authority_role. */
static const struct {
    const char *certificate;
    const char *key;
} names[] = {
    [HF_AUTHORITY_ROOT] = {"ca.pem", "ca.key"},
    [HF_AUTHORITY_SERVER] = {"server-ca.pem", "server-ca.key"},
    [HF_AUTHORITY_CLIENT] = {"client-ca.pem", "client-ca.key"},
};

enum { ROLES = 3 };

static bool write_role(const char *directory, const struct hf_authority *authority, enum hf_authority_role role,
                       const char *pass, struct hf_failure *ret_failure)
{
    char path[HF_FILE_PATH_MAX];
    hf_file_join(path, directory, names[role].key);
    char *key = NULL;
    enum hf_error error = hf_authority_key_pem(authority, role, pass, &key);
    if (error != HF_OK)
        return hf_file_fail(error, path, 0, ret_failure);
    bool written = hf_file_write_new(path, key, HF_FILE_PRIVATE, ret_failure);
    hf_authority_text_free(key);
    hf_file_join(path, directory, names[role].certificate);
    return written &&
           hf_file_write_new(path, hf_authority_certificate_pem(authority, role), HF_FILE_PUBLIC, ret_failure);
}

static void remove_all(const char *directory)
{
    char path[HF_FILE_PATH_MAX];
    for (int role = 0; role < ROLES; role++) {
        hf_file_join(path, directory, names[role].certificate);
        (void)unlink(path);
        hf_file_join(path, directory, names[role].key);
        (void)unlink(path);
    }
    (void)rmdir(directory);
}

/* "a/b/" and "a/b" are one directory; the temporary one stands beside it. */
static void beside(char *into, const char *directory)
{
    int len = (int)strlen(directory);
    while (len > 1 && directory[len - 1] == '/')
        len--;
    int written = snprintf(into, HF_FILE_PATH_MAX, "%.*s.new.%ld", len, directory, (long)getpid());
    if (written < 0 || written >= HF_FILE_PATH_MAX)
        into[0] = '\0';
}

bool hf_cert_store_create(const char *directory, const struct hf_authority *authority, const char *pass,
                          struct hf_failure *ret_failure)
{
    char temporary[HF_FILE_PATH_MAX];
    beside(temporary, directory);
    if (mkdir(temporary, 0700) != 0)
        return hf_file_fail(HF_ERR_file_not_written, directory, errno, ret_failure);
    bool done = true;
    for (int role = 0; role < ROLES && done; role++)
        done = write_role(temporary, authority, (enum hf_authority_role)role, pass, ret_failure);
    if (done && rename(temporary, directory) != 0) {
        bool taken = errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR;
        done = hf_file_fail(taken ? HF_ERR_file_exists : HF_ERR_file_not_written, directory, taken ? 0 : errno,
                            ret_failure);
    }
    if (!done)
        remove_all(temporary);
    return done;
}

bool hf_cert_store_exists(const char *directory)
{
    char path[HF_FILE_PATH_MAX];
    hf_file_join(path, directory, names[HF_AUTHORITY_ROOT].certificate);
    return hf_file_exists(path);
}

static bool add_issuer(struct hf_authority *authority, const char *directory, enum hf_authority_role role,
                       const char *pass, struct hf_failure *ret_failure)
{
    char path[HF_FILE_PATH_MAX];
    char key_path[HF_FILE_PATH_MAX];
    hf_file_join(path, directory, names[role].certificate);
    hf_file_join(key_path, directory, names[role].key);
    if (!hf_file_exists(key_path))
        return true; /* kept elsewhere: then this CA does not issue for that role here */
    struct hf_file certificate = {.bytes = NULL};
    struct hf_file key = {.bytes = NULL};
    bool done = hf_file_read(path, &certificate, ret_failure) && hf_file_read(key_path, &key, ret_failure);
    if (done) {
        struct hf_authority_pair pair = {.certificate = certificate.bytes,
                                         .certificate_len = certificate.len,
                                         .key = key.bytes,
                                         .key_len = key.len,
                                         .pass = pass};
        done = hf_authority_add_issuer(authority, &pair, ret_failure) == HF_OK;
        if (!done)
            hf_file_name(ret_failure, key_path);
        if (!done && ret_failure->error == HF_ERR_key_encrypted)
            (void)snprintf(ret_failure->hint, sizeof(ret_failure->hint),
                           "give the CA's pass phrase: --ca-passfile FILE");
    }
    hf_file_wipe(&certificate);
    hf_file_wipe(&key);
    return done;
}

bool hf_cert_store_open(const char *directory, const char *pass, struct hf_authority **ret_authority,
                        struct hf_failure *ret_failure)
{
    char path[HF_FILE_PATH_MAX];
    hf_file_join(path, directory, names[HF_AUTHORITY_ROOT].certificate);
    struct hf_file root = {.bytes = NULL};
    if (!hf_file_read(path, &root, ret_failure)) {
        (void)snprintf(ret_failure->hint, sizeof(ret_failure->hint), "make a CA first: handfast cert ca %s",
                       strcmp(directory, HF_CERT_STORE_DIRECTORY) == 0 ? "" : directory);
        return false;
    }
    struct hf_authority *authority = NULL;
    bool done = hf_authority_open(root.bytes, root.len, &authority, ret_failure) == HF_OK;
    hf_file_wipe(&root);
    if (!done)
        hf_file_name(ret_failure, path);
    done = done && add_issuer(authority, directory, HF_AUTHORITY_SERVER, pass, ret_failure) &&
           add_issuer(authority, directory, HF_AUTHORITY_CLIENT, pass, ret_failure);
    if (!done) {
        hf_authority_free(authority);
        return false;
    }
    *ret_authority = authority;
    return true;
}

bool hf_cert_store_note(const char *directory, const char *verb, const struct hf_authority_issued *issued,
                        const char *file, struct hf_failure *ret_failure)
{
    char path[HF_FILE_PATH_MAX];
    hf_file_join(path, directory, LEDGER);
    char when[2][32];
    const time_t times[2] = {time(NULL), (time_t)issued->not_after_s};
    for (int i = 0; i < 2; i++) {
        struct tm parts;
        if (gmtime_r(&times[i], &parts) == NULL ||
            strftime(when[i], sizeof(when[i]), "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
            when[i][0] = '\0';
    }
    char line[1024 + HF_FILE_PATH_MAX];
    (void)snprintf(line, sizeof(line), "%s %s until=%s serial=%s subject=\"%s\" names=\"%s\" file=%s\n", when[0], verb,
                   when[1], issued->serial, issued->subject, issued->identity, file);
    return hf_file_append(path, line, ret_failure);
}
