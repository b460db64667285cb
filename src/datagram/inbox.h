/* Datagrams that came and were not looked at yet, cut into records one by one. RFC 9147 4.1 says how records are told
 * apart. What cannot be kept is dropped, as the network might have done. */
#ifndef HF_DATAGRAM_INBOX_H
#define HF_DATAGRAM_INBOX_H

#include "base/allocation.h"

enum hf_inbox_limits {
    HF_INBOX_BYTES_MAX = 1 << 18,       /* of datagrams that wait */
    HF_INBOX_EARLY_BYTES_MAX = 1 << 15, /* of records that wait for their keys */
};

struct hf_inbox_datagram {
    struct hf_inbox_datagram *next;
    size_t len;
    size_t at; /* of the next record */
    uint32_t path;
    uint8_t bytes[];
};

struct hf_inbox_list {
    struct hf_inbox_datagram *first;
    struct hf_inbox_datagram *last;
    size_t held; /* bytes */
};

struct hf_inbox {
    const struct hf_allocator *allocator;
    struct hf_inbox_list waiting;
    struct hf_inbox_list early;        /* records whose keys are not there yet */
    struct hf_inbox_datagram *current; /* being cut: records lent by next lie in it */
    size_t id_len; /* of connection IDs in records that come: ours all have the same length. 0: none can come */
};

/* One record, lent until the next call of next or release. */
struct hf_inbox_record {
    bool is_unified; /* a protected record of 1.3: of type, epoch and sequence only epoch's low two bits show */
    uint8_t type;    /* enum hf_content_type */
    uint16_t epoch;
    uint64_t sequence;
    struct hf_span id;     /* empty: none */
    struct hf_span header; /* with the ID */
    struct hf_span body;
    uint8_t *into; /* the body, to be opened in place */
    uint32_t path; /* by which its datagram came */
};

void hf_inbox_init(struct hf_inbox *inbox, const struct hf_allocator *allocator);

/* Copies a datagram, which came by this path; without room it is lost. */
void hf_inbox_add(struct hf_inbox *inbox, struct hf_span datagram, uint32_t path);

/* The next record; false when there is none. What is not well-formed is dropped with the rest of its datagram. */
bool hf_inbox_next(struct hf_inbox *inbox, struct hf_inbox_record *ret_record);

/* Keeps a record whose keys are not there yet. */
void hf_inbox_keep_early(struct hf_inbox *inbox, const struct hf_inbox_record *record);

/* New keys are there: the records kept come again, before all others. */
void hf_inbox_retry_early(struct hf_inbox *inbox);

/* No further keys will come for what is kept for them: it goes. */
void hf_inbox_drop_early(struct hf_inbox *inbox);

void hf_inbox_release(struct hf_inbox *inbox);

#endif
