#define _GNU_SOURCE /* explicit_bzero */
#include "session_file.h"

#include <handfast/session.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "hex.h"
#include "report.h"

#define HEAD      "# A TLS session of handfast connect: as secret as a private key.\nhandfast-session "
#define HEAD_ROOM 160

/* The versions whose sessions are kept, by the name in the file. */
static const enum hf_version versions[] = {HF_TLS12, HF_TLS13, HF_DTLS12, HF_DTLS13};

static bool is_used_up(enum hf_version version)
{
    return version == HF_TLS13 || version == HF_DTLS13;
}

/* Behind the head a version, a line end, hexadecimal, a line end. */
static bool parse(const char *text, struct hf_session_file *ret_session)
{
    if (strncmp(text, HEAD, strlen(HEAD)) != 0)
        return false;
    text += strlen(HEAD);
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        const char *name = hf_report_version(versions[i]);
        size_t len = strlen(name);
        if (strncmp(text, name, len) != 0 || text[len] != '\n')
            continue;
        text += len + 1;
        ret_session->version = versions[i];
        ret_session->len = hf_hex_read(text, strcspn(text, "\n"), ret_session->bytes, sizeof ret_session->bytes);
        return ret_session->len > 0 && strcmp(text + 2 * ret_session->len, "\n") == 0;
    }
    return false;
}

bool hf_session_file_take(const char *path, struct hf_session_file *ret_session, struct hf_failure *ret_failure)
{
    struct hf_file file;
    if (!hf_file_read(path, &file, ret_failure))
        return false;
    bool good = parse(file.bytes, ret_session);
    hf_file_wipe(&file);
    if (!good) {
        hf_session_file_wipe(ret_session);
        (void)hf_file_fail(HF_ERR_file_malformed, path, 0, ret_failure);
        (void)snprintf(ret_failure->wanted, sizeof ret_failure->wanted, "a session that connect --session-out wrote");
        return false;
    }
    if (!is_used_up(ret_session->version) || unlink(path) == 0)
        return true;
    int error = errno; /* somebody else may have been first: then the session is theirs */
    hf_session_file_wipe(ret_session);
    return hf_file_fail(HF_ERR_file_unreadable, path, error, ret_failure);
}

bool hf_session_file_write(const char *path, const struct hf_session_file *session, struct hf_failure *ret_failure)
{
    size_t room = HEAD_ROOM + 2 * session->len + 2;
    char *text = malloc(room);
    if (text == NULL)
        return hf_file_fail(HF_ERR_no_memory, path, 0, ret_failure);
    int len = snprintf(text, room, HEAD "%s\n", hf_report_version(session->version));
    hf_hex_write(session->bytes, session->len, text + len);
    memcpy(text + len + 2 * session->len, "\n", 2);
    bool written = hf_file_replace(path, text, HF_FILE_PRIVATE, ret_failure);
    explicit_bzero(text, room);
    free(text);
    return written;
}

bool hf_session_file_keep(const struct hf_connection *connection, struct hf_session_file *session)
{
    struct hf_session_info info;
    size_t size = hf_session_size(connection);
    if (size == 0 || size > sizeof session->bytes)
        return false;
    hf_session_file_wipe(session);
    if (hf_session_bytes(connection, session->bytes, sizeof session->bytes, &session->len) != HF_OK)
        return false;
    hf_session_info(connection, &info);
    session->version = info.version;
    return true;
}

void hf_session_file_wipe(struct hf_session_file *session)
{
    explicit_bzero(session, sizeof *session);
}
