/* What `bench` found, as lines for people and as JSON. */
#define _POSIX_C_SOURCE 200809L
#include "bench.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "out.h"
#include "report.h"

static const struct {
    unsigned permille;
    const char *name;
} percentiles[] = {{500, "p50"}, {900, "p90"}, {990, "p99"}};

static double seconds(uint64_t us)
{
    return (double)us / 1e6;
}

static double rate(uint64_t count, uint64_t us)
{
    return us == 0 ? 0 : (double)count / seconds(us);
}

/* With --hold, of the time until all were open: then they are quiet. */
static double handshakes_per_second(const struct hf_bench *bench)
{
    bool is_held = bench->flags.hold > 0 && bench->opened_us > 0;
    return rate(bench->results.full + bench->results.resumed, is_held ? bench->opened_us : bench->elapsed_us);
}

/* ---- while it runs ---- */

void hf_bench_tell_progress(const struct hf_bench *bench, uint64_t began_us)
{
    unsigned long long done = 0;
    unsigned long long resumed = 0;
    unsigned long long failed = 0;
    unsigned long long moved = 0;
    size_t held = 0;
    uint64_t took_us = hf_bench_now_us() - began_us;
    if (!isatty(STDERR_FILENO))
        return;
    for (size_t i = 0; i < bench->thread_count; i++) {
        const struct hf_bench_thread *thread = &bench->threads[i];
        done += atomic_load(&thread->done);
        resumed += atomic_load(&thread->resumed);
        failed += atomic_load(&thread->failed);
        moved += atomic_load(&thread->moved);
        held += atomic_load(&thread->held);
    }
    (void)fprintf(stderr, "\r%6.1f s  %llu handshakes, %.0f/s, %llu resumed", seconds(took_us), done,
                  rate(done, took_us), resumed);
    if (bench->flags.hold > 0)
        (void)fprintf(stderr, ", %zu held", held);
    if (moved > 0)
        (void)fprintf(stderr, ", %.1f MB/s", rate(moved, took_us) / 1e6);
    (void)fprintf(stderr, ", %llu failed\x1b[K", failed);
    (void)fflush(stderr);
}

void hf_bench_end_progress(void)
{
    if (isatty(STDERR_FILENO))
        (void)fprintf(stderr, "\r\x1b[K");
}

/* ---- for people ---- */

static void tell_times(const char *label, const struct hf_histogram *histogram)
{
    if (histogram->count == 0)
        return;
    printf("  %-20s", label);
    for (size_t i = 0; i < sizeof percentiles / sizeof percentiles[0]; i++)
        printf(" %s %9.3f ms ", percentiles[i].name,
               (double)hf_histogram_at(histogram, percentiles[i].permille) / 1000);
    printf(" max %9.3f ms\n", (double)histogram->max / 1000);
}

static void tell_head(const struct hf_bench *bench)
{
    const struct hf_bench_results *results = &bench->results;
    printf("%s", bench->address);
    if (results->version != 0)
        printf(", %s %s %s, %s", hf_report_version(results->version), results->suite, results->group,
               results->is_mutual ? "mutual" : "one-way");
    printf("; %zu at a time, %zu thread%s, %.1f s\n", bench->flags.connections, bench->thread_count,
           bench->thread_count == 1 ? "" : "s", seconds(bench->elapsed_us));
}

static void tell_handshakes(const struct hf_bench *bench)
{
    const struct hf_bench_results *results = &bench->results;
    uint64_t all = results->full + results->resumed;
    printf("  %-20s %llu, %.0f/s", "handshakes", (unsigned long long)all, handshakes_per_second(bench));
    if (bench->flags.resume > 0)
        printf(", of them resumed %llu (%.0f %%)", (unsigned long long)results->resumed,
               all == 0 ? 0 : 100.0 * (double)results->resumed / (double)all);
    if (results->confirmed > 0)
        printf(", we were asked and accepted in %llu", (unsigned long long)results->confirmed);
    if (results->unjudged > 0)
        printf(", no verdict %llu", (unsigned long long)results->unjudged);
    printf("\n");
    tell_times(results->resumed > 0 ? "full" : "time", &results->full_us);
    tell_times("resumed", &results->resumed_us);
}

static void tell_data(const struct hf_bench *bench)
{
    const struct hf_bench_results *results = &bench->results;
    if (bench->flags.hold > 0 || results->sent == 0)
        return;
    printf("  %-20s sent %.1f MB/s, received %.1f MB/s\n", "data", rate(results->sent, bench->elapsed_us) / 1e6,
           rate(results->received, bench->elapsed_us) / 1e6);
}

static double each(const struct hf_bench *bench, uint64_t before, uint64_t after)
{
    return bench->held == 0 ? 0 : ((double)after - (double)before) / (double)bench->held / 1024;
}

static void tell_memory(const struct hf_bench *bench, const char *who, const struct hf_bench_memory *memory)
{
    if (memory->before == 0)
        return;
    printf("  %-20s opened %.2f KiB, quiet %.2f KiB, after messages %.2f KiB each (%.1f MiB before)\n", who,
           each(bench, memory->before, memory->opened), each(bench, memory->before, memory->quiet),
           each(bench, memory->before, memory->spoken), (double)memory->before / 1048576);
}

