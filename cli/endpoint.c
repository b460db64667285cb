/* TCP and UDP by the resolver: connect with a bounded wait, listen, accept.
 * Invariants: every descriptor is non-blocking and closed on exec; a failure names host, port and the system's reason.
 */
#define _GNU_SOURCE /* accept4 */
#include "endpoint.h"

#include <handfast/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 1024, LINGER_MS = 500 };

static bool is_port(const char *text)
{
    size_t len = strlen(text);
    unsigned long number = 0;
    if (len == 0 || len > 5 || strspn(text, "0123456789") != len)
        return false;
    for (size_t i = 0; i < len; i++)
        number = number * 10 + (unsigned long)(text[i] - '0');
    return number <= 65535;
}

bool hf_endpoint_parse(const char *text, struct hf_endpoint *ret_endpoint, const char **ret_why)
{
    struct hf_endpoint endpoint = {.datagrams = false};
    const char *colon = strrchr(text, ':');
    bool in_brackets = text[0] == '[';
    size_t len = colon == NULL ? 0 : (size_t)(colon - text) - (in_brackets ? 2 : 0);
    if (strstr(text, "://") != NULL) {
        *ret_why = "give HOST:PORT alone, without a scheme like https://";
        return false;
    }
    if (colon == NULL || !is_port(colon + 1)) {
        *ret_why = "a port from 0 to 65535 must follow, as in localhost:4433";
        return false;
    }
    if (in_brackets ? colon == text + 1 || colon[-1] != ']' : memchr(text, ':', len) != NULL) {
        *ret_why = "an IPv6 address stands in brackets, as in [::1]:4433";
        return false;
    }
    if (len == 0 || len >= sizeof endpoint.host) {
        *ret_why = "a host must stand before the port, as in localhost:4433";
        return false;
    }
    (void)snprintf(endpoint.host, sizeof endpoint.host, "%.*s", (int)len, text + (in_brackets ? 1 : 0));
    (void)snprintf(endpoint.port, sizeof endpoint.port, "%s", colon + 1);
    *ret_endpoint = endpoint;
    return true;
}

static void say_address(const struct sockaddr *address, socklen_t len, char into[HF_ENDPOINT_TEXT_ROOM])
{
    char host[64];
    char port[16];
    int flags = NI_NUMERICHOST | NI_NUMERICSERV;
    if (getnameinfo(address, len, host, sizeof host, port, sizeof port, flags) != 0) {
        (void)snprintf(into, HF_ENDPOINT_TEXT_ROOM, "unknown");
        return;
    }
    (void)snprintf(into, HF_ENDPOINT_TEXT_ROOM, strchr(host, ':') == NULL ? "%s:%s" : "[%s]:%s", host, port);
}

static void say_failure(const struct hf_endpoint *endpoint, const char *doing, enum hf_error error, const char *why,
                        struct hf_failure *ret_failure)
{
    struct hf_failure failure = {.error = error, .by = HF_BY_NETWORK, .alert = HF_ALERT_none, .depth = -1};
    (void)snprintf(failure.where, sizeof failure.where, "%s %.60s:%s", doing, endpoint->host, endpoint->port);
    (void)snprintf(failure.got, sizeof failure.got, "%s", why);
    *ret_failure = failure;
}

