/* The transport. Everything blocks: the runner ends a shim that waits for too long. */
#define _POSIX_C_SOURCE 200809L
#include "link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { RECEIVE_LEN = 16384, WAIT_MS = 60000 };

uint64_t bogo_link_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static int connect_to_runner(const struct bogo_flags *flags)
{
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)flags->port)};
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)flags->port)};
    six.sin6_addr = (struct in6_addr)IN6ADDR_LOOPBACK_INIT;
    four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const struct sockaddr *address = flags->ipv6 ? (const struct sockaddr *)&six : (const struct sockaddr *)&four;
    int fd = socket(address->sa_family, SOCK_STREAM, 0);
    int on = 1;
    if (fd >= 0 && connect(fd, address, flags->ipv6 ? sizeof six : sizeof four) == 0 &&
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0)
        return fd;
    perror("connect");
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool send_all(struct bogo_link *link, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        ssize_t sent = send(link->fd, bytes, len, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        bytes += sent;
        len -= (size_t)sent;
    }
    return true;
}

bool bogo_link_open(struct bogo_link *link, const struct bogo_flags *flags)
{
    uint8_t id[8];
    for (size_t i = 0; i < sizeof id; i++)
        id[i] = (uint8_t)(flags->shim_id >> (8 * i));
    *link = (struct bogo_link){.flags = flags, .fd = connect_to_runner(flags)};
    return link->fd >= 0 && send_all(link, id, sizeof id);
}

void bogo_link_flush(struct bogo_link *link)
{
    const uint8_t *wire;
    size_t len = hf_output(link->connection, &wire);
    if (link->holds && len > 0)
        len = link->one_byte_went ? 0 : 1;
    link->one_byte_went = link->holds && (link->one_byte_went || len > 0);
    (void)send_all(link, wire, len); /* a runner that is gone is found by reading */
    hf_drained(link->connection, len);
}

/* Waits for the runner; true when there is something, or its end. */
static bool wait_for(const struct bogo_link *link)
{
    struct pollfd poller = {.fd = link->fd, .events = POLLIN};
    int count;
    do
        count = poll(&poller, 1, WAIT_MS);
    while (count < 0 && errno == EINTR);
    return count > 0;
}

enum hf_error bogo_link_step(struct bogo_link *link)
{
    uint8_t wire[RECEIVE_LEN];
    bogo_link_flush(link);
    ssize_t len = wait_for(link) ? recv(link->fd, wire, sizeof wire, 0) : 0;
    if (len <= 0) {
        link->ended = true;
        return hf_feed_end(link->connection, bogo_link_now_ms());
    }
    size_t piece = link->flags->async ? 1 : (size_t)len;
    enum hf_error error = HF_OK;
    for (size_t at = 0; at < (size_t)len && error == HF_OK; at += piece)
        error = hf_feed(link->connection, wire + at, piece, bogo_link_now_ms());
    return error;
}

void bogo_link_close(struct bogo_link *link)
{
    uint8_t rest[1024];
    if (link->fd < 0)
        return;
    if (link->connection != NULL)
        bogo_link_flush(link);
    shutdown(link->fd, SHUT_WR);
    while (recv(link->fd, rest, sizeof rest, 0) > 0)
        ;
    close(link->fd);
    link->fd = -1;
}
