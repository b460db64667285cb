/* Any window, any two numbers: a number that was marked is not new again, marking one never makes another new that was
 * not, and numbers that were neither marked nor fell out of the window stay new. RFC 9147 4.5.1.
 * sources: datagram/replay_window.c
 * unwind: 2 */
#include "prove.h"

#include "datagram/replay_window.h"

int main(void)
{
    struct hf_replay_window window = {nondet_u64(), nondet_u64()};
    uint64_t marked = nondet_u64();
    uint64_t other = nondet_u64();
    /* the invariant of replay_window.c */
    PROVE_ASSUME(window.next == 0 ? window.seen == 0 : (window.seen & 1) == 1);
    bool other_was_new = hf_replay_window_is_new(&window, other);
    hf_replay_window_mark(&window, marked);
    PROVE_ASSERT(window.next == 0 ? window.seen == 0 : (window.seen & 1) == 1);
    PROVE_ASSERT(marked == UINT64_MAX || !hf_replay_window_is_new(&window, marked));
    if (!other_was_new)
        PROVE_ASSERT(!hf_replay_window_is_new(&window, other));
    if (other_was_new && other != marked && (other >= window.next || window.next - other <= HF_REPLAY_WINDOW_LEN))
        PROVE_ASSERT(hf_replay_window_is_new(&window, other));
    return 0;
}
