/* The transport. Everything blocks: the runner ends a shim that waits for too long. */
#define _POSIX_C_SOURCE 200809L
#include "link.h"

#include "quic_link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { RECEIVE_LEN = 16384, WAIT_MS = 60000, COARSE_MS = 15 };

/* The clock of datagrams: moved by the runner. */
static uint64_t moved_ns;
static uint64_t stopped_at_ms;

uint64_t bogo_link_now_ms(void)
{
    struct timespec now;
    if (stopped_at_ms != 0)
        return stopped_at_ms + moved_ns / 1000000;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void bogo_link_stop_clock(void)
{
    if (stopped_at_ms == 0)
        stopped_at_ms = bogo_link_now_ms();
}

void bogo_link_pass(uint64_t seconds)
{
    moved_ns += seconds * 1000000000;
}

void bogo_link_pass_ms(uint64_t ms)
{
    moved_ns += ms * 1000000;
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

bool bogo_link_send(struct bogo_link *link, const uint8_t *bytes, size_t len)
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
    bogo_quic_link_reset();
    *link = (struct bogo_link){.flags = flags, .fd = connect_to_runner(flags)};
    return link->fd >= 0 && bogo_link_send(link, id, sizeof id);
}

/* "P", a length of 4 bytes, the datagram. */
static void flush_datagrams(struct bogo_link *link)
{
    const uint8_t *wire;
    for (size_t len = hf_output(link->connection, &wire); len > 0; len = hf_output(link->connection, &wire)) {
        const uint8_t head[] = {'P', (uint8_t)(len >> 24), (uint8_t)(len >> 16), (uint8_t)(len >> 8), (uint8_t)len};
        (void)(bogo_link_send(link, head, sizeof head) && bogo_link_send(link, wire, len));
        hf_drained(link->connection, len);
    }
}

void bogo_link_flush(struct bogo_link *link)
{
    const uint8_t *wire;
    if (link->flags->quic) {
        bogo_quic_link_flush(link);
        return;
    }
    if (link->flags->dtls) {
        flush_datagrams(link);
        return;
    }
    size_t len = hf_output(link->connection, &wire);
    if (link->holds && len > 0)
        len = link->one_byte_went ? 0 : 1;
    link->one_byte_went = link->holds && (link->one_byte_went || len > 0);
    (void)bogo_link_send(link, wire, len); /* a runner that is gone is found by reading */
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

bool bogo_link_receive(struct bogo_link *link, uint8_t *bytes, size_t len)
{
    while (len > 0) {
        ssize_t got = wait_for(link) ? recv(link->fd, bytes, len, 0) : 0;
        if (got <= 0)
            return false;
        bytes += got;
        len -= (size_t)got;
    }
    return true;
}

static bool receive_number(struct bogo_link *link, size_t width, uint64_t *ret_number)
{
    uint8_t bytes[8];
    *ret_number = 0;
    if (!bogo_link_receive(link, bytes, width))
        return false;
    for (size_t i = 0; i < width; i++)
        *ret_number = *ret_number << 8 | bytes[i];
    return true;
}

static enum hf_error end(struct bogo_link *link)
{
    link->ended = true;
    return hf_feed_end(link->connection, bogo_link_now_ms());
}

static enum hf_error take_datagram(struct bogo_link *link)
{
    static uint8_t datagram[1 << 16];
    uint64_t len;
    if (!receive_number(link, 4, &len) || len > sizeof datagram || !bogo_link_receive(link, datagram, len))
        return end(link);
    return hf_feed(link->connection, datagram, len, bogo_link_now_ms());
}

static enum hf_error move_clock(struct bogo_link *link)
{
    static const uint8_t done = 't';
    uint64_t ns;
    if (!receive_number(link, 8, &ns) || !bogo_link_send(link, &done, 1))
        return end(link);
    moved_ns += ns;
    uint64_t due_ms = hf_deadline(link->connection);
    uint64_t now_ms = bogo_link_now_ms();
    if (due_ms > now_ms && due_ms - now_ms <= COARSE_MS)
        now_ms = due_ms; /* as an event loop may that rounds its times */
    return due_ms <= now_ms ? hf_tick(link->connection, now_ms) : HF_OK;
}

static enum hf_error expect_deadline(struct bogo_link *link)
{
    uint64_t ns;
    if (!receive_number(link, 8, &ns))
        return end(link);
    uint64_t due_ms = hf_deadline(link->connection);
    uint64_t due_ns = due_ms == UINT64_MAX ? UINT64_MAX : (due_ms - stopped_at_ms) * 1000000;
    uint64_t left = due_ns == UINT64_MAX ? UINT64_MAX : due_ns < moved_ns ? 0 : due_ns - moved_ns;
    if (left == ns || (left < ns && ns - left <= 1000000)) /* ours are whole milliseconds */
        return HF_OK;
    fprintf(stderr, "the next timeout is in %llu ns, not in %llu\n", (unsigned long long)left, (unsigned long long)ns);
    link->refused = true;
    return end(link);
}

static enum hf_error set_mtu(struct bogo_link *link)
{
    uint64_t mtu;
    if (!receive_number(link, 4, &mtu))
        return end(link);
    hf_set_datagram_max(link->connection, mtu);
    return HF_OK;
}

static enum hf_error set_timeout(struct bogo_link *link)
{
    uint64_t ms;
    if (!receive_number(link, 4, &ms))
        return end(link);
    hf_set_retransmission(link->connection, (uint32_t)ms);
    return HF_OK;
}

static enum hf_error step_datagrams(struct bogo_link *link)
{
    uint8_t letter;
    bogo_link_flush(link);
    if (!bogo_link_receive(link, &letter, 1))
        return end(link);
    switch (letter) {
    case 'P':
        return take_datagram(link);
    case 'T':
        return move_clock(link);
    case 'E':
        return expect_deadline(link);
    case 'M':
        return set_mtu(link);
    case 'U':
        return set_timeout(link);
    default:
        fprintf(stderr, "the runner says '%c'\n", letter);
        link->refused = true;
        return end(link);
    }
}

enum hf_error bogo_link_step(struct bogo_link *link)
{
    uint8_t wire[RECEIVE_LEN];
    if (link->flags->dtls)
        return step_datagrams(link);
    if (link->flags->quic)
        return bogo_quic_link_step(link);
    bogo_link_flush(link);
    const size_t room =
        link->flags->early_write_after > 0 ? 1 : sizeof wire; /* then what stands in which record counts */
    ssize_t len = wait_for(link) ? recv(link->fd, wire, room, 0) : 0;
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
