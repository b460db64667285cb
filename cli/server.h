/* `serve` at work: one thread or several, each with an event loop and guests of its own. What they share is the config
 * that new guests are met with, which is replaced whole, a few counters, and standard output. */
#ifndef HF_CLI_SERVER_H
#define HF_CLI_SERVER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include <handfast/current.h>
#include <handfast/loop.h>

#include "guest.h"
#include "inbox.h"
#include "reload.h"
#include "settings.h"
#include "zoo.h"

enum { HF_SERVER_GUESTS_MAX = 1 << 20, HF_SERVER_THREADS_MAX = 256, HF_SERVER_BUCKETS = 4096 };

struct hf_server_flags {
    const char *listen;
    bool http;
    bool echo;
    bool ask_later;
    bool once;
    bool json;
    bool verbose;
    bool quiet;
    const char *reload;
    int handshake_timeout_ms;
    int idle_timeout_ms;
    size_t max_connections;
    size_t threads; /* 0: one for each processor */
    size_t bad;
    const char *bad_folder;
};

struct hf_server;

/* One thread, and what is its own. */
struct hf_server_thread {
    struct hf_server *server;
    size_t number; /* from 0, which is the program's first: it minds the files to be reloaded, too */
    pthread_t thread;
    bool runs;
    struct hf_loop *loop;
    struct hf_loop_entry listening; /* over streams the listening socket of all, over datagrams its own */
    struct hf_loop_entry reloading; /* the first's */
    struct hf_guest **guests;
    size_t count;
    size_t room;
    struct hf_guest *current;                     /* whom the connection being moved belongs to, over streams */
    struct hf_guest *begun_as[HF_SERVER_BUCKETS]; /* over datagrams: guests, to be found by their connections */
    struct hf_listener *crowd;                    /* over datagrams: all guests by one socket; else NULL */
    char *datagram;                               /* over datagrams: room to receive one */
    struct hf_inbox inbox;                        /* over datagrams with connection IDs: what others got for us */
    uint64_t refused_told;                        /* over datagrams: hellos refused, of those the listener counts */
    uint64_t pause_until_ms;                      /* the system had no descriptor left */
    unsigned long loads;                          /* of the server's, that it has followed */
    bool may_prepare;                             /* a key share less may be ready than there should be */
    uint64_t end_ms;                              /* when those who were told goodbye have had their time; 0: not yet */
    int status;                                   /* --once: the guest's exit status */
};

struct hf_server {
    struct hf_server_flags flags;
    struct hf_settings settings;
    struct hf_zoo zoo;         /* --bad */
    struct hf_current *config; /* what new guests are met with */
    struct hf_reload reload;   /* the first thread's */
    struct hf_server_thread *threads;
    size_t thread_count;
    int listener;         /* of streams; -1: no more guests */
    atomic_size_t guests; /* over streams: of all threads */
    atomic_ulong total;
    atomic_ulong loads; /* how often `config` was replaced */
    atomic_bool is_stopping;
};

/* Serves until it is asked to stop; the exit status. */
int hf_server_run(struct hf_server *server);

/* The config's observer (hf_settings_observer): whoever's message it is, the thread that moves its connection knows. */
void hf_server_see(void *context, const struct hf_connection *connection, const struct hf_seen *what);

/* ---- for the files of the server ---- */

struct hf_guest_limits hf_server_limits(const struct hf_server *server);
enum hf_guest_service hf_server_service(const struct hf_server *server);

/* A guest more, of this thread. False: there is no memory, and it is freed. */
bool hf_server_thread_add(struct hf_server_thread *thread, struct hf_guest *guest);

/* What became of a guest after a step is told, and it is taken out when it is gone; else the loop knows what it waits
 * for. False: it is gone. */
bool hf_server_thread_settle(struct hf_server_thread *thread, struct hf_guest *guest);

/* Turns that are not about a guest: stopping, files that changed. How long the next wait may be. */
int hf_server_thread_turn(struct hf_server_thread *thread);

/* Behind each wait, and what it led to: where nothing came a key share is made ready (--prepared-shares), one, and the
 * next wait only looks whether somebody is there. */
void hf_server_thread_prepare(struct hf_server_thread *thread, bool was_quiet);

/* Each until its end. */
void hf_server_streams_run(struct hf_server_thread *thread);
void hf_server_datagrams_run(struct hf_server_thread *thread);
bool hf_server_datagrams_open(struct hf_server_thread *thread);

/* Says goodbye to all who are there, and lets in no more. */
void hf_server_thread_dismiss(struct hf_server_thread *thread);

/* Wakes the threads, but not this one. */
void hf_server_wake_others(const struct hf_server_thread *thread);

/* Over datagrams: the guest that this connection is, or NULL. */
struct hf_guest *hf_server_datagrams_guest(struct hf_server_thread *thread, const struct hf_connection *connection);

#endif
