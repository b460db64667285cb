/* Who waits for whom: when a flight goes again, when what came is acknowledged, when a flight is done with.
 * Whoever sent the last flight runs the timer until the peer answers; in 1.2, where answers may be lost in parts, until
 * the handshake is over. RFC 9147 5.8, 7; RFC 6347 4.2.4. */
#include "datagram/parts.h"

enum { LAST_TRIES = 2 };

static bool is_open13(const struct hf_datagram *datagram)
{
    return datagram->rules == HF_RULES_13 && datagram->is_handshake_over;
}

static void activate_pending(struct hf_datagram *datagram)
{
    if (datagram->pending_write == NULL)
        return;
    uint16_t epoch = (uint16_t)(hf_epoch_current_write(&datagram->sender.writes)->epoch + 1);
    hf_epoch_turn_write(&datagram->sender.writes, epoch, datagram->pending_write);
    datagram->pending_write = NULL;
    datagram->sender.is_turning = false;
}

static void end_flight(struct hf_datagram *datagram)
{
    hf_retransmit_timer_stop(&datagram->timer);
    hf_sender_end_flight(&datagram->sender);
}

void hf_progress_answered(struct hf_datagram *datagram)
{
    uint64_t now_ms = datagram->framing.now_ms;
    if (is_open13(datagram))
        return; /* what comes behind the handshake answers nothing: RFC 9147 5.8.4 */
    hf_retransmit_timer_answered(&datagram->timer, now_ms);
    datagram->is_answered = true;
    if (datagram->rules == HF_RULES_13)
        end_flight(datagram); /* RFC 9147 7: any message of the next flight acknowledges all of ours */
    else if (datagram->timer.due_ms != HF_RETRANSMIT_NEVER)
        datagram->timer.due_ms = now_ms + datagram->timer.timeout_ms;
}

/* RFC 9147 7.2: any record of the flight that answers ours acknowledges all of it. In the clear anyone can have sent
 * it: there our flight only rests, and goes again when the peer repeats what it answers. A hello goes on by its timer:
 * a server that asked for a cookie keeps nothing, and would not call for it. */
void hf_progress_begun(struct hf_datagram *datagram, bool is_protected)
{
    if (datagram->rules != HF_RULES_13 || is_open13(datagram))
        return;
    if (is_protected)
        end_flight(datagram);
    else if (!hf_flight_is_hello(&datagram->sender.flight))
        hf_retransmit_timer_stop(&datagram->timer);
}

void hf_progress_rules(struct hf_datagram *datagram)
{
    if (datagram->rules == HF_RULES_13 && datagram->is_answered)
        end_flight(datagram);
}

void hf_progress_end_handshake(struct hf_datagram *datagram)
{
    datagram->is_handshake_over = true;
    hf_inbox_drop_early(&datagram->inbox);
    uint16_t first = datagram->rules == HF_RULES_13 ? HF_EPOCH_HANDSHAKE13 : 1; /* early data is no data later on */
    hf_epoch_retire_reads(&datagram->reads, first, datagram->framing.now_ms);
    if (datagram->rules == HF_RULES_13) {
        datagram->is_ack_urgent = datagram->ack.has_news; /* the client's last flight: nothing else answers it */
        return;
    }
    hf_retransmit_timer_stop(&datagram->timer); /* the last flight goes again only when the peer asks: RFC 6347 4.2.4 */
    if (datagram->is_answered)
        hf_sender_end_flight(&datagram->sender);
}

/* ---- ACKs ---- */

static enum hf_error send_again(struct hf_datagram *datagram)
{
    if (hf_flight_is_hello(&datagram->sender.flight))
        hf_mtu_lost_hello(&datagram->sender.mtu, datagram->timer.resends);
    else
        hf_mtu_lost(&datagram->sender.mtu, datagram->timer.resends);
    return hf_sender_send_again(&datagram->sender);
}

/* The peer has all that was sent: what waited behind it goes now, new keys may be used, or the flight is over. */
static enum hf_error go_on(struct hf_datagram *datagram)
{
    if (hf_sender_has_new(&datagram->sender))
        return hf_progress_send_new(datagram);
    activate_pending(datagram);
    if (hf_sender_has_new(&datagram->sender))
        return hf_progress_send_new(datagram);
    end_flight(datagram);
    return HF_OK;
}

enum hf_error hf_progress_send_new(struct hf_datagram *datagram)
{
    HF_TRY(hf_sender_send_new(&datagram->sender));
    hf_retransmit_timer_start(&datagram->timer, datagram->framing.now_ms);
    return HF_OK;
}

static void tell(const struct hf_datagram *datagram, bool sent, struct hf_span content)
{
    if (datagram->watcher.ack != NULL)
        datagram->watcher.ack(datagram->watcher.context, sent, content);
}

enum hf_error hf_progress_acked(struct hf_datagram *datagram, uint16_t epoch, struct hf_span content)
{
    struct hf_reader records;
    struct hf_record_number_pair record;
    bool is_news = false;
    bool is_plain = epoch == 0;

    if (!hf_ack_read(content, &records))
        return is_plain ? HF_OK : HF_ERR_decode_error;
    tell(datagram, /* sent= */ false, content);
    while (hf_ack_read_next(&records, &record)) {
        /* RFC 9147 7.2; behind the handshake the epochs of the two directions know nothing of each other. */
        if (record.epoch > epoch && epoch < HF_EPOCH_APPLICATION13)
            return is_plain ? HF_OK : HF_ERR_illegal_parameter;
        is_news = hf_flight_ack(&datagram->sender.flight, record.epoch, record.sequence) || is_news;
    }
    if (hf_flight_is_empty(&datagram->sender.flight) || !is_news)
        return HF_OK;
    hf_retransmit_timer_answered(&datagram->timer, datagram->framing.now_ms);
    if (hf_flight_is_acked(&datagram->sender.flight))
        return go_on(datagram);
    if (datagram->timer.is_fixed)
        return HF_OK; /* the rest goes when its time is up */
    hf_retransmit_timer_again(&datagram->timer, datagram->framing.now_ms);
    return send_again(datagram); /* what is missing, at once: RFC 9147 7.2 */
}

