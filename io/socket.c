/* The socket driver: a sans-I/O connection moved over a file descriptor by poll, read and write.
 * Invariants: it never blocks in read or write themselves, only in poll, so every wait has an end; what cannot be sent
 * any more never hides what the peer said before it went (in TLS 1.3 a refusal arrives while we are already sending,
 * RFC 9846 4.5.1.3); one call feeds a bounded number of bytes. */
#define _DEFAULT_SOURCE /* IP_MTU */
#include "parts.h"

#include <handfast/early.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { RECEIVE_LEN = 16384, CLOSE_TIMEOUT_MS = 10000, REST_AFTER_MS = 1000, FOR_EVER = -1 };

uint64_t hf_socket_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* For waiting: a clock that nobody sets back. */
static uint64_t steady_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static bool is_ready(int fd, short events, int timeout_ms)
{
    struct pollfd poller = {.fd = fd, .events = events};
    int count;
    do
        count = poll(&poller, 1, timeout_ms);
    while (count < 0 && errno == EINTR && timeout_ms < 0);
    return count > 0;
}

/* Sockets have calls that do not wait even on a blocking descriptor; for all else poll has to say so. */
ssize_t hf_io_write(int fd, const uint8_t *from, size_t len)
{
    ssize_t done = send(fd, from, len, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (done >= 0 || errno != ENOTSOCK)
        return done;
    if (!is_ready(fd, POLLOUT, 0)) {
        errno = EAGAIN;
        return -1;
    }
    return write(fd, from, len < 512 ? len : 512); /* _POSIX_PIPE_BUF: so much fits when poll says ready */
}

ssize_t hf_io_read(int fd, uint8_t *into, size_t room)
{
    ssize_t done = recv(fd, into, room, MSG_DONTWAIT);
    if (done >= 0 || errno != ENOTSOCK)
        return done;
    if (!is_ready(fd, POLLIN, 0)) {
        errno = EAGAIN;
        return -1;
    }
    return read(fd, into, room);
}

bool hf_io_would_wait(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

static enum hf_error failure_of(const struct hf_connection *connection)
{
    const struct hf_failure *failure = hf_failure(connection);
    return failure == NULL ? HF_OK : failure->error;
}

/* A socket of datagrams: an empty one is no end, and what the network refuses is lost as the network loses. */
static bool is_of_datagrams(int fd)
{
    int type = 0;
    socklen_t len = sizeof type;
    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 && type == SOCK_DGRAM;
}

enum hf_error hf_io_end(struct hf_connection *connection, int error)
{
    enum hf_error ended = hf_feed_end(connection, hf_socket_now_ms());
    return ended == HF_OK && error != 0 && error != ECONNRESET ? HF_ERR_network_failed : ended;
}

enum came { CAME_NOTHING = 0, CAME_BYTES, CAME_END };

/* One read. */
static enum hf_error receive_once(struct hf_connection *connection, int fd, enum came *ret_came)
{
    uint8_t wire[RECEIVE_LEN];
    ssize_t len = hf_io_read(fd, wire, sizeof wire);
    int error = errno;
    if (len == 0 && is_of_datagrams(fd)) {
        *ret_came = CAME_NOTHING;
        return failure_of(connection);
    }
    *ret_came = len > 0 ? CAME_BYTES : len < 0 && hf_io_would_wait(error) ? CAME_NOTHING : CAME_END;
    if (*ret_came == CAME_BYTES)
        return hf_feed(connection, wire, (size_t)len, hf_socket_now_ms());
    if (*ret_came == CAME_NOTHING)
        return failure_of(connection);
    return hf_io_end(connection, len < 0 ? error : 0);
}

/* Nothing can be sent any more. The peer's last words, most often an alert, still wait to be read. */
enum hf_error hf_io_hear_last_words(struct hf_connection *connection, int fd)
{
    const uint8_t *unsent = NULL;
    hf_drained(connection, hf_output(connection, &unsent));
    enum hf_error heard = HF_OK;
    enum came came = CAME_BYTES;
    while (heard == HF_OK && came == CAME_BYTES)
        heard = receive_once(connection, fd, &came);
    if (heard == HF_OK && came != CAME_END)
        heard = hf_feed_end(connection, hf_socket_now_ms());
    return heard == HF_OK ? HF_ERR_network_failed : heard;
}

/* The path of a connected socket takes less: what it takes is told from now on, and what was too long is lost, as the
 * network loses. Data that does not fit is refused then (hf_datagram_room); messages go again, and shorter. */
static void heed_path(struct hf_connection *connection, int fd)
{
#if defined(IP_MTU) && defined(IPV6_MTU)
    enum { HEADERS = 20 + 8, HEADERS_6 = 40 + 8 }; /* of IP and UDP */
    struct sockaddr_storage own;
    socklen_t own_len = sizeof own;
    int mtu = 0;
    socklen_t len = sizeof mtu;
    if (getsockname(fd, (struct sockaddr *)&own, &own_len) != 0)
        return;
    bool is_6 = own.ss_family == AF_INET6;
    int headers = is_6 ? HEADERS_6 : HEADERS;
    if (getsockopt(fd, is_6 ? IPPROTO_IPV6 : IPPROTO_IP, is_6 ? IPV6_MTU : IP_MTU, &mtu, &len) == 0 && mtu > headers)
        hf_set_datagram_max(connection, (size_t)(mtu - headers));
#else
    (void)connection;
    (void)fd;
#endif
}

/* Sends what the descriptor takes. *ret_moved: at least one byte. */
static enum hf_error send_some(struct hf_connection *connection, int fd, bool *ret_moved)
{
    const uint8_t *wire = NULL;
    size_t len;
    *ret_moved = false;
    while ((len = hf_output(connection, &wire)) > 0) {
        ssize_t sent = hf_io_write(fd, wire, len);
        if (sent < 0 && hf_io_would_wait(errno))
            break;
        if (sent < 0 && errno == EMSGSIZE && is_of_datagrams(fd))
            heed_path(connection, fd);
        if (sent < 0 && (errno == EMSGSIZE || errno == ECONNREFUSED) && is_of_datagrams(fd))
            sent = (ssize_t)len;
        if (sent < 0)
            return hf_io_hear_last_words(connection, fd);
        hf_drained(connection, (size_t)sent);
        *ret_moved = true;
    }
    return failure_of(connection);
}

enum hf_error hf_socket_send(struct hf_connection *connection, int fd)
{
    bool moved = false;
    return send_some(connection, fd, &moved);
}

enum hf_error hf_socket_receive(struct hf_connection *connection, int fd)
{
    enum came came = CAME_NOTHING;
    return receive_once(connection, fd, &came);
}

/* Sends, receives, sends the answer (an alert too). */
static enum hf_error move_both_ways(struct hf_connection *connection, int fd, bool *ret_moved)
{
    bool sent = false;
    bool answered = false;
    enum hf_error error = send_some(connection, fd, &sent);
    *ret_moved = sent;
    if (error != HF_OK)
        return error;
    enum came came = CAME_NOTHING;
    error = receive_once(connection, fd, &came);
    enum hf_error flushed = send_some(connection, fd, &answered);
    *ret_moved = sent || came != CAME_NOTHING || answered;
    return error != HF_OK ? error : flushed;
}

/* How long to wait: until `until_ms` on the steady clock, and not past the connection's own deadline. */
static int wait_of(const struct hf_connection *connection, uint64_t until_ms)
{
    uint64_t left = UINT64_MAX;
    uint64_t now = steady_ms();
    if (until_ms != UINT64_MAX)
        left = until_ms > now ? until_ms - now : 0;
    uint64_t deadline = hf_deadline(connection);
    uint64_t clock = hf_socket_now_ms();
    if (deadline != UINT64_MAX && (deadline <= clock || deadline - clock < left))
        left = deadline <= clock ? 0 : deadline - clock;
    if (left == UINT64_MAX)
        return FOR_EVER;
    return left > 3600000 ? 3600000 : (int)left;
}

static uint64_t until_of(int timeout_ms)
{
    return timeout_ms < 0 ? UINT64_MAX : steady_ms() + (uint64_t)timeout_ms;
}

static void wait_for_peer(const struct hf_connection *connection, int fd, uint64_t until_ms)
{
    const uint8_t *wire = NULL;
    short events = hf_output(connection, &wire) > 0 ? POLLIN | POLLOUT : POLLIN;
    is_ready(fd, events, wait_of(connection, until_ms));
}

/* Moves what can be moved; waits once, until `until_ms`, when that was nothing. */
static enum hf_error pump_until(struct hf_connection *connection, int fd, uint64_t until_ms)
{
    bool moved = false;
    enum hf_error error = move_both_ways(connection, fd, &moved);
    if (error != HF_OK || moved)
        return error;
    wait_for_peer(connection, fd, until_ms);
    if (hf_deadline(connection) <= hf_socket_now_ms())
        error = hf_tick(connection, hf_socket_now_ms());
    return error == HF_OK ? move_both_ways(connection, fd, &moved) : error;
}

enum hf_error hf_socket_pump(struct hf_connection *connection, int fd, int timeout_ms)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0)
        return HF_ERR_network_failed;
    return pump_until(connection, fd, until_of((flags & O_NONBLOCK) != 0 ? 0 : timeout_ms));
}

