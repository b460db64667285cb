/* The event loop: epoll for descriptors, a heap for deadlines.
 * Invariants: an entry is known to the kernel exactly while it wants something, so that a hang-up nobody asked about
 * wakes nobody again and again; room for an entry's deadline is made when it is added, so that changing one cannot
 * fail; what was removed is not told, though the kernel told of it before; an entry that is due again and again keeps
 * nobody from being waited for. */
#define _GNU_SOURCE /* EPOLLEXCLUSIVE */
#include <handfast/loop.h>

#include <handfast/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { READY_MAX = 64, ROOM_FIRST = 16 };

struct hf_loop {
    int epoll;
    int waker;
    struct epoll_event ready[READY_MAX];
    size_t ready_at;
    size_t ready_count;
    uint64_t now_ms;             /* of the last wait's end: what is due by then is told */
    struct hf_loop_entry **heap; /* by due_ms, the first first; heap[0] is not used, so that place 0 is none */
    size_t heap_count;
    size_t heap_room;   /* entries, without heap[0] */
    size_t entry_count; /* all that were added: each may come into the heap */
    size_t due_left;    /* how many due ones are still told before the next wait */
};

/* ---- deadlines ---- */

static void put(struct hf_loop *loop, struct hf_loop_entry *entry, size_t place)
{
    loop->heap[place] = entry;
    entry->place = place;
}

static void rise(struct hf_loop *loop, struct hf_loop_entry *entry, size_t place)
{
    while (place > 1 && loop->heap[place / 2]->due_ms > entry->due_ms) {
        put(loop, loop->heap[place / 2], place);
        place /= 2;
    }
    put(loop, entry, place);
}

static void sink(struct hf_loop *loop, struct hf_loop_entry *entry, size_t place)
{
    for (;;) {
        size_t child = 2 * place;
        if (child < loop->heap_count && loop->heap[child + 1]->due_ms < loop->heap[child]->due_ms)
            child++;
        if (child > loop->heap_count || loop->heap[child]->due_ms >= entry->due_ms)
            break;
        put(loop, loop->heap[child], place);
        place = child;
    }
    put(loop, entry, place);
}

/* Into its place, wherever it was. */
static void settle(struct hf_loop *loop, struct hf_loop_entry *entry)
{
    sink(loop, entry, entry->place);
    rise(loop, entry, entry->place);
}

static void take_out(struct hf_loop *loop, struct hf_loop_entry *entry)
{
    size_t place = entry->place;
    if (place == 0)
        return;
    entry->place = 0;
    struct hf_loop_entry *last = loop->heap[loop->heap_count--];
    if (last == entry)
        return;
    put(loop, last, place);
    settle(loop, last);
}

static void set_due(struct hf_loop *loop, struct hf_loop_entry *entry, uint64_t due_ms)
{
    entry->due_ms = due_ms;
    if (due_ms == UINT64_MAX) {
        take_out(loop, entry);
        return;
    }
    if (entry->place == 0)
        put(loop, entry, ++loop->heap_count);
    settle(loop, entry);
}

static bool reserve(struct hf_loop *loop)
{
    if (loop->entry_count < loop->heap_room)
        return true;
    size_t room = loop->heap_room == 0 ? ROOM_FIRST : 2 * loop->heap_room;
    struct hf_loop_entry **heap = realloc(loop->heap, (room + 1) * sizeof(struct hf_loop_entry *));
    if (heap == NULL)
        return false;
    loop->heap = heap;
    loop->heap_room = room;
    return true;
}

/* ---- descriptors ---- */

static uint32_t events_of(const struct hf_loop_entry *entry)
{
    uint32_t events = entry->shared ? EPOLLEXCLUSIVE : 0;
    events |= (entry->wants & HF_LOOP_READ) != 0 ? EPOLLIN : 0;
    return events | ((entry->wants & HF_LOOP_WRITE) != 0 ? EPOLLOUT : 0);
}

/* A shared one cannot be changed, so it goes and comes again (epoll_ctl(2), EPOLLEXCLUSIVE). */
static enum hf_error watch(struct hf_loop *loop, struct hf_loop_entry *entry)
{
    if (entry->fd < 0 || entry->watched == entry->wants)
        return HF_OK;
    struct epoll_event event = {.events = events_of(entry), .data.ptr = entry};
    bool goes = entry->watched != 0 && (entry->wants == 0 || entry->shared);
    if (goes)
        (void)epoll_ctl(loop->epoll, EPOLL_CTL_DEL, entry->fd, &event);
    bool is_new = goes || entry->watched == 0;
    entry->watched = goes ? 0 : entry->watched;
    if (entry->wants == 0)
        return HF_OK;
    if (epoll_ctl(loop->epoll, is_new ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, entry->fd, &event) != 0)
        return HF_ERR_network_failed;
    entry->watched = entry->wants;
    return HF_OK;
}

