/* Two ends, one loop: so the story is told in the order in which it happens, although real sockets lie between.
 * Invariant: the only thing the two ends share is the socket. */
#define _GNU_SOURCE
#include "demo_pair.h"

#include <handfast/session.h>
#include <handfast/socket.h>

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "demo_material.h"
#include "endpoint.h"

enum { CONNECT_MS = 2000, DEADLINE_MS = 2000 /* later ones are not waited for: nothing is on its way then */ };

static void keep(struct hf_demo_log *log, const struct hf_seen *what)
{
    bool is_decoy = what->version == HF_TLS13 && strcmp(what->message, "ChangeCipherSpec") == 0;
    if (log->count == HF_DEMO_MESSAGES_MAX || is_decoy) /* the receiver drops it unseen: RFC 9846 5 */
        return;
    (void)snprintf(log->items[log->count].message, sizeof log->items[0].message, "%s", what->message);
    (void)snprintf(log->items[log->count].detail, sizeof log->items[0].detail, "%s", what->detail);
    log->items[log->count].len = what->len;
    log->count++;
}

static void see(void *context, const struct hf_connection *connection, const struct hf_seen *what)
{
    struct hf_demo_end *end = context;
    (void)connection;
    if (strcmp(what->message, "ACK") == 0) /* the path's doing, no part of the story */
        return;
    keep(what->sent ? &end->sent : &end->received, what);
    end->pair->listener.seen(end->pair->listener.context, end, what);
}

const char *hf_demo_pair_senders_detail(const struct hf_demo_end *end)
{
    const struct hf_demo_log *sent = end->role == HF_CLIENT ? &end->pair->server.sent : &end->pair->client.sent;
    size_t count = end->received.count;
    return count == 0 || count > sent->count ? "" : sent->items[count - 1].detail;
}

/* True when what was received is what was sent, from the first message on; whole: up to the last. */
static bool logs_agree(const struct hf_demo_log *sent, const struct hf_demo_log *received, bool whole)
{
    if (received->count > sent->count || received->count == 0 || (whole && received->count != sent->count))
        return false;
    for (size_t i = 0; i < received->count; i++)
        if (strcmp(sent->items[i].message, received->items[i].message) != 0 ||
            sent->items[i].len != received->items[i].len)
            return false;
    return true;
}

bool hf_demo_pair_logs_agree(const struct hf_demo_pair *pair)
{
    bool refused = pair->server.error != HF_OK; /* then it reads no further */
    return logs_agree(&pair->client.sent, &pair->server.received, /* whole= */ !refused) &&
           logs_agree(&pair->server.sent, &pair->client.received, /* whole= */ true);
}

static void take_protocol(struct hf_builder *builder, const struct hf_demo_protocol *protocol)
{
    hf_builder_versions(builder, protocol->version, protocol->version);
    if (protocol->is_of_datagrams)
        hf_builder_datagrams(builder);
}

static bool make_server(struct hf_demo_end *end, const struct hf_demo_protocol *protocol,
                        const struct hf_demo_cast *cast, struct hf_failure *ret_failure)
{
    struct hf_builder *builder = hf_builder_new(HF_SERVER);
    if (builder == NULL)
        return false;
    hf_builder_identity_pem(builder, cast->server_chain, strlen(cast->server_chain), cast->server_key,
                            strlen(cast->server_key));
    hf_builder_trust_pem(builder, cast->root_pem, strlen(cast->root_pem));
    take_protocol(builder, protocol);
    hf_demo_wishes_give(&cast->wishes, end->role, builder);
    hf_builder_observe(builder, see, end);
    end->config = hf_builder_finish(builder, cast->now_s, ret_failure);
    return end->config != NULL;
}

static bool make_client(struct hf_demo_end *end, const struct hf_demo_protocol *protocol,
                        const struct hf_demo_cast *cast, struct hf_failure *ret_failure)
{
    struct hf_builder *builder = hf_builder_new(HF_CLIENT);
    if (builder == NULL)
        return false;
    if (cast->client_chain != NULL)
        hf_builder_identity_pem(builder, cast->client_chain, strlen(cast->client_chain), cast->client_key,
                                strlen(cast->client_key));
    else
        hf_builder_anonymous(builder);
    if (cast->present_anyway)
        hf_builder_present_anyway(builder);
    hf_builder_trust_pem(builder, cast->root_pem, strlen(cast->root_pem));
    take_protocol(builder, protocol);
    hf_demo_wishes_give(&cast->wishes, end->role, builder);
    hf_builder_observe(builder, see, end);
    end->config = hf_builder_finish(builder, cast->now_s, ret_failure);
    return end->config != NULL;
}