static bool is_over(uint64_t until_ms)
{
    return until_ms != UINT64_MAX && steady_ms() >= until_ms;
}

enum hf_error hf_socket_handshake(struct hf_connection *connection, int fd, int timeout_ms)
{
    uint64_t until_ms = until_of(timeout_ms);
    for (;;) {
        struct hf_session_info info;
        hf_session_info(connection, &info);
        if (info.opened) /* our last flight may still wait here */
            return hf_socket_send(connection, fd);
        enum hf_error error = pump_until(connection, fd, until_ms);
        if (error != HF_OK)
            return error;
        hf_session_info(connection, &info);
        if (!info.opened && is_over(until_ms))
            return HF_ERR_timed_out;
    }
}

/* A peer that says nothing for a while may go on so: the connection rests meanwhile. */
static enum hf_error wait_long(struct hf_connection *connection, int fd)
{
    const uint8_t *wire = NULL;
    short events = hf_output(connection, &wire) > 0 ? POLLIN | POLLOUT : POLLIN;
    int wait_ms = wait_of(connection, UINT64_MAX);
    bool is_long = wait_ms == FOR_EVER || wait_ms > REST_AFTER_MS;
    if (!is_ready(fd, events, is_long ? REST_AFTER_MS : wait_ms) && is_long) {
        hf_rest(connection);
        wait_for_peer(connection, fd, UINT64_MAX);
    }
    return hf_deadline(connection) <= hf_socket_now_ms() ? hf_tick(connection, hf_socket_now_ms()) : HF_OK;
}

