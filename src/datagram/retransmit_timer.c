/* RFC 9147 5.8.2. A measured round trip includes what the peer thought about; 50 ms are added for jitter. */
#include "datagram/retransmit_timer.h"

enum { JITTER_MS = 50 };

void hf_retransmit_timer_init(struct hf_retransmit_timer *timer)
{
    *timer = (struct hf_retransmit_timer){
        .due_ms = HF_RETRANSMIT_NEVER,
        .timeout_ms = HF_RETRANSMIT_INITIAL_MS,
        .base_ms = HF_RETRANSMIT_INITIAL_MS,
    };
}

void hf_retransmit_timer_start(struct hf_retransmit_timer *timer, uint64_t now_ms)
{
    timer->timeout_ms = timer->base_ms;
    timer->sent_ms = now_ms;
    timer->due_ms = now_ms + timer->timeout_ms;
    timer->expiries = 0;
    timer->resends = 0;
    timer->is_measurable = true;
    timer->is_heard = false;
}

void hf_retransmit_timer_heard(struct hf_retransmit_timer *timer)
{
    timer->is_heard = true;
    timer->expiries = 0;
}

void hf_retransmit_timer_again(struct hf_retransmit_timer *timer, uint64_t now_ms)
{
    timer->sent_ms = now_ms;
    timer->due_ms = now_ms + timer->timeout_ms;
    timer->is_measurable = false;
}

void hf_retransmit_timer_answered(struct hf_retransmit_timer *timer, uint64_t now_ms)
{
    hf_retransmit_timer_heard(timer);
    if (!timer->is_measurable || now_ms < timer->sent_ms)
        return;
    timer->is_measurable = false;
    uint64_t trip_ms = now_ms - timer->sent_ms;
    uint64_t timeout_ms = trip_ms + trip_ms / 2 + JITTER_MS;
    if (timeout_ms < HF_RETRANSMIT_MIN_MS)
        timeout_ms = HF_RETRANSMIT_MIN_MS;
    timer->base_ms = (uint32_t)(timeout_ms < HF_RETRANSMIT_MAX_MS ? timeout_ms : HF_RETRANSMIT_MAX_MS);
    timer->timeout_ms = timer->base_ms;
}

bool hf_retransmit_timer_expire(struct hf_retransmit_timer *timer, uint64_t now_ms)
{
    timer->expiries++;
    timer->resends++;
    if (timer->expiries > HF_RETRANSMIT_TRIES || timer->resends > HF_RETRANSMIT_RESENDS) {
        hf_retransmit_timer_stop(timer);
        return false;
    }
    uint32_t next_ms = timer->is_heard ? timer->timeout_ms : timer->timeout_ms * 2;
    timer->timeout_ms = next_ms < HF_RETRANSMIT_MAX_MS ? next_ms : HF_RETRANSMIT_MAX_MS;
    timer->is_heard = false;
    hf_retransmit_timer_again(timer, now_ms);
    return true;
}

void hf_retransmit_timer_stop(struct hf_retransmit_timer *timer)
{
    timer->due_ms = HF_RETRANSMIT_NEVER;
}
