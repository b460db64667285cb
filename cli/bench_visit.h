/* A visit of `bench`, as the files of its thread share it. */
#ifndef HF_CLI_BENCH_VISIT_H
#define HF_CLI_BENCH_VISIT_H

#include <handfast/socket.h>

#include "bench.h"

enum hf_bench_phase {
    HF_VISIT_GONE = 0, /* it does not come again */
    HF_VISIT_RESTING,  /* it comes again when its limit has passed */
    HF_VISIT_CONNECTING,
    HF_VISIT_SHAKING,
    HF_VISIT_JUDGED, /* open; what the server thinks of us is waited for */
    HF_VISIT_TALKING,
    HF_VISIT_HELD,
    HF_VISIT_SPEAKING, /* held, and its message is under way */
    HF_VISIT_CLOSING
};

enum { HF_VISIT_DATA_ROOM = 65536 };

struct hf_bench_visit {
    struct hf_bench_thread *thread;
    struct hf_connection *connection;
    int fd;
    enum hf_bench_phase phase;
    bool opened;
    bool accepted;
    bool peer_closed;
    bool has_session;
    size_t spoken;     /* messages */
    uint64_t limit_ms; /* of the phase; UINT64_MAX: none */
    uint64_t rest_ms;  /* when a held one has been quiet for long enough to rest; UINT64_MAX: it rests */
    uint64_t began_us;
    uint64_t judged_us; /* when it was accepted, or opened where nobody judges us */
    uint64_t spoke_us;
    uint64_t sent; /* bytes of data */
    uint64_t received;
    struct hf_socket_unsent unsent;
    struct hf_loop_entry entry; /* .owner is NULL: not in the loop */
};

/* ---- bench_thread.c ---- */

/* It is counted by the connection's failure, or by this one, and comes again later. */
void hf_bench_visit_fail(struct hf_bench_visit *visit, enum hf_error error, const char *got);

/* ---- bench_data.c ---- */

/* Whether it has more to send now. */
bool hf_bench_visit_has_more(const struct hf_bench_visit *visit);

/* Sends what goes. True: all was sent and, with --echo, came back. */
bool hf_bench_visit_talk(struct hf_bench_visit *visit);

/* Takes data that has come. */
enum hf_error hf_bench_visit_receive(struct hf_bench_visit *visit);

/* A held one sends its message; with --echo it is held again when that is back. */
void hf_bench_visit_speak(struct hf_bench_visit *visit);

/* A message over datagrams was lost, and it is held on. */
void hf_bench_visit_lose(struct hf_bench_visit *visit);

/* ---- bench_sessions.c: of one thread, and not shared ---- */

bool hf_bench_sessions_open(struct hf_bench_thread *thread);
void hf_bench_sessions_close(struct hf_bench_thread *thread);

/* A connection, which offers a session if it is one of the share to be resumed, and there is one. NULL: no memory. */
struct hf_connection *hf_bench_sessions_begin(struct hf_bench_thread *thread);

/* Takes over the session that it has to give. */
void hf_bench_sessions_keep(struct hf_bench_thread *thread, const struct hf_connection *connection);

#endif
