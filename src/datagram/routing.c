/* Where what we send goes, and what ID it carries. While it is not sure where the peer is nothing goes but challenges
 * and their answers (RFC 9853 5): the rest waits until that is settled, and goes there then. */
#include "datagram/parts.h"

/* Three round trips, where one was measured: the timer begins with one and a half (RFC 9853 5.5). */
static uint32_t wait_of(const struct hf_retransmit_timer *timer)
{
    bool is_measured = !timer->is_fixed && timer->base_ms != HF_RETRANSMIT_INITIAL_MS;
    return is_measured ? 2 * timer->base_ms : HF_ROUTABILITY_WAIT_MS;
}

void hf_routing_changed(struct hf_datagram *datagram)
{
    struct hf_routes *routes = datagram->routes;
    if (routes == NULL)
        return;
    datagram->sender.outbox.id = routes->is_agreed ? hf_connection_ids_peer(&routes->ids) : hf_span_of(NULL, 0);
    datagram->sender.outbox.is_paused = routes->check.stage != HF_ROUTABILITY_SETTLED;
}

/* On a path of its own an ID that was not seen before keeps watchers from linking the two (RFC 9147 9). */
static void settle(struct hf_datagram *datagram, uint64_t moved_before)
{
    struct hf_routes *routes = datagram->routes;
    if (routes->check.moved != moved_before)
        (void)hf_connection_ids_use_next(&routes->ids);
    hf_routing_changed(datagram);
}

/* Where nobody drains what goes out, more of it would not help: the peer asks again, and so do we. */
static enum hf_error send_message(struct hf_datagram *datagram, const struct hf_routability_message *message)
{
    struct hf_outbox *outbox = &datagram->sender.outbox;
    if (message->len == 0 || hf_outbox_is_full(outbox))
        return HF_OK;
    hf_outbox_close(outbox);
    outbox->path = message->path;
    enum hf_error error = hf_sender_send_alone(&datagram->sender, HF_CONTENT_RETURN_ROUTABILITY_CHECK,
                                               hf_span_of(message->bytes, message->len));
    outbox->path = HF_OUTBOX_PEER;
    return error;
}

/* During the handshake the address is the one that the cookie has proven. */
void hf_routing_heard(struct hf_datagram *datagram, const struct hf_epoch_read *read,
                      const struct hf_inbox_record *record, uint64_t sequence)
{
    struct hf_routes *routes = datagram->routes;
    if (routes == NULL || read->protection->is_plain)
        return;
    const struct hf_routability_heard heard = {
        .path = datagram->is_handshake_over ? datagram->record_path : routes->check.bound,
        .epoch = read->epoch,
        .sequence = sequence,
        .len = record->header.len + record->body.len,
        .now_ms = datagram->framing.now_ms,
        .wait_ms = wait_of(&datagram->timer),
    };
    hf_return_routability_heard(&routes->check, &heard);
    hf_connection_ids_seen(&routes->ids, record->id, datagram->framing.now_ms);
    hf_connection_ids_forget_retired(&routes->ids, datagram->framing.now_ms);
    hf_routing_changed(datagram);
}

enum hf_error hf_routing_take(struct hf_datagram *datagram, struct hf_span content)
{
    struct hf_routes *routes = datagram->routes;
    struct hf_routability_message reply;
    if (routes == NULL || !routes->check.is_agreed || !datagram->is_handshake_over)
        return HF_ERR_unexpected_message; /* RFC 9853 3 */
    uint64_t moved_before = routes->check.moved;
    HF_TRY(
        hf_return_routability_take(&routes->check, content, datagram->record_path, datagram->framing.now_ms, &reply));
    settle(datagram, moved_before);
    return send_message(datagram, &reply);
}

uint64_t hf_routing_deadline(const struct hf_datagram *datagram)
{
    return datagram->routes == NULL ? UINT64_MAX : hf_return_routability_deadline(&datagram->routes->check);
}

/* How long the record of a message is. */
static size_t record_len(struct hf_datagram *datagram)
{
    enum { ENOUGH = 2048 };
    const struct hf_sender *sender = &datagram->sender;
    const struct hf_epoch_write *write = hf_epoch_current_write(&datagram->sender.writes);
    return ENOUGH - hf_outbox_room_fresh(&sender->outbox, write, ENOUGH) + HF_ROUTABILITY_MESSAGE_LEN;
}

enum hf_error hf_routing_tick(struct hf_datagram *datagram)
{
    struct hf_routability_message challenge;
    uint64_t now_ms = datagram->framing.now_ms;
    if (hf_routing_deadline(datagram) > now_ms)
        return HF_OK;
    HF_TRY(hf_return_routability_tick(&datagram->routes->check, now_ms, record_len(datagram), &challenge));
    hf_routing_changed(datagram);
    return send_message(datagram, &challenge);
}
