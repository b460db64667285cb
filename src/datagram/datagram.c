/* The methods of the framing over datagrams. See parts.h for who does what. RFC 9147, RFC 6347. */
#include "datagram/datagram.h"

#include "datagram/parts.h"
#include "record/dtls_plain.h"

static struct hf_datagram *datagram_of(struct hf_framing *framing)
{
    return (struct hf_datagram *)framing;
}

static const struct hf_datagram *const_datagram_of(const struct hf_framing *framing)
{
    return (const struct hf_datagram *)framing;
}

/* ---- in ---- */

static enum hf_error datagram_feed(struct hf_framing *framing, struct hf_span wire, size_t *ret_taken)
{
    struct hf_datagram *datagram = datagram_of(framing);
    if (datagram->failure != HF_OK)
        return datagram->failure;
    hf_inbox_add(&datagram->inbox, wire, framing->path);
    *ret_taken = wire.len;
    return HF_OK;
}

static enum hf_error datagram_next(struct hf_framing *framing, struct hf_unit *ret_unit)
{
    struct hf_datagram *datagram = datagram_of(framing);
    struct hf_unit unit = {0};
    if (datagram->failure != HF_OK)
        return datagram->failure;
    datagram->failure = hf_incoming_next(datagram, &unit);
    HF_TRY(datagram->failure);
    *ret_unit = unit;
    return HF_OK;
}

/* What came in the clear and is incomplete when the keys turn is thrown away by turn_read: anyone may have sent it.
 * What the peer sent under keys behind a message that ends their use breaks RFC 9147 8. */
static bool datagram_between_messages(const struct hf_framing *framing)
{
    const struct hf_datagram *datagram = const_datagram_of(framing);
    const struct hf_epoch_reads *reads = &datagram->reads;
    return reads->of[reads->count - 1].protection->is_plain || !hf_reassemble_is_begun(&datagram->reassemble);
}

/* ---- out ---- */

static void datagram_write_header(struct hf_framing *framing, struct hf_writer *header, uint8_t type, size_t body_len)
{
    hf_writer_u8(header, type);
    hf_writer_uint(header, 3, body_len);
    hf_writer_u16(header, (uint16_t)datagram_of(framing)->sender.next_message_seq); /* a spent one is refused below */
    hf_writer_uint(header, 3, 0);
    hf_writer_uint(header, 3, body_len);
}

/* A new flight begins with the first message behind an answer: it takes the place of the one before, and stands for an
 * ACK of what it answers as soon as it goes (until then a signer may take its time, and an ACK is due), unless that was
 * the last of the handshake, whose ACK shares its datagram (RFC 9147 7.1). */
static enum hf_error begin_flight(struct hf_datagram *datagram)
{
    bool is_open13 = datagram->rules == HF_RULES_13 && datagram->is_handshake_over;
    if (!datagram->is_answered || is_open13)
        return HF_OK;
    datagram->is_answered = false;
    hf_sender_end_flight(&datagram->sender);
    if (datagram->rules == HF_RULES_13 &&
        hf_epoch_current_write(&datagram->sender.writes)->epoch >= HF_EPOCH_APPLICATION13)
        return hf_progress_send_ack(datagram);
    datagram->is_ack_implied = true;
    return HF_OK;
}

static enum hf_error datagram_send_message(struct hf_framing *framing, struct hf_span message)
{
    struct hf_datagram *datagram = datagram_of(framing);
    HF_TRY(begin_flight(datagram));
    return hf_sender_add_message(&datagram->sender, message);
}

static enum hf_error datagram_send_ccs(struct hf_framing *framing)
{
    if (datagram_of(framing)->rules == HF_RULES_13)
        return HF_OK; /* RFC 9147 5: no compatibility mode */
    HF_TRY(begin_flight(datagram_of(framing)));
    return hf_sender_add_ccs(&datagram_of(framing)->sender);
}

static enum hf_error datagram_send_alert(struct hf_framing *framing, uint8_t level, uint8_t alert)
{
    const uint8_t body[] = {level, alert};
    struct hf_sender *sender = &datagram_of(framing)->sender;
    HF_TRY(hf_sender_send_record(sender, HF_CONTENT_ALERT, hf_span_of(body, sizeof body)));
    hf_outbox_close(&sender->outbox);
    return HF_OK;
}

