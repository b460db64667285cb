/* One poll loop moves bytes between the socket, the connection and two pipes.
 * Invariants: nothing in the data is a command; at most one buffer waits in each direction, and while it waits nothing
 * more is read on that side, so that a slow end slows the other instead of filling memory; the end of our input closes
 * our side only. */
#define _POSIX_C_SOURCE 200809L
#include "talk.h"

#include <handfast/early.h>

#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SOCKET, IN, OUT, PIPE_CHUNK = 4096, QUIET_MS = 1000 };

static bool waits(const struct hf_talk_bytes *bytes)
{
    return bytes->at < bytes->len;
}

bool hf_talk_has_output(const struct hf_talk *talk)
{
    const uint8_t *wire = NULL;
    return talk->unsent.bytes != NULL || hf_output(talk->connection, &wire) > 0;
}

void hf_talk_release(struct hf_talk *talk)
{
    hf_socket_unsent_release(&talk->unsent);
}

bool hf_talk_is_over(const struct hf_talk *talk)
{
    if (talk->over_datagrams && talk->closed && !hf_talk_has_output(talk))
        return true;
    return talk->error != HF_OK || (talk->peer_closed && !waits(&talk->from_peer)) || talk->out_broken;
}

static bool sent_none(const struct hf_talk *talk)
{
    struct hf_certificate_request_info request;
    hf_certificate_request(talk->connection, &request);
    return !request.answered;
}

static void note_events(struct hf_talk *talk)
{
    struct hf_event event;
    while (hf_next_event(talk->connection, &event)) {
        talk->opened |= event.kind == HF_EVENT_OPENED;
        talk->accepted |= event.kind == HF_EVENT_ACCEPTED;
        talk->asked |= event.kind == HF_EVENT_CERTIFICATE_REQUESTED;
        talk->declined |= event.kind == HF_EVENT_CERTIFICATE_ANSWERED && sent_none(talk);
        talk->peer_closed |= event.kind == HF_EVENT_PEER_CLOSED;
        if (event.kind == HF_EVENT_EARLY_REFUSED)
            talk->to_peer.at = 0; /* again, when it is open */
        if (event.kind == HF_EVENT_SESSION && talk->session != NULL)
            (void)hf_session_file_keep(talk->connection, talk->session);
    }
}

static void note_error(struct hf_talk *talk, enum hf_error error)
{
    note_events(talk);
    if (error == HF_OK || talk->error != HF_OK)
        return;
    if (talk->peer_closed && hf_failure(talk->connection) == NULL)
        return; /* the peer has said its last word: that our bytes do not reach it any more is no failure */
    talk->error = error;
}

/* A pipe takes one chunk without waiting when poll says so; a file takes all. */
static size_t chunk_of(int fd, size_t len)
{
    struct stat about;
    bool is_file = fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
    return is_file || len < PIPE_CHUNK ? len : PIPE_CHUNK;
}

static void write_out(struct hf_talk *talk)
{
    struct hf_talk_bytes *bytes = &talk->from_peer;
    if (!waits(bytes))
        return;
    ssize_t len = write(talk->out_fd, bytes->bytes + bytes->at, chunk_of(talk->out_fd, bytes->len - bytes->at));
    if (len >= 0)
        bytes->at += (size_t)len;
    else if (errno != EINTR && errno != EAGAIN)
        talk->out_broken = true;
}

