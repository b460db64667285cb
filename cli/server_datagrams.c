/* Guests over UDP: a listener for each thread, and a socket. Which peer is whose the kernel decides, by addresses and
 * ports; so cookies are opened by the listener that made them, and a peer that moves would come to another thread:
 * which is why connection IDs go with one thread only. */
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
    return thread->crowd != NULL && thread->datagram != NULL;
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
        hf_udp_receive(thread->crowd, thread->listening.fd, thread->datagram);
        hf_listener_tick(thread->crowd, hf_socket_now_ms());
        hear_all(thread);
        move_due(thread);
        hf_udp_tell_refused(thread->crowd, thread->server->flags.json, &thread->refused_told);
        is_stuck = !hf_udp_send(thread->crowd, thread->listening.fd);
    }
}
