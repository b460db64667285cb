/* Pass phrases: read without stdio, whose buffers nobody wipes.
 * Invariant: on every way out the phrase is in the caller's struct or nowhere. */
#define _GNU_SOURCE /* explicit_bzero */
#include "pass_phrase.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

void hf_pass_phrase_wipe(struct hf_pass_phrase *phrase)
{
    explicit_bzero(phrase, sizeof *phrase);
}

/* Reads one line. False: nothing but its end, or longer than a phrase may be, or not readable (errno). */
static bool read_line(int fd, struct hf_pass_phrase *phrase)
{
    phrase->len = 0;
    errno = 0;
    for (;;) {
        char byte = 0;
        ssize_t got = read(fd, &byte, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0 || byte == '\n')
            break;
        if (phrase->len + 1 == sizeof phrase->text)
            return false;
        phrase->text[phrase->len++] = byte;
    }
    if (phrase->len > 0 && phrase->text[phrase->len - 1] == '\r')
        phrase->len--;
    phrase->text[phrase->len] = '\0';
    return phrase->len > 0 && errno == 0;
}

bool hf_pass_phrase_read(const char *path, struct hf_pass_phrase *ret_phrase, struct hf_failure *ret_failure)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int error = errno;
    if (fd >= 0 && read_line(fd, ret_phrase)) {
        close(fd);
        return true;
    }
    if (fd >= 0) {
        error = errno;
        close(fd);
    }
    hf_pass_phrase_wipe(ret_phrase);
    struct hf_failure failure = {
        .error = HF_ERR_file_unreadable, .by = HF_BY_SETTINGS, .alert = HF_ALERT_none, .depth = -1};
    (void)snprintf(failure.where, sizeof failure.where, "%s", path);
    (void)snprintf(failure.got, sizeof failure.got, "%s",
                   error != 0 ? strerror(error) : "no pass phrase in its first line, or one too long");
    *ret_failure = failure;
    return false;
}

bool hf_pass_phrase_ask(const char *question, struct hf_pass_phrase *ret_phrase)
{
    int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    struct termios shown;
    if (terminal < 0)
        return false;
    if (tcgetattr(terminal, &shown) != 0) {
        close(terminal);
        return false;
    }
    struct termios hidden = shown;
    hidden.c_lflag &= (tcflag_t) ~(tcflag_t)ECHO;
    tcsetattr(terminal, TCSAFLUSH, &hidden);
    dprintf(terminal, "%s: ", question);
    bool got = read_line(terminal, ret_phrase);
    tcsetattr(terminal, TCSAFLUSH, &shown);
    dprintf(terminal, "\n");
    close(terminal);
    if (!got)
        hf_pass_phrase_wipe(ret_phrase);
    return got;
}
