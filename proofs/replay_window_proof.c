/* Any window, any two numbers: a number that was marked is not new again, marking one never makes another new that was
 * not, and numbers that were neither marked nor fell out of the window stay new. RFC 9147 4.5.1.
 * sources: datagram/replay_window.c
 * unwind: 5
 * slow: four minutes */
#include "prove.h"

#include "datagram/replay_window.h"

/* The invariant of replay_window.c. */
static bool is_sound(const struct hf_replay_window *window)
{
    bool is_empty = (window->seen[0] | window->seen[1] | window->seen[2] | window->seen[3]) == 0;
    return window->next == 0 ? is_empty : (window->seen[0] & 1) == 1;
}

int main(void)
{
    struct hf_replay_window window = {nondet_u64(), {nondet_u64(), nondet_u64(), nondet_u64(), nondet_u64()}};
    uint64_t marked = nondet_u64();
    uint64_t other = nondet_u64();
    PROVE_ASSUME(is_sound(&window));
    bool other_was_new = hf_replay_window_is_new(&window, other);
    hf_replay_window_mark(&window, marked);
    PROVE_ASSERT(is_sound(&window));
    PROVE_ASSERT(marked == UINT64_MAX || !hf_replay_window_is_new(&window, marked));
    if (!other_was_new)
        PROVE_ASSERT(!hf_replay_window_is_new(&window, other));
    if (other_was_new && other != marked && (other >= window.next || window.next - other <= HF_REPLAY_WINDOW_LEN))
        PROVE_ASSERT(hf_replay_window_is_new(&window, other));
    return 0;
}
