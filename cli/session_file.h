/* A file in which `connect` keeps a session: --session-out and --session-in. Whoever reads it can resume the session as
 * this client, so it is the owner's only (mode 0600) and not encrypted, as a private key without pass phrase.
 *
 *   # A TLS session of handfast connect: as secret as a private key.
 *   handfast-session TLS 1.3
 *   <hexadecimal>
 *
 * A session of TLS 1.3 is used once (RFC 9846 C.4): its file is taken away before the session is offered. */
#ifndef HF_CLI_SESSION_FILE_H
#define HF_CLI_SESSION_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include <handfast/connection.h>

enum { HF_SESSION_FILE_MAX = 32768 };

struct hf_session_file {
    unsigned char bytes[HF_SESSION_FILE_MAX];
    size_t len;
    enum hf_version version;
};

/* Reads it, and removes it when it is used up by that. False: *ret_failure says what is wrong with the file. */
bool hf_session_file_take(const char *path, struct hf_session_file *ret_session, struct hf_failure *ret_failure);

/* Writes it, in place of what may be there. */
bool hf_session_file_write(const char *path, const struct hf_session_file *session, struct hf_failure *ret_failure);

/* Takes over the session that the connection has to give now; false, and nothing changes, when it has none, or one that
 * is too long. */
bool hf_session_file_keep(const struct hf_connection *connection, struct hf_session_file *session);

void hf_session_file_wipe(struct hf_session_file *session);

#endif
