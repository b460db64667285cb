/* Epochs: the keys of one direction that may still be of use, each with its numbers. RFC 9147 4.2.1, 6.1; RFC 6347 4.1.
 * Of the reading ones the last is current: new handshake messages are taken from it alone. */
#ifndef HF_DATAGRAM_EPOCH_H
#define HF_DATAGRAM_EPOCH_H

#include "datagram/replay_window.h"
#include "seam/record.h"

enum {
    HF_EPOCHS_MAX = 4,    /* as many as the two bits of a unified header tell apart */
    HF_EPOCH_EARLY13 = 1, /* RFC 9147 6.1 */
    HF_EPOCH_HANDSHAKE13 = 2,
    HF_EPOCH_APPLICATION13 = 3,
    HF_EPOCH_KEPT_MS = 240 * 1000 /* how long old keys are kept for what was overtaken: twice the MSL of RFC 9293 */
};

struct hf_epoch_read {
    uint16_t epoch;
    struct hf_record_protection *protection; /* owned */
    struct hf_replay_window window;
    uint64_t until_ms; /* of old ones */
};

struct hf_epoch_reads {
    struct hf_epoch_read of[HF_EPOCHS_MAX];
    size_t count;
};

struct hf_epoch_write {
    uint16_t epoch;
    struct hf_record_protection *protection; /* owned */
    uint64_t next_sequence;
};

struct hf_epoch_writes {
    struct hf_epoch_write of[HF_EPOCHS_MAX];
    size_t count;
};

/* Makes `protection` (owned in every case) the current one; the oldest goes when there are too many. */
void hf_epoch_turn_read(struct hf_epoch_reads *reads, uint16_t epoch, struct hf_record_protection *protection,
                        uint64_t now_ms);
void hf_epoch_turn_write(struct hf_epoch_writes *writes, uint16_t epoch, struct hf_record_protection *protection);

struct hf_epoch_read *hf_epoch_current_read(struct hf_epoch_reads *reads);
struct hf_epoch_write *hf_epoch_current_write(struct hf_epoch_writes *writes);

/* NULL when there is none. */
struct hf_epoch_read *hf_epoch_find_read(struct hf_epoch_reads *reads, uint16_t epoch);
struct hf_epoch_write *hf_epoch_find_write(struct hf_epoch_writes *writes, uint16_t epoch);

/* The newest whose low two bits are these, above epoch 0. NULL when there is none. RFC 9147 4.2.2. */
struct hf_epoch_read *hf_epoch_find_bits(struct hf_epoch_reads *reads, uint16_t bits);

/* Old ones go: those below `first`, and those whose time is over. */
void hf_epoch_retire_reads(struct hf_epoch_reads *reads, uint16_t first, uint64_t now_ms);

/* The current writing one goes, and the one before it is current again. */
void hf_epoch_turn_back_write(struct hf_epoch_writes *writes);

/* Writing ones that are not current and below `first` go. */
void hf_epoch_retire_writes(struct hf_epoch_writes *writes, uint16_t first);

void hf_epoch_release(struct hf_epoch_reads *reads, struct hf_epoch_writes *writes);

#endif
