/* The connection IDs of one connection: ours, by which the peer's records are found, and the peer's, which we write
 * into what we send. RFC 9146, RFC 9147 9. Ours all have one length, for no record tells how long its ID is; the peer's
 * may have any. Each end chooses for itself whether it wants any. */
#ifndef HF_DATAGRAM_CONNECTION_IDS_H
#define HF_DATAGRAM_CONNECTION_IDS_H

#include "base/allocation.h"
#include "base/must.h"
#include "base/span.h"
#include "error/error.h"

enum hf_connection_id_limits {
    HF_CONNECTION_ID_OWN_LEN_MAX = 20,
    HF_CONNECTION_IDS_OWN_MAX = 8,        /* of ours that count at a time */
    HF_CONNECTION_IDS_SPARE_MAX = 8,      /* of the peer's that are kept for later; more are dropped: RFC 9147 9 */
    HF_CONNECTION_ID_KEPT_MS = 240 * 1000 /* how long a retired one of ours counts on, for what was overtaken */
};

struct hf_own_connection_id {
    uint8_t bytes[HF_CONNECTION_ID_OWN_LEN_MAX];
    uint64_t until_ms; /* UINT64_MAX: it is not retired */
};

/* One of the peer's. */
struct hf_peer_connection_id {
    struct hf_peer_connection_id *next;
    size_t len;
    uint8_t bytes[];
};

struct hf_connection_ids {
    const struct hf_allocator *allocator;
    size_t own_len;                                             /* 0: we want none */
    struct hf_own_connection_id own[HF_CONNECTION_IDS_OWN_MAX]; /* the oldest first */
    size_t own_count;
    unsigned own_changes;                /* counts each change of `own` */
    struct hf_peer_connection_id *peers; /* the first is in use, the others are spare; NULL: it wants none */
};

void hf_connection_ids_init(struct hf_connection_ids *ids, const struct hf_allocator *allocator, size_t own_len);

/* How many more of ours there may be: retired ones make room. */
size_t hf_connection_ids_room(const struct hf_connection_ids *ids);

/* Adds one of ours, of own_len bytes, if there is room. */
void hf_connection_ids_add_own(struct hf_connection_ids *ids, struct hf_span id);

/* The peer used this one of ours in an authentic record. It takes them in their order (RFC 9147 9), so those before it
 * are retired: they count for a while yet. */
void hf_connection_ids_seen(struct hf_connection_ids *ids, struct hf_span id, uint64_t now_ms);

/* Those whose time is over go. */
void hf_connection_ids_forget_retired(struct hf_connection_ids *ids, uint64_t now_ms);

/* Whether this is one of ours. */
bool hf_connection_ids_are_ours(const struct hf_connection_ids *ids, struct hf_span id);

/* The newest of ours; empty: we want none. */
struct hf_span hf_connection_ids_own(const struct hf_connection_ids *ids);

/* Adds one of the peer's behind the others; HF_OK without adding when there are enough. HF_ERR_no_memory. */
HF_MUST enum hf_error hf_connection_ids_add_peer(struct hf_connection_ids *ids, struct hf_span id);

/* The spare ones go. */
void hf_connection_ids_drop_spare(struct hf_connection_ids *ids);

/* The one in use goes, and the next is used; false, and nothing changes, when there is no other. */
bool hf_connection_ids_use_next(struct hf_connection_ids *ids);

size_t hf_connection_ids_spare(const struct hf_connection_ids *ids);

/* The one that goes into what we send; empty: none. Lent until the peer's change. */
struct hf_span hf_connection_ids_peer(const struct hf_connection_ids *ids);

void hf_connection_ids_release(struct hf_connection_ids *ids);

#endif