/* A socket of datagrams has nobody to accept: it hears, and speaks to, who is at the other end. */
static int answer_datagrams(int fd, int client)
{
    struct sockaddr_storage there;
    socklen_t len = sizeof there;
    if (getsockname(client, (struct sockaddr *)&there, &len) == 0 && connect(fd, (struct sockaddr *)&there, len) == 0)
        return fd;
    close(fd);
    return -1;
}

static int answer_stream(int listener)
{
    char accepted[HF_ENDPOINT_TEXT_ROOM];
    int fd = -1;
    if (hf_endpoint_wait(listener, /* until_writable= */ false, CONNECT_MS))
        fd = hf_endpoint_accept(listener, accepted);
    close(listener);
    return fd;
}

static bool join(struct hf_demo_pair *pair, struct hf_failure *ret_failure)
{
    const struct hf_endpoint anywhere = {.host = "127.0.0.1", .port = "0", .datagrams = pair->over_datagrams};
    struct hf_endpoint there;
    const char *why = "";
    char connected[HF_ENDPOINT_TEXT_ROOM];
    int listener = hf_endpoint_listen(&anywhere, pair->address, ret_failure);
    if (listener < 0)
        return false;
    if (hf_endpoint_parse(pair->address, &there, &why)) {
        there.datagrams = pair->over_datagrams;
        pair->client.fd = hf_endpoint_connect(&there, CONNECT_MS, connected, ret_failure);
    }
    if (pair->client.fd < 0)
        close(listener);
    else
        pair->server.fd = pair->over_datagrams ? answer_datagrams(listener, pair->client.fd) : answer_stream(listener);
    return pair->server.fd >= 0;
}

bool hf_demo_pair_start(struct hf_demo_pair *pair, const struct hf_demo_protocol *protocol,
                        const struct hf_demo_cast *cast, const struct hf_demo_listener *listener,
                        struct hf_failure *ret_failure)
{
    *pair = (struct hf_demo_pair){
        .listener = *listener,
        .over_datagrams = protocol->is_of_datagrams,
        .loses_flight = cast->loses_flight,
    };
    *ret_failure = (struct hf_failure){.error = HF_ERR_no_memory, .alert = HF_ALERT_none, .depth = -1};
    pair->client = (struct hf_demo_end){.pair = pair, .role = HF_CLIENT, .fd = -1};
    pair->server = (struct hf_demo_end){.pair = pair, .role = HF_SERVER, .fd = -1};
    if (!make_server(&pair->server, protocol, cast, ret_failure) ||
        !make_client(&pair->client, protocol, cast, ret_failure) || !join(pair, ret_failure))
        return false;
    uint64_t now_ms = hf_socket_now_ms();
    pair->server.connection = hf_connection_new(pair->server.config, NULL, now_ms, ret_failure);
    pair->client.connection = hf_connection_resume(pair->client.config, HF_DEMO_SERVER_NAME, cast->wishes.session,
                                                   cast->wishes.session_len, now_ms, ret_failure);
    return pair->server.connection != NULL && pair->client.connection != NULL;
}

static void end_one(struct hf_demo_end *end)
{
    hf_connection_free(end->connection);
    if (end->config != NULL)
        hf_config_drop(end->config);
    if (end->fd >= 0)
        close(end->fd);
    end->fd = -1;
    end->connection = NULL;
    end->config = NULL;
}

void hf_demo_pair_end(struct hf_demo_pair *pair)
{
    end_one(&pair->client);
    end_one(&pair->server);
}

static void tell(struct hf_demo_end *end, enum hf_demo_moment moment)
{
    end->pair->listener.moment(end->pair->listener.context, end, moment);
}

static void note_events(struct hf_demo_end *end)
{
    struct hf_event event;
    while (hf_next_event(end->connection, &event)) {
        bool opened = event.kind == HF_EVENT_OPENED;
        bool accepted = event.kind == HF_EVENT_ACCEPTED && end->role == HF_CLIENT;
        bool closed = event.kind == HF_EVENT_PEER_CLOSED;
        bool renegotiated = event.kind == HF_EVENT_CERTIFICATE_ANSWERED;
        end->opened |= opened;
        end->accepted |= accepted;
        end->peer_closed |= closed;
        end->renegotiated |= renegotiated;
        if (opened)
            tell(end, HF_DEMO_OPENED);
        if (accepted)
            tell(end, HF_DEMO_ACCEPTED);
        if (renegotiated)
            tell(end, HF_DEMO_RENEGOTIATED);
        if (closed)
            tell(end, HF_DEMO_CLOSED);
    }
}

static void note_failure(struct hf_demo_end *end, enum hf_error error)
{
    if (error == HF_OK || end->error != HF_OK)
        return;
    end->error = error;
    end->failure = (struct hf_failure){.error = error, .by = HF_BY_NETWORK, .alert = HF_ALERT_none, .depth = -1};
    if (hf_failure(end->connection) != NULL)
        end->failure = *hf_failure(end->connection);
    tell(end, HF_DEMO_FAILED);
}