static void read_in(struct hf_talk *talk)
{
    ssize_t len = read(talk->in_fd, talk->to_peer.bytes, sizeof talk->to_peer.bytes);
    if (len < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    talk->to_peer.at = 0;
    talk->to_peer.len = len > 0 ? (size_t)len : 0;
    if (len <= 0)
        talk->in_fd = -1;
    talk->quiet_ms = hf_socket_now_ms() + QUIET_MS;
}

/* Where received data goes: into the buffer for out_fd, or away; of an HTTP answer the body only. */
static void take(struct hf_talk *talk, size_t len)
{
    struct hf_talk_bytes *bytes = &talk->from_peer;
    const char *body = bytes->bytes;
    talk->received += len;
    talk->quiet_ms = hf_socket_now_ms() + QUIET_MS;
    if (talk->answer != NULL)
        hf_http_take(talk->answer, bytes->bytes, len, &body, &len);
    bytes->at = (size_t)(body - bytes->bytes);
    bytes->len = talk->out_fd < 0 ? bytes->at : bytes->at + len;
}

/* Once it is open what comes goes straight to where it waits for out_fd. */
static void receive(struct hf_talk *talk)
{
    struct hf_talk_bytes *bytes = &talk->from_peer;
    size_t len = 0;
    if (!talk->opened) {
        note_error(talk, hf_socket_receive(talk->connection, talk->fd));
        return;
    }
    note_error(talk, hf_socket_receive_data(talk->connection, talk->fd,
                                            (struct hf_room){bytes->bytes, sizeof bytes->bytes}, &len));
    if (len > 0)
        take(talk, len);
}

/* Reads what the connection has for us, as long as it has somewhere to go. */
static void pull(struct hf_talk *talk)
{
    size_t len = 1;
    while (!waits(&talk->from_peer) && len > 0 && talk->opened) {
        len = 0;
        if (hf_read(talk->connection, talk->from_peer.bytes, sizeof talk->from_peer.bytes, &len) != HF_OK)
            return;
        if (len > 0)
            take(talk, len);
    }
}

static void push(struct hf_talk *talk)
{
    size_t taken = 1;
    while (talk->opened && !talk->closed && waits(&talk->to_peer) && taken > 0) {
        const char *from = talk->to_peer.bytes + talk->to_peer.at;
        size_t room = hf_datagram_room(talk->connection);
        size_t len = talk->to_peer.len - talk->to_peer.at;
        const struct hf_bytes data = {from, len < room ? len : room};
        taken = 0;
        note_error(talk, hf_socket_send_data(talk->connection, talk->fd, &talk->unsent, data, &taken));
        talk->to_peer.at += taken;
        if (talk->unsent.bytes != NULL)
            return;
    }
    bool is_quiet = !talk->over_datagrams || hf_socket_now_ms() >= talk->quiet_ms;
    if (talk->opened && talk->close_at_end && talk->in_fd < 0 && !waits(&talk->to_peer) && !talk->closed && is_quiet)
        hf_talk_close(talk);
}

void hf_talk_flush(struct hf_talk *talk)
{
    size_t taken = 0;
    const struct hf_bytes none = {.data = NULL};
    note_error(talk, hf_socket_send_data(talk->connection, talk->fd, &talk->unsent, none, &taken));
}

/* It goes whole, or not early at all. */
static void push_early(struct hf_talk *talk)
{
    const size_t len = talk->to_peer.len - talk->to_peer.at;
    size_t taken = 0;
    if (!talk->early || talk->opened || len == 0 || hf_early_room(talk->connection) < len)
        return;
    note_error(talk, hf_write_early(talk->connection, talk->to_peer.bytes + talk->to_peer.at, len, &taken));
    talk->to_peer.at += taken;
}

void hf_talk_close(struct hf_talk *talk)
{
    talk->closed = true;
    hf_close(talk->connection);
}

static void fill(const struct hf_talk *talk, struct pollfd pollers[3])
{
    bool may_receive = !talk->peer_closed && !waits(&talk->from_peer);
    bool may_say = talk->opened && !talk->closed && !waits(&talk->to_peer) && !hf_talk_has_output(talk);
    short sends = hf_talk_has_output(talk) ? POLLOUT : 0;
    pollers[SOCKET] = (struct pollfd){.fd = talk->fd, .events = (short)((may_receive ? POLLIN : 0) | sends)};
    if (pollers[SOCKET].events == 0)
        pollers[SOCKET].fd = -1; /* a hang-up would wake us again and again */
    pollers[IN] = (struct pollfd){.fd = may_say ? talk->in_fd : -1, .events = POLLIN};
    pollers[OUT] = (struct pollfd){.fd = waits(&talk->from_peer) ? talk->out_fd : -1, .events = POLLOUT};
}

/* Pushes and sends, again as long as the socket took all there was: then the connection has room for more. */
static void push_all(struct hf_talk *talk)
{
    bool made_room = true;
    push_early(talk);
    while (made_room) {
        push(talk);
        made_room = hf_talk_has_output(talk);
        if (made_room)
            hf_talk_flush(talk);
        made_room = made_room && waits(&talk->to_peer) && !hf_talk_has_output(talk) && talk->error == HF_OK;
    }
}

/* Until the connection's own deadline, if that is earlier. */
static int wait_of(const struct hf_talk *talk, int timeout_ms)
{
    uint64_t now = hf_socket_now_ms();
    uint64_t deadline = hf_deadline(talk->connection);
    if (deadline == UINT64_MAX || (timeout_ms >= 0 && deadline > now + (uint64_t)timeout_ms))
        return timeout_ms;
    return deadline <= now ? 0 : (int)(deadline - now);
}

void hf_talk_step(struct hf_talk *talk, int timeout_ms)
{
    struct pollfd pollers[3];
    fill(talk, pollers);
    if (poll(pollers, 3, wait_of(talk, timeout_ms)) < 0)
        return;
    if (hf_deadline(talk->connection) <= hf_socket_now_ms())
        note_error(talk, hf_tick(talk->connection, hf_socket_now_ms()));
    if (pollers[IN].revents != 0)
        read_in(talk);
    if (pollers[OUT].revents != 0)
        write_out(talk);
    if ((pollers[SOCKET].revents & ~POLLOUT) != 0 && !talk->peer_closed && !waits(&talk->from_peer)) {
        hf_plain_text_peek(&talk->first, talk->fd);
        receive(talk);
    }
    note_events(talk);
    pull(talk);
    push_all(talk);
    pull(talk);        /* sending may have found the peer's last words */
    note_events(talk); /* the peer's end is told once its data is read */
}
