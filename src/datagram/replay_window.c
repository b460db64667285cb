/* Invariant: bit 0 of `seen` is set as soon as anything came. RFC 9147 4.5.1. */
#include "datagram/replay_window.h"

enum { BITS = 64 };

bool hf_replay_window_is_new(const struct hf_replay_window *window, uint64_t sequence)
{
    if (sequence >= window->next)
        return true;
    uint64_t age = window->next - 1 - sequence;
    return age < HF_REPLAY_WINDOW_LEN && (window->seen[age / BITS] >> (age % BITS) & 1) == 0;
}

/* Everything is `steps` numbers older. */
static void move(uint64_t seen[HF_REPLAY_WINDOW_WORDS], uint64_t steps)
{
    uint64_t words = steps / BITS;
    uint64_t bits = steps % BITS;
    for (uint64_t to = HF_REPLAY_WINDOW_WORDS - 1;; to--) {
        uint64_t word = to < words ? 0 : seen[to - words] << bits;
        if (to > words && bits > 0)
            word |= seen[to - words - 1] >> (BITS - bits);
        seen[to] = word;
        if (to == 0)
            return;
    }
}

void hf_replay_window_mark(struct hf_replay_window *window, uint64_t sequence)
{
    if (!hf_replay_window_is_new(window, sequence) || sequence == UINT64_MAX)
        return;
    if (sequence < window->next) {
        uint64_t age = window->next - 1 - sequence;
        window->seen[age / BITS] |= UINT64_C(1) << (age % BITS);
        return;
    }
    move(window->seen, sequence + 1 - window->next);
    window->seen[0] |= 1;
    window->next = sequence + 1;
}
