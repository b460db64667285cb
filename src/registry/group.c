/* groups.def as a constant table. */
#include "registry/group.h"

#include "base/must.h"
#include "registry/row_name.h"

static const struct hf_group groups[] = {
#define HF_GROUP(id, name, aliases, versions, key_exchange, client_share_len, server_share_len, key)                   \
    {id, name, aliases, versions, HF_KEY_EXCHANGE_##key_exchange, client_share_len, server_share_len, HF_KEY_##key},
#include "registry/groups.def"
#undef HF_GROUP
};

size_t hf_group_count(void)
{
    return HF_COUNT(groups);
}

const struct hf_group *hf_group_at(size_t index)
{
    return index < HF_COUNT(groups) ? &groups[index] : NULL;
}

const struct hf_group *hf_group_find(uint16_t id)
{
    for (size_t i = 0; i < HF_COUNT(groups); i++) {
        if (groups[i].id == id)
            return &groups[i];
    }
    return NULL;
}

const struct hf_group *hf_group_find_name(struct hf_span name)
{
    for (size_t i = 0; i < HF_COUNT(groups); i++) {
        if (hf_row_name_is(name, groups[i].name) || hf_row_name_is(name, groups[i].aliases))
            return &groups[i];
    }
    return NULL;
}

const struct hf_group *hf_group_find_key(enum hf_key_type key)
{
    for (size_t i = 0; i < HF_COUNT(groups); i++) {
        if (key != HF_KEY_NONE && groups[i].key == key)
            return &groups[i];
    }
    return NULL;
}
