/* Chains in buckets, twice as many when they are full on average; without memory for that the chains just get longer.
 */
#include "listener/index.h"

#include "error/error.h"

enum { BUCKETS_FIRST = 64 };

static uint64_t hash_of(const struct hf_index *index, struct hf_span key)
{
    return hf_sip_hash(index->secret, key);
}

static struct hf_index_node **bucket_of(const struct hf_index *index, uint64_t hash)
{
    return &index->buckets[hash & (index->bucket_count - 1)];
}

enum hf_error hf_index_init(struct hf_index *index, const struct hf_allocator *allocator,
                            const uint8_t secret[HF_SIP_HASH_KEY_LEN])
{
    *index = (struct hf_index){.allocator = allocator, .bucket_count = BUCKETS_FIRST};
    if (!hf_span_copy(hf_span_of(secret, HF_SIP_HASH_KEY_LEN), index->secret, sizeof index->secret))
        return HF_ERR_internal;
    index->buckets = hf_allocation_array(allocator, BUCKETS_FIRST, sizeof(struct hf_index_node *));
    return index->buckets == NULL ? HF_ERR_no_memory : HF_OK;
}

struct hf_association *hf_index_find(const struct hf_index *index, enum hf_index_kind kind, struct hf_span key)
{
    uint64_t hash = hash_of(index, key);
    for (const struct hf_index_node *node = *bucket_of(index, hash); node != NULL; node = node->next)
        if (node->hash == hash && node->kind == kind && hf_span_equal(node->key, key))
            return node->leads_to;
    return NULL;
}

static void put(struct hf_index *index, struct hf_index_node *node)
{
    struct hf_index_node **bucket = bucket_of(index, node->hash);
    node->next = *bucket;
    *bucket = node;
}

static void grow(struct hf_index *index)
{
    struct hf_index_node **old = index->buckets;
    size_t old_count = index->bucket_count;
    struct hf_index_node **buckets =
        hf_allocation_array(index->allocator, 2 * old_count, sizeof(struct hf_index_node *));
    if (buckets == NULL)
        return;
    index->buckets = buckets;
    index->bucket_count = 2 * old_count;
    for (size_t i = 0; i < old_count; i++)
        for (struct hf_index_node *node = old[i], *next; node != NULL; node = next) {
            next = node->next;
            put(index, node);
        }
    hf_allocation_free(index->allocator, old);
}

void hf_index_add(struct hf_index *index, struct hf_index_node *node)
{
    if (index->node_count >= index->bucket_count)
        grow(index);
    node->hash = hash_of(index, node->key);
    put(index, node);
    index->node_count++;
}

void hf_index_remove(struct hf_index *index, struct hf_index_node *node)
{
    if (node->leads_to == NULL)
        return;
    struct hf_index_node **at = bucket_of(index, node->hash);
    while (*at != node)
        at = &(*at)->next;
    *at = node->next;
    *node = (struct hf_index_node){0};
    index->node_count--;
}

void hf_index_release(struct hf_index *index)
{
    hf_allocation_free(index->allocator, index->buckets);
    index->buckets = NULL;
    index->bucket_count = 0;
}