void hf_progress_forget_acks(struct hf_datagram *datagram)
{
    hf_ack_clear(&datagram->ack);
    datagram->ack_due_ms = UINT64_MAX;
    datagram->is_ack_urgent = false;
}

enum hf_error hf_progress_send_ack(struct hf_datagram *datagram)
{
    uint8_t body[HF_ACK_BODY_MAX];
    struct hf_writer writer = hf_writer_of(body, sizeof body);
    if (!datagram->ack.has_news)
        return HF_OK;
    hf_ack_write(&datagram->ack, hf_sender_data_max(&datagram->sender), &writer);
    datagram->ack_due_ms = UINT64_MAX;
    datagram->is_ack_urgent = false;
    HF_TRY(hf_sender_send_record(&datagram->sender, HF_CONTENT_ACK, hf_writer_span(&writer)));
    tell(datagram, /* sent= */ true, hf_writer_span(&writer));
    return HF_OK;
}

/* Later, while nobody drains what goes out: the peer may call for ACKs as often as it likes. */
static enum hf_error send_ack_alone(struct hf_datagram *datagram)
{
    if (datagram->ack.has_news && hf_outbox_is_full(&datagram->sender.outbox)) {
        datagram->is_ack_urgent = false;
        datagram->ack_due_ms = datagram->framing.now_ms + datagram->timer.timeout_ms / 4 + 1;
        return HF_OK;
    }
    HF_TRY(hf_progress_send_ack(datagram));
    hf_outbox_close(&datagram->sender.outbox);
    return HF_OK;
}

/* ---- what the peer sent again ---- */

/* The peer sends its flight again because it lacks ours: once for all datagrams of it. */
static bool wants_again(const struct hf_datagram *datagram)
{
    const struct hf_retransmit_timer *timer = &datagram->timer;
    if (!datagram->saw_old || datagram->is_answered || is_open13(datagram))
        return false;
    if (hf_flight_is_empty(&datagram->sender.flight))
        return false;
    return timer->is_fixed || datagram->framing.now_ms >= timer->sent_ms + timer->timeout_ms / 4;
}

enum hf_error hf_progress_settle(struct hf_datagram *datagram)
{
    bool wanted = wants_again(datagram);
    bool had_old = datagram->saw_old;
    datagram->saw_old = false;
    if (wanted) {
        datagram->timer.resends++;
        HF_TRY(send_again(datagram));
        hf_retransmit_timer_again(&datagram->timer, datagram->framing.now_ms);
        datagram->last_tries =
            datagram->timer.is_fixed
                ? 0
                : LAST_TRIES; /* the path loses much: the last flight, which nobody answers, goes thrice */
    }
    if (datagram->rules != HF_RULES_13) {
        if (datagram->rules == HF_RULES_12)
            hf_progress_forget_acks(datagram);
        return HF_OK;
    }
    /* What else comes behind the handshake is acknowledged by the timer, so that one ACK serves for several. */
    bool lacks_ack =
        had_old && !is_open13(datagram) && !datagram->timer.is_fixed && hf_flight_is_empty(&datagram->sender.flight);
    if (datagram->is_ack_urgent || lacks_ack)
        return send_ack_alone(datagram);
    return HF_OK;
}

/* ---- time ---- */

uint64_t hf_progress_deadline(const struct hf_datagram *datagram)
{
    uint64_t due_ms = datagram->timer.due_ms;
    if (datagram->rules == HF_RULES_13 && datagram->ack_due_ms < due_ms)
        due_ms = datagram->ack_due_ms;
    if (hf_routing_deadline(datagram) < due_ms)
        due_ms = hf_routing_deadline(datagram);
    return datagram->hint.due_ms < due_ms ? datagram->hint.due_ms : due_ms;
}

/* Tickets that nobody acknowledges are given up without harm; anything else means that the peer is gone. */
static enum hf_error give_up(struct hf_datagram *datagram)
{
    if (!is_open13(datagram) || datagram->pending_write != NULL || datagram->timer.is_fixed)
        return HF_ERR_datagrams_unanswered;
    end_flight(datagram);
    return HF_OK;
}

enum hf_error hf_progress_tick(struct hf_datagram *datagram)
{
    uint64_t now_ms = datagram->framing.now_ms;
    HF_TRY(hf_routing_tick(datagram));
    if (datagram->rules == HF_RULES_13 && datagram->ack_due_ms <= now_ms) {
        datagram->ack_due_ms = UINT64_MAX;
        HF_TRY(send_ack_alone(datagram));
    }
    if (datagram->timer.due_ms > now_ms)
        return HF_OK;
    if (hf_flight_is_empty(&datagram->sender.flight)) {
        hf_retransmit_timer_stop(&datagram->timer);
        return HF_OK;
    }
    bool is_last12 = datagram->rules == HF_RULES_12 && datagram->is_handshake_over;
    if (is_last12 && datagram->last_tries-- == 0) {
        hf_retransmit_timer_stop(&datagram->timer);
        return HF_OK;
    }
    if (!hf_retransmit_timer_expire(&datagram->timer, now_ms))
        return give_up(datagram);
    return send_again(datagram);
}