static enum hf_error datagram_send_data(struct hf_framing *framing, struct hf_span data, size_t *ret_taken)
{
    struct hf_sender *sender = &datagram_of(framing)->sender;
    *ret_taken = 0;
    if (hf_epoch_current_write(&sender->writes)->protection->is_plain)
        return HF_ERR_wrong_call;
    if (data.len > hf_sender_data_max(sender))
        return HF_ERR_datagram_too_long;
    if (data.len == 0 || hf_outbox_is_full(&sender->outbox))
        return HF_OK;
    HF_TRY(hf_sender_send_alone(sender, HF_CONTENT_APPLICATION_DATA, data));
    *ret_taken = data.len;
    return HF_OK;
}

static enum hf_error datagram_flush(struct hf_framing *framing)
{
    struct hf_datagram *datagram = datagram_of(framing);
    if (!hf_sender_has_new(&datagram->sender))
        return HF_OK;
    if (datagram->is_ack_implied)
        hf_progress_forget_acks(datagram);
    datagram->is_ack_implied = false;
    bool is_late = hf_epoch_current_write(&datagram->sender.writes)->epoch >= HF_EPOCH_APPLICATION13;
    if (datagram->rules != HF_RULES_13 || !is_late)
        return hf_progress_send_new(datagram);
    if (datagram->is_handshake_over && !hf_flight_is_acked(&datagram->sender.flight))
        return HF_OK; /* one flight after the other: this one goes when the peer has the one that is out */
    if (!datagram->timer.is_fixed)
        HF_TRY(hf_progress_send_ack(datagram)); /* it shares the datagram with what follows */
    return hf_progress_send_new(datagram);
}

static struct hf_span datagram_output(const struct hf_framing *framing)
{
    const struct hf_outbox_datagram *first = hf_outbox_first(&const_datagram_of(framing)->sender.outbox);
    return first == NULL ? hf_span_of(NULL, 0) : hf_span_of(first->bytes, first->len);
}

static void datagram_consumed(struct hf_framing *framing, size_t len)
{
    if (len > 0)
        hf_outbox_drop_first(&datagram_of(framing)->sender.outbox);
}

/* ---- keys, rules, limits ---- */

/* RFC 9147 6.1: the first keys of each level have epochs of their own; RFC 6347 4.1: one after the other. */
static uint16_t epoch_after(const struct hf_datagram *datagram, uint16_t epoch, enum hf_level level)
{
    if (level == HF_LEVEL_EARLY)
        return HF_EPOCH_EARLY13;
    return datagram->rules == HF_RULES_13 && level == HF_LEVEL_HANDSHAKE ? HF_EPOCH_HANDSHAKE13 : (uint16_t)(epoch + 1);
}

static enum hf_error datagram_turn_read(struct hf_framing *framing, struct hf_record_protection *protection)
{
    struct hf_datagram *datagram = datagram_of(framing);
    uint16_t epoch = hf_epoch_current_read(&datagram->reads)->epoch;
    if (epoch == UINT16_MAX) {
        hf_record_free(protection);
        return HF_ERR_too_many_key_updates; /* RFC 9147 8 */
    }
    if (!datagram_between_messages(framing)) {
        hf_record_free(protection);
        return HF_ERR_keys_change_inside_message;
    }
    hf_epoch_turn_read(&datagram->reads, epoch_after(datagram, epoch, protection->level), protection, framing->now_ms);
    hf_reassemble_turn(&datagram->reassemble);
    hf_inbox_retry_early(&datagram->inbox);
    datagram->has_ccs = false;
    return HF_OK;
}

/* Behind the handshake the message that announces new keys must be acknowledged before they are used (RFC 9147 8). */
static enum hf_error datagram_turn_write(struct hf_framing *framing, struct hf_record_protection *protection)
{
    struct hf_datagram *datagram = datagram_of(framing);
    uint16_t epoch = hf_epoch_current_write(&datagram->sender.writes)->epoch;
    if (protection->level == HF_LEVEL_NONE) { /* early data was refused by a HelloRetryRequest: epoch 0 goes on */
        hf_record_free(protection);
        hf_epoch_turn_back_write(&datagram->sender.writes);
        return HF_OK;
    }
    if (epoch == UINT16_MAX || datagram->pending_write != NULL) {
        hf_record_free(protection);
        return datagram->pending_write != NULL ? HF_ERR_internal : HF_ERR_usage_limit_reached;
    }
    datagram->sender.is_turning = datagram->rules == HF_RULES_13 && datagram->is_handshake_over;
    if (datagram->sender.is_turning)
        datagram->pending_write = protection;
    else
        hf_epoch_turn_write(&datagram->sender.writes, epoch_after(datagram, epoch, protection->level), protection);
    return HF_OK;
}

