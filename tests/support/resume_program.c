#define _DEFAULT_SOURCE /* mkdtemp */
#include "support/resume_program.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <handfast/early.h>

enum { WAIT_MS = RESUME_PROGRAM_WAIT_MS };

static char folder[] = "/tmp/handfast-resume-XXXXXX";

/* ---- files and programs ---- */

static void path_of(const char *name, char path[128])
{
    (void)snprintf(path, 128, "%s/%s", folder, name);
}

void resume_program_write(const char *name, const char *text)
{
    char path[128];
    path_of(name, path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

bool resume_program_said(const char *part)
{
    char path[128];
    static char text[65536];
    path_of("output", path);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return false;
    size_t len = fread(text, 1, sizeof text - 1, file);
    text[len] = '\0';
    (void)fclose(file);
    return strstr(text, part) != NULL;
}

int resume_program_set_up(void **state)
{
    (void)state;
    (void)signal(SIGPIPE, SIG_IGN);
    if (mkdtemp(folder) == NULL)
        return -1;
    const struct lab_identity *client = lab_identity(LAB_CLIENT, MAKE_KEY_P256);
    const struct lab_identity *server = lab_identity(LAB_SERVER, MAKE_KEY_P256);
    resume_program_write("client.pem", client->chain);
    resume_program_write("client.key", client->key);
    resume_program_write("server.pem", server->chain);
    resume_program_write("server.key", server->key);
    return 0;
}

int resume_program_tear_down(void **state)
{
    (void)state;
    static const char *const names[] = {"client.pem", "client.key", "server.pem", "server.key",
                                        "session",    "output",     "early"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[128];
        path_of(names[i], path);
        (void)unlink(path);
    }
    return rmdir(folder);
}

pid_t resume_program_start(const char *const *words, int *ret_stdin)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        int output = chdir(folder) == 0 ? open("output", O_CREAT | O_TRUNC | O_WRONLY, 0600) : -1;
        if (output < 0 || dup2(ends[0], 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0)
            _exit(126);
        (void)close(ends[1]);
        (void)alarm(60);
        (void)execvp(words[0], (char *const *)(uintptr_t)words);
        _exit(127);
    }
    (void)close(ends[0]);
    *ret_stdin = ends[1];
    return pid;
}

void resume_program_end(pid_t pid, int its_stdin)
{
    int status;
    (void)close(its_stdin);
    (void)kill(pid, SIGTERM);
    (void)waitpid(pid, &status, 0);
}

/* ---- a connection over a socket, at the lab's time ---- */

void resume_program_send(struct hf_connection *connection, int fd)
{
    const uint8_t *wire;
    size_t len;
    while ((len = hf_output(connection, &wire)) > 0) {
        ssize_t sent = write(fd, wire, len);
        if (sent <= 0)
            return;
        hf_drained(connection, (size_t)sent);
    }
}

/* In 1.3 a client's session comes behind the handshake. */
static bool is_done(const struct hf_connection *connection, bool awaits_session)
{
    struct hf_session_info info;
    hf_session_info(connection, &info);
    return (info.opened && (!awaits_session || hf_session_size(connection) > 0)) || hf_failure(connection) != NULL;
}

/* What came early in the last talk. */
static char early[64];
static size_t early_len;

static void take_early(struct hf_connection *connection)
{
    size_t len = 0;
    assert_true(hf_read_early(connection, early + early_len, sizeof early - early_len, &len) == HF_OK ||
                hf_failure(connection) != NULL);
    early_len += len;
}

size_t resume_program_early(char *into, size_t room)
{
    assert_true(early_len <= room);
    memcpy(into, early, early_len);
    return early_len;
}

void resume_program_talk(struct hf_connection *connection, int fd, const struct resume_store *store,
                         bool awaits_session)
{
    uint8_t wire[4096];
    const uint8_t *id;
    size_t len;
    early_len = 0;
    resume_program_send(connection, fd);
    while (!is_done(connection, awaits_session)) {
        struct pollfd waits = {.fd = fd, .events = POLLIN};
        assert_int_equal(poll(&waits, 1, WAIT_MS), 1);
        ssize_t got = read(fd, wire, sizeof wire);
        assert_true(got > 0);
        (void)hf_feed(connection, wire, (size_t)got, LAB_NOW_MS);
        take_early(connection);
        if (hf_session_wanted(connection, &id, &len)) {
            bool found = len == store->id_len && memcmp(id, store->id, len) == 0;
            (void)hf_answer_session(connection, found ? store->server.at : NULL, found ? store->server.len : 0);
        }
        resume_program_send(connection, fd);
    }
}

void resume_program_assert_open(const struct hf_connection *connection, bool resumed)
{
    struct hf_session_info info;
    char text[1024];
    if (hf_failure(connection) != NULL && hf_failure_explain(hf_failure(connection), LAB_NOW_S, text, sizeof text) > 0)
        print_message("%s\n", text);
    hf_session_info(connection, &info);
    assert_true(info.opened);
    assert_int_equal(info.resumed, resumed);
    assert_non_null(hf_peer(connection));
}

void resume_program_keep(const struct hf_connection *connection, struct resume_store *store, struct resume_bytes *bytes)
{
    const uint8_t *id;
    store->id_len = hf_session_id(connection, &id);
    assert_true(store->id_len > 0);
    memcpy(store->id, id, store->id_len);
    assert_int_equal(hf_session_bytes(connection, bytes->at, sizeof bytes->at, &bytes->len), HF_OK);
}

int resume_program_listen(uint16_t *ret_port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, len), 0);
    assert_int_equal(listen(fd, 4), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    *ret_port = ntohs(at.sin_port);
    return fd;
}

int resume_program_dial(uint16_t port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port)};
    for (int i = 0; i < 200; i++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
            return fd;
        (void)close(fd);
        (void)poll(NULL, 0, 50);
    }
    fail_msg("nobody listens");
    return -1;
}

/* A server tells of a connection when its client may be gone already. */
bool resume_program_comes_to_say(const char *part)
{
    for (int i = 0; i < 200 && !resume_program_said(part); i++)
        (void)poll(NULL, 0, 50);
    return resume_program_said(part);
}
