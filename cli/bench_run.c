/* The threads of `bench`, the clock over them, and the stages of --hold. */
#define _POSIX_C_SOURCE 200809L
#include "bench.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "out.h"
#include "stop.h"

enum { LOOK_MS = 20, PROGRESS_MS = 200 };

uint64_t hf_bench_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

void hf_bench_note(struct hf_bench_results *results, const struct hf_failure *failure, uint64_t count)
{
    size_t i = 0;
    results->error_count += count;
    while (i < results->error_kinds && results->errors[i].first.error != failure->error)
        i++;
    if (i == HF_BENCH_ERRORS_MAX)
        return; /* it counts, and goes without a word */
    if (i == results->error_kinds)
        results->errors[results->error_kinds++] = (struct hf_bench_error){.first = *failure};
    results->errors[i].count += count;
}

/* ---- memory ---- */

/* Resident bytes of a process, by the second number of /proc/PID/statm, which are pages; 0: it does not tell. */
static uint64_t resident(size_t pid)
{
    char path[64];
    (void)snprintf(path, sizeof path, pid == 0 ? "/proc/self/statm" : "/proc/%zu/statm", pid);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return 0;
    char line[128] = "";
    char *behind_size = line;
    if (fgets(line, sizeof line, file) != NULL)
        (void)strtoull(line, &behind_size, 10);
    (void)fclose(file);
    return strtoull(behind_size, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void measure(const struct hf_bench *bench, uint64_t *ret_own, uint64_t *ret_server)
{
    *ret_own = resident(0);
    *ret_server = bench->flags.pid > 0 ? resident(bench->flags.pid) : 0;
}

/* ---- stages ---- */

static void enter(struct hf_bench *bench, enum hf_bench_stage stage)
{
    atomic_store(&bench->stage, (int)stage);
    for (size_t i = 0; i < bench->thread_count; i++)
        hf_loop_wake(bench->threads[i].loop);
}

static size_t sum_of_settled(const struct hf_bench *bench)
{
    size_t sum = 0;
    for (size_t i = 0; i < bench->thread_count; i++)
        sum += atomic_load(&bench->threads[i].settled);
    return sum;
}

static size_t sum_of_held(const struct hf_bench *bench)
{
    size_t sum = 0;
    for (size_t i = 0; i < bench->thread_count; i++)
        sum += atomic_load(&bench->threads[i].held);
    return sum;
}

static bool have_spoken(const struct hf_bench *bench)
{
    for (size_t i = 0; i < bench->thread_count; i++)
        if (!atomic_load(&bench->threads[i].has_spoken))
            return false;
    return true;
}

/* What comes next with --hold, and when. */
static void turn_stage(struct hf_bench *bench, uint64_t began_us, uint64_t *quiet_since_us)
{
    uint64_t now_us = hf_bench_now_us();
    enum hf_bench_stage stage = (enum hf_bench_stage)atomic_load(&bench->stage);
    bool was_quiet = now_us - *quiet_since_us >= (uint64_t)bench->flags.idle_ms * 1000;
    if (stage == HF_BENCH_OPENING && sum_of_settled(bench) == bench->flags.hold) {
        bench->held = sum_of_held(bench);
        bench->opened_us = now_us - began_us;
        *quiet_since_us = now_us;
        measure(bench, &bench->own.opened, &bench->server.opened);
        enter(bench, HF_BENCH_QUIET);
    } else if (stage == HF_BENCH_QUIET && was_quiet) {
        measure(bench, &bench->own.quiet, &bench->server.quiet);
        *quiet_since_us = 0;
        enter(bench, HF_BENCH_SPEAKING);
    } else if (stage == HF_BENCH_SPEAKING && have_spoken(bench)) {
        *quiet_since_us = *quiet_since_us == 0 ? now_us : *quiet_since_us;
        if (now_us - *quiet_since_us < (uint64_t)bench->flags.idle_ms * 1000)
            return;
        measure(bench, &bench->own.spoken, &bench->server.spoken);
        enter(bench, HF_BENCH_OVER);
    }
}

static void nap(void)
{
    const struct timespec moment = {.tv_nsec = LOOK_MS * 1000000L};
    (void)nanosleep(&moment, NULL);
}

static void watch(struct hf_bench *bench)
{
    const uint64_t began_us = bench->began_us;
    uint64_t told_us = 0;
    uint64_t quiet_since_us = 0;
    bool is_over = false;
    while (atomic_load(&bench->running) > 0) {
        nap();
        uint64_t now_us = hf_bench_now_us();
        if (bench->flags.hold > 0)
            turn_stage(bench, began_us, &quiet_since_us);
        bool is_time = now_us - began_us >= (uint64_t)bench->flags.duration_ms * 1000 || hf_stop_asked();
        if (is_time && atomic_load(&bench->stage) != HF_BENCH_OVER)
            enter(bench, HF_BENCH_OVER);
        if (atomic_load(&bench->stage) == HF_BENCH_OVER && !is_over) {
            bench->elapsed_us = now_us - began_us;
            is_over = true;
        }
        if (!is_over && now_us - told_us >= PROGRESS_MS * UINT64_C(1000)) {
            hf_bench_tell_progress(bench, began_us);
            told_us = now_us;
        }
    }
    hf_bench_end_progress();
}

/* ---- threads ---- */

static void join_results(struct hf_bench_results *all, const struct hf_bench_results *one)
{
    all->full += one->full;
    all->resumed += one->resumed;
    all->confirmed += one->confirmed;
    all->unjudged += one->unjudged;
    all->sent += one->sent;
    all->received += one->received;
    all->lost += one->lost;
    all->last_us = one->last_us > all->last_us ? one->last_us : all->last_us;
    hf_histogram_join(&all->full_us, &one->full_us);
    hf_histogram_join(&all->resumed_us, &one->resumed_us);
    hf_histogram_join(&all->messages_us, &one->messages_us);
    for (size_t i = 0; i < one->error_kinds; i++)
        hf_bench_note(all, &one->errors[i].first, one->errors[i].count);
    all->is_mutual |= one->is_mutual;
    if (all->version != 0 || one->version == 0)
        return;
    all->version = one->version;
    (void)snprintf(all->suite, sizeof all->suite, "%s", one->suite);
    (void)snprintf(all->group, sizeof all->group, "%s", one->group);
}

static size_t share_of(const struct hf_bench *bench, size_t number)
{
    size_t all = bench->flags.hold > 0 ? bench->flags.hold : bench->flags.connections;
    return all / bench->thread_count + (number < all % bench->thread_count);
}

static bool open_threads(struct hf_bench *bench)
{
    bench->thread_count = bench->flags.threads;
    bench->threads = calloc(bench->thread_count, sizeof *bench->threads);
    if (bench->threads == NULL)
        return false;
    for (size_t i = 0; i < bench->thread_count; i++) {
        bench->threads[i].bench = bench;
        bench->threads[i].number = i;
        bench->threads[i].count = share_of(bench, i);
    }
    for (size_t i = 0; i < bench->thread_count; i++)
        if (!hf_bench_thread_open(&bench->threads[i]))
            return false;
    return true;
}

/* Signals end the naps of the main thread. */
static bool start_threads(struct hf_bench *bench)
{
    sigset_t all;
    sigset_t before;
    bool all_run = true;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (size_t i = 0; i < bench->thread_count && all_run; i++) {
        struct hf_bench_thread *thread = &bench->threads[i];
        atomic_fetch_add(&bench->running, 1);
        thread->runs = pthread_create(&thread->thread, NULL, hf_bench_thread_run, thread) == 0;
        if (!thread->runs)
            atomic_fetch_sub(&bench->running, 1);
        all_run = thread->runs;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return all_run;
}

static void close_threads(struct hf_bench *bench)
{
    for (size_t i = 0; bench->threads != NULL && i < bench->thread_count; i++) {
        if (bench->threads[i].runs)
            (void)pthread_join(bench->threads[i].thread, NULL);
        join_results(&bench->results, &bench->threads[i].results);
        hf_bench_thread_close(&bench->threads[i]);
    }
    free(bench->threads);
    bench->threads = NULL;
    if (bench->elapsed_us == 0) /* nobody cut it off: goodbyes, and looking whether all are gone, are no part of it */
        bench->elapsed_us = bench->results.last_us > bench->began_us ? bench->results.last_us - bench->began_us : 0;
}

static int status_of(const struct hf_bench_results *results)
{
    const struct hf_bench_error *most = NULL;
    for (size_t i = 0; i < results->error_kinds; i++)
        if (most == NULL || results->errors[i].count > most->count)
            most = &results->errors[i];
    return most == NULL ? HF_EXIT_FINE : hf_error_exit_status(most->first.error);
}

int hf_bench_run(struct hf_bench *bench)
{
    bool fine = open_threads(bench);
    if (fine) {
        measure(bench, &bench->own.before, &bench->server.before);
        bench->began_us = hf_bench_now_us();
        fine = start_threads(bench);
        if (!fine)
            enter(bench, HF_BENCH_OVER);
        watch(bench);
    }
    close_threads(bench);
    if (!fine) {
        hf_out_error("bench: the system gives no more memory or threads");
        return hf_error_exit_status(HF_ERR_no_memory);
    }
    if (bench->flags.json)
        hf_bench_tell_json(bench);
    else
        hf_bench_tell(bench);
    return status_of(&bench->results);
}
