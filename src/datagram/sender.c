/* Messages of one epoch share records, cut where a datagram is full, so that a flight takes as few of both as can be.
 * Which parts a record carried is noted for its ACK. RFC 9147 5.5, 7.2. */
#include "datagram/sender.h"

#include "base/must.h"

enum {
    PACK_PARTS_MAX = 16, /* fragments in one record */
    PACK_LEN_MAX = 16384 /* of a record's content */
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
        .epoch = (uint16_t)(hf_epoch_current_write(&sender->writes)->epoch + (sender->is_turning ? 1 : 0)),
        .message_seq = (uint16_t)sender->next_message_seq,
    };
    if (sender->next_message_seq > UINT16_MAX) /* RFC 9147 5.2: it may not wrap */
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

/* One record of handshake messages in the making. */
struct pack {
    struct hf_epoch_write *write;                  /* NULL: none is begun */
    struct hf_writer content;                      /* over memory for the longest record */
    struct hf_flight_record parts[PACK_PARTS_MAX]; /* what it carries; their numbers come when it is sealed */
    size_t part_count;
};

static enum hf_error seal_pack(struct hf_sender *sender, struct pack *pack)
{
    uint64_t sequence;
    if (pack->write == NULL || pack->part_count == 0)
        return HF_OK;
    HF_TRY(hf_outbox_seal(&sender->outbox, pack->write, sender->mtu.flight, HF_CONTENT_HANDSHAKE,
                          hf_writer_span(&pack->content), &sequence));
    for (size_t i = 0; i < pack->part_count; i++) {
        pack->parts[i].sequence = sequence;
        hf_flight_note(&sender->flight, &pack->parts[i]);
    }
    pack->part_count = 0;
    pack->write = NULL;
    return HF_OK;
}

/* Begins a record that fills what the open datagram, or else a fresh one, has room for. */
static void begin_pack(const struct hf_sender *sender, struct pack *pack, struct hf_epoch_write *write)
{
    size_t room = hf_outbox_room(&sender->outbox, write, sender->mtu.flight);
    if (room <= HF_FRAGMENT_HEADER_LEN)
        room = hf_outbox_room_fresh(&sender->outbox, write, sender->mtu.flight);
    pack->write = write;
    pack->content.len = 0;
    pack->content.room = least(least(room, content_max(sender, write)), PACK_LEN_MAX);
}

/* Adds as much of the piece as the record takes; *ret_len is how much. In 1.2 nothing follows a part of a message in
 * its record: Mbed TLS 2.28 looks for the next message where the whole of this one would have ended. It has no 1.3,
 * whose protected records are filled. */
static enum hf_error add_piece(struct hf_sender *sender, struct pack *pack, const struct hf_flight_message *message,
                               struct hf_range piece, size_t *ret_len)
{
    struct hf_epoch_write *write = hf_epoch_find_write(&sender->writes, message->epoch);
    if (write == NULL)
        return HF_ERR_internal; /* keys stay while the flight needs them: see hf_sender_end_flight */
    size_t least_len = HF_FRAGMENT_HEADER_LEN + (piece.to > piece.from ? 1 : 0);
    if (pack->write != write || pack->content.room - pack->content.len < least_len ||
        pack->part_count == PACK_PARTS_MAX)
        HF_TRY(seal_pack(sender, pack));
    if (pack->write == NULL)
        begin_pack(sender, pack, write);
    size_t room = pack->content.room - pack->content.len;
    if (room < least_len)
        return HF_ERR_internal; /* mtu.c keeps datagrams longer than this */
    size_t len = least(piece.to - piece.from, room - HF_FRAGMENT_HEADER_LEN);
    const struct hf_fragment fragment = {
        .type = message->type,
        .message_len = message->len,
        .message_seq = message->message_seq,
        .offset = piece.from,
        .bytes = hf_span_of(message->body + piece.from, len),
    };
    hf_fragment_write(&pack->content, &fragment);
    pack->parts[pack->part_count++] = (struct hf_flight_record){
        .epoch = write->epoch,
        .message_seq = message->message_seq,
        .from = piece.from,
        .to = piece.from + len,
    };
    *ret_len = len;
    return len < message->len && !write->protection->hides_type ? seal_pack(sender, pack) : HF_OK;
}

