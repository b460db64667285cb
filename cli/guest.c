/* A guest goes through phases: shaking hands, open, leaving, lingering, gone.
 * Invariants: every phase has a deadline, so that neither a slow nor a silent peer stays; one buffer of data waits at
 * most, and while it waits nothing is read; one that has nothing waiting holds no buffer, and its connection rests; a
 * refused peer gets its alert before the socket closes: closing with bytes unread would reset the connection and
 * destroy the alert on its way. */
#define _POSIX_C_SOURCE 200809L
#include "guest.h"

#include <handfast/early.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LINGER_MS = 2000, LEAVE_MS = 5000, REST_AFTER_MS = 1000 };

static struct hf_guest *make(struct hf_connection *connection, enum hf_guest_service service,
                             const struct hf_guest_limits *limits)
{
    struct hf_guest *guest = calloc(1, sizeof *guest);
    if (guest == NULL)
        return NULL;
    guest->connection = connection;
    guest->fd = -1;
    guest->service = service;
    guest->limits = *limits;
    guest->deadline_ms = hf_socket_now_ms() + (uint64_t)limits->handshake_ms;
    guest->rest_ms = UINT64_MAX;
    return guest;
}

struct hf_guest *hf_guest_new(struct hf_config *config, int fd, enum hf_guest_service service,
                              const struct hf_guest_limits *limits)
{
    struct hf_connection *connection = hf_connection_new(config, NULL, hf_socket_now_ms(), NULL);
    struct hf_guest *guest = connection == NULL ? NULL : make(connection, service, limits);
    if (guest == NULL) {
        hf_connection_free(connection);
        close(fd);
        return NULL;
    }
    guest->fd = fd;
    return guest;
}

/* The listener minds the time of its handshake. */
struct hf_guest *hf_guest_new_over_datagrams(const struct hf_connection *connection, enum hf_guest_service service,
                                             const struct hf_guest_limits *limits)
{
    struct hf_guest *guest = make(NULL, service, limits);
    if (guest == NULL)
        return NULL;
    guest->over_datagrams = true;
    guest->begun_as = connection;
    guest->deadline_ms = UINT64_MAX;
    return guest;
}

uint64_t hf_guest_deadline(const struct hf_guest *guest)
{
    uint64_t deadline = guest->over_datagrams ? UINT64_MAX : hf_deadline(guest->connection); /* the listener minds it */
    deadline = deadline < guest->rest_ms ? deadline : guest->rest_ms;
    return deadline < guest->deadline_ms ? deadline : guest->deadline_ms;
}

void hf_guest_free(struct hf_guest *guest)
{
    if (guest == NULL)
        return;
    if (guest->association != NULL)
        hf_association_drop(guest->association);
    if (!guest->over_datagrams) {
        hf_connection_free(guest->connection);
        close(guest->fd);
    }
    hf_socket_unsent_release(&guest->unsent);
    free(guest->room);
    free(guest->failure);
    free(guest);
}

bool hf_guest_has_output(const struct hf_guest *guest)
{
    const uint8_t *wire = NULL;
    return guest->connection != NULL && (guest->unsent.bytes != NULL || hf_output(guest->connection, &wire) > 0);
}

static bool waits(const struct hf_guest *guest)
{
    return guest->room != NULL && guest->room->at < guest->room->len;
}

static bool has_request(const struct hf_guest *guest)
{
    return guest->room != NULL && guest->room->request.is_whole;
}

unsigned hf_guest_wants(const struct hf_guest *guest)
{
    if (guest->phase == HF_GUEST_GONE || guest->over_datagrams)
        return 0;
    if (guest->phase == HF_GUEST_LINGERING)
        return HF_LOOP_READ;
    if (hf_guest_has_output(guest))
        return HF_LOOP_WRITE;
    bool may_wait = guest->asking || guest->phase == HF_GUEST_SHAKING; /* what waits is not for now */
    bool may_receive = guest->phase != HF_GUEST_LEAVING && !guest->peer_closed && (!waits(guest) || may_wait);
    return may_receive ? HF_LOOP_READ : 0;
}

