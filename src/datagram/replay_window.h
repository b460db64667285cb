/* Which records of one epoch came already: a window of 256 sequence numbers below the highest, so that what the network
 * reorders at a high rate is taken still. RFC 9147 4.5.1, RFC 6347 4.1.2.6. Only records that opened are marked. */
#ifndef HF_DATAGRAM_REPLAY_WINDOW_H
#define HF_DATAGRAM_REPLAY_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

enum { HF_REPLAY_WINDOW_WORDS = 4, HF_REPLAY_WINDOW_LEN = 64 * HF_REPLAY_WINDOW_WORDS };

/* Zeros: nothing came. */
struct hf_replay_window {
    uint64_t next;                         /* one past the highest number that came; 0: none did */
    uint64_t seen[HF_REPLAY_WINDOW_WORDS]; /* bit i, counted from the first word's lowest: number next - 1 - i came */
};

/* Whether a record of this number may be taken: neither seen before nor too old to tell. */
bool hf_replay_window_is_new(const struct hf_replay_window *window, uint64_t sequence);

/* A record of this number was authentic. Numbers that are not new change nothing. */
void hf_replay_window_mark(struct hf_replay_window *window, uint64_t sequence);

#endif