static void forget_ready(struct hf_loop *loop, const struct hf_loop_entry *entry)
{
    for (size_t i = loop->ready_at; i < loop->ready_count; i++)
        if (loop->ready[i].data.ptr == entry)
            loop->ready[i].data.ptr = NULL;
}

enum hf_error hf_loop_add(struct hf_loop *loop, struct hf_loop_entry *entry)
{
    entry->watched = 0;
    entry->place = 0;
    if (!reserve(loop))
        return HF_ERR_no_memory;
    enum hf_error error = watch(loop, entry);
    if (error != HF_OK)
        return error;
    loop->entry_count++;
    set_due(loop, entry, entry->due_ms);
    return HF_OK;
}

enum hf_error hf_loop_change(struct hf_loop *loop, struct hf_loop_entry *entry, unsigned wants, uint64_t due_ms)
{
    entry->wants = wants;
    set_due(loop, entry, due_ms);
    return watch(loop, entry);
}

void hf_loop_remove(struct hf_loop *loop, struct hf_loop_entry *entry)
{
    entry->wants = 0;
    (void)watch(loop, entry);
    take_out(loop, entry);
    forget_ready(loop, entry);
    loop->entry_count--;
}

/* ---- waiting ---- */

static int wait_of(const struct hf_loop *loop, int timeout_ms)
{
    if (loop->heap_count == 0)
        return timeout_ms;
    uint64_t now = hf_socket_now_ms();
    uint64_t due = loop->heap[1]->due_ms;
    uint64_t left = due <= now ? 0 : due - now;
    return timeout_ms >= 0 && left > (uint64_t)timeout_ms ? timeout_ms : left > 3600000 ? 3600000 : (int)left;
}

enum hf_error hf_loop_wait(struct hf_loop *loop, int timeout_ms)
{
    int count = epoll_wait(loop->epoll, loop->ready, READY_MAX, wait_of(loop, timeout_ms));
    loop->ready_at = 0;
    loop->ready_count = count > 0 ? (size_t)count : 0;
    loop->now_ms = hf_socket_now_ms();
    loop->due_left = loop->heap_count;
    return count >= 0 || errno == EINTR ? HF_OK : HF_ERR_network_failed;
}

static void calm(const struct hf_loop *loop)
{
    uint64_t count;
    while (read(loop->waker, &count, sizeof count) > 0)
        continue;
}

static unsigned ready_of(const struct hf_loop_entry *entry, uint32_t events)
{
    bool is_broken = (events & (EPOLLERR | EPOLLHUP)) != 0;
    unsigned ready = (events & EPOLLIN) != 0 ? HF_LOOP_READ : 0;
    ready |= (events & EPOLLOUT) != 0 ? HF_LOOP_WRITE : 0;
    return (is_broken ? HF_LOOP_READ | HF_LOOP_WRITE : ready) & entry->wants;
}

struct hf_loop_entry *hf_loop_next(struct hf_loop *loop, unsigned *ret_ready)
{
    while (loop->ready_at < loop->ready_count) {
        const struct epoll_event *event = &loop->ready[loop->ready_at++];
        struct hf_loop_entry *entry = event->data.ptr;
        if ((void *)entry == (void *)loop)
            calm(loop);
        else if (entry != NULL && ready_of(entry, event->events) != 0) {
            *ret_ready = ready_of(entry, event->events);
            return entry;
        }
    }
    struct hf_loop_entry *due = loop->heap_count == 0 ? NULL : loop->heap[1];
    if (due == NULL || due->due_ms > loop->now_ms || loop->due_left == 0)
        return NULL;
    loop->due_left--;
    set_due(loop, due, UINT64_MAX);
    *ret_ready = 0;
    return due;
}

void hf_loop_wake(struct hf_loop *loop)
{
    const uint64_t one = 1;
    int before = errno;
    ssize_t written = write(loop->waker, &one, sizeof one);
    (void)written; /* it is full of wakes already */
    errno = before;
}

/* ---- birth and death ---- */

struct hf_loop *hf_loop_new(void)
{
    struct hf_loop *loop = calloc(1, sizeof *loop);
    if (loop == NULL)
        return NULL;
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    loop->waker = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = loop};
    if (loop->epoll >= 0 && loop->waker >= 0 && epoll_ctl(loop->epoll, EPOLL_CTL_ADD, loop->waker, &event) == 0)
        return loop;
    hf_loop_free(loop);
    return NULL;
}

void hf_loop_free(struct hf_loop *loop)
{
    if (loop == NULL)
        return;
    if (loop->epoll >= 0)
        close(loop->epoll);
    if (loop->waker >= 0)
        close(loop->waker);
    free(loop->heap);
    free(loop);
}
