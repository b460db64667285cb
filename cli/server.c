/* The threads of `serve`: begun together, stopped together.
 * Invariants: a guest belongs to the thread that met it, for good; the number of guests is bounded, and above it new
 * ones wait in the listener's queue; the line about a guest is written whole; who is asked to stop says goodbye first.
 */
#define _POSIX_C_SOURCE 200809L
#include "server.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "descriptors.h"
#include "endpoint.h"
#include "guest_tell.h"
#include "out.h"
#include "report.h"
#include "stop.h"
#include "story.h"

enum { STEP_MS = 1000, GOODBYE_MS = 1000, ROOM_FIRST = 64, DESCRIPTORS_OWN = 64 + 3 * HF_SERVER_THREADS_MAX };

/* Connections are moved by the thread that owns them, so their observer finds it here. */
static _Thread_local struct hf_server_thread *here;

/* ---- guests ---- */

enum hf_guest_service hf_server_service(const struct hf_server *server)
{
    return server->flags.http ? HF_GUEST_HTTP : server->flags.echo ? HF_GUEST_ECHO : HF_GUEST_DROP;
}

struct hf_guest_limits hf_server_limits(const struct hf_server *server)
{
    return (struct hf_guest_limits){server->flags.handshake_timeout_ms, server->flags.idle_timeout_ms,
                                    server->flags.ask_later};
}

static bool reserve(struct hf_server_thread *thread)
{
    if (thread->count < thread->room)
        return true;
    size_t room = thread->room == 0 ? ROOM_FIRST : 2 * thread->room;
    struct hf_guest **guests = realloc(thread->guests, room * sizeof(struct hf_guest *));
    if (guests == NULL)
        return false;
    thread->guests = guests;
    thread->room = room;
    return true;
}

bool hf_server_thread_add(struct hf_server_thread *thread, struct hf_guest *guest)
{
    guest->entry = (struct hf_loop_entry){
        .fd = guest->fd, .owner = guest, .wants = hf_guest_wants(guest), .due_ms = hf_guest_deadline(guest)};
    if (!reserve(thread) || hf_loop_add(thread->loop, &guest->entry) != HF_OK) {
        hf_guest_free(guest);
        return false;
    }
    guest->place = thread->count;
    guest->number = atomic_fetch_add(&thread->server->total, 1) + 1;
    thread->guests[thread->count++] = guest;
    return true;
}

/* The last takes its place. */
static void take_out(struct hf_server_thread *thread, struct hf_guest *guest)
{
    hf_loop_remove(thread->loop, &guest->entry);
    struct hf_guest *last = thread->guests[--thread->count];
    last->place = guest->place;
    thread->guests[guest->place] = last;
}

static int status_of(const struct hf_guest *guest)
{
    return guest->failed ? hf_error_exit_status(guest->error) : HF_EXIT_FINE;
}

/* Lines of several threads do not mix. */
static void tell(const struct hf_server *server, struct hf_guest *guest)
{
    if (server->flags.quiet)
        guest->told_open |= guest->was_open;
    if (server->flags.quiet && !guest->failed)
        return;
    flockfile(stdout);
    hf_guest_tell(guest, server->flags.json);
    funlockfile(stdout);
}

bool hf_server_thread_settle(struct hf_server_thread *thread, struct hf_guest *guest)
{
    tell(thread->server, guest);
    if (guest->phase != HF_GUEST_GONE &&
        hf_loop_change(thread->loop, &guest->entry, hf_guest_wants(guest), hf_guest_deadline(guest)) == HF_OK)
        return true;
    thread->status = status_of(guest);
    take_out(thread, guest);
    hf_guest_free(guest);
    return false;
}

void hf_server_see(void *context, const struct hf_connection *connection, const struct hf_seen *what)
{
    const struct hf_server *server = context;
    struct hf_server_thread *thread = here;
    if (thread == NULL) /* it is over, and connections are being freed */
        return;
    struct hf_guest *guest = thread->crowd == NULL ? thread->current : hf_server_datagrams_guest(thread, connection);
    if (guest == NULL)
        return;
    if (guest->handshake[0] == '\0')
        hf_report_handshake(what, guest->handshake);
    (void)snprintf(guest->last_message, sizeof guest->last_message, "%s %s (%zu bytes)",
                   what->sent ? "our" : "the client's", what->message, what->len);
    if (!server->flags.verbose)
        return;
    flockfile(stderr);
    hf_story_message(stderr, /* from_client= */ !what->sent, what);
    hf_story_detail(stderr, "", what->detail);
    funlockfile(stderr);
}

