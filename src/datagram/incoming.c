/* From records to units. A record that is not authentic is dropped without a trace but the count (RFC 9147 4.5.2); what
 * breaks the rules under keys is the peer's fault and fatal. Handshake messages are taken from the current epoch only:
 * those of older ones are the peer's retransmissions, or forged. */
#include "base/reader.h"
#include "datagram/parts.h"

/* ---- handshake ---- */

/* What the fragments of one record came to. */
struct tally {
    bool is_kept; /* all of them: only then may the record be acknowledged (RFC 9147 7) */
    bool is_news;
};

/* In the clear, one who disagrees may be a forger, or the first one was: the message begins anew. Under keys it is the
 * peer. */
static enum hf_error refuse_fragment(struct hf_datagram *datagram, const struct hf_fragment *fragment,
                                     bool is_protected, enum hf_error error)
{
    if (is_protected || error == HF_ERR_no_memory)
        return error;
    hf_reassemble_forget(&datagram->reassemble, fragment->message_seq);
    datagram->dropped++;
    return HF_OK;
}

/* The peer sends again what it has sent because it lacks ours. On a fixed schedule only the last flight of 1.2 goes
 * again for that: nothing but the peer's Finished asks for it (RFC 6347 4.2.4), and of one that comes in pieces only
 * the first does, where else the time since we last sent keeps several calls from getting several answers. */
static bool is_call_for_more(const struct hf_datagram *datagram, const struct hf_epoch_read *read,
                             const struct hf_fragment *fragment)
{
    if (!datagram->timer.is_fixed)
        return true;
    bool is_last12 = datagram->rules == HF_RULES_12 && datagram->is_handshake_over;
    return is_last12 && !read->protection->is_plain && fragment->offset == 0;
}

static enum hf_error take_fragment(struct hf_datagram *datagram, const struct hf_epoch_read *read,
                                   const struct hf_fragment *fragment, struct tally *tally)
{
    bool is_current = read == hf_epoch_current_read(&datagram->reads);
    enum hf_reassembled reassembled = HF_REASSEMBLED_DROPPED;

    if (hf_reassemble_is_old(&datagram->reassemble, fragment->message_seq)) {
        datagram->saw_old = datagram->saw_old || is_call_for_more(datagram, read, fragment);
        return HF_OK;
    }
    if (!is_current && !read->protection->is_plain)
        return HF_ERR_unexpected_message; /* the peer has ended that epoch by what it sent before: RFC 9147 8 */
    if (is_current) {
        enum hf_error error = hf_reassemble_add(&datagram->reassemble, fragment, &reassembled);
        if (error != HF_OK) {
            tally->is_kept = false;
            return refuse_fragment(datagram, fragment, !read->protection->is_plain, error);
        }
    }
    tally->is_kept = tally->is_kept && reassembled != HF_REASSEMBLED_DROPPED;
    tally->is_news = tally->is_news || reassembled == HF_REASSEMBLED_NEW;
    return HF_OK;
}

/* RFC 9147 7.1. Before the version is known there are no ACKs; what comes then is implicitly acknowledged. */
static void note_for_ack(struct hf_datagram *datagram, uint16_t epoch, uint64_t sequence)
{
    bool has_gap = hf_reassemble_has_gap(&datagram->reassemble);
    hf_ack_note(&datagram->ack, epoch, sequence);
    if (datagram->rules != HF_RULES_13)
        return;
    datagram->is_ack_urgent = datagram->is_ack_urgent || (has_gap && !datagram->timer.is_fixed);
    if (datagram->ack_due_ms == UINT64_MAX)
        datagram->ack_due_ms = datagram->framing.now_ms + datagram->timer.timeout_ms / 4;
}

