/* Sessions to be resumed. A ticket of TLS 1.3 serves once (RFC 9846 C.4), a session of 1.2 as often as it is taken. */
#define _GNU_SOURCE /* explicit_bzero */
#include "bench_visit.h"

#include <handfast/session.h>

#include <stdlib.h>
#include <string.h>

enum { SESSIONS_MAX = 64 };

struct hf_bench_session {
    unsigned char *bytes;
    size_t len;
    bool is_used_up; /* by being offered */
};

bool hf_bench_sessions_open(struct hf_bench_thread *thread)
{
    thread->sessions = calloc(SESSIONS_MAX, sizeof *thread->sessions);
    return thread->sessions != NULL;
}

static void forget_last(struct hf_bench_thread *thread)
{
    struct hf_bench_session *session = &thread->sessions[--thread->session_count];
    explicit_bzero(session->bytes, session->len);
    free(session->bytes);
    session->bytes = NULL;
}

void hf_bench_sessions_close(struct hf_bench_thread *thread)
{
    while (thread->session_count > 0)
        forget_last(thread);
    free(thread->sessions);
}

struct hf_connection *hf_bench_sessions_begin(struct hf_bench_thread *thread)
{
    const struct hf_bench *bench = thread->bench;
    thread->resume_debt += bench->flags.resume;
    if (thread->resume_debt < 100 || thread->session_count == 0) {
        thread->resume_debt = thread->resume_debt > 200 ? 200 : thread->resume_debt; /* what was missed stays so */
        return hf_connection_new(bench->config, bench->name, hf_socket_now_ms(), NULL);
    }
    thread->resume_debt -= 100;
    const struct hf_bench_session *session = &thread->sessions[thread->session_count - 1];
    struct hf_connection *connection =
        hf_connection_resume(bench->config, bench->name, session->bytes, session->len, hf_socket_now_ms(), NULL);
    if (session->is_used_up)
        forget_last(thread);
    return connection;
}

/* 1.3 has a stock, of 1.2 the newest is enough. */
void hf_bench_sessions_keep(struct hf_bench_thread *thread, const struct hf_connection *connection)
{
    struct hf_session_info info;
    size_t size = hf_session_size(connection);
    hf_session_info(connection, &info);
    bool is_13 = info.version == HF_TLS13 || info.version == HF_DTLS13;
    if (thread->bench->flags.resume == 0 || size == 0)
        return;
    while (thread->session_count > 0 && (!is_13 || thread->session_count == SESSIONS_MAX))
        forget_last(thread);
    struct hf_bench_session session = {.bytes = malloc(size), .is_used_up = is_13};
    if (session.bytes == NULL)
        return;
    if (hf_session_bytes(connection, session.bytes, size, &session.len) == HF_OK)
        thread->sessions[thread->session_count++] = session;
    else
        free(session.bytes);
}
