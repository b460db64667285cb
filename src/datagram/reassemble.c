/* A ring of slots, one a message. Memory is taken for the length that the first fragment names, so the sum is bounded:
 * the next message always finds room, those behind it only while all together stay below twice the longest message. */
#include "datagram/reassemble.h"

static struct hf_reassemble_slot *slot_of(struct hf_reassemble *reassemble, uint32_t message_seq)
{
    return &reassemble->slots[message_seq % HF_REASSEMBLE_AHEAD];
}

static void drop(struct hf_reassemble *reassemble, struct hf_reassemble_slot *slot)
{
    if (slot->whole == NULL)
        return;
    size_t len = HF_FRAGMENT_HEADER_LEN + slot->body_len;
    hf_allocation_wipe(reassemble->allocator, slot->whole, len);
    reassemble->held -= len;
    *slot = (struct hf_reassemble_slot){0};
}

void hf_reassemble_init(struct hf_reassemble *reassemble, const struct hf_allocator *allocator, size_t body_max,
                        uint16_t first)
{
    *reassemble = (struct hf_reassemble){.allocator = allocator, .body_max = body_max, .next = first};
}

bool hf_reassemble_is_old(const struct hf_reassemble *reassemble, uint16_t message_seq)
{
    return message_seq < reassemble->next;
}

static void drop_ahead(struct hf_reassemble *reassemble)
{
    for (uint32_t i = 1; i < HF_REASSEMBLE_AHEAD; i++)
        drop(reassemble, slot_of(reassemble, reassemble->next + i));
}

/* Room for the message that the fragment is the first of. */
static enum hf_error begin(struct hf_reassemble *reassemble, const struct hf_fragment *fragment, bool *ret_began)
{
    struct hf_reassemble_slot *slot = slot_of(reassemble, fragment->message_seq);
    size_t len = HF_FRAGMENT_HEADER_LEN + fragment->message_len;
    bool is_next = fragment->message_seq == reassemble->next;
    bool is_full = reassemble->held + len > 2 * reassemble->body_max;

    *ret_began = is_next || !is_full;
    if (!*ret_began)
        return HF_OK;
    if (is_full)
        drop_ahead(reassemble);
    slot->whole = hf_allocation_new(reassemble->allocator, len);
    if (slot->whole == NULL)
        return HF_ERR_no_memory;
    slot->type = fragment->type;
    slot->body_len = fragment->message_len;
    reassemble->held += len;
    struct hf_writer header = hf_writer_of(slot->whole, HF_FRAGMENT_HEADER_LEN);
    hf_writer_u8(&header, fragment->type);
    hf_writer_uint(&header, 3, fragment->message_len);
    hf_writer_u16(&header, fragment->message_seq);
    hf_writer_uint(&header, 3, 0);
    hf_writer_uint(&header, 3, fragment->message_len);
    return HF_OK;
}

/* What came first stays: a later fragment only fills what is missing. */
static enum hf_reassembled fill(struct hf_reassemble_slot *slot, const struct hf_fragment *fragment)
{
    size_t from = fragment->offset;
    size_t to = fragment->offset + fragment->bytes.len;
    struct hf_ranges got = slot->got;
    struct hf_range gap;

    if (from < to && hf_ranges_cover(&slot->got, from, to))
        return HF_REASSEMBLED_KNOWN;
    if (!hf_ranges_add(&got, from, to))
        return HF_REASSEMBLED_DROPPED;
    while (hf_ranges_gap(&slot->got, from, to, &gap)) {
        struct hf_span part = hf_span_part(fragment->bytes, gap.from - fragment->offset, gap.to - gap.from);
        (void)hf_span_copy(part, slot->whole + HF_FRAGMENT_HEADER_LEN + gap.from, slot->body_len - gap.from);
        from = gap.to;
    }
    slot->got = got;
    return HF_REASSEMBLED_NEW;
}

enum hf_error hf_reassemble_add(struct hf_reassemble *reassemble, const struct hf_fragment *fragment,
                                enum hf_reassembled *ret_reassembled)
{
    struct hf_reassemble_slot *slot = slot_of(reassemble, fragment->message_seq);
    bool began = true;

    if (hf_reassemble_is_old(reassemble, fragment->message_seq)) {
        *ret_reassembled = HF_REASSEMBLED_OLD;
        return HF_OK;
    }
    uint32_t ahead = fragment->message_seq - reassemble->next;
    /* While the next message is lent its slot is taken, though its number is old already. */
    if (ahead >= HF_REASSEMBLE_AHEAD - (reassemble->is_lent ? 1u : 0u)) {
        *ret_reassembled = HF_REASSEMBLED_DROPPED;
        return HF_OK;
    }
    if (fragment->message_len > reassemble->body_max)
        return HF_ERR_handshake_message_too_long;
    if (slot->whole == NULL)
        HF_TRY(begin(reassemble, fragment, &began));
    else if (slot->type != fragment->type || slot->body_len != fragment->message_len)
        return HF_ERR_illegal_parameter;
    *ret_reassembled = began ? fill(slot, fragment) : HF_REASSEMBLED_DROPPED;
    return HF_OK;
}

bool hf_reassemble_has_gap(const struct hf_reassemble *reassemble)
{
    for (uint32_t i = 1; i < HF_REASSEMBLE_AHEAD; i++)
        if (reassemble->slots[(reassemble->next + i) % HF_REASSEMBLE_AHEAD].got.count > 0)
            return true;
    const struct hf_reassemble_slot *slot = &reassemble->slots[reassemble->next % HF_REASSEMBLE_AHEAD];
    return slot->got.count > 1 || (slot->got.count == 1 && slot->got.range[0].from > 0);
}

static void end_lending(struct hf_reassemble *reassemble)
{
    if (!reassemble->is_lent)
        return;
    reassemble->is_lent = false;
    drop(reassemble, slot_of(reassemble, reassemble->next - 1));
}

struct hf_span hf_reassemble_next(struct hf_reassemble *reassemble)
{
    end_lending(reassemble);
    struct hf_reassemble_slot *slot = slot_of(reassemble, reassemble->next);
    if (slot->whole == NULL || !hf_ranges_cover(&slot->got, 0, slot->body_len))
        return hf_span_of(NULL, 0);
    reassemble->is_lent = true;
    reassemble->next++;
    return hf_span_of(slot->whole, HF_FRAGMENT_HEADER_LEN + slot->body_len);
}

void hf_reassemble_forget(struct hf_reassemble *reassemble, uint16_t message_seq)
{
    if (!hf_reassemble_is_old(reassemble, message_seq))
        drop(reassemble, slot_of(reassemble, message_seq));
}

void hf_reassemble_turn(struct hf_reassemble *reassemble)
{
    /* What is lent is still being looked at by whoever turns the keys: its number is old, its slot goes at the next
     * call of next. */
    uint32_t lent = reassemble->is_lent ? 1 : 0;
    for (uint32_t i = 0; i + lent < HF_REASSEMBLE_AHEAD; i++)
        drop(reassemble, slot_of(reassemble, reassemble->next + i));
}

void hf_reassemble_release(struct hf_reassemble *reassemble)
{
    for (size_t i = 0; i < HF_REASSEMBLE_AHEAD; i++)
        drop(reassemble, &reassemble->slots[i]);
    reassemble->is_lent = false;
}