static void take_data(struct hf_demo_end *end)
{
    size_t len = 1;
    while (end->error == HF_OK && len > 0 && end->data_len + 1 < sizeof end->data) {
        len = 0;
        size_t room = sizeof end->data - end->data_len - 1;
        if (hf_read(end->connection, end->data + end->data_len, room, &len) != HF_OK)
            len = 0;
        end->data_len += len;
    }
    end->data[end->data_len] = '\0';
}

static bool has_output(const struct hf_demo_end *end)
{
    const uint8_t *wire = NULL;
    return hf_output(end->connection, &wire) > 0;
}

static void note_sending(struct hf_demo_end *end)
{
    end->told = end->sent.count;
    end->heard = end->received.count;
}

/* All that it has to say goes nowhere, and nobody tells it. */
static void lose(struct hf_demo_end *end)
{
    const uint8_t *wire = NULL;
    for (size_t len = hf_output(end->connection, &wire); len > 0; len = hf_output(end->connection, &wire)) {
        hf_drained(end->connection, len);
        end->lost++;
    }
    note_sending(end);
    tell(end, HF_DEMO_LOST);
}

/* In the handshake, and over datagrams, who sends without having said or heard anything new sends its flight again; who
 * has heard something acknowledges it. */
static void note_repetition(struct hf_demo_end *end)
{
    bool is_news = end->sent.count != end->told || end->received.count != end->heard;
    note_sending(end);
    if (is_news || end->opened || !end->pair->over_datagrams)
        return;
    end->repeated++;
    tell(end, HF_DEMO_REPEATED);
}

static void send_all(struct hf_demo_end *end)
{
    if (has_output(end) && end->role == HF_SERVER && end->pair->loses_flight && end->lost == 0)
        lose(end);
    if (has_output(end)) {
        note_repetition(end);
        note_failure(end, hf_socket_send(end->connection, end->fd));
    }
    if (end->error != HF_OK && !has_output(end))
        shutdown(end->fd, SHUT_WR);
}

static bool may_hear(const struct hf_demo_end *end)
{
    return end->error == HF_OK && !end->peer_closed;
}

/* What is due by the clock, at the end that waited longest: over datagrams flights go again. False: nothing is. */
static bool tick_after(struct hf_demo_pair *pair, uint64_t now_ms)
{
    struct hf_demo_end *end =
        hf_deadline(pair->server.connection) < hf_deadline(pair->client.connection) ? &pair->server : &pair->client;
    if (!pair->over_datagrams || hf_deadline(end->connection) > now_ms)
        return false;
    note_failure(end, hf_tick(end->connection, now_ms));
    return true;
}

/* How long to wait for something to move. */
static int patience_ms(const struct hf_demo_pair *pair, int timeout_ms)
{
    uint64_t client_ms = hf_deadline(pair->client.connection);
    uint64_t server_ms = hf_deadline(pair->server.connection);
    uint64_t due_ms = client_ms < server_ms ? client_ms : server_ms;
    uint64_t now_ms = hf_socket_now_ms();
    if (!pair->over_datagrams || due_ms > now_ms + DEADLINE_MS)
        return timeout_ms;
    return due_ms > now_ms ? (int)(due_ms - now_ms) : 0;
}

static void hear(struct hf_demo_end *end)
{
    enum hf_error error = hf_socket_receive(end->connection, end->fd);
    note_events(end);
    take_data(end);
    note_events(end); /* the peer's end is told once its data is read */
    note_failure(end, error);
}

void hf_demo_pair_settle(struct hf_demo_pair *pair, int timeout_ms)
{
    struct hf_demo_end *ends[2] = {&pair->client, &pair->server};
    for (;;) {
        struct pollfd pollers[2];
        for (size_t i = 0; i < 2; i++) {
            note_events(ends[i]);
            send_all(ends[i]);
            short events = (short)((may_hear(ends[i]) ? POLLIN : 0) | (has_output(ends[i]) ? POLLOUT : 0));
            pollers[i] = (struct pollfd){.fd = events == 0 ? -1 : ends[i]->fd, .events = events};
        }
        int ready = poll(pollers, 2, patience_ms(pair, timeout_ms));
        if (ready <= 0 && !tick_after(pair, hf_socket_now_ms()))
            return;
        for (size_t i = 0; i < 2; i++)
            if (ready > 0 && pollers[i].revents != 0 && may_hear(ends[i]))
                hear(ends[i]);
    }
}

bool hf_demo_pair_say(struct hf_demo_end *end, const char *text)
{
    size_t taken = 0;
    size_t len = strlen(text);
    const uint8_t *wire = NULL;
    bool said = !has_output(end) && hf_write(end->connection, text, len, &taken) == HF_OK && taken == len;
    end->wire_len = hf_output(end->connection, &wire);
    end->readable = said && memmem(wire, end->wire_len, text, len) != NULL;
    return said;
}
