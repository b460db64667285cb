/* A message goes in fragments as large as the open datagram, or a fresh one, has room for: one fragment a record, so
 * that an ACK of a record tells which bytes came. RFC 9147 5.5, 7.2. */
#include "datagram/sender.h"

#include "base/must.h"

enum {
    FRAGMENT_MIN = 32 /* bytes of a message below which a fresh datagram is begun instead */
};

void hf_sender_init(struct hf_sender *sender, const struct hf_allocator *allocator,
                    struct hf_record_protection *writing, uint16_t first_message_seq)
{
    *sender = (struct hf_sender){.allocator = allocator, .next_message_seq = first_message_seq};
    hf_outbox_init(&sender->outbox, allocator);
    hf_flight_init(&sender->flight, allocator);
    hf_mtu_init(&sender->mtu);
    hf_epoch_turn_write(&sender->writes, 0, writing);
}

enum hf_error hf_sender_add_message(struct hf_sender *sender, struct hf_span whole)
{
    const struct hf_flight_message like = {
        .is_handshake = true,
        .type = whole.data[0],
        .epoch = hf_epoch_current_write(&sender->writes)->epoch,
        .message_seq = sender->next_message_seq,
    };
    if (sender->next_message_seq == UINT16_MAX) /* RFC 9147 5.2: it may not wrap */
        return HF_ERR_usage_limit_reached;
    HF_TRY(hf_flight_add(&sender->flight, &like, hf_span_part(whole, HF_FRAGMENT_HEADER_LEN, whole.len)));
    sender->next_message_seq++;
    return HF_OK;
}

enum hf_error hf_sender_add_ccs(struct hf_sender *sender)
{
    static const uint8_t one[] = {1};
    const struct hf_flight_message like = {.epoch = hf_epoch_current_write(&sender->writes)->epoch};
    return hf_flight_add(&sender->flight, &like, hf_span_of(one, sizeof one));
}

static size_t content_max(const struct hf_sender *sender, const struct hf_epoch_write *write)
{
    bool is_limited = sender->content_max != 0 && !write->protection->is_plain;
    return is_limited && sender->content_max < HF_RECORD_CONTENT_MAX ? sender->content_max : HF_RECORD_CONTENT_MAX;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* How many bytes of the message go into the next record. */
static size_t piece_len(const struct hf_sender *sender, const struct hf_epoch_write *write, size_t left)
{
    size_t room = hf_outbox_room(&sender->outbox, write, sender->mtu.flight);
    if (room < HF_FRAGMENT_HEADER_LEN + least(left, FRAGMENT_MIN))
        room = hf_outbox_room_fresh(write, sender->mtu.flight);
    room = least(room, content_max(sender, write));
    return least(left, room > HF_FRAGMENT_HEADER_LEN ? room - HF_FRAGMENT_HEADER_LEN : FRAGMENT_MIN);
}

static enum hf_error send_piece(struct hf_sender *sender, struct hf_epoch_write *write,
                                const struct hf_flight_message *message, struct hf_range piece)
{
    size_t room = HF_FRAGMENT_HEADER_LEN + (piece.to - piece.from);
    uint8_t *memory = hf_allocation_new(sender->allocator, room);
    if (memory == NULL)
        return HF_ERR_no_memory;
    const struct hf_fragment fragment = {
        .type = message->type,
        .message_len = message->len,
        .message_seq = message->message_seq,
        .offset = piece.from,
        .bytes = hf_span_of(message->body + piece.from, piece.to - piece.from),
    };
    struct hf_flight_record record = {
        .epoch = write->epoch,
        .message_seq = message->message_seq,
        .from = piece.from,
        .to = piece.to,
    };
    struct hf_writer writer = hf_writer_of(memory, room);
    hf_fragment_write(&writer, &fragment);
    enum hf_error error = hf_outbox_seal(&sender->outbox, write, sender->mtu.flight, HF_CONTENT_HANDSHAKE,
                                         hf_writer_span(&writer), &record.sequence);
    if (error == HF_OK)
        hf_flight_note(&sender->flight, &record);
    hf_allocation_wipe(sender->allocator, memory, room);
    return error;
}

static enum hf_error send_handshake(struct hf_sender *sender, struct hf_epoch_write *write,
                                    const struct hf_flight_message *message)
{
    struct hf_range gap;
    if (message->len == 0)
        return send_piece(sender, write, message, (struct hf_range){0, 0});
    for (size_t at = 0; hf_ranges_gap(&message->acked, at, message->len, &gap); at = gap.to) {
        gap.to = gap.from + piece_len(sender, write, gap.to - gap.from);
        HF_TRY(send_piece(sender, write, message, gap));
    }
    return HF_OK;
}

static enum hf_error send_one(struct hf_sender *sender, const struct hf_flight_message *message)
{
    uint64_t sequence;
    struct hf_epoch_write *write = hf_epoch_find_write(&sender->writes, message->epoch);
    if (write == NULL)
        return HF_ERR_internal; /* keys stay while the flight needs them: see hf_sender_end_flight */
    if (message->is_handshake)
        return send_handshake(sender, write, message);
    return hf_outbox_seal(&sender->outbox, write, sender->mtu.flight, HF_CONTENT_CHANGE_CIPHER_SPEC,
                          hf_span_of(message->body, message->len), &sequence);
}

static enum hf_error send_flight(struct hf_sender *sender, bool again)
{
    for (struct hf_flight_message *one = sender->flight.first; one != NULL; one = one->next) {
        if (one->is_acked || (one->is_sent && !again))
            continue;
        HF_TRY(send_one(sender, one));
        one->is_sent = true;
    }
    hf_outbox_close(&sender->outbox);
    return HF_OK;
}

enum hf_error hf_sender_send_new(struct hf_sender *sender)
{
    return send_flight(sender, /* again= */ false);
}

enum hf_error hf_sender_send_again(struct hf_sender *sender)
{
    if (hf_outbox_is_full(&sender->outbox))
        return HF_OK; /* nobody drains it: more of the same would not help */
    return send_flight(sender, /* again= */ true);
}

bool hf_sender_has_new(const struct hf_sender *sender)
{
    for (const struct hf_flight_message *one = sender->flight.first; one != NULL; one = one->next)
        if (!one->is_sent)
            return true;
    return false;
}

enum hf_error hf_sender_send_record(struct hf_sender *sender, uint8_t type, struct hf_span content)
{
    uint64_t sequence;
    return hf_outbox_seal(&sender->outbox, hf_epoch_current_write(&sender->writes), sender->mtu.path, type, content,
                          &sequence);
}

void hf_sender_end_flight(struct hf_sender *sender)
{
    hf_flight_clear(&sender->flight);
    hf_epoch_retire_writes(&sender->writes, hf_epoch_current_write(&sender->writes)->epoch);
}

size_t hf_sender_data_max(const struct hf_sender *sender)
{
    if (sender->writes.count == 0)
        return 0;
    const struct hf_epoch_write *write = &sender->writes.of[sender->writes.count - 1];
    return least(hf_outbox_room_fresh(write, sender->mtu.path), content_max(sender, write));
}

void hf_sender_release(struct hf_sender *sender)
{
    struct hf_epoch_reads none = {0};
    hf_flight_clear(&sender->flight);
    hf_outbox_release(&sender->outbox);
    hf_epoch_release(&none, &sender->writes);
}