static bool datagram_is_turning(const struct hf_framing *framing)
{
    return const_datagram_of(framing)->pending_write != NULL;
}

static bool datagram_is_spent(const struct hf_framing *framing)
{
    const struct hf_datagram *datagram = const_datagram_of(framing);
    const struct hf_epoch_writes *writes = &datagram->sender.writes;
    uint32_t last = writes->of[writes->count - 1].epoch + (datagram->pending_write != NULL ? 1u : 0u);
    return last >= UINT16_MAX || datagram->sender.next_message_seq > UINT16_MAX;
}

static void datagram_set_rules(struct hf_framing *framing, enum hf_framing_rules rules)
{
    datagram_of(framing)->rules = rules;
    datagram_of(framing)->sender.outbox.has_version = rules != HF_RULES_HELLO;
    hf_progress_rules(datagram_of(framing));
}

static void datagram_set_limits(struct hf_framing *framing, const struct hf_framing_limits *limits)
{
    struct hf_datagram *datagram = datagram_of(framing);
    datagram->sender.content_max = limits->send;
    datagram->receive_limit = limits->receive < HF_RECORD_CONTENT_MAX ? limits->receive : 0;
    datagram->reassemble.body_max = limits->message == 0 ? HF_DATAGRAM_MESSAGE_MAX : limits->message;
}

static void datagram_skip_early_data(struct hf_framing *framing, size_t max)
{
    (void)framing; /* what does not open is dropped anyway */
    (void)max;
}

static void datagram_end_handshake(struct hf_framing *framing)
{
    hf_progress_end_handshake(datagram_of(framing));
}

static enum hf_usage datagram_usage(const struct hf_framing *framing, bool of_writing)
{
    const struct hf_datagram *datagram = const_datagram_of(framing);
    const struct hf_epoch_writes *writes = &datagram->sender.writes;
    const struct hf_epoch_reads *reads = &datagram->reads;
    return of_writing ? writes->of[writes->count - 1].protection->usage : reads->of[reads->count - 1].protection->usage;
}

static size_t datagram_data_max(const struct hf_framing *framing)
{
    return hf_sender_data_max(&const_datagram_of(framing)->sender);
}

static void datagram_set_datagram_max(struct hf_framing *framing, size_t len)
{
    hf_mtu_set(&datagram_of(framing)->sender.mtu, len);
}

/* ---- connection IDs and paths ---- */

static enum hf_error datagram_begin_routes(struct hf_framing *framing, const struct hf_random *random, size_t own_len)
{
    struct hf_datagram *datagram = datagram_of(framing);
    if (datagram->routes != NULL)
        return HF_ERR_internal;
    HF_TRY(hf_routes_new(datagram->allocator, random, own_len, &datagram->routes));
    datagram->inbox.id_len = own_len;
    return hf_routes_make_own(datagram->routes);
}

static enum hf_error datagram_agree_ids(struct hf_framing *framing, const struct hf_framing_ids *ids)
{
    struct hf_datagram *datagram = datagram_of(framing);
    struct hf_routes *routes = datagram->routes;
    if (routes == NULL || routes->is_agreed)
        return HF_ERR_internal;
    if (ids->peer.len > 0)
        HF_TRY(hf_connection_ids_add_peer(&routes->ids, ids->peer));
    routes->is_agreed = true;
    routes->check.is_agreed = ids->checks_paths;
    routes->check.is_basic = ids->is_basic;
    hf_routing_changed(datagram);
    return HF_OK;
}

static struct hf_routes *datagram_routes(struct hf_framing *framing)
{
    return datagram_of(framing)->routes;
}

static void datagram_routes_changed(struct hf_framing *framing)
{
    hf_routing_changed(datagram_of(framing));
}