static enum hf_error take_handshake(struct hf_datagram *datagram, const struct hf_epoch_read *read,
                                    const struct hf_record_content *content)
{
    struct hf_reader reader = hf_reader_of(content->bytes);
    struct tally tally = {.is_kept = true};
    struct hf_fragment fragment;
    while (hf_reader_more(&reader)) {
        if (!hf_fragment_read(&reader, &fragment)) {
            datagram->dropped++;
            return read->protection->is_plain ? HF_OK : HF_ERR_decode_error;
        }
        HF_TRY(take_fragment(datagram, read, &fragment, &tally));
    }
    if (tally.is_news)
        datagram->hint.due_ms = UINT64_MAX;
    if (tally.is_news)
        hf_progress_begun(datagram, !read->protection->is_plain);
    hf_retransmit_timer_heard(&datagram->timer);
    if (tally.is_kept)
        note_for_ack(datagram, read->epoch, content->sequence);
    return HF_OK;
}

static bool next_message(struct hf_datagram *datagram, struct hf_unit *unit)
{
    struct hf_span whole = hf_reassemble_next(&datagram->reassemble);
    if (whole.len == 0)
        return false;
    unit->kind = HF_UNIT_HANDSHAKE;
    unit->is_protected = !hf_epoch_current_read(&datagram->reads)->protection->is_plain;
    unit->type = whole.data[0];
    unit->whole = whole;
    unit->body = hf_span_part(whole, HF_FRAGMENT_HEADER_LEN, whole.len);
    datagram->is_ccs_offered = false;
    hf_progress_answered(datagram);
    return true;
}

/* ---- the other contents ---- */

/* In the clear anyone can write one, so it waits for something that disproves it. */
static enum hf_error take_alert(struct hf_datagram *datagram, bool is_protected, struct hf_span bytes,
                                struct hf_unit *unit)
{
    struct hf_reader reader = hf_reader_of(bytes);
    uint8_t level = hf_reader_u8(&reader);
    uint8_t alert = hf_reader_u8(&reader);
    if (!hf_reader_end(&reader))
        return is_protected ? HF_ERR_decode_error : HF_OK;
    if (is_protected) {
        *unit = (struct hf_unit){.kind = HF_UNIT_ALERT, .is_protected = true, .alert_level = level, .alert = alert};
        return HF_OK;
    }
    uint64_t wait_ms = datagram->framing.is_patient ? HF_DATAGRAM_HINT_PATIENT_MS : HF_DATAGRAM_HINT_MS;
    if (!datagram->is_handshake_over && datagram->hint.due_ms == UINT64_MAX)
        datagram->hint = (struct hf_alert_hint){
            .due_ms = datagram->framing.now_ms + wait_ms,
            .level = level,
            .alert = alert,
        };
    return HF_OK;
}

static bool take_hint(struct hf_datagram *datagram, struct hf_unit *unit)
{
    if (datagram->hint.due_ms > datagram->framing.now_ms)
        return false;
    datagram->hint.due_ms = UINT64_MAX;
    unit->kind = HF_UNIT_ALERT;
    unit->alert_level = datagram->hint.level;
    unit->alert = datagram->hint.alert;
    return true;
}

/* 1.2: it may have overtaken what goes before it, so it is offered until it is taken: turn_read takes it. */
static bool offer_ccs(struct hf_datagram *datagram, struct hf_unit *unit)
{
    if (!datagram->has_ccs || datagram->is_ccs_offered || datagram->rules != HF_RULES_12)
        return false;
    datagram->is_ccs_offered = true;
    unit->kind = HF_UNIT_CHANGE_CIPHER_SPEC;
    return true;
}

static void take_ccs(struct hf_datagram *datagram, struct hf_span bytes)
{
    bool is_first = hf_epoch_current_read(&datagram->reads)->epoch == 0;
    if (datagram->rules == HF_RULES_13 || !is_first || bytes.len != 1 || bytes.data[0] != 1)
        return;
    datagram->has_ccs = true;
    datagram->is_ccs_offered = false;
}

/* RFC 9147 5.6: early data is what its epoch says, until the handshake is over; then its keys are gone. */
static void give_data(struct hf_span bytes, struct hf_unit *unit)
{
    unit->kind = HF_UNIT_DATA;
    unit->is_protected = true;
    unit->data = bytes;
}