static void tell_held(const struct hf_bench *bench)
{
    const struct hf_bench_results *results = &bench->results;
    if (bench->flags.hold == 0)
        return;
    printf("  %-20s %llu of %zu at once, opened in %.1f s\n", "held", (unsigned long long)bench->held,
           bench->flags.hold, seconds(bench->opened_us));
    tell_memory(bench, "memory, ours", &bench->own);
    tell_memory(bench, "memory, server's", &bench->server);
    tell_times("message and echo", &results->messages_us);
    if (results->lost > 0)
        printf("  %-20s %llu\n", "messages lost", (unsigned long long)results->lost);
}

static void tell_errors(const struct hf_bench_results *results)
{
    char text[2048];
    if (results->error_count == 0)
        return;
    printf("  %s%-20s%s %llu\n", hf_out_style(stdout, HF_OUT_RED), "failed", hf_out_style(stdout, HF_OUT_PLAIN),
           (unsigned long long)results->error_count);
    for (size_t i = 0; i < results->error_kinds; i++) {
        hf_out_explain(&results->errors[i].first, text, sizeof text);
        printf("  %12llu times     %s\n", (unsigned long long)results->errors[i].count, text);
    }
}

void hf_bench_tell(const struct hf_bench *bench)
{
    tell_head(bench);
    tell_handshakes(bench);
    tell_data(bench);
    tell_held(bench);
    tell_errors(&bench->results);
}

/* ---- for machines ---- */

static void tell_number(bool *first, const char *name, double value)
{
    printf("%s\"%s\": %.3f", *first ? "" : ", ", name, value);
    *first = false;
}

static void tell_times_json(bool *first, const char *name, const struct hf_histogram *histogram)
{
    bool inner = true;
    printf("%s\"%s\": {", *first ? "" : ", ", name);
    *first = false;
    hf_out_json_number(stdout, &inner, "count", (long long)histogram->count);
    for (size_t i = 0; i < sizeof percentiles / sizeof percentiles[0]; i++)
        tell_number(&inner, percentiles[i].name, (double)hf_histogram_at(histogram, percentiles[i].permille) / 1000);
    tell_number(&inner, "max", (double)histogram->max / 1000);
    tell_number(&inner, "mean", (double)hf_histogram_mean(histogram) / 1000);
    printf("}");
}

static void tell_memory_json(bool *first, const char *name, const struct hf_bench_memory *memory)
{
    bool inner = true;
    if (memory->before == 0)
        return;
    printf("%s\"%s\": {", *first ? "" : ", ", name);
    *first = false;
    hf_out_json_number(stdout, &inner, "before", (long long)memory->before);
    hf_out_json_number(stdout, &inner, "opened", (long long)memory->opened);
    hf_out_json_number(stdout, &inner, "quiet", (long long)memory->quiet);
    hf_out_json_number(stdout, &inner, "spoken", (long long)memory->spoken);
    printf("}");
}

static void tell_errors_json(bool *first, const struct hf_bench_results *results)
{
    printf("%s\"errors\": [", *first ? "" : ", ");
    *first = false;
    for (size_t i = 0; i < results->error_kinds; i++) {
        bool inner = true;
        printf("%s{", i == 0 ? "" : ", ");
        hf_out_json_number(stdout, &inner, "count", (long long)results->errors[i].count);
        printf(", \"failure\": ");
        hf_report_failure_json(stdout, &results->errors[i].first);
        printf("}");
    }
    printf("]");
}

static void tell_held_json(bool *first, const struct hf_bench *bench)
{
    if (bench->flags.hold == 0)
        return;
    hf_out_json_number(stdout, first, "held", (long long)bench->held);
    tell_number(first, "opened_seconds", seconds(bench->opened_us));
    tell_times_json(first, "message_ms", &bench->results.messages_us);
    hf_out_json_number(stdout, first, "messages_lost", (long long)bench->results.lost);
    tell_memory_json(first, "own_memory", &bench->own);
    tell_memory_json(first, "server_memory", &bench->server);
}

void hf_bench_tell_json(const struct hf_bench *bench)
{
    const struct hf_bench_results *results = &bench->results;
    bool first = true;
    putchar('{');
    hf_out_json_member(stdout, &first, "address", bench->address);
    hf_out_json_member(stdout, &first, "version", hf_report_version(results->version));
    hf_out_json_member(stdout, &first, "suite", results->suite);
    hf_out_json_member(stdout, &first, "group", results->group);
    hf_out_json_bool(stdout, &first, "mutual", results->is_mutual);
    hf_out_json_number(stdout, &first, "connections", (long long)bench->flags.connections);
    hf_out_json_number(stdout, &first, "threads", (long long)bench->thread_count);
    tell_number(&first, "seconds", seconds(bench->elapsed_us));
    hf_out_json_number(stdout, &first, "full", (long long)results->full);
    hf_out_json_number(stdout, &first, "resumed", (long long)results->resumed);
    hf_out_json_number(stdout, &first, "accepted", (long long)results->confirmed);
    hf_out_json_number(stdout, &first, "no_verdict", (long long)results->unjudged);
    tell_number(&first, "handshakes_per_second", handshakes_per_second(bench));
    tell_times_json(&first, "full_ms", &results->full_us);
    tell_times_json(&first, "resumed_ms", &results->resumed_us);
    hf_out_json_number(stdout, &first, "bytes_sent", (long long)results->sent);
    hf_out_json_number(stdout, &first, "bytes_received", (long long)results->received);
    tell_held_json(&first, bench);
    hf_out_json_number(stdout, &first, "failed", (long long)results->error_count);
    tell_errors_json(&first, results);
    printf("}\n");
}