static void enter(struct hf_guest *guest, enum hf_guest_phase phase, uint64_t now_ms, int limit_ms)
{
    guest->phase = phase;
    guest->deadline_ms = limit_ms == 0 ? UINT64_MAX : now_ms + (uint64_t)limit_ms;
}

/* To somebody who asks for a web page without TLS, in the language that it speaks. */
static void answer_plain_http(const struct hf_guest *guest)
{
    static const char answer[] = "HTTP/1.0 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
                                 "This port speaks TLS: use https://\n";
    if (guest->service == HF_GUEST_HTTP && strstr(hf_plain_text_guess(&guest->first), "use https://") != NULL)
        (void)send(guest->fd, answer, sizeof answer - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* Adds what only this end can say. */
static void complete_failure(const struct hf_guest *guest, struct hf_guest_failure *told)
{
    struct hf_failure *failure = &told->failure;
    if (failure->by == HF_BY_NETWORK)
        (void)snprintf(failure->where, sizeof failure->where, "%s%.70s",
                       guest->last_message[0] != '\0' ? "after " : "before any message", guest->last_message);
    if (failure->error != HF_ERR_not_tls)
        return;
    hf_plain_text_show(&guest->first, told->first_bytes, sizeof told->first_bytes);
    if (failure->got[0] == '\0')
        (void)snprintf(failure->got, sizeof failure->got, "%s", told->first_bytes);
    if (failure->hint[0] == '\0')
        (void)snprintf(failure->hint, sizeof failure->hint, "%s", hf_plain_text_guess(&guest->first));
    answer_plain_http(guest);
}

static void fail(struct hf_guest *guest, enum hf_error error, uint64_t now_ms)
{
    if (guest->phase == HF_GUEST_LEAVING) { /* all is said: how it goes is of no interest any more */
        enter(guest, HF_GUEST_GONE, now_ms, 0);
        return;
    }
    guest->failed = true;
    guest->error = error;
    guest->rest_ms = UINT64_MAX;
    struct hf_guest_failure *told = calloc(1, sizeof *told);
    if (told != NULL) {
        hf_guest_failure(guest, &told->failure);
        guest->error = told->failure.error;
        complete_failure(guest, told);
        guest->failure = told;
    }
    enter(guest, HF_GUEST_LEAVING, now_ms, LEAVE_MS);
}

void hf_guest_failure(const struct hf_guest *guest, struct hf_failure *ret_failure)
{
    const struct hf_failure *known = guest->failure != NULL ? &guest->failure->failure : hf_failure(guest->connection);
    *ret_failure = (struct hf_failure){.error = guest->error, .by = HF_BY_NETWORK, .alert = HF_ALERT_none, .depth = -1};
    if (known != NULL)
        *ret_failure = *known;
}

static void leave(struct hf_guest *guest, uint64_t now_ms)
{
    hf_close(guest->connection);
    enter(guest, HF_GUEST_LEAVING, now_ms, LEAVE_MS);
}

static struct hf_guest_room *room_of(struct hf_guest *guest, uint64_t now_ms)
{
    if (guest->room == NULL)
        guest->room = calloc(1, sizeof *guest->room);
    if (guest->room == NULL)
        fail(guest, HF_ERR_no_memory, now_ms);
    return guest->room;
}

static void take_request(struct hf_guest_room *room, const char *data, size_t len)
{
    hf_http_request_take(&room->request, data, len);
}

/* What came early waits until the client's Finished shows that it is no replay: HF_SETTINGS_EARLY_MAX fit here. */
static void pull_early(struct hf_guest *guest, uint64_t now_ms)
{
    size_t len = 1;
    struct hf_guest_room *room = room_of(guest, now_ms);
    while (room != NULL && len > 0 && room->len < sizeof room->pending) {
        char *into = room->pending + room->len;
        if (hf_read_early(guest->connection, into, sizeof room->pending - room->len, &len) != HF_OK)
            return;
        room->len += len;
        guest->received += len;
    }
}

/* Now it is data as any other. */
static void settle_early(struct hf_guest *guest)
{
    struct hf_guest_room *room = guest->room;
    if (room == NULL || guest->service == HF_GUEST_ECHO)
        return;
    if (guest->service == HF_GUEST_HTTP && room->len > 0)
        take_request(room, room->pending, room->len);
    room->at = room->len = 0;
}

static void note_events(struct hf_guest *guest, uint64_t now_ms)
{
    struct hf_event event;
    while (hf_next_event(guest->connection, &event)) {
        if (event.kind == HF_EVENT_OPENED && guest->phase == HF_GUEST_SHAKING) {
            guest->was_open = true;
            settle_early(guest);
            enter(guest, HF_GUEST_OPEN, now_ms, guest->limits.idle_ms);
        }
        if (event.kind == HF_EVENT_EARLY_DATA)
            pull_early(guest, now_ms);
        guest->unauthenticated |= event.kind == HF_EVENT_UNAUTHENTICATED;
        guest->peer_closed |= event.kind == HF_EVENT_PEER_CLOSED;
        guest->moved |= event.kind == HF_EVENT_PEER_MOVED;
        guest->declined |= event.kind == HF_EVENT_CERTIFICATE_DECLINED;
        guest->identified |= event.kind == HF_EVENT_CERTIFICATE_ANSWERED;
        if (guest->identified || guest->declined || guest->peer_closed)
            guest->asking = false;
    }
}

/* Protects and sends data, as much as goes; how much went. */
static size_t say(struct hf_guest *guest, const char *data, size_t len, uint64_t now_ms)
{
    size_t done = 0;
    size_t taken = 1;
    enum hf_error error = HF_OK;
    if (!guest->over_datagrams)
        error = hf_socket_send_data(guest->connection, guest->fd, &guest->unsent, (struct hf_bytes){data, len}, &done);
    while (guest->over_datagrams && error == HF_OK && done < len && taken > 0) {
        size_t room = hf_datagram_room(guest->connection);
        taken = 0;
        error = hf_write(guest->connection, data + done, len - done < room ? len - done : room, &taken);
        done += taken;
    }
    if (error != HF_OK)
        fail(guest, error, now_ms);
    return done;
}

static void push(struct hf_guest *guest, uint64_t now_ms)
{
    struct hf_guest_room *room = guest->room;
    if (waits(guest))
        room->at += say(guest, room->pending + room->at, room->len - room->at, now_ms);
    if (room != NULL && !waits(guest) && guest->service != HF_GUEST_HTTP && guest->phase != HF_GUEST_SHAKING) {
        free(room);
        guest->room = NULL;
    }
}

/* What the service does with data; what cannot be sent back now waits. */
static void take(struct hf_guest *guest, const char *data, size_t len, uint64_t now_ms)
{
    guest->received += len;
    if (guest->service == HF_GUEST_DROP)
        return;
    size_t said = guest->service == HF_GUEST_ECHO ? say(guest, data, len, now_ms) : 0;
    if (said == len || guest->phase != HF_GUEST_OPEN)
        return;
    struct hf_guest_room *room = room_of(guest, now_ms);
    if (room == NULL)
        return;
    if (guest->service == HF_GUEST_HTTP) {
        take_request(room, data, len);
        return;
    }
    memcpy(room->pending, data + said, len - said);
    room->at = 0;
    room->len = len - said;
}

static void note_received(struct hf_guest *guest, enum hf_error error, uint64_t now_ms)
{
    note_events(guest, now_ms);
    if (error != HF_OK)
        fail(guest, error, now_ms);
    else if (guest->phase == HF_GUEST_OPEN)
        enter(guest, HF_GUEST_OPEN, now_ms, guest->limits.idle_ms);
    guest->rest_ms = guest->phase == HF_GUEST_OPEN ? now_ms + REST_AFTER_MS : UINT64_MAX;
}

/* Data for the service, out of the socket if that has something. False: there is none. */
static bool pull(struct hf_guest *guest, uint64_t now_ms)
{
    char data[HF_GUEST_PENDING_ROOM];
    size_t len = 0;
    if (guest->readable) {
        guest->readable = false;
        enum hf_error error =
            hf_socket_receive_data(guest->connection, guest->fd, (struct hf_room){data, sizeof data}, &len);
        note_received(guest, error, now_ms);
    } else {
        enum hf_error error = hf_read(guest->connection, data, sizeof data, &len);
        if (error != HF_OK)
            fail(guest, error, now_ms);
    }
    if (len > 0 && guest->phase == HF_GUEST_OPEN)
        take(guest, data, len, now_ms);
    return len > 0;
}

static void answer_http(struct hf_guest *guest, uint64_t now_ms)
{
    struct hf_guest_room *room = room_of(guest, now_ms);
    guest->answered = true;
    if (room == NULL)
        return;
    room->at = 0;
    room->len =
        hf_http_page(room->pending, sizeof room->pending, guest->connection, guest->handshake, room->request.line);
    push(guest, now_ms);
}

/* As servers do that let everybody in, but not to everything: once there is a request, and before its answer. */
static bool asks_first(struct hf_guest *guest)
{
    if (guest->limits.asks_later && !guest->asked) {
        guest->asked = true;
        guest->asking = hf_ask_for_certificate(guest->connection) == HF_OK;
        guest->unaskable = !guest->asking;
    }
    return guest->asking;
}

static void serve(struct hf_guest *guest, uint64_t now_ms)
{
    bool had_data = true;
    push(guest, now_ms);
    while (guest->phase == HF_GUEST_OPEN && !waits(guest) && had_data && !has_request(guest) && !guest->answered &&
           guest->unsent.bytes == NULL) {
        had_data = pull(guest, now_ms);
        push(guest, now_ms);
    }
    note_events(guest, now_ms); /* the peer's end is told once its data is read */
    bool is_asked = guest->service == HF_GUEST_HTTP ? has_request(guest) || (guest->peer_closed && guest->received > 0)
                                                    : guest->received > 0;
    if (guest->phase == HF_GUEST_OPEN && is_asked && asks_first(guest))
        return;
    if (guest->phase == HF_GUEST_OPEN && guest->service == HF_GUEST_HTTP && is_asked && !guest->answered)
        answer_http(guest, now_ms);
    if (guest->phase != HF_GUEST_OPEN || waits(guest))
        return;
    if (guest->answered || (guest->peer_closed && !had_data))
        leave(guest, now_ms);
}

/* After the last byte: end our half, then wait for the peer's end, so that nothing of ours is lost. */
static void linger(struct hf_guest *guest, unsigned ready, uint64_t now_ms)
{
    char dropped[4096];
    if (guest->phase == HF_GUEST_LEAVING && !hf_guest_has_output(guest) && guest->over_datagrams) {
        enter(guest, HF_GUEST_LINGERING, now_ms, LINGER_MS); /* what was lost is sent again, when the peer asks */
        return;
    }
    if (guest->phase == HF_GUEST_LEAVING && !hf_guest_has_output(guest)) {
        shutdown(guest->fd, SHUT_WR);
        enter(guest, HF_GUEST_LINGERING, now_ms, LINGER_MS);
        return;
    }
    if (guest->phase != HF_GUEST_LINGERING || ready == 0 || guest->over_datagrams)
        return;
    ssize_t len = recv(guest->fd, dropped, sizeof dropped, MSG_DONTWAIT);
    if (len == 0 || (len < 0 && errno != EAGAIN && errno != EINTR))
        enter(guest, HF_GUEST_GONE, now_ms, 0);
}

static void end_late(struct hf_guest *guest, uint64_t now_ms)
{
    if (now_ms < guest->deadline_ms)
        return;
    if (guest->phase == HF_GUEST_SHAKING)
        fail(guest, guest->over_datagrams ? HF_ERR_datagrams_unanswered : HF_ERR_timed_out, now_ms);
    else if (guest->phase == HF_GUEST_OPEN)
        leave(guest, now_ms);
    else
        enter(guest, HF_GUEST_GONE, now_ms, 0);
}

/* While it is open, serving it receives. */
static void receive(struct hf_guest *guest, uint64_t now_ms)
{
    hf_plain_text_peek(&guest->first, guest->fd);
    if (guest->phase == HF_GUEST_OPEN && !guest->asking)
        guest->readable = true;
    else
        note_received(guest, hf_socket_receive(guest->connection, guest->fd), now_ms);
}

static void flush(struct hf_guest *guest, uint64_t now_ms)
{
    if (guest->association != NULL)
        hf_association_settle(guest->association);
    if (!hf_guest_has_output(guest) || guest->phase == HF_GUEST_GONE || guest->over_datagrams)
        return;
    size_t taken = 0;
    const struct hf_bytes none = {.data = NULL};
    enum hf_error error = hf_socket_send_data(guest->connection, guest->fd, &guest->unsent, none, &taken);
    note_events(guest, now_ms);
    if (error != HF_OK && !guest->failed)
        fail(guest, error, now_ms);
}

static void meet(struct hf_guest *guest, struct hf_association *association)
{
    size_t len;
    const uint8_t *address = hf_association_address(association, &len);
    guest->association = association;
    guest->connection = hf_association_connection(association);
    hf_endpoint_say(address, len, guest->address);
}

void hf_guest_hear(struct hf_guest *guest, struct hf_association *association, uint64_t now_ms)
{
    if (guest->association == NULL)
        meet(guest, association);
    const struct hf_failure *failure = hf_failure(guest->connection);
    if (guest->phase == HF_GUEST_SHAKING || guest->phase == HF_GUEST_OPEN)
        note_received(guest, failure == NULL ? HF_OK : failure->error, now_ms);
    hf_guest_step(guest, 0, now_ms);
}

/* What the connection wants to send again. */
static void tick(struct hf_guest *guest, uint64_t now_ms)
{
    if (guest->over_datagrams || hf_deadline(guest->connection) > now_ms)
        return;
    enum hf_error error = hf_tick(guest->connection, now_ms);
    note_events(guest, now_ms);
    if (error != HF_OK && !guest->failed)
        fail(guest, error, now_ms);
}

/* Nothing came for a while, and nothing waits. */
static void rest(struct hf_guest *guest, uint64_t now_ms)
{
    if (now_ms < guest->rest_ms)
        return;
    guest->rest_ms = UINT64_MAX;
    hf_rest(guest->connection);
}

void hf_guest_step(struct hf_guest *guest, unsigned ready, uint64_t now_ms)
{
    if (guest->connection == NULL)
        return;
    tick(guest, now_ms);
    if ((hf_guest_wants(guest) & ready & HF_LOOP_READ) != 0 && guest->phase != HF_GUEST_LINGERING)
        receive(guest, now_ms);
    bool made_room = true;
    while (made_room) { /* again as long as the socket took all there was: then there is room for more */
        if (guest->phase == HF_GUEST_OPEN)
            serve(guest, now_ms);
        made_room = hf_guest_has_output(guest);
        flush(guest, now_ms);
        made_room = made_room && !guest->over_datagrams && guest->phase == HF_GUEST_OPEN && waits(guest) &&
                    !hf_guest_has_output(guest);
    }
    rest(guest, now_ms);
    end_late(guest, now_ms);
    flush(guest, now_ms);
    linger(guest, ready, now_ms);
}

void hf_guest_dismiss(struct hf_guest *guest, uint64_t now_ms)
{
    if (guest->connection == NULL || (guest->phase != HF_GUEST_SHAKING && guest->phase != HF_GUEST_OPEN))
        return;
    leave(guest, now_ms);
    flush(guest, now_ms);
    linger(guest, /* ready= */ 0, now_ms);
}
