/* What a visit says, and what it hears. Over datagrams little is under way at a time, for nobody slows a sender down.
 */
#define _POSIX_C_SOURCE 200809L
#include "bench_visit.h"

enum { UNDER_WAY_MAX = 8192, DATAGRAMS_AT_ONCE = 16, MESSAGE_LOST_MS = 2000 };

static bool is_held(const struct hf_bench_visit *visit)
{
    return visit->phase == HF_VISIT_HELD || visit->phase == HF_VISIT_SPEAKING;
}

bool hf_bench_visit_has_more(const struct hf_bench_visit *visit)
{
    const struct hf_bench *bench = visit->thread->bench;
    if (visit->phase != HF_VISIT_TALKING && visit->phase != HF_VISIT_SPEAKING)
        return false;
    bool waits = bench->settings.dtls && bench->flags.echo && visit->sent - visit->received >= UNDER_WAY_MAX;
    return visit->sent < bench->flags.bytes && !waits;
}

static enum hf_error send_some(struct hf_bench_visit *visit)
{
    struct hf_bench_thread *thread = visit->thread;
    size_t left = thread->bench->flags.bytes - visit->sent;
    size_t room = hf_datagram_room(visit->connection);
    size_t taken = 0;
    left = left < HF_VISIT_DATA_ROOM ? left : HF_VISIT_DATA_ROOM;
    const struct hf_bytes data = {thread->data, left < room ? left : room};
    enum hf_error error = hf_socket_send_data(visit->connection, visit->fd, &visit->unsent, data, &taken);
    visit->sent += taken;
    thread->results.sent += taken;
    thread->results.last_us = hf_bench_now_us();
    atomic_fetch_add(&thread->moved, taken);
    return error;
}

bool hf_bench_visit_talk(struct hf_bench_visit *visit)
{
    const struct hf_bench_flags *flags = &visit->thread->bench->flags;
    uint64_t before = visit->sent + 1;
    enum hf_error error = HF_OK;
    while (error == HF_OK && hf_bench_visit_has_more(visit) && visit->unsent.bytes == NULL && before != visit->sent) {
        before = visit->sent;
        error = send_some(visit);
        if (!visit->thread->bench->settings.dtls)
            break; /* the others, too, want to be served */
    }
    if (error != HF_OK) {
        hf_bench_visit_fail(visit, error, "");
        return false;
    }
    if (before < visit->sent)
        visit->limit_ms = hf_socket_now_ms() + (uint64_t)flags->timeout_ms;
    return visit->sent == flags->bytes && visit->unsent.bytes == NULL &&
           (!flags->echo || visit->received >= flags->bytes);
}

static void be_held_again(struct hf_bench_visit *visit)
{
    visit->phase = HF_VISIT_HELD;
    visit->spoken++;
    visit->limit_ms = UINT64_MAX;
    visit->rest_ms = hf_socket_now_ms() + 1000;
}

static void hear(struct hf_bench_visit *visit, size_t len)
{
    struct hf_bench_thread *thread = visit->thread;
    const struct hf_bench_flags *flags = &thread->bench->flags;
    if (len == 0 || visit->phase == HF_VISIT_CLOSING)
        return;
    visit->received += len;
    thread->results.received += len;
    thread->results.last_us = hf_bench_now_us();
    atomic_fetch_add(&thread->moved, len);
    if (!is_held(visit))
        visit->limit_ms = hf_socket_now_ms() + (uint64_t)flags->timeout_ms;
    if (visit->phase != HF_VISIT_SPEAKING || visit->received < flags->bytes)
        return;
    hf_histogram_add(&thread->results.messages_us, hf_bench_now_us() - visit->spoke_us);
    be_held_again(visit);
}

/* Of datagrams several: each has a message or two, and the loop knows the socket only. */
enum hf_error hf_bench_visit_receive(struct hf_bench_visit *visit)
{
    struct hf_bench_thread *thread = visit->thread;
    const struct hf_room room = {thread->data, HF_VISIT_DATA_ROOM};
    const size_t turns = thread->bench->settings.dtls ? DATAGRAMS_AT_ONCE : 1;
    enum hf_error error = HF_OK;
    size_t len = 1;
    for (size_t i = 0; i < turns && len > 0 && error == HF_OK; i++) {
        error = hf_socket_receive_data(visit->connection, visit->fd, room, &len);
        if (error == HF_OK)
            hear(visit, len);
    }
    return error;
}

void hf_bench_visit_speak(struct hf_bench_visit *visit)
{
    const struct hf_bench *bench = visit->thread->bench;
    visit->phase = HF_VISIT_SPEAKING;
    visit->sent = visit->received = 0;
    visit->spoke_us = hf_bench_now_us();
    visit->rest_ms = UINT64_MAX;
    visit->limit_ms = hf_socket_now_ms() + (uint64_t)(bench->settings.dtls ? MESSAGE_LOST_MS : bench->flags.timeout_ms);
    enum hf_error error = send_some(visit);
    if (error != HF_OK)
        hf_bench_visit_fail(visit, error, "");
    else if (!bench->flags.echo)
        be_held_again(visit);
}

void hf_bench_visit_lose(struct hf_bench_visit *visit)
{
    visit->thread->results.lost++;
    be_held_again(visit);
}
