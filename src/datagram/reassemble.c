/* A ring of slots, one a message. Memory is taken for the length that the first fragment names, so the sum is bounded:
 * the next message always finds room, those behind it only what the longest next one leaves of twice the longest
 * message. So nothing that was taken is given up for it: it may be acknowledged, and would not come again (RFC 9147 7).
 * What of a message came is a bit for each of its bytes, so that no order of fragments, however small, costs more. */
#include "datagram/reassemble.h"

static struct hf_reassemble_slot *slot_of(const struct hf_reassemble *reassemble, uint32_t message_seq)
{
    return (struct hf_reassemble_slot *)&reassemble->slots[message_seq % HF_REASSEMBLE_AHEAD];
}

static size_t size_of(size_t body_len)
{
    return HF_FRAGMENT_HEADER_LEN + body_len + (body_len + 7) / 8;
}

static uint8_t *bits_of(const struct hf_reassemble_slot *slot)
{
    return slot->whole + HF_FRAGMENT_HEADER_LEN + slot->body_len;
}

static bool is_there(const struct hf_reassemble_slot *slot, size_t at)
{
    return (bits_of(slot)[at / 8] >> (at % 8) & 1) != 0;
}

static bool is_whole(const struct hf_reassemble_slot *slot)
{
    return slot->whole != NULL && slot->missing == 0;
}

static void drop(struct hf_reassemble *reassemble, struct hf_reassemble_slot *slot)
{
    if (slot->whole == NULL)
        return;
    size_t len = size_of(slot->body_len);
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

/* Whether so much may be taken for a message behind the next one. */
static bool has_room_ahead(const struct hf_reassemble *reassemble, size_t len)
{
    const struct hf_reassemble_slot *next = slot_of(reassemble, reassemble->next);
    size_t ahead = reassemble->held - (next->whole == NULL ? 0 : size_of(next->body_len));
    return ahead + len + size_of(reassemble->body_max) <= 2 * reassemble->body_max;
}

/* Room for the message that the fragment is the first of. */
static enum hf_error begin(struct hf_reassemble *reassemble, const struct hf_fragment *fragment, bool *ret_began)
{
    struct hf_reassemble_slot *slot = slot_of(reassemble, fragment->message_seq);
    size_t len = size_of(fragment->message_len);

    *ret_began = fragment->message_seq == reassemble->next || has_room_ahead(reassemble, len);
    if (!*ret_began)
        return HF_OK;
    slot->whole = hf_allocation_new(reassemble->allocator, len);
    if (slot->whole == NULL)
        return HF_ERR_no_memory;
    slot->type = fragment->type;
    slot->body_len = fragment->message_len;
    slot->missing = fragment->message_len;
    reassemble->held += len;
    struct hf_writer header = hf_writer_of(slot->whole, HF_FRAGMENT_HEADER_LEN);
    hf_writer_u8(&header, fragment->type);
    hf_writer_uint(&header, 3, fragment->message_len);
    hf_writer_u16(&header, fragment->message_seq);
    hf_writer_uint(&header, 3, 0);
    hf_writer_uint(&header, 3, fragment->message_len);
    return HF_OK;
}

static bool is_covered(const struct hf_reassemble_slot *slot, const struct hf_fragment *fragment)
{
    for (size_t i = 0; i < fragment->bytes.len; i++)
        if (!is_there(slot, fragment->offset + i))
            return false;
    return slot->body_len > 0; /* an empty message comes once, too */
}

/* What came first stays: a later fragment only fills what is missing. */
static enum hf_reassembled fill(struct hf_reassemble_slot *slot, const struct hf_fragment *fragment)
{
    uint8_t *body = slot->whole + HF_FRAGMENT_HEADER_LEN;
    if (is_covered(slot, fragment))
        return HF_REASSEMBLED_KNOWN;
    for (size_t i = 0; i < fragment->bytes.len; i++) {
        size_t at = fragment->offset + i;
        if (is_there(slot, at))
            continue;
        body[at] = fragment->bytes.data[i];
        bits_of(slot)[at / 8] |= (uint8_t)(1u << (at % 8));
        slot->missing--;
    }
    while (slot->prefix < slot->body_len && is_there(slot, slot->prefix))
        slot->prefix++;
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

bool hf_reassemble_is_begun(const struct hf_reassemble *reassemble)
{
    uint32_t lent = reassemble->is_lent ? 1 : 0;
    for (uint32_t i = 0; i + lent < HF_REASSEMBLE_AHEAD; i++)
        if (slot_of(reassemble, reassemble->next + i)->whole != NULL)
            return true;
    return false;
}

/* Messages that are whole only wait to be taken: what lacks begins behind them. */
bool hf_reassemble_has_gap(const struct hf_reassemble *reassemble)
{
    uint32_t first = 0;
    while (first < HF_REASSEMBLE_AHEAD && is_whole(slot_of(reassemble, reassemble->next + first)))
        first++;
    for (uint32_t i = first + 1; i < HF_REASSEMBLE_AHEAD; i++)
        if (slot_of(reassemble, reassemble->next + i)->whole != NULL)
            return true;
    const struct hf_reassemble_slot *slot = slot_of(reassemble, reassemble->next + first);
    return slot->whole != NULL && slot->prefix + slot->missing < slot->body_len;
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
    if (!is_whole(slot))
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
