/* Guests over UDP: a listener for each thread, and a socket. Which peer is whose the kernel decides, by addresses and
 * ports, so cookies are opened by the listener that made them. A peer that moves may come to another thread: what has a
 * connection ID that a thread's listener does not know, it hands to the others, and whoever knows it takes it. */
#define _POSIX_C_SOURCE 200809L
#include "server.h"

#include <stdlib.h>

#include "guest_tell.h"
#include "udp.h"

enum { AGAIN_MS = 5, HASH_SHIFT = 4 };

static size_t share_of(const struct hf_server *server)
{
    return (server->flags.max_connections + server->thread_count - 1) / server->thread_count;
}

/* Those who have shown where they are count; --once lets in one. */
bool hf_server_datagrams_open(struct hf_server_thread *thread)
{
    const struct hf_server *server = thread->server;
    size_t max = server->flags.once ? 1 : share_of(server);
    const struct hf_listener_limits limits = {
        .associations = max,
        .half_open = max,
        .handshake_ms = (uint64_t)server->flags.handshake_timeout_ms,
    };
    struct hf_config *config = hf_current_take(server->config);
    thread->crowd = hf_listener_new(config, &limits, NULL);
    thread->datagram = malloc(HF_UDP_ROOM);
    hf_config_drop(config);
    bool has_inbox = !server->settings.connection_id || hf_inbox_open(&thread->inbox);
    return thread->crowd != NULL && thread->datagram != NULL && has_inbox;
}

/* ---- guests by their connections ---- */

static struct hf_guest **bucket_of(struct hf_server_thread *thread, const struct hf_connection *connection)
{
    uintptr_t bits = (uintptr_t)connection >> HASH_SHIFT;
    return &thread->begun_as[(bits ^ bits / HF_SERVER_BUCKETS) % HF_SERVER_BUCKETS];
}

/* A guest begins with its connection's first message: then the listener has not told of the association yet. */
struct hf_guest *hf_server_datagrams_guest(struct hf_server_thread *thread, const struct hf_connection *connection)
{
    const struct hf_server *server = thread->server;
    const struct hf_guest_limits limits = hf_server_limits(server);
    struct hf_guest **bucket = bucket_of(thread, connection);
    for (struct hf_guest *guest = *bucket; guest != NULL; guest = guest->next)
        if (guest->begun_as == connection)
            return guest;
    struct hf_guest *guest = thread->count < share_of(server)
                                 ? hf_guest_new_over_datagrams(connection, hf_server_service(server), &limits)
                                 : NULL;
    if (guest == NULL || !hf_server_thread_add(thread, guest))
        return NULL;
    guest->next = *bucket;
    *bucket = guest;
    return guest;
}

static void forget(struct hf_server_thread *thread, const struct hf_guest *guest)
{
    struct hf_guest **at = bucket_of(thread, guest->begun_as);
    while (*at != guest)
        at = &(*at)->next;
    *at = guest->next;
}

/* What waits for room in the socket is looked at again soon, for the loop knows the socket as the listener's. */
static void settle(struct hf_server_thread *thread, struct hf_guest *guest)
{
    if (guest->phase == HF_GUEST_GONE)
        forget(thread, guest);
    if (!hf_server_thread_settle(thread, guest))
        return;
    bool is_leaving = guest->phase == HF_GUEST_LEAVING;
    uint64_t soon_ms = hf_socket_now_ms() + AGAIN_MS;
    if (guest->connection != NULL && (is_leaving || guest->room != NULL) && soon_ms < guest->entry.due_ms)
        (void)hf_loop_change(thread->loop, &guest->entry, /* wants= */ 0, soon_ms);
}

/* ---- turns ---- */

static void hear(struct hf_server_thread *thread, struct hf_association *association)
{
    struct hf_guest *guest = hf_association_context(association);
    if (guest == NULL)
        guest = hf_server_datagrams_guest(thread, hf_association_connection(association));
    if (guest == NULL) {
        hf_association_drop(association);
        return;
    }
    hf_association_set_context(association, guest);
    hf_guest_hear(guest, association, hf_socket_now_ms());
    settle(thread, guest);
}

