/* Invariant: bit 0 of `seen` is set as soon as anything came. RFC 9147 4.5.1. */
#include "datagram/replay_window.h"

bool hf_replay_window_is_new(const struct hf_replay_window *window, uint64_t sequence)
{
    if (sequence >= window->next)
        return true;
    uint64_t age = window->next - 1 - sequence;
    return age < HF_REPLAY_WINDOW_LEN && (window->seen >> age & 1) == 0;
}

void hf_replay_window_mark(struct hf_replay_window *window, uint64_t sequence)
{
    if (!hf_replay_window_is_new(window, sequence) || sequence == UINT64_MAX)
        return;
    if (sequence < window->next) {
        window->seen |= UINT64_C(1) << (window->next - 1 - sequence);
        return;
    }
    uint64_t steps = sequence + 1 - window->next;
    window->seen = steps >= HF_REPLAY_WINDOW_LEN ? 0 : window->seen << steps;
    window->seen |= 1;
    window->next = sequence + 1;
}