/* ---- turns ---- */

void hf_server_wake_others(const struct hf_server_thread *thread)
{
    struct hf_server *server = thread->server;
    for (size_t i = 0; i < server->thread_count; i++)
        if (&server->threads[i] != thread)
            hf_loop_wake(server->threads[i].loop);
}

/* Files are the first thread's business; the others follow, for a listener belongs to its thread. */
static void follow_files(struct hf_server_thread *thread, uint64_t now_ms)
{
    struct hf_server *server = thread->server;
    if (thread->number == 0 && hf_reload_turn(&server->reload, now_ms)) {
        atomic_fetch_add(&server->loads, 1);
        hf_server_wake_others(thread);
    }
    unsigned long loads = atomic_load(&server->loads);
    if (thread->crowd == NULL || loads == thread->loads)
        return;
    struct hf_config *config = hf_current_take(server->config);
    if (hf_listener_use(thread->crowd, config) == HF_OK)
        thread->loads = loads;
    hf_config_drop(config);
}

static int wait_until(uint64_t due_ms, uint64_t now_ms)
{
    uint64_t wait_ms = due_ms <= now_ms ? 0 : due_ms - now_ms;
    return wait_ms < STEP_MS ? (int)wait_ms : STEP_MS;
}

int hf_server_thread_turn(struct hf_server_thread *thread)
{
    struct hf_server *server = thread->server;
    uint64_t now_ms = hf_socket_now_ms();
    if (thread->number == 0 && hf_stop_asked() && !atomic_exchange(&server->is_stopping, true))
        hf_server_wake_others(thread);
    if (atomic_load(&server->is_stopping) && thread->end_ms == 0) {
        thread->end_ms = now_ms + GOODBYE_MS;
        hf_server_thread_dismiss(thread);
    }
    follow_files(thread, now_ms);
    uint64_t due_ms = thread->number == 0 ? hf_reload_deadline(&server->reload) : UINT64_MAX;
    if (thread->end_ms > 0 && thread->end_ms < due_ms)
        due_ms = thread->end_ms;
    if (thread->pause_until_ms > now_ms && thread->pause_until_ms < due_ms)
        due_ms = thread->pause_until_ms;
    return thread->may_prepare ? 0 : wait_until(due_ms, now_ms);
}

void hf_server_thread_prepare(struct hf_server_thread *thread, bool was_quiet)
{
    if (!was_quiet) {
        thread->may_prepare = thread->server->settings.prepared_shares > 0;
        return;
    }
    if (!thread->may_prepare)
        return;
    struct hf_config *config = hf_current_take(thread->server->config);
    thread->may_prepare = hf_config_prepare(config, /* most= */ 1) > 0;
    hf_config_drop(config);
}

void hf_server_thread_dismiss(struct hf_server_thread *thread)
{
    for (size_t i = thread->count; i > 0; i--) {
        struct hf_guest *guest = thread->guests[i - 1];
        thread->current = guest;
        hf_guest_dismiss(guest, hf_socket_now_ms());
        (void)hf_server_thread_settle(thread, guest);
    }
    thread->current = NULL;
}

/* ---- birth and death of a thread ---- */

static void close_thread(struct hf_server_thread *thread)
{
    for (size_t i = 0; i < thread->count; i++)
        hf_guest_free(thread->guests[i]);
    free(thread->guests);
    hf_listener_free(thread->crowd);
    free(thread->datagram);
    hf_inbox_close(&thread->inbox);
    hf_loop_free(thread->loop);
    if (thread->server->settings.dtls && thread->listening.fd >= 0 && thread->number > 0)
        close(thread->listening.fd);
}

/* listening.fd is there. */
static bool open_thread(struct hf_server_thread *thread)
{
    struct hf_server *server = thread->server;
    thread->loop = hf_loop_new();
    if (thread->loop == NULL || (server->settings.dtls && !hf_server_datagrams_open(thread)))
        return false;
    thread->may_prepare = server->settings.prepared_shares > 0;
    thread->listening.due_ms = UINT64_MAX;
    thread->listening.shared = !server->settings.dtls && server->thread_count > 1;
    thread->listening.wants = server->settings.dtls ? HF_LOOP_READ : 0;
    thread->reloading = (struct hf_loop_entry){
        .fd = thread->number == 0 ? hf_reload_fd(&server->reload) : -1, .wants = HF_LOOP_READ, .due_ms = UINT64_MAX};
    return hf_loop_add(thread->loop, &thread->listening) == HF_OK &&
           hf_loop_add(thread->loop, &thread->reloading) == HF_OK;
}

