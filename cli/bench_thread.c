/* One thread of `bench`: visits to the server, each a connection moved by the loop and never waiting. A visit connects,
 * shakes hands, waits for the server's verdict, may send and receive, closes, and begins anew; or it is held.
 * Invariants: every phase has a limit; a visit that failed is counted by its reason and waits before it comes again, so
 * that a server that is not there is not hammered; what ends after the time is over counts no more. */
#define _POSIX_C_SOURCE 200809L
#include "bench_visit.h"

#include <handfast/session.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAUSE_MS = 100, CLOSE_MS = 1000, GRACE_MS = 1000, STEP_MS = 100, SOURCE_PORTS = 16384, REST_AFTER_MS = 1000 };

static enum hf_bench_stage stage_of(const struct hf_bench_thread *thread)
{
    return (enum hf_bench_stage)atomic_load(&thread->bench->stage);
}

static bool counts(const struct hf_bench_thread *thread)
{
    return stage_of(thread) != HF_BENCH_OVER;
}

static bool is_held(const struct hf_bench_thread *thread)
{
    return thread->bench->flags.hold > 0;
}

/* ---- the loop's view ---- */

static bool has_output(const struct hf_bench_visit *visit)
{
    const uint8_t *wire = NULL;
    return visit->unsent.bytes != NULL || hf_output(visit->connection, &wire) > 0;
}

static unsigned wants_of(const struct hf_bench_visit *visit)
{
    if (visit->phase == HF_VISIT_RESTING)
        return 0;
    if (visit->phase == HF_VISIT_CONNECTING)
        return HF_LOOP_WRITE;
    return HF_LOOP_READ | (has_output(visit) || hf_bench_visit_has_more(visit) ? HF_LOOP_WRITE : 0);
}

static uint64_t due_of(const struct hf_bench_visit *visit)
{
    uint64_t due_ms = visit->limit_ms < visit->rest_ms ? visit->limit_ms : visit->rest_ms;
    uint64_t deadline = visit->connection == NULL ? UINT64_MAX : hf_deadline(visit->connection);
    return deadline < due_ms ? deadline : due_ms;
}

static void enter(struct hf_bench_visit *visit, enum hf_bench_phase phase, int limit_ms)
{
    visit->phase = phase;
    visit->limit_ms = limit_ms < 0 ? UINT64_MAX : hf_socket_now_ms() + (uint64_t)limit_ms;
}

/* ---- the end of a visit ---- */

