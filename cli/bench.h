/* `handfast bench`: many connections to one server, from threads with an event loop each, and what they cost. */
#ifndef HF_CLI_BENCH_H
#define HF_CLI_BENCH_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <handfast/connection.h>
#include <handfast/loop.h>

#include "endpoint.h"
#include "histogram.h"
#include "settings.h"

enum { HF_BENCH_CONNECTIONS_MAX = 1 << 20, HF_BENCH_THREADS_MAX = 256, HF_BENCH_ERRORS_MAX = 16 };

struct hf_bench_flags {
    const char *name;
    size_t connections; /* at a time */
    size_t threads;
    size_t count; /* handshakes in all; 0: as many as there is time for */
    int duration_ms;
    size_t resume; /* percent */
    size_t bytes;  /* sent by each connection; with --hold in each message */
    bool echo;     /* they come back */
    size_t hold;   /* connections held at once; 0: each closes when it is done */
    size_t pid;    /* the server's, whose memory is looked at; 0: none */
    size_t rounds; /* --hold: messages on each */
    int idle_ms;   /* --hold: how long all are quiet before memory is measured */
    int timeout_ms;
    int verdict_timeout_ms;
    bool json;
};

/* One way to fail. */
struct hf_bench_error {
    struct hf_failure first;
    uint64_t count;
};

struct hf_bench_results {
    uint64_t full;
    uint64_t resumed;
    uint64_t confirmed; /* of these, by the server's acceptance of our certificate */
    uint64_t unjudged;  /* it said nothing in the time given */
    uint64_t sent;      /* bytes of data */
    uint64_t received;
    uint64_t lost; /* messages of datagrams that did not come back */
    struct hf_histogram full_us;
    struct hf_histogram resumed_us;
    struct hf_histogram messages_us; /* --hold: there and back */
    struct hf_bench_error errors[HF_BENCH_ERRORS_MAX];
    size_t error_kinds;
    uint64_t error_count;
    uint64_t last_us;        /* when the last of all these was */
    enum hf_version version; /* of the first that opened; 0: none did */
    char suite[64];
    char group[40];
    bool is_mutual;
};

/* Of --hold, in their order. */
enum hf_bench_stage {
    HF_BENCH_OPENING = 0,
    HF_BENCH_QUIET,
    HF_BENCH_SPEAKING, /* one message on each */
    HF_BENCH_OVER      /* no new ones; who is not done gets a moment */
};

struct hf_bench_visit;
struct hf_bench_session;

struct hf_bench;

struct hf_bench_thread {
    struct hf_bench *bench;
    size_t number;
    pthread_t thread;
    bool runs;
    struct hf_loop *loop;
    struct hf_bench_visit *visits;
    size_t count;                      /* of visits */
    size_t begun;                      /* --hold: how many of them have begun */
    size_t speaking;                   /* --hold: whose turn it is */
    size_t round;                      /* --hold: of the messages; from 0 */
    struct hf_bench_session *sessions; /* to be resumed */
    size_t session_count;
    size_t resume_debt; /* percent points that full handshakes left behind */
    bool is_over;
    uint64_t end_ms; /* of the moment after HF_BENCH_OVER; 0: not yet */
    char *data;      /* room to send from and receive into */
    struct hf_bench_results results;
    atomic_ullong done; /* for whoever looks on */
    atomic_ullong resumed;
    atomic_ullong failed;
    atomic_ullong moved; /* bytes of data */
    atomic_size_t held;
    atomic_size_t settled; /* --hold: opened or failed */
    atomic_bool has_spoken;
};

struct hf_bench {
    struct hf_bench_flags flags;
    struct hf_settings settings;
    struct hf_endpoint endpoint;
    struct hf_endpoint_target target;
    char address[HF_ENDPOINT_TEXT_ROOM];
    const char *name; /* to be proven; NULL with --any-name */
    struct hf_config *config;
    struct hf_bench_thread *threads;
    size_t thread_count;
    atomic_ullong begun; /* for --count */
    atomic_int stage;
    atomic_size_t running;
    /* Measured. */
    uint64_t began_us;
    uint64_t elapsed_us;             /* of --count: until the last handshake, failure or data */
    struct hf_bench_results results; /* of all threads */
    struct hf_bench_memory {
        uint64_t before; /* bytes of resident memory; 0: not known */
        uint64_t opened;
        uint64_t quiet;
        uint64_t spoken;
    } own, server;
    uint64_t held;      /* at once */
    uint64_t opened_us; /* how long that took */
};

/* Microseconds of a clock that nobody sets back. */
uint64_t hf_bench_now_us(void);

/* A thread's work, until it is over. */
void *hf_bench_thread_run(void *thread);

/* Before and after it. False: there is no memory. */
bool hf_bench_thread_open(struct hf_bench_thread *thread);
void hf_bench_thread_close(struct hf_bench_thread *thread);

/* Runs all threads to the end, and fills in what was measured; the exit status. */
int hf_bench_run(struct hf_bench *bench);

/* One failure more of its kind. */
void hf_bench_note(struct hf_bench_results *results, const struct hf_failure *failure, uint64_t count);

/* A line that is written over and over, on a terminal only; and its end. */
void hf_bench_tell_progress(const struct hf_bench *bench, uint64_t began_us);
void hf_bench_end_progress(void);

/* What came of it, for people and for machines. */
void hf_bench_tell(const struct hf_bench *bench);
void hf_bench_tell_json(const struct hf_bench *bench);

#endif
