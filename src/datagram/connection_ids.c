/* An array of ours, a list of the peer's: both short. */
#include "datagram/connection_ids.h"

void hf_connection_ids_init(struct hf_connection_ids *ids, const struct hf_allocator *allocator, size_t own_len)
{
    *ids = (struct hf_connection_ids){.allocator = allocator, .own_len = own_len};
}

/* ---- ours ---- */

static void drop_own(struct hf_connection_ids *ids, size_t at)
{
    for (size_t i = at + 1; i < ids->own_count; i++)
        ids->own[i - 1] = ids->own[i];
    ids->own_count--;
    ids->own_changes++;
}

static bool is_retired(const struct hf_own_connection_id *one)
{
    return one->until_ms != UINT64_MAX;
}

size_t hf_connection_ids_room(const struct hf_connection_ids *ids)
{
    size_t used = 0;
    for (size_t i = 0; i < ids->own_count; i++)
        used += is_retired(&ids->own[i]) ? 0 : 1;
    return ids->own_len == 0 ? 0 : HF_CONNECTION_IDS_OWN_MAX - used;
}

void hf_connection_ids_add_own(struct hf_connection_ids *ids, struct hf_span id)
{
    struct hf_own_connection_id one = {.until_ms = UINT64_MAX};
    if (hf_connection_ids_room(ids) == 0 || id.len != ids->own_len || !hf_span_copy(id, one.bytes, sizeof one.bytes))
        return;
    if (ids->own_count == HF_CONNECTION_IDS_OWN_MAX)
        drop_own(ids, 0); /* the oldest are those that are retired */
    ids->own[ids->own_count++] = one;
    ids->own_changes++;
}

void hf_connection_ids_seen(struct hf_connection_ids *ids, struct hf_span id, uint64_t now_ms)
{
    size_t at = 0;
    while (at < ids->own_count && !hf_span_equal(hf_span_of(ids->own[at].bytes, ids->own_len), id))
        at++;
    for (size_t i = 0; at < ids->own_count && i < at; i++)
        if (!is_retired(&ids->own[i]))
            ids->own[i].until_ms = now_ms + HF_CONNECTION_ID_KEPT_MS;
}

void hf_connection_ids_forget_retired(struct hf_connection_ids *ids, uint64_t now_ms)
{
    for (size_t i = ids->own_count; i > 0; i--)
        if (ids->own[i - 1].until_ms <= now_ms)
            drop_own(ids, i - 1);
}

bool hf_connection_ids_are_ours(const struct hf_connection_ids *ids, struct hf_span id)
{
    for (size_t i = 0; i < ids->own_count; i++)
        if (hf_span_equal(hf_span_of(ids->own[i].bytes, ids->own_len), id))
            return true;
    return false;
}

struct hf_span hf_connection_ids_own(const struct hf_connection_ids *ids)
{
    return ids->own_count == 0 ? hf_span_of(NULL, 0) : hf_span_of(ids->own[ids->own_count - 1].bytes, ids->own_len);
}

/* ---- the peer's ---- */

static size_t count_peers(const struct hf_connection_ids *ids)
{
    size_t count = 0;
    for (const struct hf_peer_connection_id *one = ids->peers; one != NULL; one = one->next)
        count++;
    return count;
}

static void drop_first(struct hf_connection_ids *ids)
{
    struct hf_peer_connection_id *first = ids->peers;
    ids->peers = first->next;
    hf_allocation_free(ids->allocator, first);
}

enum hf_error hf_connection_ids_add_peer(struct hf_connection_ids *ids, struct hf_span id)
{
    if (count_peers(ids) > HF_CONNECTION_IDS_SPARE_MAX)
        return HF_OK;
    struct hf_peer_connection_id *one = hf_allocation_new(ids->allocator, sizeof *one + id.len);
    if (one == NULL)
        return HF_ERR_no_memory;
    one->len = id.len;
    (void)hf_span_copy(id, one->bytes, id.len);
    struct hf_peer_connection_id **last = &ids->peers;
    while (*last != NULL)
        last = &(*last)->next;
    *last = one;
    return HF_OK;
}

bool hf_connection_ids_use_next(struct hf_connection_ids *ids)
{
    if (ids->peers == NULL || ids->peers->next == NULL)
        return false;
    drop_first(ids);
    return true;
}

void hf_connection_ids_drop_spare(struct hf_connection_ids *ids)
{
    while (ids->peers != NULL && ids->peers->next != NULL) {
        struct hf_peer_connection_id *second = ids->peers->next;
        ids->peers->next = second->next;
        hf_allocation_free(ids->allocator, second);
    }
}

size_t hf_connection_ids_spare(const struct hf_connection_ids *ids)
{
    return ids->peers == NULL ? 0 : count_peers(ids) - 1;
}

struct hf_span hf_connection_ids_peer(const struct hf_connection_ids *ids)
{
    return ids->peers == NULL ? hf_span_of(NULL, 0) : hf_span_of(ids->peers->bytes, ids->peers->len);
}

void hf_connection_ids_release(struct hf_connection_ids *ids)
{
    while (ids->peers != NULL)
        drop_first(ids);
    hf_connection_ids_init(ids, ids->allocator, ids->own_len);
}