static void *run_thread(void *context)
{
    struct hf_server_thread *thread = context;
    here = thread;
    if (thread->crowd != NULL)
        hf_server_datagrams_run(thread);
    else
        hf_server_streams_run(thread);
    here = NULL;
    return NULL;
}

/* Signals are for the first thread, whose wait they end. */
static bool start(struct hf_server_thread *thread)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread->runs = pthread_create(&thread->thread, NULL, run_thread, thread) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return thread->runs;
}

/* The first one is the program's own. */
static void run_threads(struct hf_server *server)
{
    bool all_run = true;
    for (size_t i = 1; i < server->thread_count && all_run; i++)
        all_run = start(&server->threads[i]);
    if (!all_run)
        hf_out_error("serve: the system gives no more threads; those that run go on");
    (void)run_thread(&server->threads[0]);
    atomic_store(&server->is_stopping, true);
    hf_server_wake_others(&server->threads[0]);
    for (size_t i = 1; i < server->thread_count; i++)
        if (server->threads[i].runs)
            (void)pthread_join(server->threads[i].thread, NULL);
}

/* ---- the server ---- */

/* Over datagrams each thread has a socket of its own at the same address, and the kernel keeps a peer's datagrams with
 * one of them (SO_REUSEPORT, socket(7)). */
static bool open_sockets(struct hf_server *server, const char *where, char address[HF_ENDPOINT_TEXT_ROOM],
                         struct hf_failure *failure)
{
    struct hf_endpoint endpoint;
    const char *why = "";
    for (size_t i = 0; i < server->thread_count; i++) {
        struct hf_server_thread *thread = &server->threads[i];
        if (i > 0 && !server->settings.dtls) {
            thread->listening.fd = server->listener;
            continue;
        }
        if (!hf_endpoint_parse(i == 0 ? where : address, &endpoint, &why))
            return false;
        endpoint.datagrams = server->settings.dtls;
        endpoint.shared = server->settings.dtls && server->thread_count > 1;
        thread->listening.fd = hf_endpoint_listen(&endpoint, address, failure);
        if (thread->listening.fd < 0)
            return false;
        if (i == 0)
            server->listener = thread->listening.fd;
    }
    return true;
}

static bool open_threads(struct hf_server *server)
{
    for (size_t i = 0; i < server->thread_count; i++)
        if (!open_thread(&server->threads[i]))
            return false;
    return true;
}

static int open_and_run(struct hf_server *server, const char *where)
{
    struct hf_failure failure = {.error = HF_ERR_no_memory, .alert = HF_ALERT_none, .depth = -1};
    char address[HF_ENDPOINT_TEXT_ROOM];
    (void)hf_descriptors_raise(server->flags.max_connections + DESCRIPTORS_OWN);
    if (!open_sockets(server, where, address, &failure))
        return hf_out_failure("serve", &failure);
    if (!open_threads(server))
        return hf_error_exit_status(HF_ERR_no_memory);
    hf_guest_tell_listening(address, server->flags.json);
    if (server->zoo.row != NULL)
        hf_zoo_tell(&server->zoo, address);
    if (server->zoo.act != HF_ZOO_TLS)
        hf_zoo_run(&server->zoo, server->listener, server->flags.once);
    else
        run_threads(server);
    return server->flags.once ? server->threads[0].status : HF_EXIT_FINE;
}

static size_t threads_of(const struct hf_server *server)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t count = server->flags.threads > 0 ? server->flags.threads : processors < 1 ? 1 : (size_t)processors;
    return count < HF_SERVER_THREADS_MAX ? count : HF_SERVER_THREADS_MAX;
}

int hf_server_run(struct hf_server *server)
{
    struct hf_endpoint endpoint;
    const char *why = "";
    const char *where = server->flags.listen != NULL ? server->flags.listen : "127.0.0.1:4433";
    if (!hf_endpoint_parse(where, &endpoint, &why))
        return hf_out_usage("serve", "\"%s\" is no HOST:PORT: %s", where, why);
    server->thread_count = threads_of(server);
    server->threads = calloc(server->thread_count, sizeof *server->threads);
    if (server->threads == NULL)
        return hf_error_exit_status(HF_ERR_no_memory);
    for (size_t i = 0; i < server->thread_count; i++) {
        server->threads[i].server = server;
        server->threads[i].number = i;
        server->threads[i].listening.fd = -1;
    }
    int status = open_and_run(server, where);
    for (size_t i = 0; i < server->thread_count; i++)
        close_thread(&server->threads[i]);
    if (server->listener >= 0)
        close(server->listener);
    free(server->threads);
    return status;
}