/* Keys of the handshake protect no data: RFC 9147 6.1. */
static bool forbids_data(const struct hf_datagram *datagram, const struct hf_epoch_read *read)
{
    return datagram->rules == HF_RULES_13 && !read->protection->is_plain && read->epoch < HF_EPOCH_APPLICATION13 &&
           read->protection->level != HF_LEVEL_EARLY;
}

/* Before the handshake is over data has overtaken it, and is lost (RFC 9147 5.8.1); the peer's application has to bear
 * that from any network. */
static enum hf_error take_data(struct hf_datagram *datagram, const struct hf_epoch_read *read, struct hf_span bytes,
                               struct hf_unit *unit)
{
    if (read->protection->level == HF_LEVEL_EARLY) {
        give_data(bytes, unit);
        return HF_OK;
    }
    if (forbids_data(datagram, read))
        return HF_ERR_unexpected_message;
    if (!datagram->is_handshake_over) {
        datagram->dropped++;
        return HF_OK;
    }
    if (datagram->rules == HF_RULES_12) {
        hf_retransmit_timer_stop(&datagram->timer);
        hf_sender_end_flight(&datagram->sender); /* who sends data has our Finished */
    }
    give_data(bytes, unit);
    return HF_OK;
}

static enum hf_error take_empty(struct hf_datagram *datagram, const struct hf_epoch_read *read, uint8_t type)
{
    datagram->dropped++;
    bool is_data = type == HF_CONTENT_APPLICATION_DATA && !forbids_data(datagram, read);
    return is_data || read->protection->is_plain ? HF_OK : HF_ERR_unexpected_message;
}

static enum hf_error take_protected(struct hf_datagram *datagram, const struct hf_epoch_read *read,
                                    const struct hf_record_content *content, struct hf_unit *unit)
{
    switch (content->type) {
    case HF_CONTENT_HANDSHAKE:
        return take_handshake(datagram, read, content);
    case HF_CONTENT_ALERT:
        return take_alert(datagram, /* is_protected= */ true, content->bytes, unit);
    case HF_CONTENT_APPLICATION_DATA:
        return take_data(datagram, read, content->bytes, unit);
    case HF_CONTENT_RETURN_ROUTABILITY_CHECK:
        return hf_routing_take(datagram, content->bytes);
    case HF_CONTENT_ACK:
        return datagram->rules == HF_RULES_13 ? hf_progress_acked(datagram, read->epoch, content->bytes)
                                              : HF_ERR_unexpected_message;
    default:
        return HF_ERR_unexpected_message;
    }
}

static enum hf_error take_plain(struct hf_datagram *datagram, const struct hf_epoch_read *read,
                                const struct hf_record_content *content, struct hf_unit *unit)
{
    switch (content->type) {
    case HF_CONTENT_HANDSHAKE:
        return take_handshake(datagram, read, content);
    case HF_CONTENT_ALERT:
        return take_alert(datagram, /* is_protected= */ false, content->bytes, unit);
    case HF_CONTENT_CHANGE_CIPHER_SPEC:
        take_ccs(datagram, content->bytes);
        return HF_OK;
    case HF_CONTENT_ACK:
        if (datagram->rules == HF_RULES_13)
            return hf_progress_acked(datagram, read->epoch, content->bytes);
        break;
    default:
        break;
    }
    datagram->dropped++;
    return HF_OK;
}

static enum hf_error take_content(struct hf_datagram *datagram, const struct hf_epoch_read *read,
                                  const struct hf_record_content *content, struct hf_unit *unit)
{
    if (content->bytes.len == 0)
        return take_empty(datagram, read, content->type);
    if (read->protection->is_plain)
        return take_plain(datagram, read, content, unit);
    if (datagram->receive_limit != 0 && content->bytes.len + content->padding > datagram->receive_limit)
        return HF_ERR_record_too_long;
    return take_protected(datagram, read, content, unit);
}

