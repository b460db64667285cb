/* What a connection over datagrams has that uses connection IDs (RFC 9146, RFC 9147 9), and no other has: the IDs, and
 * where the peer is (RFC 9853). */
#ifndef HF_DATAGRAM_ROUTES_H
#define HF_DATAGRAM_ROUTES_H

#include "datagram/connection_ids.h"
#include "datagram/return_routability.h"

struct hf_routes {
    struct hf_connection_ids ids;
    struct hf_return_routability check;
    bool is_agreed; /* both ends have the extension connection_id: records have IDs from the keys on */

    /* 1.3, RFC 9147 9: */
    uint8_t to_give;   /* so many of ours go into the next NewConnectionId, */
    bool at_once;      /* to be used at once */
    uint8_t to_ask;    /* how many the next RequestConnectionId asks for */
    bool is_asking;    /* our request is not answered yet */
    unsigned requests; /* of the peer, since its last data */
};

/* Ours have this length. Owned by the caller; allocator and random must outlive it. HF_ERR_no_memory. */
HF_MUST enum hf_error hf_routes_new(const struct hf_allocator *allocator, const struct hf_random *random,
                                    size_t own_len, struct hf_routes **ret_routes);

/* NULL is fine. */
void hf_routes_free(struct hf_routes *routes);

/* Makes another ID of ours, and adds it. */
HF_MUST enum hf_error hf_routes_make_own(struct hf_routes *routes);

/* Data of the peer came: its requests are counted anew. NULL is fine. */
void hf_routes_note_data(struct hf_routes *routes);

/* Whether a protected record may have this ID (empty: none). */
bool hf_routes_expect(const struct hf_routes *routes, struct hf_span id);

#endif
