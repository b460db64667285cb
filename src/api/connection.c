/* The calls of <handfast/connection.h> that make, move and end a connection: arguments are checked here, the work is
 * the engine's. */
#include <handfast/connection.h>
#include <handfast/early.h>
#include <handfast/hello.h>
#include <handfast/session.h>
#include <handfast/transfer.h>

#include "engine/alert.h"
#include "engine/anew.h"
#include "engine/birth.h"
#include "engine/connection.h"
#include "engine/failure.h"
#include "engine/feed.h"
#include "engine/send.h"
#include "handshake/channel_binding.h"
#include "handshake/export.h"
#include "handshake/false_start.h"
#include "handshake/hello_outside.h"
#include "handshake/machine.h"
#include "handshake/post_handshake_auth.h"
#include "handshake/renegotiation.h"
#include "handshake/resumption.h"
#include "handshake/sign.h"
#include "handshake/tickets13.h"

/* ---- birth and death ---- */

struct hf_connection *hf_connection_new(struct hf_config *config, const char *peer_name, uint64_t now_ms,
                                        struct hf_failure *ret_failure)
{
    const struct hf_beginning beginning = {.peer_name = peer_name, .now_ms = now_ms};
    return hf_birth_connection(config, &beginning, ret_failure);
}

struct hf_connection *hf_connection_resume(struct hf_config *config, const char *peer_name, const void *session,
                                           size_t session_len, uint64_t now_ms, struct hf_failure *ret_failure)
{
    const struct hf_beginning beginning = {
        .peer_name = peer_name,
        .session = hf_span_of(session, session == NULL ? 0 : session_len),
        .now_ms = now_ms,
    };
    return hf_birth_connection(config, &beginning, ret_failure);
}

/* ---- bytes of the transport ---- */

static void set_time(struct hf_connection *connection, uint64_t now_ms)
{
    connection->handshake.now_ms = now_ms;
    hf_framing_set_time(connection->framing, now_ms);
}

enum hf_error hf_feed(struct hf_connection *connection, const void *wire, size_t len, uint64_t now_ms)
{
    if (hf_connection_failed(connection))
        return connection->failed;
    if (connection->framing->has_levels)
        return HF_ERR_wrong_call;
    set_time(connection, now_ms);
    return hf_feed_take(connection, hf_span_of(wire, len));
}

enum hf_error hf_feed_end(struct hf_connection *connection, uint64_t now_ms)
{
    if (hf_connection_failed(connection))
        return connection->failed;
    set_time(connection, now_ms);
    return hf_feed_finish(connection);
}

size_t hf_output(const struct hf_connection *connection, const uint8_t **ret_wire)
{
    struct hf_span output = hf_framing_output(connection->framing);
    *ret_wire = output.data;
    return output.len;
}

void hf_drained(struct hf_connection *connection, size_t len)
{
    hf_framing_consumed(connection->framing, len);
}

void hf_drain(struct hf_connection *connection, void *wire, size_t room, size_t *ret_len)
{
    struct hf_span whole = hf_framing_output(connection->framing);
    bool is_cut = connection->framing->is_unordered && whole.len > room; /* half a datagram is of no use */
    struct hf_span output = hf_span_part(whole, 0, is_cut ? 0 : room);
    *ret_len = hf_span_copy(output, wire, room) ? output.len : 0;
    hf_drained(connection, *ret_len);
}

void hf_rest(struct hf_connection *connection)
{
    hf_feed_rest(connection);
}

bool hf_next_event(struct hf_connection *connection, struct hf_event *ret_event)
{
    if (connection->event_count == 0) {
        ret_event->kind = HF_EVENT_NONE;
        return false;
    }
    ret_event->kind = (enum hf_event_kind)connection->events[connection->event_from];
    connection->event_from = (uint8_t)((connection->event_from + 1) % HF_ENGINE_EVENTS_MAX);
    connection->event_count--;
    if (ret_event->kind == HF_EVENT_SESSION)
        hf_tickets13_tell(&connection->handshake);
    return true;
}

uint64_t hf_deadline(const struct hf_connection *connection)
{
    if (hf_connection_failed(connection))
        return UINT64_MAX;
    uint64_t framing_ms = hf_framing_deadline(connection->framing);
    uint64_t anew_ms = hf_anew_deadline(connection);
    return anew_ms < framing_ms ? anew_ms : framing_ms;
}

