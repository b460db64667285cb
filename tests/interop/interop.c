/* Sockets and flags of the interop programs. Everything waits for 10 seconds at most. */
#define _POSIX_C_SOURCE 200809L
#include "interop.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { WAIT_S = 10, ROOM = 8192 };

static struct interop_flags flags = {.auth = "server-only", .say = "GET / HTTP/1.0\r\n\r\n"};

/* ---- Flags. ---- */

static const struct {
    const char *name;
    const char **into;
} texts[] = {
    {"--port", &flags.port},   {"--version", &flags.version}, {"--ca", &flags.ca},       {"--cert", &flags.cert},
    {"--key", &flags.key},     {"--auth", &flags.auth},       {"--name", &flags.name},   {"--suite", &flags.suite},
    {"--group", &flags.group}, {"--also", &flags.also},       {"--again", &flags.again}, {"--say", &flags.say},
};

static bool read_psk(const char *hex)
{
    size_t len = strlen(hex);
    if (len % 2 != 0 || len / 2 > INTEROP_KEY_MAX)
        return false;
    for (size_t i = 0; i < len / 2; i++) {
        unsigned byte;
        if (sscanf(hex + 2 * i, "%2x", &byte) != 1)
            return false;
        flags.psk[i] = (unsigned char)byte;
    }
    flags.psk_len = len / 2;
    return true;
}

static bool take_text(const char *name, const char *value)
{
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (strcmp(texts[i].name, name) == 0) {
            *texts[i].into = value;
            return true;
        }
    return strcmp(name, "--psk") == 0 && read_psk(value);
}

static bool parse(int count, char **words)
{
    flags.serve = strcmp(words[1], "serve") == 0;
    for (int i = 2; i < count; i++) {
        if (strcmp(words[i], "--dtls") == 0)
            flags.datagrams = true;
        else if (strcmp(words[i], "--no-etm") == 0)
            flags.no_encrypt_then_mac = true;
        else if (i + 1 == count || !take_text(words[i], words[i + 1]))
            return false;
        else
            i++;
    }
    return (flags.serve || strcmp(words[1], "connect") == 0) && (flags.serve || flags.port != NULL);
}

/* ---- Sockets. ---- */

static void limit_waiting(int fd)
{
    const struct timeval limit = {.tv_sec = WAIT_S};
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

static int new_socket(void)
{
    int fd = socket(AF_INET, flags.datagrams ? SOCK_DGRAM : SOCK_STREAM, 0);
    limit_waiting(fd);
    return fd;
}

static struct sockaddr_in loopback(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    at.sin_port = htons((in_port_t)(flags.port == NULL ? 0 : atoi(flags.port)));
    return at;
}

static int listen_there(void)
{
    struct sockaddr_in at = loopback();
    socklen_t len = sizeof at;
    int fd = new_socket();
    if (bind(fd, (struct sockaddr *)&at, len) != 0 || (!flags.datagrams && listen(fd, 4) != 0) ||
        getsockname(fd, (struct sockaddr *)&at, &len) != 0) {
        perror("cannot listen");
        return -1;
    }
    printf("listening on 127.0.0.1:%u\n", ntohs(at.sin_port));
    return fd;
}

/* The next connection; of datagrams the listening socket itself, tied to who sent first. */
static int next_peer(int listener)
{
    struct pollfd waits = {.fd = listener, .events = POLLIN};
    if (poll(&waits, 1, -1) != 1)
        return -1;
    if (!flags.datagrams) {
        int fd = accept(listener, NULL, NULL);
        limit_waiting(fd);
        return fd;
    }
    char byte;
    struct sockaddr_in from;
    socklen_t len = sizeof from;
    if (recvfrom(listener, &byte, 1, MSG_PEEK, (struct sockaddr *)&from, &len) < 0 ||
        connect(listener, (struct sockaddr *)&from, len) != 0)
        return -1;
    return listener;
}

/* Lets an alert arrive: closing with unread bytes would reset the connection. */
static void hang_up(int fd)
{
    char rest[512];
    (void)shutdown(fd, SHUT_WR);
    const struct timeval limit = {.tv_sec = 1};
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    while (!flags.datagrams && read(fd, rest, sizeof rest) > 0)
        ;
    (void)close(fd);
}

/* ---- Talking. ---- */

static void answer(void)
{
    char text[ROOM];
    int got = interop_read(text, sizeof text - 1);
    if (got > 0 && strncmp(text, "GET ", 4) == 0) {
        int len = snprintf(text, sizeof text, "HTTP/1.0 200 OK\r\n\r\npeer %s\n", interop_peer());
        (void)interop_write(text, (size_t)len);
        return;
    }
    for (; got > 0; got = interop_read(text, sizeof text - 1))
        (void)interop_write(text, (size_t)got);
}

static int serve(void)
{
    int listener = listen_there();
    if (listener < 0)
        return 1;
    for (;;) {
        int fd = next_peer(listener);
        if (fd < 0)
            return 1;
        if (interop_handshake(fd)) {
            printf("open: peer %s\n", interop_peer());
            answer();
        }
        interop_end(/* keep= */ false);
        hang_up(fd);
        if (flags.datagrams)
            return 0;
    }
}

/* Says the text; the answer is over when the peer closes, or has sent as much as was said when that was no request. */
static bool converse(void)
{
    char text[ROOM];
    size_t wanted = strncmp(flags.say, "GET ", 4) == 0 ? (size_t)-1 : strlen(flags.say);
    size_t len = 0;
    int got = 1;
    if (!interop_write(flags.say, strlen(flags.say)))
        return false;
    while (len < wanted && got > 0 && len + 1 < sizeof text) {
        got = interop_read(text + len, sizeof text - 1 - len);
        len += got > 0 ? (size_t)got : 0;
    }
    text[len] = '\0';
    printf("answer: %s\n", text);
    return got >= 0 && len > 0;
}

static bool visit(bool keep)
{
    struct sockaddr_in to = loopback();
    int fd = new_socket();
    if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
        perror("cannot connect");
        return false;
    }
    bool fine = interop_handshake(fd);
    if (fine)
        printf("open: peer %s\n", interop_peer());
    fine = fine && converse();
    interop_end(keep && fine);
    hang_up(fd);
    return fine;
}

int main(int count, char **words)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    (void)signal(SIGPIPE, SIG_IGN);
    if (count == 2 && strcmp(words[1], "abilities") == 0) {
        interop_abilities();
        return 0;
    }
    if (count < 2 || !parse(count, words)) {
        puts("usage: abilities | serve | connect --port P, with the flags of tests/interop/interop.h");
        return 2;
    }
    if (!interop_prepare(&flags))
        return 1;
    if (flags.serve)
        return serve();
    bool fine = visit(flags.again != NULL);
    return fine && (flags.again == NULL || visit(false)) ? 0 : 1;
}
