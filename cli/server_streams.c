/* Guests over TCP. All threads watch one listening socket, and who is free takes who comes: nobody waits at a thread
 * that is busy while another has nothing to do. Connections that stay are spread by this rule: who has many more than
 * its share leaves new ones to the others. */
#define _POSIX_C_SOURCE 200809L
#include "server.h"

#include <errno.h>
#include <unistd.h>

#include "endpoint.h"
#include "guest_tell.h"

enum { PAUSE_MS = 100, UNEVEN_MAX = 16 };

static void fill_guest(struct hf_server_thread *thread, int fd, const char *address)
{
    struct hf_server *server = thread->server;
    const struct hf_guest_limits limits = hf_server_limits(server);
    struct hf_config *config = hf_current_take(server->config);
    struct hf_guest *guest = hf_guest_new(config, fd, hf_server_service(server), &limits);
    hf_config_drop(config);
    if (guest != NULL)
        (void)snprintf(guest->address, sizeof guest->address, "%s", address);
    if (guest == NULL || !hf_server_thread_add(thread, guest))
        atomic_fetch_sub(&server->guests, 1);
}

static void stop_listening(struct hf_server_thread *thread)
{
    struct hf_server *server = thread->server;
    hf_loop_remove(thread->loop, &thread->listening);
    thread->listening.fd = -1;
    if (server->flags.once && server->listener >= 0) {
        close(server->listener);
        server->listener = -1;
    }
}

static void welcome(struct hf_server_thread *thread)
{
    struct hf_server *server = thread->server;
    char address[HF_ENDPOINT_TEXT_ROOM];
    if (atomic_fetch_add(&server->guests, 1) >= server->flags.max_connections) {
        atomic_fetch_sub(&server->guests, 1);
        return;
    }
    int fd = hf_endpoint_accept(server->listener, address);
    if (fd < 0) {
        atomic_fetch_sub(&server->guests, 1);
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
            thread->pause_until_ms = hf_socket_now_ms() + PAUSE_MS;
        return;
    }
    fill_guest(thread, fd, address);
    if (server->flags.once)
        stop_listening(thread);
}

static bool takes_more(const struct hf_server_thread *thread)
{
    const struct hf_server *server = thread->server;
    size_t all = atomic_load(&server->guests);
    return thread->end_ms == 0 && all < server->flags.max_connections &&
           thread->count <= all / server->thread_count + UNEVEN_MAX && hf_socket_now_ms() >= thread->pause_until_ms;
}

/* Who stops taking wakes the others: one of them has fewer than its share, and may have stopped when it had more. */
static void listen_or_not(struct hf_server_thread *thread)
{
    if (thread->listening.fd < 0)
        return;
    unsigned wants = takes_more(thread) ? HF_LOOP_READ : 0;
    bool stops = thread->listening.wants != 0 && wants == 0;
    (void)hf_loop_change(thread->loop, &thread->listening, wants, UINT64_MAX);
    if (stops)
        hf_server_wake_others(thread);
}

static void move(struct hf_server_thread *thread, struct hf_guest *guest, unsigned ready)
{
    struct hf_server *server = thread->server;
    thread->current = guest;
    hf_guest_step(guest, ready, hf_socket_now_ms());
    if (!hf_server_thread_settle(thread, guest) &&
        atomic_fetch_sub(&server->guests, 1) == server->flags.max_connections)
        hf_server_wake_others(thread); /* there is room again */
    thread->current = NULL;
}

static bool goes_on(const struct hf_server_thread *thread)
{
    if (thread->end_ms > 0)
        return thread->count > 0 && hf_socket_now_ms() < thread->end_ms;
    return thread->listening.fd >= 0 || thread->count > 0;
}

void hf_server_streams_run(struct hf_server_thread *thread)
{
    while (goes_on(thread)) {
        int wait_ms = hf_server_thread_turn(thread);
        listen_or_not(thread);
        if (hf_loop_wait(thread->loop, wait_ms) != HF_OK)
            return;
        unsigned ready = 0;
        bool was_quiet = true;
        for (struct hf_loop_entry *entry = hf_loop_next(thread->loop, &ready); entry != NULL;
             entry = hf_loop_next(thread->loop, &ready)) {
            was_quiet = false;
            if (entry == &thread->listening)
                welcome(thread);
            else if (entry != &thread->reloading)
                move(thread, entry->owner, ready);
        }
        hf_server_thread_prepare(thread, was_quiet);
    }
}