/* Sends what waits, receives once, sends the answer (an alert too). */
static enum hf_error receive_and_answer(struct hf_connection *connection, int fd, struct hf_room room, size_t *ret_len)
{
    enum hf_error error = hf_socket_send(connection, fd);
    *ret_len = 0;
    if (error != HF_OK)
        return error;
    error = hf_socket_receive_data(connection, fd, room, ret_len);
    enum hf_error flushed = hf_socket_send(connection, fd);
    return error != HF_OK || *ret_len > 0 ? error : flushed;
}

enum hf_error hf_socket_read(struct hf_connection *connection, int fd, void *into, size_t room, size_t *ret_len)
{
    for (;;) {
        size_t len = 0;
        enum hf_error error = hf_read(connection, into, room, &len);
        struct hf_session_info info;
        hf_session_info(connection, &info);
        if (error != HF_OK)
            return error;
        if (len == 0 && !info.peer_closed && room > 0) {
            error = wait_long(connection, fd);
            if (error == HF_OK)
                error = receive_and_answer(connection, fd, (struct hf_room){into, room}, &len);
            hf_session_info(connection, &info);
        }
        if (error == HF_OK && (len > 0 || info.peer_closed || room == 0)) {
            *ret_len = len;
            return HF_OK;
        }
        if (error != HF_OK && hf_failure(connection) == NULL)
            return error; /* the descriptor's; the connection's comes from hf_read, after the data before it */
    }
}