enum hf_error hf_tick(struct hf_connection *connection, uint64_t now_ms)
{
    if (hf_connection_failed(connection))
        return connection->failed;
    set_time(connection, now_ms);
    hf_anew_tick(connection);
    enum hf_error error = hf_framing_tick(connection->framing);
    if (error == HF_ERR_datagrams_unanswered)
        return hf_failure_by_network(connection, error);
    return error == HF_OK ? hf_feed_pump(connection) : hf_failure_by_us(connection, error);
}

size_t hf_datagram_room(const struct hf_connection *connection)
{
    return hf_connection_failed(connection) ? 0 : hf_framing_data_max(connection->framing);
}

uint64_t hf_datagrams_dropped(const struct hf_connection *connection)
{
    return hf_framing_dropped(connection->framing);
}

void hf_set_datagram_max(struct hf_connection *connection, size_t len)
{
    hf_framing_set_datagram_max(connection->framing, len);
}

void hf_set_retransmission(struct hf_connection *connection, uint32_t first_ms)
{
    hf_framing_set_retransmission(connection->framing, first_ms);
}

/* ---- data ---- */

static enum hf_error read_data(struct hf_connection *connection, bool early, const struct hf_room *room,
                               size_t *ret_len)
{
    struct hf_rooms rooms = {room, 1, 0};
    *ret_len = 0;
    if (hf_connection_failed(connection))
        return connection->failed;
    *ret_len = hf_feed_read(connection, early, &rooms);
    if (*ret_len > 0 || room->len == 0)
        return HF_OK;
    return hf_connection_failed(connection) ? connection->failed : HF_OK;
}

enum hf_error hf_read(struct hf_connection *connection, void *into, size_t room, size_t *ret_len)
{
    return read_data(connection, /* early= */ false, &(struct hf_room){into, room}, ret_len);
}

enum hf_error hf_read_early(struct hf_connection *connection, void *into, size_t room, size_t *ret_len)
{
    return read_data(connection, /* early= */ true, &(struct hf_room){into, room}, ret_len);
}

enum hf_error hf_receive(struct hf_connection *connection, struct hf_receiving *receiving, uint64_t now_ms)
{
    struct hf_span wire = hf_span_of(receiving->wire, receiving->wire_len);
    struct hf_rooms rooms = {receiving->data, receiving->data_count, 0};
    receiving->wire_taken = receiving->data_len = 0;
    if (hf_connection_failed(connection))
        return connection->failed;
    if (connection->framing->is_unordered || connection->framing->has_levels)
        return HF_ERR_wrong_call;
    set_time(connection, now_ms);
    enum hf_error error = hf_feed_receive(connection, &wire, &rooms, &receiving->data_len);
    receiving->wire_taken = receiving->wire_len - wire.len;
    return receiving->data_len > 0 ? HF_OK : error;
}

enum hf_error hf_write(struct hf_connection *connection, const void *data, size_t len, size_t *ret_taken)
{
    *ret_taken = 0;
    return hf_send_queue(connection, hf_span_of(data, len), ret_taken);
}

enum hf_error hf_send(struct hf_connection *connection, struct hf_sending *sending)
{
    struct hf_pieces data = {sending->data, sending->data_count, 0};
    struct hf_writer wire = hf_writer_of(sending->wire, sending->wire_room);
    size_t before = hf_pieces_left(&data, SIZE_MAX);
    sending->data_taken = sending->wire_len = 0;
    if (connection->framing->is_unordered || connection->framing->has_levels || sending->wire_room < HF_SEND_ROOM_MIN)
        return HF_ERR_wrong_call;
    enum hf_error error = hf_send_through(connection, &data, &wire);
    sending->data_taken = before - hf_pieces_left(&data, SIZE_MAX);
    sending->wire_len = wire.len;
    return error;
}

/* Only while early keys protect what we send: from our hello to EndOfEarlyData, unless the server refuses. */
size_t hf_early_room(const struct hf_connection *connection)
{
    const struct hf_handshake *handshake = &connection->handshake;
    const bool is_client = connection->config->role == HF_CLIENT && !connection->framing->has_levels;
    const bool writes_early = is_client && handshake->work != NULL && handshake->work->writes_early;
    return writes_early && !handshake->sent_close && !hf_connection_failed(connection) ? handshake->early_left : 0;
}