/* The peer has said goodbye, or had its time: a reset leaves nothing in TIME_WAIT, of which ports would run out. */
static void drop(struct hf_bench_visit *visit)
{
    const struct linger reset = {.l_onoff = 1, .l_linger = 0};
    if (visit->entry.owner != NULL)
        hf_loop_remove(visit->thread->loop, &visit->entry);
    visit->entry.owner = NULL;
    hf_socket_unsent_release(&visit->unsent);
    hf_connection_free(visit->connection);
    visit->connection = NULL;
    if (visit->fd >= 0) {
        if (!visit->thread->bench->settings.dtls)
            (void)setsockopt(visit->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(visit->fd);
    }
    visit->fd = -1;
}

/* Comes again after a pause; one that is to be held does not. */
static void rest(struct hf_bench_visit *visit, int pause_ms)
{
    drop(visit);
    enter(visit, HF_VISIT_RESTING, pause_ms);
    visit->rest_ms = UINT64_MAX;
    if (is_held(visit->thread) || stage_of(visit->thread) == HF_BENCH_OVER) {
        visit->phase = HF_VISIT_GONE;
        return;
    }
    visit->entry = (struct hf_loop_entry){.fd = -1, .owner = visit, .due_ms = visit->limit_ms};
    if (hf_loop_add(visit->thread->loop, &visit->entry) != HF_OK)
        visit->phase = HF_VISIT_GONE;
}

static void settle_hold(const struct hf_bench_visit *visit)
{
    struct hf_bench_thread *thread = visit->thread;
    if (visit->phase == HF_VISIT_HELD || visit->phase == HF_VISIT_SPEAKING)
        atomic_fetch_sub(&thread->held, 1);
    else
        atomic_fetch_add(&thread->settled, 1);
}

void hf_bench_visit_fail(struct hf_bench_visit *visit, enum hf_error error, const char *got)
{
    struct hf_bench_thread *thread = visit->thread;
    const struct hf_failure *known = visit->connection == NULL ? NULL : hf_failure(visit->connection);
    struct hf_failure failure = {.error = error, .by = HF_BY_NETWORK, .alert = HF_ALERT_none, .depth = -1};
    (void)snprintf(failure.got, sizeof failure.got, "%s", got);
    if (counts(thread)) {
        hf_bench_note(&thread->results, known != NULL ? known : &failure, 1);
        thread->results.last_us = hf_bench_now_us();
        atomic_fetch_add(&thread->failed, 1);
    }
    if (is_held(thread))
        settle_hold(visit);
    size_t taken = 0;
    if (visit->connection != NULL && visit->phase != HF_VISIT_CONNECTING) /* our alert, behind what was sealed before */
        (void)hf_socket_send_data(visit->connection, visit->fd, &visit->unsent, (struct hf_bytes){NULL, 0}, &taken);
    rest(visit, PAUSE_MS);
}

static void say_goodbye(struct hf_bench_visit *visit)
{
    size_t taken = 0;
    hf_close(visit->connection);
    (void)hf_socket_send_data(visit->connection, visit->fd, &visit->unsent, (struct hf_bytes){NULL, 0}, &taken);
    enter(visit, HF_VISIT_CLOSING, CLOSE_MS);
    if (visit->thread->bench->settings.dtls)
        rest(visit, 0);
    else if (!has_output(visit))
        shutdown(visit->fd, SHUT_WR);
}

/* ---- the beginning ---- */

static void begin(struct hf_bench_visit *visit)
{
    struct hf_bench_thread *thread = visit->thread;
    struct hf_bench *bench = thread->bench;
    drop(visit);
    bool is_late = bench->flags.count > 0 && atomic_fetch_add(&bench->begun, 1) >= bench->flags.count;
    if (is_late || stage_of(thread) == HF_BENCH_OVER) {
        visit->phase = HF_VISIT_GONE;
        return;
    }
    size_t place = (size_t)(visit - thread->visits) * bench->thread_count + thread->number;
    *visit = (struct hf_bench_visit){.thread = thread, .fd = -1, .rest_ms = UINT64_MAX, .began_us = hf_bench_now_us()};
    visit->connection = hf_bench_sessions_begin(thread);
    visit->fd = hf_endpoint_begin(&bench->target, place / SOURCE_PORTS);
    int error = errno;
    enter(visit, bench->settings.dtls ? HF_VISIT_SHAKING : HF_VISIT_CONNECTING, bench->flags.timeout_ms);
    if (visit->connection == NULL || visit->fd < 0) {
        hf_bench_visit_fail(visit, visit->connection == NULL ? HF_ERR_no_memory : HF_ERR_network_failed,
                            visit->fd < 0 ? strerror(error) : "");
        return;
    }
    if (bench->settings.dtls)
        (void)hf_socket_send(visit->connection, visit->fd);
    visit->entry =
        (struct hf_loop_entry){.fd = visit->fd, .owner = visit, .wants = wants_of(visit), .due_ms = due_of(visit)};
    if (hf_loop_add(thread->loop, &visit->entry) != HF_OK) {
        visit->entry.owner = NULL;
        hf_bench_visit_fail(visit, HF_ERR_no_memory, "");
    }
}

/* ---- the middle ---- */

static void note_events(struct hf_bench_visit *visit)
{
    struct hf_event event;
    while (hf_next_event(visit->connection, &event)) {
        visit->opened |= event.kind == HF_EVENT_OPENED;
        visit->accepted |= event.kind == HF_EVENT_ACCEPTED;
        visit->peer_closed |= event.kind == HF_EVENT_PEER_CLOSED;
        if (event.kind == HF_EVENT_SESSION) {
            visit->has_session = true;
            hf_bench_sessions_keep(visit->thread, visit->connection);
        }
    }
}

static void note_negotiated(struct hf_bench_results *results, const struct hf_session_info *info)
{
    if (results->version != 0 && !(results->group[0] == '\0' && info->group[0] != '\0'))
        return;
    results->version = info->version;
    results->is_mutual |= info->presented_certificate;
    (void)snprintf(results->suite, sizeof results->suite, "%s", info->suite);
    (void)snprintf(results->group, sizeof results->group, "%s", info->group);
}

static void count(struct hf_bench_visit *visit, const struct hf_session_info *info)
{
    struct hf_bench_thread *thread = visit->thread;
    struct hf_bench_results *results = &thread->results;
    bool is_judged = info->asked_for_certificate;
    uint64_t took_us = visit->judged_us - visit->began_us;
    if (!counts(thread))
        return;
    note_negotiated(results, info);
    results->last_us = hf_bench_now_us();
    results->full += !info->resumed;
    results->resumed += info->resumed;
    results->confirmed += is_judged && visit->accepted;
    results->unjudged += is_judged && !visit->accepted;
    hf_histogram_add(info->resumed ? &results->resumed_us : &results->full_us, took_us);
    atomic_fetch_add(&thread->done, 1);
    if (info->resumed)
        atomic_fetch_add(&thread->resumed, 1);
}

/* What comes after the handshake. */
static void go_on(struct hf_bench_visit *visit, const struct hf_session_info *info)
{
    struct hf_bench_thread *thread = visit->thread;
    count(visit, info);
    if (is_held(thread)) {
        enter(visit, HF_VISIT_HELD, -1);
        visit->rest_ms = hf_socket_now_ms() + REST_AFTER_MS;
        atomic_fetch_add(&thread->held, 1);
        atomic_fetch_add(&thread->settled, 1);
    } else if (thread->bench->flags.bytes > 0 && counts(thread)) {
        enter(visit, HF_VISIT_TALKING, thread->bench->flags.timeout_ms);
    } else {
        say_goodbye(visit);
    }
}

/* The server's verdict is waited for, and where sessions are resumed a ticket of TLS 1.3, for a while. */
static void judge(struct hf_bench_visit *visit)
{
    struct hf_bench_thread *thread = visit->thread;
    struct hf_session_info info;
    hf_session_info(visit->connection, &info);
    bool is_judged = info.asked_for_certificate;
    bool is_13 = info.version == HF_TLS13 || info.version == HF_DTLS13;
    bool awaits = is_judged && !visit->accepted;
    if (visit->phase == HF_VISIT_SHAKING)
        enter(visit, HF_VISIT_JUDGED, thread->bench->flags.verdict_timeout_ms);
    bool is_late = hf_socket_now_ms() >= visit->limit_ms || visit->peer_closed;
    if ((!awaits || is_late) && visit->judged_us == 0)
        visit->judged_us = hf_bench_now_us();
    bool awaits_session = is_13 && thread->bench->flags.resume > 0 && !visit->has_session;
    if (is_late || (!awaits && !awaits_session))
        go_on(visit, &info);
}

static void advance(struct hf_bench_visit *visit)
{
    if ((visit->phase == HF_VISIT_SHAKING && visit->opened) || visit->phase == HF_VISIT_JUDGED)
        judge(visit);
    if (visit->phase == HF_VISIT_TALKING && hf_bench_visit_talk(visit))
        say_goodbye(visit);
    bool is_cut = visit->peer_closed && (visit->phase == HF_VISIT_TALKING || visit->phase == HF_VISIT_HELD ||
                                         visit->phase == HF_VISIT_SPEAKING);
    if (is_cut)
        hf_bench_visit_fail(visit, HF_ERR_network_failed, "the server closed the connection before we did");
}

static void be_late(struct hf_bench_visit *visit)
{
    bool over_datagrams = visit->thread->bench->settings.dtls;
    if (visit->phase == HF_VISIT_CLOSING)
        rest(visit, 0);
    else if (visit->phase == HF_VISIT_TALKING && over_datagrams)
        say_goodbye(visit); /* what was lost does not come again */
    else if (visit->phase == HF_VISIT_SPEAKING && over_datagrams)
        hf_bench_visit_lose(visit);
    else if (visit->phase != HF_VISIT_HELD)
        hf_bench_visit_fail(visit, over_datagrams ? HF_ERR_datagrams_unanswered : HF_ERR_timed_out, "");
}

static bool connected(struct hf_bench_visit *visit, unsigned ready)
{
    int error = 0;
    socklen_t len = sizeof error;
    if (visit->phase != HF_VISIT_CONNECTING || ready == 0)
        return visit->phase != HF_VISIT_CONNECTING;
    if (getsockopt(visit->fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0 || error != 0) {
        hf_bench_visit_fail(visit, HF_ERR_network_failed, strerror(error));
        return false;
    }
    visit->phase = HF_VISIT_SHAKING;
    return true;
}

static enum hf_error exchange(struct hf_bench_visit *visit, unsigned ready)
{
    size_t len = 0;
    enum hf_error error = HF_OK;
    if (hf_deadline(visit->connection) <= hf_socket_now_ms())
        error = hf_tick(visit->connection, hf_socket_now_ms());
    if (error == HF_OK && (ready & HF_LOOP_READ) != 0 && visit->phase >= HF_VISIT_TALKING) {
        error = hf_bench_visit_receive(visit);
    } else if (error == HF_OK && (ready & HF_LOOP_READ) != 0) {
        error = hf_socket_receive(visit->connection, visit->fd);
    }
    note_events(visit);
    if (error == HF_OK)
        error = hf_socket_send_data(visit->connection, visit->fd, &visit->unsent, (struct hf_bytes){NULL, 0}, &len);
    note_events(visit);
    return error;
}

static void move(struct hf_bench_visit *visit, unsigned ready)
{
    if (!connected(visit, ready)) {
        if (visit->phase == HF_VISIT_CONNECTING && hf_socket_now_ms() >= visit->limit_ms)
            hf_bench_visit_fail(visit, HF_ERR_timed_out, "");
        return;
    }
    if (visit->phase == HF_VISIT_HELD && hf_socket_now_ms() >= visit->rest_ms) {
        visit->rest_ms = UINT64_MAX;
        hf_rest(visit->connection);
    }
    enum hf_error error = exchange(visit, ready);
    if (visit->phase == HF_VISIT_CLOSING && (error != HF_OK || visit->peer_closed)) {
        rest(visit, 0);
        return;
    }
    if (error != HF_OK) {
        hf_bench_visit_fail(visit, error, "");
        return;
    }
    if (visit->phase == HF_VISIT_CLOSING && !has_output(visit))
        shutdown(visit->fd, SHUT_WR);
    advance(visit);
    if (visit->phase > HF_VISIT_RESTING && hf_socket_now_ms() >= visit->limit_ms)
        be_late(visit);
}

static void step(struct hf_bench_visit *visit, unsigned ready)
{
    if (visit->phase == HF_VISIT_RESTING)
        begin(visit);
    else
        move(visit, ready);
    if (visit->phase > HF_VISIT_RESTING &&
        hf_loop_change(visit->thread->loop, &visit->entry, wants_of(visit), due_of(visit)) != HF_OK)
        hf_bench_visit_fail(visit, HF_ERR_network_failed, "");
}

/* ---- the thread ---- */

/* No more begin than are opened at a time. */
static void begin_more(struct hf_bench_thread *thread)
{
    const struct hf_bench_flags *flags = &thread->bench->flags;
    size_t at_once = is_held(thread)
                         ? (flags->connections + thread->bench->thread_count - 1) / thread->bench->thread_count
                         : thread->count;
    while (thread->begun < thread->count && stage_of(thread) != HF_BENCH_OVER &&
           thread->begun < atomic_load(&thread->settled) + at_once) {
        struct hf_bench_visit *visit = &thread->visits[thread->begun++];
        step(visit, 0);
    }
}

/* One after the other, each when the one before was answered. */
static void speak_next(struct hf_bench_thread *thread)
{
    if (stage_of(thread) != HF_BENCH_SPEAKING || atomic_load(&thread->has_spoken))
        return;
    while (thread->speaking < thread->count && thread->visits[thread->speaking].phase != HF_VISIT_SPEAKING) {
        struct hf_bench_visit *visit = &thread->visits[thread->speaking];
        if (visit->phase != HF_VISIT_HELD || visit->spoken > thread->round) {
            thread->speaking++;
            continue;
        }
        hf_bench_visit_speak(visit);
        if (visit->phase > HF_VISIT_RESTING)
            (void)hf_loop_change(thread->loop, &visit->entry, wants_of(visit), due_of(visit));
    }
    if (thread->speaking < thread->count)
        return;
    thread->speaking = 0;
    if (++thread->round == thread->bench->flags.rounds)
        atomic_store(&thread->has_spoken, true);
    else
        hf_loop_wake(thread->loop);
}

static bool goes_on(struct hf_bench_thread *thread)
{
    size_t left = 0;
    for (size_t i = 0; i < thread->count; i++)
        left += thread->visits[i].phase != HF_VISIT_GONE;
    if (stage_of(thread) != HF_BENCH_OVER)
        return left > 0;
    return left > 0 && hf_socket_now_ms() < thread->end_ms;
}

/* Held ones, and those that talk, say goodbye; handshakes may end. */
static void wind_up(struct hf_bench_thread *thread)
{
    thread->end_ms = hf_socket_now_ms() + GRACE_MS + (is_held(thread) ? GRACE_MS : 0);
    for (size_t i = 0; i < thread->count; i++) {
        struct hf_bench_visit *visit = &thread->visits[i];
        if (visit->phase >= HF_VISIT_TALKING && visit->phase != HF_VISIT_CLOSING) {
            say_goodbye(visit);
            if (visit->phase == HF_VISIT_CLOSING)
                (void)hf_loop_change(thread->loop, &visit->entry, wants_of(visit), due_of(visit));
        } else if (visit->phase == HF_VISIT_RESTING) {
            drop(visit);
            visit->phase = HF_VISIT_GONE;
        }
    }
}

void *hf_bench_thread_run(void *context)
{
    struct hf_bench_thread *thread = context;
    uint64_t looked_ms = 0;
    bool is_on = true;
    while (is_on) {
        begin_more(thread);
        speak_next(thread);
        unsigned ready = 0;
        if (hf_loop_wait(thread->loop, STEP_MS) != HF_OK)
            break;
        for (struct hf_loop_entry *entry = hf_loop_next(thread->loop, &ready); entry != NULL;
             entry = hf_loop_next(thread->loop, &ready))
            step(entry->owner, ready);
        if (stage_of(thread) == HF_BENCH_OVER && thread->end_ms == 0)
            wind_up(thread);
        if (hf_socket_now_ms() >= looked_ms + STEP_MS / 2) {
            looked_ms = hf_socket_now_ms();
            is_on = goes_on(thread);
        }
    }
    atomic_fetch_sub(&thread->bench->running, 1);
    return NULL;
}

bool hf_bench_thread_open(struct hf_bench_thread *thread)
{
    thread->loop = hf_loop_new();
    thread->visits = calloc(thread->count, sizeof *thread->visits);
    thread->data = calloc(1, HF_VISIT_DATA_ROOM);
    if (thread->loop == NULL || thread->visits == NULL || thread->data == NULL || !hf_bench_sessions_open(thread))
        return false;
    for (size_t i = 0; i < thread->count; i++)
        thread->visits[i] = (struct hf_bench_visit){.thread = thread, .fd = -1, .phase = HF_VISIT_RESTING};
    return true;
}

void hf_bench_thread_close(struct hf_bench_thread *thread)
{
    for (size_t i = 0; thread->visits != NULL && i < thread->count; i++)
        if (thread->visits[i].thread != NULL)
            drop(&thread->visits[i]);
    hf_bench_sessions_close(thread);
    free(thread->visits);
    free(thread->data);
    hf_loop_free(thread->loop);
}
