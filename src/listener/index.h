/* By what a datagram finds its association: a table from bytes to associations. The bytes are a connection ID of ours
 * (RFC 9146, RFC 9147 9) or an address: nodes of two kinds of the same association.
 * It grows with its nodes; finding, adding and removing take the same time whatever their number. */
#ifndef HF_LISTENER_INDEX_H
#define HF_LISTENER_INDEX_H

#include "base/allocation.h"
#include "base/must.h"
#include "base/sip_hash.h"

struct hf_association;

enum hf_index_kind { HF_INDEX_ADDRESS = 1, HF_INDEX_ID };

/* Lies in what is found by it. Zeros: in no table. */
struct hf_index_node {
    struct hf_index_node *next; /* of the same bucket */
    uint64_t hash;
    enum hf_index_kind kind;
    struct hf_span key;              /* must stay where it is while the node is in the table */
    struct hf_association *leads_to; /* NULL: in no table */
};

struct hf_index {
    const struct hf_allocator *allocator;
    uint8_t secret[HF_SIP_HASH_KEY_LEN];
    struct hf_index_node **buckets;
    size_t bucket_count; /* a power of two */
    size_t node_count;
};

/* `secret` is random. HF_ERR_no_memory. */
HF_MUST enum hf_error hf_index_init(struct hf_index *index, const struct hf_allocator *allocator,
                                    const uint8_t secret[HF_SIP_HASH_KEY_LEN]);

/* NULL: nobody. */
struct hf_association *hf_index_find(const struct hf_index *index, enum hf_index_kind kind, struct hf_span key);

/* node->kind, key and leads_to are set, and nobody is found by that key. */
void hf_index_add(struct hf_index *index, struct hf_index_node *node);

/* Nothing happens to a node that is in no table. */
void hf_index_remove(struct hf_index *index, struct hf_index_node *node);

/* Nodes are not looked at any more. */
void hf_index_release(struct hf_index *index);

#endif