enum hf_error hf_write_early(struct hf_connection *connection, const void *data, size_t len, size_t *ret_taken)
{
    const size_t room = hf_early_room(connection);
    *ret_taken = 0;
    if (hf_connection_failed(connection))
        return connection->failed;
    if (room == 0)
        return HF_ERR_wrong_call;
    if (connection->framing->is_unordered && len > room)
        return HF_ERR_datagram_too_long; /* half of it is of no use */
    enum hf_error error =
        hf_framing_send_data(connection->framing, hf_span_of(data, len < room ? len : room), ret_taken);
    connection->handshake.early_left -= (uint32_t)*ret_taken;
    if (error == HF_OK || error == HF_ERR_datagram_too_long)
        return error;
    return hf_failure_by_us(connection, error);
}

const struct hf_peer *hf_early_peer(const struct hf_connection *connection)
{
    const struct hf_work *work = connection->handshake.work;
    if (connection->config->role == HF_CLIENT && !hf_connection_failed(connection))
        return hf_false_start_peer(&connection->handshake);
    const bool takes = work != NULL && connection->config->role == HF_SERVER &&
                       connection->handshake.early == HF_EARLY_TAKEN && work->verified != NULL;
    return takes ? work->verified->peer : NULL;
}

enum hf_error hf_ask_for_certificate(struct hf_connection *connection)
{
    static const struct hf_taken ask = {.input = HF_INPUT_ask};
    if (hf_connection_failed(connection))
        return connection->failed;
    const bool may =
        hf_renegotiation_may_ask(&connection->handshake) || hf_post_handshake_auth_may_ask(&connection->handshake);
    if (connection->received_close || !may)
        return HF_ERR_wrong_call;
    enum hf_error error = hf_machine_take(&connection->handshake, &ask);
    return error == HF_OK ? HF_OK : hf_failure_by_us(connection, error);
}

size_t hf_certificates_awaited(const struct hf_connection *connection)
{
    return hf_connection_failed(connection) ? 0 : hf_post_handshake_auth_awaited(&connection->handshake);
}

void hf_close(struct hf_connection *connection)
{
    hf_alert_close(connection);
}

enum hf_error hf_key_update(struct hf_connection *connection, bool ask_peer)
{
    if (hf_connection_failed(connection))
        return connection->failed;
    if (!hf_machine_is_open(&connection->handshake) || connection->handshake.sent_close)
        return HF_ERR_wrong_call;
    enum hf_error error = hf_machine_key_update(&connection->handshake, ask_peer);
    if (error == HF_OK || error == HF_ERR_wrong_call)
        return error;
    return hf_failure_by_us(connection, error);
}

static struct hf_export_request ask_for_keys(const char *label, const void *context, size_t context_len)
{
    return (struct hf_export_request){
        .label = hf_span_of_text(label),
        .has_context = context != NULL,
        .context = hf_span_of(context, context == NULL ? 0 : context_len),
    };
}

enum hf_error hf_export(struct hf_connection *connection, const char *label, const void *context, size_t context_len,
                        void *into, size_t len)
{
    const struct hf_export_request request = ask_for_keys(label, context, context_len);
    if (hf_connection_failed(connection))
        return connection->failed;
    return hf_export_keys(&connection->handshake, &request, into, len);
}

enum hf_error hf_early_export(struct hf_connection *connection, const char *label, const void *context,
                              size_t context_len, void *into, size_t len)
{
    const struct hf_export_request request = ask_for_keys(label, context, context_len);
    if (hf_connection_failed(connection))
        return connection->failed;
    return hf_export_early_keys(&connection->handshake, &request, into, len);
}

enum hf_error hf_channel_binding(const struct hf_connection *connection, enum hf_channel_binding kind, void *into,
                                 size_t room, size_t *ret_len)
{
    *ret_len = 0;
    if (hf_connection_failed(connection))
        return connection->failed;
    return hf_channel_binding_make(&connection->handshake, kind, into, room, ret_len);
}

/* ---- answers ---- */

bool hf_signature_wanted(const struct hf_connection *connection, struct hf_signature_wanted *ret_wanted)
{
    const struct hf_handshake *handshake = &connection->handshake;
    if (handshake->work == NULL || handshake->work->signing.state != HF_SIGNING_WANTED ||
        hf_connection_abandoned(connection))
        return false;
    const struct hf_signature_work *signing = &handshake->work->signing;
    struct hf_span message = hf_buffer_span(&signing->message);
    *ret_wanted = (struct hf_signature_wanted){
        .scheme = handshake->own_scheme->id,
        .scheme_name = handshake->own_scheme->name,
        .message = message.data,
        .message_len = message.len,
        .digest = signing->digest.bytes,
        .digest_len = signing->digest.len,
        .identity = handshake->identity_index,
    };
    return true;
}

