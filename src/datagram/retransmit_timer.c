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

/* base_ms doubled `times` times, within bounds. */
static uint32_t doubled(uint32_t base_ms, unsigned times)
{
    uint32_t ms = base_ms;
    while (times-- > 0 && ms < HF_RETRANSMIT_MAX_MS)
        ms *= 2;
    return ms < HF_RETRANSMIT_MAX_MS ? ms : HF_RETRANSMIT_MAX_MS;
}

void hf_retransmit_timer_fix(struct hf_retransmit_timer *timer, uint32_t base_ms)
{
    timer->is_fixed = base_ms != 0;
    timer->base_ms = base_ms != 0 ? doubled(base_ms, 0) : HF_RETRANSMIT_INITIAL_MS;
    timer->timeout_ms = doubled(timer->base_ms, timer->expiries);
    if (timer->due_ms != HF_RETRANSMIT_NEVER)
        timer->due_ms = timer->sent_ms + timer->timeout_ms;
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
    if (timer->is_fixed)
        return;
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
    if (!timer->is_measurable || timer->is_fixed || now_ms < timer->sent_ms)
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
    unsigned tries = timer->is_fixed ? HF_RETRANSMIT_FIXED_TRIES : HF_RETRANSMIT_TRIES;
    if (timer->expiries > tries || timer->resends > HF_RETRANSMIT_RESENDS) {
        hf_retransmit_timer_stop(timer);
        return false;
    }
    timer->timeout_ms = doubled(timer->timeout_ms, timer->is_heard ? 0 : 1);
    timer->is_heard = false;
    hf_retransmit_timer_again(timer, now_ms);
    return true;
}

void hf_retransmit_timer_stop(struct hf_retransmit_timer *timer)
{
    timer->due_ms = HF_RETRANSMIT_NEVER;
}