enum hf_error hf_socket_read_early(struct hf_connection *connection, int fd, void *into, size_t room, size_t *ret_len)
{
    for (;;) {
        size_t len = 0;
        struct hf_session_info info;
        enum hf_error error = hf_read_early(connection, into, room, &len);
        hf_session_info(connection, &info);
        if (error != HF_OK)
            return error;
        if (len > 0 || info.opened || room == 0) {
            *ret_len = len;
            return len > 0 ? HF_OK : hf_socket_send(connection, fd);
        }
        error = pump_until(connection, fd, UINT64_MAX);
        if (error != HF_OK)
            return error;
    }
}

/* Nothing was taken. Either too much waits to go out; or nothing does, and a renegotiation runs: it needs what the peer
 * says. */
static enum hf_error wait_for_room(struct hf_connection *connection, int fd, bool is_full)
{
    if (!is_full)
        return pump_until(connection, fd, UINT64_MAX);
    is_ready(fd, POLLOUT, FOR_EVER);
    return HF_OK;
}

static bool has_output(const struct hf_connection *connection, const struct hf_socket_unsent *unsent)
{
    const uint8_t *wire = NULL;
    return unsent->bytes != NULL || hf_output(connection, &wire) > 0;
}

static enum hf_error write_all(struct hf_connection *connection, int fd, struct hf_socket_unsent *unsent,
                               struct hf_bytes data)
{
    while (data.len > 0 || has_output(connection, unsent)) {
        size_t taken = 0;
        enum hf_error error = hf_socket_send_data(connection, fd, unsent, data, &taken);
        data.data = taken == 0 ? data.data : (const uint8_t *)data.data + taken;
        data.len -= taken;
        bool is_full = has_output(connection, unsent);
        if (error == HF_OK && (is_full || (taken == 0 && data.len > 0)))
            error = wait_for_room(connection, fd, is_full);
        if (error != HF_OK)
            return error;
    }
    return HF_OK;
}

enum hf_error hf_socket_write(struct hf_connection *connection, int fd, const void *data, size_t len)
{
    struct hf_socket_unsent unsent = {.bytes = NULL};
    enum hf_error error = write_all(connection, fd, &unsent, (struct hf_bytes){data, len});
    hf_socket_unsent_release(&unsent);
    return error;
}

enum hf_error hf_socket_close(struct hf_connection *connection, int fd)
{
    uint64_t until_ms = until_of(CLOSE_TIMEOUT_MS);
    const uint8_t *wire = NULL;
    hf_close(connection);
    enum hf_error error = hf_socket_send(connection, fd);
    while (error == HF_OK && hf_output(connection, &wire) > 0) {
        if (is_over(until_ms))
            return HF_ERR_timed_out;
        is_ready(fd, POLLOUT, wait_of(connection, until_ms));
        error = hf_socket_send(connection, fd);
    }
    return error;
}

enum hf_error hf_socket_await_verdict(struct hf_connection *connection, int fd, int timeout_ms)
{
    uint64_t until_ms = until_of(timeout_ms);
    for (;;) {
        struct hf_session_info info;
        hf_session_info(connection, &info);
        if (info.accepted)
            return HF_OK;
        if (info.peer_closed || is_over(until_ms))
            return failure_of(connection) != HF_OK ? failure_of(connection) : HF_ERR_timed_out;
        enum hf_error error = pump_until(connection, fd, until_ms);
        if (error != HF_OK)
            return error;
    }
}
