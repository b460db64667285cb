#include "listener/roaming.h"

uint32_t hf_roaming_path(struct hf_roaming *roaming, struct hf_span own_address, struct hf_span address, bool is_asking)
{
    if (hf_span_equal(address, own_address))
        return roaming->path;
    bool is_known = roaming->other_path != 0 && hf_span_equal(address, hf_span_of(roaming->other, roaming->other_len));
    if (is_known)
        return roaming->other_path;
    roaming->last_path++;
    if (!is_asking && hf_span_copy(address, roaming->other, sizeof roaming->other)) {
        roaming->other_len = address.len;
        roaming->other_path = roaming->last_path;
    }
    return roaming->last_path;
}

void hf_roaming_leave(struct hf_roaming *roaming, struct hf_index *index)
{
    for (size_t i = 0; i < HF_CONNECTION_IDS_OWN_MAX; i++)
        hf_index_remove(index, &roaming->ids[i].node);
}

void hf_roaming_sync(struct hf_roaming *roaming, struct hf_index *index, const struct hf_connection_ids *ids,
                     struct hf_association *leads_to)
{
    if (roaming->changes == ids->own_changes)
        return;
    roaming->changes = ids->own_changes;
    hf_roaming_leave(roaming, index);
    for (size_t i = 0; i < ids->own_count; i++) {
        struct hf_roaming_id *one = &roaming->ids[i];
        struct hf_span id = hf_span_of(ids->own[i].bytes, ids->own_len);
        if (hf_index_find(index, HF_INDEX_ID, id) != NULL || !hf_span_copy(id, one->bytes, sizeof one->bytes))
            continue;
        one->node =
            (struct hf_index_node){.kind = HF_INDEX_ID, .key = hf_span_of(one->bytes, id.len), .leads_to = leads_to};
        hf_index_add(index, &one->node);
    }
}
