#include "engine/alert.h"

#include "engine/anew.h"
#include "engine/failure.h"
#include "handshake/machine.h"
#include "handshake/narrate.h"
#include "handshake/refuse.h"

enum { LEVEL_WARNING = 1, LEVEL_FATAL = 2 };

static enum hf_error take_close_notify(struct hf_connection *connection, bool is_protected)
{
    if (!is_protected && hf_anew_after_alert(connection, HF_ALERT_close_notify))
        return HF_OK;
    if (!hf_machine_takes_data(&connection->handshake) && !hf_machine_sends_data(&connection->handshake))
        return hf_failure_by_network(connection, HF_ERR_cut_in_handshake);
    connection->received_close = true;
    hf_connection_raise(connection, HF_EVENT_PEER_CLOSED);
    return HF_OK;
}

/* 1.3 knows no warnings but close_notify and user_canceled; whatever the level says, the rest ends the connection
 * (RFC 9846 6). In 1.2, and while the version is open, warnings are let pass, a few: servers of 1.2 that do not know
 * the name asked for warn of that before their ServerHello (RFC 6066 3). */
static bool is_warning(const struct hf_connection *connection, const struct hf_unit *unit)
{
    if (unit->alert == HF_ALERT_user_canceled)
        return true;
    const struct hf_protocol *protocol = connection->handshake.protocol;
    return unit->alert_level == LEVEL_WARNING && (protocol == NULL || protocol->rules == HF_RULES_12);
}

/* One of them answers something: a HelloRequest of ours. The others say nothing that we act on. */
static enum hf_error take_warning(struct hf_connection *connection, const struct hf_unit *unit)
{
    static const struct hf_taken refusal = {.input = HF_INPUT_no_renegotiation};
    if (unit->alert != HF_ALERT_no_renegotiation ||
        !hf_machine_awaits(&connection->handshake, HF_INPUT_no_renegotiation))
        return HF_OK;
    enum hf_error error = hf_machine_take(&connection->handshake, &refusal);
    return error == HF_OK ? HF_OK : hf_failure_by_us(connection, error);
}

enum hf_error hf_alert_take(struct hf_connection *connection, const struct hf_unit *unit)
{
    hf_narrate_alert(&connection->handshake, /* sent= */ false, unit->alert);
    if (unit->alert_level != LEVEL_WARNING && unit->alert_level != LEVEL_FATAL)
        return hf_failure_by_us(connection, hf_refuse_got(&connection->handshake, HF_ERR_illegal_parameter,
                                                          "Alert.level", "%u", unit->alert_level));
    if (unit->alert == HF_ALERT_close_notify)
        return take_close_notify(connection, unit->is_protected);
    if (!is_warning(connection, unit))
        return hf_failure_by_peer(connection, unit->alert, unit->is_protected);
    if (++connection->warnings > HF_ENGINE_WARNINGS_MAX)
        return hf_failure_by_us(connection, HF_ERR_too_many_warnings);
    return take_warning(connection, unit);
}

static void send_warning(struct hf_connection *connection, enum hf_alert alert)
{
    enum hf_error error = hf_framing_send_alert(connection->framing, LEVEL_WARNING, (uint8_t)alert);
    if (error == HF_OK)
        hf_narrate_alert(&connection->handshake, /* sent= */ true, (uint16_t)alert);
}

void hf_alert_close(struct hf_connection *connection)
{
    if (connection->handshake.sent_close || hf_connection_failed(connection))
        return;
    if (!hf_machine_sends_data(&connection->handshake))
        send_warning(connection, HF_ALERT_user_canceled);
    send_warning(connection, HF_ALERT_close_notify);
    connection->handshake.sent_close = true;
}
