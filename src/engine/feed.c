#include "engine/feed.h"

#include "datagram/routes.h"
#include "engine/alert.h"
#include "engine/anew.h"
#include "engine/failure.h"
#include "handshake/early_data.h"
#include "handshake/machine.h"
#include "handshake/refuse.h"

static enum hf_error take_input(struct hf_connection *connection, const struct hf_taken *taken)
{
    enum hf_error error = hf_machine_take(&connection->handshake, taken);
    return error == HF_OK ? HF_OK : hf_failure_by_us(connection, error);
}

static enum hf_error take_message(struct hf_connection *connection, const struct hf_unit *unit)
{
    enum hf_message message = hf_message_classify(unit->type, unit->body);
    const struct hf_taken taken = {
        .input = hf_input_of_message(message),
        .body = unit->body,
        .whole = unit->whole,
    };
    HF_TRY(take_input(connection, &taken));
    hf_anew_note_progress(connection);
    if (message == HF_MESSAGE_new_session_ticket && connection->was_open)
        hf_connection_accept(connection);
    return HF_OK;
}

static enum hf_error take_early_data(struct hf_connection *connection, const struct hf_unit *unit)
{
    enum hf_error error = hf_early_data_count(&connection->handshake, unit->data.len);
    if (error != HF_OK)
        return hf_failure_by_us(connection, error);
    connection->data = unit->data;
    connection->data_is_early = true;
    hf_connection_raise(connection, HF_EVENT_EARLY_DATA);
    return HF_OK;
}

static enum hf_error take_data(struct hf_connection *connection, const struct hf_unit *unit)
{
    struct hf_handshake *handshake = &connection->handshake;
    connection->data_is_early = false;
    if (hf_machine_takes_early_data(handshake))
        return take_early_data(connection, unit);
    if (!hf_machine_takes_data(handshake)) {
        enum hf_error error = hf_refuse(handshake, HF_ERR_unexpected_message, "application data", NULL,
                                        "data before the handshake's end");
        return hf_failure_by_us(connection, error);
    }
    handshake->key_updates = 0;
    hf_routes_note_data(hf_framing_routes(connection->framing));
    connection->data = unit->data;
    hf_connection_accept(connection);
    hf_connection_raise(connection, HF_EVENT_DATA);
    return HF_OK;
}

static enum hf_error take_unit(struct hf_connection *connection, const struct hf_unit *unit)
{
    static const struct hf_taken change_cipher_spec = {.input = HF_INPUT_change_cipher_spec};
    if (unit->kind != HF_UNIT_ALERT)
        connection->warnings = 0;
    switch (unit->kind) {
    case HF_UNIT_HANDSHAKE:
        return take_message(connection, unit);
    case HF_UNIT_CHANGE_CIPHER_SPEC:
        /* One that has overtaken what goes before it comes up again behind that: RFC 6347 4.2.4. */
        if (connection->framing->is_unordered &&
            !hf_machine_awaits(&connection->handshake, HF_INPUT_change_cipher_spec))
            return HF_OK;
        return take_input(connection, &change_cipher_spec);
    case HF_UNIT_ALERT:
        return hf_alert_take(connection, unit);
    case HF_UNIT_DATA:
        return take_data(connection, unit);
    case HF_UNIT_NONE:
        break;
    }
    return HF_OK;
}

/* After close_notify nothing of the peer counts any more (RFC 9846 6.1). */
static bool takes_no_more(const struct hf_connection *connection)
{
    return connection->received_close || hf_connection_abandoned(connection);
}

/* Whether another unit may be taken now. */
static bool may_take(const struct hf_connection *connection)
{
    return !hf_connection_failed(connection) && !takes_no_more(connection) && connection->data.len == 0 &&
           !hf_machine_rests(&connection->handshake);
}

static enum hf_error feed_framing(struct hf_connection *connection, struct hf_span *wire)
{
    size_t taken = 0;
    enum hf_error error = hf_framing_feed(connection->framing, *wire, &taken);
    *wire = hf_span_part(*wire, taken, wire->len);
    return error == HF_OK ? HF_OK : hf_failure_by_us(connection, error);
}

static void note_move(struct hf_connection *connection)
{
    const struct hf_routes *routes = hf_framing_routes(connection->framing);
    if (routes == NULL || routes->check.moved == connection->moves_told)
        return;
    connection->moves_told = routes->check.moved;
    hf_connection_raise(connection, HF_EVENT_PEER_MOVED);
}

/* Feeds and takes in turn; *wire is what is left. */
static enum hf_error move(struct hf_connection *connection, struct hf_span *wire)
{
    while (may_take(connection)) {
        struct hf_unit unit;
        enum hf_error error = hf_framing_next(connection->framing, &unit);
        if (error != HF_OK)
            return hf_failure_by_us(connection, error);
        note_move(connection);
        if (unit.kind != HF_UNIT_NONE)
            HF_TRY(take_unit(connection, &unit));
        else if (wire->len == 0)
            break;
        else
            HF_TRY(feed_framing(connection, wire));
    }
    return HF_OK;
}

static enum hf_error hold(struct hf_connection *connection, struct hf_span wire)
{
    if (takes_no_more(connection) || hf_buffer_append(&connection->held, wire))
        return HF_OK;
    return hf_failure_by_us(connection, HF_ERR_no_memory);
}

