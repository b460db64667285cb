/* key_share, RFC 9846 4.3.8: in three messages three shapes. A client may not offer a share twice nor for a group that
 * it does not list; a server answers for a group that came, or asks for one that is listed and did not come. */
#include "extension/key_share.h"

#include "base/text.h"
#include "wire/write.h"

enum { GROUP_WORDS = 0x10000 / 64 };

bool hf_key_share_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    if ((offer->generations & HF_VERSION_BIT_13) == 0)
        return false;
    const size_t list = hf_writer_open(payload, 2);
    if (offer->grease.on && !offer->grease.without_share) {
        static const uint8_t zero[1] = {0};
        const struct hf_wire_key_share_entry entry = {.group = hf_grease_value(&offer->grease, HF_GREASE_GROUP),
                                                      .key_exchange = hf_span_of(zero, sizeof zero)};
        hf_wire_write_key_share_entry(payload, &entry);
    }
    for (size_t i = 0; i < offer->share_count; i++) {
        const struct hf_wire_key_share_entry entry = {.group = offer->shares[i].group,
                                                      .key_exchange = offer->shares[i].key_exchange};
        hf_wire_write_key_share_entry(payload, &entry);
    }
    hf_writer_close(payload, list, 2);
    return true;
}

enum hf_error hf_key_share_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                struct hf_client_hello_facts *facts)
{
    (void)reading;
    struct hf_wire_key_share_offer wire;
    HF_TRY(hf_wire_read_key_share_offer(payload, &wire));
    facts->shares = wire.shares;
    return HF_OK;
}

/* A bit for every group that may still have a share: linear in what came, however long the lists are. */
static void fill_open_groups(const struct hf_client_hello_facts *facts, uint64_t open[GROUP_WORDS])
{
    const bool listed = hf_extension_set_has(facts->present, HF_ROW_supported_groups);
    for (size_t i = 0; i < GROUP_WORDS; i++)
        open[i] = listed ? 0 : UINT64_MAX;
    struct hf_reader groups = hf_reader_of(facts->groups);
    while (hf_reader_more(&groups)) {
        const uint16_t group = hf_reader_u16(&groups);
        open[group / 64] |= (uint64_t)1 << group % 64;
    }
}

enum hf_error hf_key_share_check_groups(const struct hf_extension_reading *reading,
                                        const struct hf_client_hello_facts *facts)
{
    uint64_t open[GROUP_WORDS];
    fill_open_groups(facts, open);
    struct hf_reader shares = hf_reader_of(facts->shares);
    struct hf_wire_key_share_entry entry;
    while (hf_wire_next_key_share_entry(&shares, &entry)) {
        const uint64_t bit = (uint64_t)1 << entry.group % 64;
        if ((open[entry.group / 64] & bit) == 0) {
            struct hf_text got = hf_text_of(reading->failure->got, sizeof reading->failure->got);
            hf_text_add(&got, "group 0x%04x twice, or not in supported_groups", (unsigned)entry.group);
            return HF_ERR_illegal_parameter;
        }
        open[entry.group / 64] &= ~bit;
    }
    return HF_OK;
}

bool hf_key_share_reply(const struct hf_server_answer *answer, enum hf_extension_place place, struct hf_writer *payload)
{
    if (answer->share.group == 0)
        return false;
    if (place == HF_PLACE_HRR) {
        hf_writer_u16(payload, answer->share.group);
        return true;
    }
    const struct hf_wire_key_share_entry entry = {.group = answer->share.group,
                                                  .key_exchange = answer->share.key_exchange};
    hf_wire_write_key_share_entry(payload, &entry);
    return true;
}

static bool has_share(const struct hf_client_offer *offer, uint16_t group)
{
    for (size_t i = 0; i < offer->share_count; i++)
        if (offer->shares[i].group == group)
            return true;
    return false;
}

static bool has_group(const struct hf_client_offer *offer, uint16_t group)
{
    for (size_t i = 0; i < offer->config->group_count; i++) {
        const struct hf_group *row = offer->config->groups[i];
        if (row->id == group)
            return (row->versions & HF_VERSION_BIT_13) != 0;
    }
    return false;
}

static enum hf_error refuse(const struct hf_extension_reading *reading, const char *wanted_text, uint16_t group)
{
    struct hf_text wanted = hf_text_of(reading->failure->wanted, sizeof reading->failure->wanted);
    hf_text_add(&wanted, "%s", wanted_text);
    const struct hf_group *row = hf_group_find(group);
    struct hf_text got = hf_text_of(reading->failure->got, sizeof reading->failure->got);
    hf_text_add(&got, "%s (0x%04x)", row != NULL ? row->name : "unknown group", (unsigned)group);
    return HF_ERR_illegal_parameter;
}

/* HelloRetryRequest: RFC 9846 4.3.8: listed in supported_groups, and no share of it was sent. */
static enum hf_error check_retry(const struct hf_extension_reading *reading, struct hf_span payload,
                                 struct hf_server_hello_facts *facts)
{
    struct hf_wire_key_share_group wire;
    HF_TRY(hf_wire_read_key_share_group(payload, &wire));
    if (!has_group(reading->offer, wire.selected_group) || has_share(reading->offer, wire.selected_group))
        return refuse(reading, "a group that was offered, and without a share", wire.selected_group);
    facts->share = (struct hf_hello_share){.group = wire.selected_group};
    return HF_OK;
}

enum hf_error hf_key_share_check(const struct hf_extension_reading *reading, struct hf_span payload,
                                 struct hf_server_hello_facts *facts)
{
    if (reading->place == HF_PLACE_HRR)
        return check_retry(reading, payload, facts);
    struct hf_wire_key_share_entry entry;
    HF_TRY(hf_wire_read_key_share_entry(payload, &entry));
    if (!has_share(reading->offer, entry.group))
        return refuse(reading, "a group that a share was sent for", entry.group);
    facts->share = (struct hf_hello_share){.group = entry.group, .key_exchange = entry.key_exchange};
    return HF_OK;
}