static struct addrinfo *resolve(const struct hf_endpoint *endpoint, int flags, const char *doing,
                                struct hf_failure *ret_failure)
{
    struct addrinfo hints = {.ai_socktype = endpoint->datagrams ? SOCK_DGRAM : SOCK_STREAM,
                             .ai_flags = flags | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int code = getaddrinfo(endpoint->host, endpoint->port, &hints, &found);
    if (code == 0)
        return found;
    say_failure(endpoint, doing, HF_ERR_network_failed, code == EAI_SYSTEM ? strerror(errno) : gai_strerror(code),
                ret_failure);
    return NULL;
}

/* Small records must not wait for each other. */
static void hurry(int fd)
{
    int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/* Datagrams go whole or not at all: the kernel is not to cut what its path does not take, and says EMSGSIZE instead. So
 * flights find the size that fits (RFC 9147 4.4). A system without that option cuts them. */
static void keep_whole(int fd, const struct addrinfo *address)
{
#if defined(IP_MTU_DISCOVER) && defined(IPV6_MTU_DISCOVER)
    bool is_6 = address->ai_family == AF_INET6;
    int how = IP_PMTUDISC_DO;
    if (is_6)
        how = IPV6_PMTUDISC_DO;
    if (address->ai_socktype == SOCK_DGRAM)
        (void)setsockopt(fd, is_6 ? IPPROTO_IPV6 : IPPROTO_IP, is_6 ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER, &how,
                         sizeof how);
#else
    (void)fd;
    (void)address;
#endif
}

/* Connects to one address. 0, or errno. */
static int try_address(const struct addrinfo *address, uint64_t until_ms, int *ret_fd)
{
    int fd = socket(address->ai_family, address->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address->ai_protocol);
    if (fd < 0)
        return errno;
    keep_whole(fd, address);
    int error = connect(fd, address->ai_addr, address->ai_addrlen) == 0 ? 0 : errno;
    if (error == EINPROGRESS) {
        uint64_t now = hf_socket_now_ms();
        struct pollfd poller = {.fd = fd, .events = POLLOUT};
        int ready = poll(&poller, 1, until_ms > now ? (int)(until_ms - now) : 0);
        socklen_t len = sizeof error;
        if (ready <= 0 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
            error = ready == 0 ? ETIMEDOUT : errno;
    }
    if (error != 0) {
        close(fd);
        return error;
    }
    hurry(fd);
    *ret_fd = fd;
    return 0;
}

int hf_endpoint_connect(const struct hf_endpoint *endpoint, int timeout_ms, char ret_text[HF_ENDPOINT_TEXT_ROOM],
                        struct hf_failure *ret_failure)
{
    struct addrinfo *found = resolve(endpoint, 0, "connecting to", ret_failure);
    if (found == NULL)
        return -1;
    uint64_t until_ms = hf_socket_now_ms() + (uint64_t)timeout_ms;
    int fd = -1;
    int error = 0;
    for (const struct addrinfo *at = found; at != NULL && fd < 0; at = at->ai_next) {
        error = try_address(at, until_ms, &fd);
        if (error == 0)
            say_address(at->ai_addr, at->ai_addrlen, ret_text);
    }
    freeaddrinfo(found);
    if (fd < 0)
        say_failure(endpoint, "connecting to", error == ETIMEDOUT ? HF_ERR_timed_out : HF_ERR_network_failed,
                    strerror(error), ret_failure);
    return fd;
}

static void note_target(const struct hf_endpoint *endpoint, const struct addrinfo *address,
                        struct hf_endpoint_target *ret_target)
{
    struct hf_endpoint_target target = {.address_len = address->ai_addrlen, .datagrams = endpoint->datagrams};
    memcpy(target.address, address->ai_addr, address->ai_addrlen);
    *ret_target = target;
}

bool hf_endpoint_find(const struct hf_endpoint *endpoint, int timeout_ms, struct hf_endpoint_target *ret_target,
                      char ret_text[HF_ENDPOINT_TEXT_ROOM], struct hf_failure *ret_failure)
{
    struct addrinfo *found = resolve(endpoint, 0, "connecting to", ret_failure);
    if (found == NULL)
        return false;
    uint64_t until_ms = hf_socket_now_ms() + (uint64_t)timeout_ms;
    const struct addrinfo *chosen = found->ai_next == NULL ? found : NULL;
    int error = 0;
    int fd = -1;
    for (const struct addrinfo *at = chosen == NULL ? found : NULL; at != NULL; at = at->ai_next) {
        error = try_address(at, until_ms, &fd);
        if (error != 0)
            continue;
        close(fd);
        chosen = at;
        break;
    }
    if (chosen != NULL) {
        note_target(endpoint, chosen, ret_target);
        say_address(chosen->ai_addr, chosen->ai_addrlen, ret_text);
    } else {
        say_failure(endpoint, "connecting to", error == ETIMEDOUT ? HF_ERR_timed_out : HF_ERR_network_failed,
                    strerror(error), ret_failure);
    }
    freeaddrinfo(found);
    return chosen != NULL;
}

/* The port is chosen when it connects, so that only the four together must be new (ip(7), IP_BIND_ADDRESS_NO_PORT). */
static void choose_source(int fd, const struct sockaddr *to, size_t source)
{
    enum { LOOPBACK = 127, SOURCES = 250 };
    struct sockaddr_in from = {.sin_family = AF_INET};
    const struct sockaddr_in *to4 = (const struct sockaddr_in *)(const void *)to;
    if (source == 0 || to->sa_family != AF_INET || ntohl(to4->sin_addr.s_addr) >> 24 != LOOPBACK)
        return;
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t)(source % SOURCES));
#ifdef IP_BIND_ADDRESS_NO_PORT
    int on = 1;
    (void)setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
#endif
    (void)bind(fd, (const struct sockaddr *)&from, sizeof from);
}

int hf_endpoint_begin(const struct hf_endpoint_target *target, size_t source)
{
    struct sockaddr_storage to;
    memcpy(&to, target->address, target->address_len);
    int kind = target->datagrams ? SOCK_DGRAM : SOCK_STREAM;
    int fd = socket(to.ss_family, kind | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    choose_source(fd, (const struct sockaddr *)&to, source);
    hurry(fd);
    if (connect(fd, (const struct sockaddr *)&to, (socklen_t)target->address_len) == 0 || errno == EINPROGRESS)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static int try_listen(const struct addrinfo *address, bool shared)
{
    int on = 1;
    int fd = socket(address->ai_family, address->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address->ai_protocol);
    if (fd < 0)
        return -1;
    keep_whole(fd, address);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (shared)
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (bind(fd, address->ai_addr, address->ai_addrlen) == 0 &&
        (address->ai_socktype == SOCK_DGRAM || listen(fd, BACKLOG) == 0))
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

int hf_endpoint_listen(const struct hf_endpoint *endpoint, char ret_text[HF_ENDPOINT_TEXT_ROOM],
                       struct hf_failure *ret_failure)
{
    struct addrinfo *found = resolve(endpoint, AI_PASSIVE, "listening on", ret_failure);
    if (found == NULL)
        return -1;
    int fd = -1;
    for (const struct addrinfo *at = found; at != NULL && fd < 0; at = at->ai_next)
        fd = try_listen(at, endpoint->shared);
    int error = errno;
    freeaddrinfo(found);
    struct sockaddr_storage bound;
    socklen_t len = sizeof bound;
    if (fd < 0 || getsockname(fd, (struct sockaddr *)&bound, &len) != 0) {
        say_failure(endpoint, "listening on", HF_ERR_network_failed, strerror(error), ret_failure);
        return -1;
    }
    say_address((struct sockaddr *)&bound, len, ret_text);
    return fd;
}

int hf_endpoint_accept(int listener, char ret_text[HF_ENDPOINT_TEXT_ROOM])
{
    struct sockaddr_storage from;
    socklen_t len = sizeof from;
    int fd = accept4(listener, (struct sockaddr *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
        return -1;
    hurry(fd);
    say_address((struct sockaddr *)&from, len, ret_text);
    return fd;
}

void hf_endpoint_say(const void *address, size_t address_len, char ret_text[HF_ENDPOINT_TEXT_ROOM])
{
    say_address(address, (socklen_t)address_len, ret_text);
}

bool hf_endpoint_wait(int fd, bool until_writable, int timeout_ms)
{
    struct pollfd poller = {.fd = fd, .events = until_writable ? POLLOUT : POLLIN};
    return poll(&poller, 1, timeout_ms) > 0;
}

void hf_endpoint_hang_up(int fd, bool linger)
{
    char dropped[4096];
    uint64_t until_ms = hf_socket_now_ms() + LINGER_MS;
    shutdown(fd, SHUT_WR);
    while (linger && hf_socket_now_ms() < until_ms && hf_endpoint_wait(fd, /* until_writable= */ false, 100)) {
        ssize_t len = recv(fd, dropped, sizeof dropped, MSG_DONTWAIT);
        if (len == 0 || (len < 0 && errno != EAGAIN && errno != EINTR))
            break;
    }
    close(fd);
}