static uint32_t datagram_output_path(const struct hf_framing *framing)
{
    const struct hf_datagram *datagram = const_datagram_of(framing);
    const struct hf_outbox_datagram *first = hf_outbox_first(&datagram->sender.outbox);
    if (first != NULL && first->path != HF_OUTBOX_PEER)
        return first->path;
    return datagram->routes == NULL ? 0 : datagram->routes->check.bound;
}

static void drop_routes(struct hf_datagram *datagram)
{
    datagram->sender.outbox.id = hf_span_of(NULL, 0);
    hf_routes_free(datagram->routes);
    datagram->routes = NULL;
}

/* ---- time and life ---- */

static void datagram_set_retransmission(struct hf_framing *framing, uint32_t first_ms)
{
    struct hf_datagram *datagram = datagram_of(framing);
    uint64_t ack_since_ms = datagram->ack_due_ms - datagram->timer.timeout_ms / 4;
    hf_retransmit_timer_fix(&datagram->timer, first_ms);
    if (datagram->ack_due_ms != UINT64_MAX)
        datagram->ack_due_ms = ack_since_ms + datagram->timer.timeout_ms / 4;
}

static uint64_t datagram_deadline(const struct hf_framing *framing)
{
    const struct hf_datagram *datagram = const_datagram_of(framing);
    return datagram->failure != HF_OK ? UINT64_MAX : hf_progress_deadline(datagram);
}

static enum hf_error datagram_tick(struct hf_framing *framing)
{
    struct hf_datagram *datagram = datagram_of(framing);
    if (datagram->failure == HF_OK)
        datagram->failure = hf_progress_tick(datagram);
    return datagram->failure;
}

static void datagram_watch(struct hf_framing *framing, const struct hf_framing_watcher *watcher)
{
    datagram_of(framing)->watcher = *watcher;
}

static void datagram_rest(struct hf_framing *framing)
{
    struct hf_datagram *datagram = datagram_of(framing);
    hf_epoch_retire_reads(&datagram->reads, /* first= */ 0, framing->now_ms);
}

static void datagram_quiet(struct hf_framing *framing)
{
    struct hf_datagram *datagram = datagram_of(framing);
    for (size_t i = 0; i < datagram->reads.count; i++)
        hf_record_rest(datagram->reads.of[i].protection);
    for (size_t i = 0; i < datagram->sender.writes.count; i++)
        hf_record_rest(datagram->sender.writes.of[i].protection);
}

static void datagram_describe(const struct hf_framing *framing, struct hf_text *ret_text)
{
    (void)framing;
    hf_text_add(ret_text, "nothing");
}

static void datagram_forget_keys(struct hf_framing *framing)
{
    struct hf_datagram *datagram = datagram_of(framing);
    hf_flight_clear(&datagram->sender.flight);
    hf_epoch_release(&datagram->reads, &datagram->sender.writes);
    hf_inbox_release(&datagram->inbox);
    hf_reassemble_release(&datagram->reassemble);
    hf_record_free(datagram->pending_write);
    datagram->pending_write = NULL;
    datagram->sender.outbox.is_paused = false; /* what is left goes to where the peer was last */
    if (datagram->failure == HF_OK)
        datagram->failure = HF_ERR_wrong_call;
}

static void datagram_free(struct hf_framing *framing)
{
    struct hf_datagram *datagram = datagram_of(framing);
    datagram_forget_keys(framing);
    drop_routes(datagram);
    hf_sender_release(&datagram->sender);
    hf_allocation_wipe(datagram->allocator, datagram, sizeof *datagram);
}

static uint64_t datagram_dropped(const struct hf_framing *framing)
{
    return const_datagram_of(framing)->dropped;
}

/* The two protections of epoch 0. HF_ERR_no_memory: neither. */
static enum hf_error make_plain(const struct hf_allocator *allocator, struct hf_record_protection **ret_reading,
                                struct hf_record_protection **ret_writing)
{
    struct hf_record_protection *reading;
    HF_TRY(hf_dtls_plain_new(allocator, &reading));
    enum hf_error error = hf_dtls_plain_new(allocator, ret_writing);
    if (error == HF_OK)
        *ret_reading = reading;
    else
        hf_record_free(reading);
    return error;
}