/* Each once: who has no room for more data now comes again. */
static void hear_all(struct hf_server_thread *thread)
{
    struct hf_listener_counts counts;
    hf_listener_counts(thread->crowd, &counts);
    for (size_t left = counts.associations; left > 0; left--) {
        struct hf_association *one = hf_listener_next(thread->crowd);
        if (one == NULL)
            return;
        hear(thread, one);
    }
}

/* Whether it begins as records with a connection ID do (RFC 9146 4, RFC 9147 4). */
static bool may_have_id(const char *datagram, size_t len)
{
    enum { TLS12_CID = 25, UNIFIED_MASK = 0xf0, UNIFIED_WITH_ID = 0x30 };
    unsigned char first = len > 0 ? (unsigned char)datagram[0] : 0;
    return first == TLS12_CID || (first & UNIFIED_MASK) == UNIFIED_WITH_ID;
}

static uint64_t strays_of(const struct hf_server_thread *thread)
{
    struct hf_listener_counts counts;
    hf_listener_counts(thread->crowd, &counts);
    return counts.strays;
}

static void hand_on(const struct hf_server_thread *thread, const struct sockaddr_storage *from, socklen_t from_len,
                    size_t len)
{
    struct hf_server *server = thread->server;
    for (size_t i = 0; i < server->thread_count; i++) {
        struct hf_server_thread *other = &server->threads[i];
        if (other != thread && hf_inbox_put(&other->inbox, from, from_len, thread->datagram, len))
            hf_loop_wake(other->loop);
    }
}

static void take_letters(struct hf_server_thread *thread)
{
    struct hf_letter letter;
    while (hf_inbox_take(&thread->inbox, &letter))
        hf_listener_feed(thread->crowd, &letter.from, letter.from_len, letter.bytes, letter.len, hf_socket_now_ms());
}

/* False: there was nothing. */
static bool receive(struct hf_server_thread *thread)
{
    bool hands_on = thread->inbox.letters != NULL && thread->server->thread_count > 1;
    size_t count = 0;
    for (; count < HF_UDP_AT_ONCE; count++) {
        struct sockaddr_storage from;
        socklen_t from_len;
        ssize_t len = hf_udp_receive(thread->listening.fd, thread->datagram, &from, &from_len);
        if (len < 0)
            break;
        uint64_t strays = strays_of(thread);
        hf_listener_feed(thread->crowd, &from, from_len, thread->datagram, (size_t)len, hf_socket_now_ms());
        if (hands_on && strays_of(thread) > strays && may_have_id(thread->datagram, (size_t)len))
            hand_on(thread, &from, from_len, (size_t)len);
    }
    if (hands_on)
        take_letters(thread);
    return count > 0;
}

static void move_due(struct hf_server_thread *thread)
{
    unsigned ready = 0;
    for (struct hf_loop_entry *entry = hf_loop_next(thread->loop, &ready); entry != NULL;
         entry = hf_loop_next(thread->loop, &ready)) {
        struct hf_guest *guest = entry->owner;
        if (guest == NULL)
            continue;
        hf_guest_step(guest, /* ready= */ 0, hf_socket_now_ms());
        settle(thread, guest);
    }
}

static bool goes_on(const struct hf_server_thread *thread)
{
    const struct hf_server *server = thread->server;
    return thread->end_ms == 0 && (!server->flags.once || atomic_load(&server->total) == 0 || thread->count > 0);
}

void hf_server_datagrams_run(struct hf_server_thread *thread)
{
    bool is_stuck = false;
    while (goes_on(thread)) {
        int wait_ms = hf_server_thread_turn(thread);
        (void)hf_loop_change(thread->loop, &thread->listening, HF_LOOP_READ | (is_stuck ? HF_LOOP_WRITE : 0),
                             hf_listener_deadline(thread->crowd));
        if (thread->end_ms == 0 && hf_loop_wait(thread->loop, wait_ms) != HF_OK)
            return;
        bool was_quiet = !receive(thread);
        hf_listener_tick(thread->crowd, hf_socket_now_ms());
        hear_all(thread);
        move_due(thread);
        hf_udp_tell_refused(thread->crowd, thread->server->flags.json, &thread->refused_told);
        is_stuck = !hf_udp_send(thread->crowd, thread->listening.fd);
        hf_server_thread_prepare(thread, was_quiet);
    }
}
