/* A peer that changes its address: it is found by its connection IDs, and which address it is at is what the connection
 * finds out (datagram/return_routability.h), which knows addresses as numbers of paths only. One other address is held
 * at a time; datagrams from a third are taken all the same, but nothing goes there. RFC 9146 6, RFC 9853 5. */
#ifndef HF_LISTENER_ROAMING_H
#define HF_LISTENER_ROAMING_H

#include <handfast/listener.h>

#include "datagram/connection_ids.h"
#include "listener/index.h"

struct hf_roaming_id {
    struct hf_index_node node;
    uint8_t bytes[HF_CONNECTION_ID_OWN_LEN_MAX];
};

struct hf_roaming {
    struct hf_roaming_id ids[HF_CONNECTION_IDS_OWN_MAX];
    unsigned changes; /* of the connection's IDs, that are seen here */
    uint32_t path;    /* the number of the address that we send to */
    uint32_t last_path;
    uint32_t other_path; /* 0: none */
    size_t other_len;
    uint8_t other[HF_LISTENER_ADDRESS_MAX];
};

/* The number of this address' path. `is_asking`: the other one is being asked, and stays. */
uint32_t hf_roaming_path(struct hf_roaming *roaming, struct hf_span own_address, struct hf_span address,
                         bool is_asking);

/* The table has the IDs that the connection has; one that somebody else has is not added, which with IDs of enough
 * bytes never happens. */
void hf_roaming_sync(struct hf_roaming *roaming, struct hf_index *index, const struct hf_connection_ids *ids,
                     struct hf_association *leads_to);

/* Nobody is found by them any more. */
void hf_roaming_leave(struct hf_roaming *roaming, struct hf_index *index);

#endif