static enum hf_error send_handshake(struct hf_sender *sender, struct pack *pack,
                                    const struct hf_flight_message *message)
{
    struct hf_range gap;
    size_t len;
    if (message->len == 0)
        return add_piece(sender, pack, message, (struct hf_range){0, 0}, &len);
    for (size_t at = 0; hf_ranges_gap(&message->acked, at, message->len, &gap); at = gap.from + len)
        HF_TRY(add_piece(sender, pack, message, gap, &len));
    return HF_OK;
}

static enum hf_error send_ccs(struct hf_sender *sender, struct pack *pack, const struct hf_flight_message *message)
{
    uint64_t sequence;
    struct hf_epoch_write *write = hf_epoch_find_write(&sender->writes, message->epoch);
    HF_TRY(seal_pack(sender, pack));
    if (write == NULL)
        return HF_ERR_internal;
    return hf_outbox_seal(&sender->outbox, write, sender->mtu.flight, HF_CONTENT_CHANGE_CIPHER_SPEC,
                          hf_span_of(message->body, message->len), &sequence);
}

/* RFC 9147 8: behind a KeyUpdate nothing goes under the old keys, and the new ones wait for its ACK. */
static bool has_keys(const struct hf_sender *sender, const struct hf_flight_message *message)
{
    return !sender->is_turning || message->epoch <= sender->writes.of[sender->writes.count - 1].epoch;
}

static enum hf_error send_messages(struct hf_sender *sender, struct pack *pack, bool again)
{
    for (struct hf_flight_message *one = sender->flight.first; one != NULL; one = one->next) {
        if (one->is_acked || (one->is_sent && !again) || !has_keys(sender, one))
            continue;
        HF_TRY(one->is_handshake ? send_handshake(sender, pack, one) : send_ccs(sender, pack, one));
        one->is_sent = true;
    }
    return seal_pack(sender, pack);
}

static enum hf_error send_flight(struct hf_sender *sender, bool again)
{
    struct pack pack = {.write = NULL};
    uint8_t *memory = hf_allocation_new(sender->allocator, PACK_LEN_MAX);
    if (memory == NULL)
        return HF_ERR_no_memory;
    pack.content = hf_writer_of(memory, PACK_LEN_MAX);
    enum hf_error error = send_messages(sender, &pack, again);
    hf_allocation_wipe(sender->allocator, memory, PACK_LEN_MAX);
    hf_outbox_close(&sender->outbox);
    return error;
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
        if (!one->is_sent && has_keys(sender, one))
            return true;
    return false;
}

/* Keys for early data protect nothing else: a server may not have them. RFC 9147 7 says so of ACKs. */
static struct hf_epoch_write *write_for(struct hf_sender *sender, uint8_t type)
{
    struct hf_epoch_write *current = hf_epoch_current_write(&sender->writes);
    struct hf_epoch_write *clear = hf_epoch_find_write(&sender->writes, 0);
    bool is_early = current->protection->level == HF_LEVEL_EARLY && clear != NULL;
    return is_early && type != HF_CONTENT_APPLICATION_DATA ? clear : current;
}

enum hf_error hf_sender_send_record(struct hf_sender *sender, uint8_t type, struct hf_span content)
{
    uint64_t sequence;
    return hf_outbox_seal(&sender->outbox, write_for(sender, type), sender->mtu.path, type, content, &sequence);
}

enum hf_error hf_sender_send_alone(struct hf_sender *sender, uint8_t type, struct hf_span content)
{
    uint64_t sequence;
    struct hf_outbox *outbox = &sender->outbox;
    hf_outbox_close(outbox);
    enum hf_error error = hf_outbox_seal(outbox, write_for(sender, type), /* mtu= */ 0, type, content, &sequence);
    hf_outbox_close(outbox);
    return error;
}

void hf_sender_end_flight(struct hf_sender *sender)
{
    const struct hf_epoch_write *current = hf_epoch_current_write(&sender->writes);
    hf_flight_clear(&sender->flight);
    if (current->protection->level != HF_LEVEL_EARLY) /* else what is not early data goes in the clear still */
        hf_epoch_retire_writes(&sender->writes, current->epoch);
}

size_t hf_sender_data_max(const struct hf_sender *sender)
{
    if (sender->writes.count == 0)
        return 0;
    const struct hf_epoch_write *write = &sender->writes.of[sender->writes.count - 1];
    return least(hf_outbox_room_fresh(&sender->outbox, write, sender->mtu.path), content_max(sender, write));
}

void hf_sender_release(struct hf_sender *sender)
{
    struct hf_epoch_reads none = {0};
    hf_flight_clear(&sender->flight);
    hf_outbox_release(&sender->outbox);
    hf_epoch_release(&none, &sender->writes);
}
