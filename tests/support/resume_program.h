/* Another program that shakes hands with us over a socket of loopback, for tests of sessions that both keep. It runs in
 * a folder with client.pem, client.key, server.pem and server.key of the lab, its words in a file there. */
#ifndef HF_TESTS_RESUME_PROGRAM_H
#define HF_TESTS_RESUME_PROGRAM_H

#include <sys/types.h>

#include "support/resume_lab.h"

enum { RESUME_PROGRAM_WAIT_MS = 20000 };

/* Fixtures of cmocka: make and remove the folder. */
int resume_program_set_up(void **state);
int resume_program_tear_down(void **state);

/* A file of the folder: "early" is one that is removed with it. */
void resume_program_write(const char *name, const char *text);

/* Starts the program words[0] in the folder; *ret_stdin keeps it waiting until it is closed. Then end it. */
pid_t resume_program_start(const char *const *words, int *ret_stdin);
void resume_program_end(pid_t pid, int its_stdin);

/* Whether it has said this; whether it does so soon: a server tells of a connection when its client may be gone. */
bool resume_program_said(const char *part);
bool resume_program_comes_to_say(const char *part);

/* Sockets: listens on a port that is free; dials until somebody answers. */
int resume_program_listen(uint16_t *ret_port);
int resume_program_dial(uint16_t port);

/* Sends what waits. Shakes hands at the lab's time, a server's session looked up in the store; with `awaits_session`
 * until a client has one. */
void resume_program_send(struct hf_connection *connection, int fd);
void resume_program_talk(struct hf_connection *connection, int fd, const struct resume_store *store,
                         bool awaits_session);

/* The early data that came to us in the last talk; returns its length. */
size_t resume_program_early(char *into, size_t room);

void resume_program_assert_open(const struct hf_connection *connection, bool resumed);

/* Keeps the session and its ID. */
void resume_program_keep(const struct hf_connection *connection, struct resume_store *store,
                         struct resume_bytes *bytes);

#endif