/* ---- records ---- */

/* The keys for a record; NULL: it was dropped, or kept until its keys are there. */
static struct hf_epoch_read *find_epoch(struct hf_datagram *datagram, const struct hf_inbox_record *record)
{
    hf_epoch_retire_reads(&datagram->reads, /* first= */ 0, datagram->framing.now_ms);
    struct hf_epoch_read *read = record->is_unified ? hf_epoch_find_bits(&datagram->reads, record->epoch)
                                                    : hf_epoch_find_read(&datagram->reads, record->epoch);
    enum hf_framing_rules other = record->is_unified ? HF_RULES_12 : HF_RULES_13;
    if (datagram->rules == other && (record->is_unified || record->epoch != 0))
        read = NULL;
    else if (read == NULL && !datagram->is_handshake_over && (record->is_unified || record->epoch == 1))
        hf_inbox_keep_early(&datagram->inbox, record);
    if (read == NULL)
        datagram->dropped++;
    return read;
}

/* What opens and is wrong then, too long or without a type, is the peer's. */
static bool is_droppable(const struct hf_epoch_read *read, enum hf_error error)
{
    return error == HF_ERR_bad_record || read->protection->is_plain;
}

/* In the clear anyone writes any number: a window would only let a forged high one shut all others out. There what
 * comes twice is found by its message_seq. RFC 9147 4.5.1: a window moves by what is authentic only. */
static bool is_new(const struct hf_epoch_read *read, uint64_t sequence)
{
    return read->protection->is_plain || hf_replay_window_is_new(&read->window, sequence);
}

/* RFC 9846 5.2, RFC 5246 6.2.3. Nobody has opened it yet: it is as any header that is wrong (RFC 9147 4.5.2). */
static bool is_too_long(const struct hf_inbox_record *record)
{
    enum { EXPANSION_12 = 2048, EXPANSION_13 = 256 };
    return record->body.len > HF_RECORD_CONTENT_MAX + (record->is_unified ? EXPANSION_13 : EXPANSION_12);
}

static enum hf_error take_record(struct hf_datagram *datagram, const struct hf_inbox_record *record,
                                 struct hf_unit *unit)
{
    struct hf_epoch_read *read = find_epoch(datagram, record);
    if (read == NULL)
        return HF_OK;
    bool knows_no_id =
        read->protection->is_plain || read->protection->level == HF_LEVEL_EARLY; /* it is not agreed on */
    bool is_expected = knows_no_id || hf_routes_expect(datagram->routes, record->id);
    if (is_too_long(record) || !is_expected || (!record->is_unified && !is_new(read, record->sequence))) {
        datagram->dropped++;
        return HF_OK;
    }
    const struct hf_record_wire wire = {
        .header = record->header,
        .body = record->body,
        .id = record->id,
        .sequence = read->window.next,
    };
    struct hf_record_content content = {0};
    enum hf_error error = hf_record_open(read->protection, &wire, record->into, &content);
    if (error != HF_OK || !is_new(read, content.sequence)) {
        datagram->dropped++;
        return error == HF_OK || is_droppable(read, error) ? HF_OK : error;
    }
    hf_replay_window_mark(&read->window, content.sequence);
    datagram->record_path = record->path;
    hf_routing_heard(datagram, read, record, content.sequence);
    return take_content(datagram, read, &content, unit);
}

enum hf_error hf_incoming_next(struct hf_datagram *datagram, struct hf_unit *unit)
{
    struct hf_inbox_record record;
    for (;;) {
        if (next_message(datagram, unit) || offer_ccs(datagram, unit))
            return HF_OK;
        if (!hf_inbox_next(&datagram->inbox, &record))
            break;
        HF_TRY(take_record(datagram, &record, unit));
        if (unit->kind != HF_UNIT_NONE)
            return HF_OK;
    }
    if (take_hint(datagram, unit))
        return HF_OK;
    HF_TRY(hf_routing_tick(datagram));
    return hf_progress_settle(datagram);
}