/* All that a handshake begins with. Of what was here before nothing is looked at. */
static void begin(struct hf_datagram *datagram, const struct hf_datagram_numbers *first,
                  struct hf_record_protection *reading, struct hf_record_protection *writing)
{
    const struct hf_allocator *allocator = datagram->allocator;
    *datagram = (struct hf_datagram){
        .framing = datagram->framing,
        .allocator = allocator,
        .watcher = datagram->watcher,
        .begun = datagram->begun,
        .dropped = datagram->dropped,
        .is_answered = true,
        .ack_due_ms = UINT64_MAX,
        .hint = {.due_ms = UINT64_MAX},
    };
    hf_sender_init(&datagram->sender, allocator, writing, first->message_seq);
    hf_epoch_current_write(&datagram->sender.writes)->next_sequence = first->sequence;
    hf_inbox_init(&datagram->inbox, allocator);
    hf_epoch_turn_read(&datagram->reads, 0, reading, /* now_ms= */ 0);
    hf_reassemble_init(&datagram->reassemble, allocator, HF_DATAGRAM_MESSAGE_MAX, first->message_seq);
    hf_retransmit_timer_init(&datagram->timer);
}

/* Each beginning has so many record numbers of its own that none comes twice under no keys. */
static enum hf_error datagram_begin_anew(struct hf_framing *framing)
{
    enum { NUMBERS_EACH = 65536 };
    struct hf_datagram *datagram = datagram_of(framing);
    struct hf_record_protection *reading = NULL;
    struct hf_record_protection *writing = NULL;
    const struct hf_mtu mtu = datagram->sender.mtu;
    const struct hf_retransmit_timer timer = datagram->timer;
    HF_TRY(make_plain(datagram->allocator, &reading, &writing));
    datagram_forget_keys(framing);
    drop_routes(datagram);
    hf_sender_release(&datagram->sender);
    datagram->begun++;
    const struct hf_datagram_numbers first = {.sequence = (uint64_t)datagram->begun * NUMBERS_EACH};
    begin(datagram, &first, reading, writing);
    datagram->sender.mtu = mtu;
    hf_retransmit_timer_fix(&datagram->timer, timer.is_fixed ? timer.base_ms : 0);
    return HF_OK;
}

static const struct hf_framing_methods datagram_methods = {
    .feed = datagram_feed,
    .next = datagram_next,
    .send_message = datagram_send_message,
    .send_ccs = datagram_send_ccs,
    .send_alert = datagram_send_alert,
    .send_data = datagram_send_data,
    .flush = datagram_flush,
    .output = datagram_output,
    .consumed = datagram_consumed,
    .turn_read = datagram_turn_read,
    .turn_write = datagram_turn_write,
    .set_rules = datagram_set_rules,
    .set_limits = datagram_set_limits,
    .skip_early_data = datagram_skip_early_data,
    .end_handshake = datagram_end_handshake,
    .between_messages = datagram_between_messages,
    .usage = datagram_usage,
    .forget_keys = datagram_forget_keys,
    .rest = datagram_rest,
    .quiet = datagram_quiet,
    .describe = datagram_describe,
    .free = datagram_free,
    .write_header = datagram_write_header,
    .deadline = datagram_deadline,
    .tick = datagram_tick,
    .is_turning = datagram_is_turning,
    .is_spent = datagram_is_spent,
    .data_max = datagram_data_max,
    .set_datagram_max = datagram_set_datagram_max,
    .begin_anew = datagram_begin_anew,
    .dropped = datagram_dropped,
    .set_retransmission = datagram_set_retransmission,
    .begin_routes = datagram_begin_routes,
    .agree_ids = datagram_agree_ids,
    .routes = datagram_routes,
    .routes_changed = datagram_routes_changed,
    .output_path = datagram_output_path,
    .watch = datagram_watch,
};

enum hf_error hf_datagram_new(const struct hf_allocator *allocator, const struct hf_datagram_numbers *first,
                              struct hf_framing **ret_framing)
{
    struct hf_record_protection *reading = NULL;
    struct hf_record_protection *writing = NULL;
    struct hf_datagram *datagram = hf_allocation_new(allocator, sizeof *datagram);

    if (datagram == NULL || make_plain(allocator, &reading, &writing) != HF_OK) {
        hf_allocation_free(allocator, datagram);
        return HF_ERR_no_memory;
    }
    datagram->framing = (struct hf_framing){.methods = &datagram_methods, .is_unordered = true};
    datagram->allocator = allocator;
    begin(datagram, first, reading, writing);
    *ret_framing = &datagram->framing;
    return HF_OK;
}
