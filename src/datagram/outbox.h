/* Datagrams that wait to go, and the one that records are being put into. */
#ifndef HF_DATAGRAM_OUTBOX_H
#define HF_DATAGRAM_OUTBOX_H

#include "base/allocation.h"
#include "datagram/epoch.h"

enum { HF_OUTBOX_BYTES_MAX = 1 << 18 };

#define HF_OUTBOX_PEER UINT32_MAX /* the path to the peer, whichever that is when the datagram goes */

struct hf_outbox_datagram {
    struct hf_outbox_datagram *next;
    size_t len;
    size_t room;
    uint32_t path; /* by which it must go, or HF_OUTBOX_PEER */
    uint8_t bytes[];
};

struct hf_outbox {
    const struct hf_allocator *allocator;
    struct hf_outbox_datagram *first;
    struct hf_outbox_datagram *last;
    struct hf_outbox_datagram *open; /* takes further records; not among the others yet */
    size_t held;                     /* bytes of memory of those that are closed */
    struct hf_span id;               /* that goes into protected records: the peer's, lent; empty: none */
    uint32_t path;                   /* of datagrams that are begun */
    bool has_version;                /* one was agreed on */
    bool is_paused;                  /* nothing goes to the peer until its path is known again */
};

void hf_outbox_init(struct hf_outbox *outbox, const struct hf_allocator *allocator);

/* How much content one more record of this epoch can have in the open datagram, or in a fresh one; 0: none. */
size_t hf_outbox_room(const struct hf_outbox *outbox, const struct hf_epoch_write *write, size_t mtu);
size_t hf_outbox_room_fresh(const struct hf_outbox *outbox, const struct hf_epoch_write *write, size_t mtu);

/* Seals one record into the open datagram, or into a fresh one when it does not fit there. */
HF_MUST enum hf_error hf_outbox_seal(struct hf_outbox *outbox, struct hf_epoch_write *write, size_t mtu, uint8_t type,
                                     struct hf_span content, uint64_t *ret_sequence);

/* The open datagram is whole. */
void hf_outbox_close(struct hf_outbox *outbox);

/* The first that may go; NULL: none. */
const struct hf_outbox_datagram *hf_outbox_first(const struct hf_outbox *outbox);
void hf_outbox_drop_first(struct hf_outbox *outbox);

/* Whether so much waits that no more data is taken, and nothing that the peer can call for as often as it likes. */
bool hf_outbox_is_full(const struct hf_outbox *outbox);

void hf_outbox_release(struct hf_outbox *outbox);

#endif