static enum hf_error go_on(struct hf_connection *connection, enum hf_error error)
{
    if (error != HF_OK)
        return hf_failure_by_us(connection, error);
    return hf_feed_pump(connection);
}

static enum hf_error signature_or_why(struct hf_connection *connection, struct hf_span signature, const char *why)
{
    struct hf_signature_wanted wanted;
    if (hf_connection_failed(connection))
        return connection->failed;
    if (!hf_signature_wanted(connection, &wanted))
        return HF_ERR_wrong_call;
    enum hf_error error = signature.len == 0 ? hf_sign_refuse(&connection->handshake, why)
                                             : hf_sign_answer(&connection->handshake, signature);
    if (error == HF_OK)
        error = hf_machine_resume(&connection->handshake);
    return go_on(connection, error);
}

enum hf_error hf_answer_signature(struct hf_connection *connection, const void *signature, size_t len)
{
    return signature_or_why(connection, hf_span_of(signature, signature == NULL ? 0 : len), NULL);
}

enum hf_error hf_answer_no_signature(struct hf_connection *connection, const char *why)
{
    return signature_or_why(connection, hf_span_of(NULL, 0), why);
}

static bool verdict_is_wanted(const struct hf_connection *connection)
{
    return hf_machine_awaits(&connection->handshake, HF_INPUT_verdict);
}

const struct hf_peer *hf_peer_candidate(const struct hf_connection *connection)
{
    return verdict_is_wanted(connection) ? connection->handshake.work->verified->peer : NULL;
}

static bool hello_is_wanted(const struct hf_connection *connection)
{
    return hf_machine_awaits(&connection->handshake, HF_INPUT_hello_answer);
}

bool hf_hello_wanted(const struct hf_connection *connection, struct hf_hello *ret_hello)
{
    if (!hello_is_wanted(connection))
        return false;
    hf_hello_outside_tell(&connection->handshake, ret_hello);
    return true;
}

static enum hf_error judge_hello(struct hf_connection *connection, bool accepts)
{
    const struct hf_taken taken = hf_hello_outside_answer(&connection->handshake);
    connection->handshake.verdict_accepts = accepts;
    enum hf_error error = hf_machine_take(&connection->handshake, &taken);
    hf_hello_outside_forget(&connection->handshake);
    return go_on(connection, error);
}

enum hf_error hf_answer_hello(struct hf_connection *connection, const struct hf_hello_answer *answer)
{
    if (hf_connection_failed(connection))
        return connection->failed;
    if (!hello_is_wanted(connection) || !hf_hello_outside_note(&connection->handshake, answer))
        return HF_ERR_wrong_call;
    return judge_hello(connection, /* accepts= */ true);
}

enum hf_error hf_answer_refusal(struct hf_connection *connection, enum hf_alert alert)
{
    if (hf_connection_failed(connection))
        return connection->failed;
    bool tells_none = alert == HF_ALERT_close_notify || alert == HF_ALERT_user_canceled || alert >= HF_ALERT_none;
    const bool of_hello = hello_is_wanted(connection);
    if (tells_none || !(of_hello || verdict_is_wanted(connection)))
        return HF_ERR_wrong_call;
    connection->handshake.verdict_alert = (uint16_t)alert;
    return of_hello ? judge_hello(connection, /* accepts= */ false)
                    : hf_answer_verdict(connection, /* accept= */ false);
}

enum hf_error hf_answer_verdict(struct hf_connection *connection, bool accept)
{
    static const struct hf_taken verdict = {.input = HF_INPUT_verdict};
    if (hf_connection_failed(connection))
        return connection->failed;
    if (!verdict_is_wanted(connection))
        return HF_ERR_wrong_call;
    connection->handshake.verdict_accepts = accept;
    return go_on(connection, hf_machine_take(&connection->handshake, &verdict));
}

bool hf_session_wanted(const struct hf_connection *connection, const uint8_t **ret_id, size_t *ret_len)
{
    if (!hf_machine_awaits(&connection->handshake, HF_INPUT_session))
        return false;
    *ret_len = hf_resumption_wanted(&connection->handshake, ret_id);
    return true;
}

enum hf_error hf_answer_session(struct hf_connection *connection, const void *session, size_t len)
{
    const struct hf_taken found = {
        .input = HF_INPUT_session,
        .body = hf_span_of(session, session == NULL ? 0 : len),
    };
    if (hf_connection_failed(connection))
        return connection->failed;
    if (!hf_machine_awaits(&connection->handshake, HF_INPUT_session))
        return HF_ERR_wrong_call;
    return go_on(connection, hf_machine_take(&connection->handshake, &found));
}