/* The transport ended, and all that came before was looked at: without close_notify that is a cut. */
static enum hf_error judge_end(struct hf_connection *connection)
{
    bool is_left = connection->data.len > 0 || hf_buffer_len(&connection->held) > 0;
    if (!connection->transport_ended || connection->received_close || is_left)
        return HF_OK;
    if (connection->framing->has_levels && hf_machine_is_open(&connection->handshake)) {
        connection->received_close = true; /* how QUIC ended is QUIC's to judge */
        hf_connection_raise(connection, HF_EVENT_PEER_CLOSED);
        return HF_OK;
    }
    return hf_failure_by_network(connection, hf_machine_is_open(&connection->handshake) ? HF_ERR_truncated
                                                                                        : HF_ERR_cut_in_handshake);
}

/* Buffers are lent only while something is in them; data that waits to be read still lies in the framing's. */
static void rest(struct hf_connection *connection)
{
    if (connection->data.len > 0 || hf_connection_failed(connection))
        return;
    hf_framing_rest(connection->framing);
    if (hf_buffer_len(&connection->held) == 0)
        hf_buffer_release(&connection->held);
}

enum hf_error hf_feed_pump(struct hf_connection *connection)
{
    struct hf_span held = hf_buffer_span(&connection->held);
    size_t before = held.len;
    HF_TRY(move(connection, &held));
    hf_buffer_consume(&connection->held, before - held.len);
    rest(connection);
    return judge_end(connection);
}

/* The framing keeps datagrams as they are until they can be looked at; what has no room there is lost. */
static enum hf_error take_datagram(struct hf_connection *connection, struct hf_span wire)
{
    hf_anew_note_datagram(connection);
    if (!takes_no_more(connection))
        HF_TRY(feed_framing(connection, &wire));
    return hf_feed_pump(connection);
}

enum hf_error hf_feed_take_level(struct hf_connection *connection, enum hf_level level, struct hf_span bytes)
{
    connection->framing->level = (uint8_t)level;
    if (!takes_no_more(connection))
        HF_TRY(feed_framing(connection, &bytes));
    return hf_feed_pump(connection);
}

enum hf_error hf_feed_take(struct hf_connection *connection, struct hf_span wire)
{
    if (connection->framing->is_unordered)
        return take_datagram(connection, wire);
    if (wire.len > HF_ENGINE_HELD_MAX - hf_buffer_len(&connection->held))
        return HF_ERR_wrong_call; /* nothing is taken: so the caller may come again */
    if (hf_buffer_len(&connection->held) > 0) {
        HF_TRY(hold(connection, wire));
        return hf_feed_pump(connection);
    }
    HF_TRY(move(connection, &wire));
    if (wire.len > 0)
        HF_TRY(hold(connection, wire));
    rest(connection);
    return HF_OK;
}

size_t hf_feed_read(struct hf_connection *connection, bool early, struct hf_rooms *into)
{
    size_t len = 0;
    while (connection->data.len > 0 && connection->data_is_early == early) {
        size_t given = hf_rooms_fill(into, connection->data);
        connection->data = hf_span_part(connection->data, given, connection->data.len);
        len += given;
        if (connection->data.len > 0 || hf_feed_pump(connection) != HF_OK)
            break; /* no more room, or nothing after this */
        if (connection->framing->is_unordered)
            break; /* one record a call: its borders mean something to the application */
    }
    return len;
}

/* Records of data go straight from the wire to the application. */
static enum hf_error open_data(struct hf_connection *connection, struct hf_span *wire, struct hf_rooms *into,
                               size_t *len)
{
    size_t opened = 0;
    if (!hf_machine_takes_data(&connection->handshake))
        return HF_OK;
    enum hf_error error = hf_framing_open_data(connection->framing, wire, into, &opened);
    *len += opened;
    if (opened > 0) {
        connection->warnings = 0;
        connection->handshake.key_updates = 0;
        hf_connection_accept(connection);
    }
    return error == HF_OK ? HF_OK : hf_failure_by_us(connection, error);
}

static bool is_full(struct hf_rooms *into)
{
    size_t room = 0;
    return hf_rooms_front(into, &room) == NULL || room == 0;
}

/* Whether nothing that came before waits to be looked at or read. What waits in the framing, it says itself. */
static bool takes_wire(const struct hf_connection *connection)
{
    return hf_buffer_len(&connection->held) == 0 && may_take(connection);
}

enum hf_error hf_feed_receive(struct hf_connection *connection, struct hf_span *wire, struct hf_rooms *into,
                              size_t *ret_len)
{
    *ret_len = 0;
    do {
        struct hf_span nothing = {0};
        if (wire->len > 0 && takes_wire(connection)) {
            size_t before = wire->len;
            HF_TRY(open_data(connection, wire, into, ret_len));
            if (wire->len == before)
                HF_TRY(feed_framing(connection, wire));
        }
        HF_TRY(move(connection, &nothing));
        *ret_len += hf_feed_read(connection, /* early= */ false, into);
    } while (wire->len > 0 && takes_wire(connection) && (*ret_len == 0 || !is_full(into)));
    if (hf_connection_failed(connection))
        return connection->failed;
    rest(connection);
    return judge_end(connection);
}

void hf_feed_rest(struct hf_connection *connection)
{
    if (connection->data.len == 0 && !hf_connection_failed(connection))
        hf_framing_quiet(connection->framing);
}

enum hf_error hf_feed_finish(struct hf_connection *connection)
{
    connection->transport_ended = true;
    return judge_end(connection);
}
