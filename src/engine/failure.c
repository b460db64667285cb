#include "engine/failure.h"

#include "base/text.h"
#include "engine/anew.h"
#include "engine/diagnose.h"
#include "handshake/machine.h"
#include "handshake/narrate.h"
#include "handshake/resumption.h"
#include "handshake/tickets13.h"

enum { ALERT_LEVEL_FATAL = 2 };

static enum hf_error end(struct hf_connection *connection)
{
    struct hf_handshake *handshake = &connection->handshake;
    handshake->state = HF_STATE_FAILED;
    if (connection->failure.by != HF_BY_NETWORK) /* RFC 5246 7.2.2 speaks of fatal alerts */
        hf_resumption_spoil(handshake);
    hf_handshake_end_work(handshake);
    hf_schedule13_wipe(&handshake->schedule13);
    hf_schedule12_wipe(&handshake->schedule12);
    hf_tickets13_forget(handshake);
    connection->data = hf_span_of(NULL, 0);
    hf_framing_forget_keys(connection->framing);
    hf_buffer_release(&connection->held);
    hf_connection_raise(connection, HF_EVENT_FAILED);
    return connection->failure.error;
}

static void set_where(struct hf_failure *failure, const char *where)
{
    if (failure->where[0] != '\0')
        return;
    struct hf_text text = hf_text_of(failure->where, sizeof failure->where);
    hf_text_add(&text, "%s", where);
}

/* What the transport's end kept from coming. */
static void set_wait(struct hf_connection *connection)
{
    if (hf_machine_is_open(&connection->handshake) || connection->failure.where[0] != '\0')
        return;
    struct hf_text text = hf_text_of(connection->failure.where, sizeof connection->failure.where);
    hf_text_add(&text, "the wait for ");
    hf_machine_expected(&connection->handshake, &text);
}

/* Before a version is agreed on, the alerts of 1.3 hold: both columns name the same ones for what can fail there. */
static enum hf_alert alert_for(const struct hf_connection *connection, enum hf_error error)
{
    const struct hf_protocol *protocol = connection->handshake.protocol;
    if (error == HF_ERR_verdict_refused && connection->handshake.verdict_alert != HF_ALERT_none)
        return connection->handshake.verdict_alert;
    return protocol == NULL ? hf_error_alert13(error) : protocol->alert_of(error);
}

enum hf_error hf_failure_by_us(struct hf_connection *connection, enum hf_error error)
{
    struct hf_failure *failure = &connection->failure;
    if (hf_connection_failed(connection))
        return failure->error;
    if (hf_anew_after_error(connection, error))
        return HF_OK;
    failure->error = error;
    failure->by = HF_BY_US;
    failure->alert = (uint16_t)alert_for(connection, error);
    if (connection->handshake.at != NULL)
        set_where(failure, connection->handshake.at);
    if (error == HF_ERR_not_tls) {
        failure->by = HF_BY_NETWORK;
        struct hf_text got = hf_text_of(failure->got, sizeof failure->got);
        hf_framing_describe(connection->framing, &got);
    }
    if (failure->alert != HF_ALERT_none && !connection->handshake.sent_close) {
        enum hf_error sent = hf_framing_send_alert(connection->framing, ALERT_LEVEL_FATAL, (uint8_t)failure->alert);
        if (sent == HF_OK)
            hf_narrate_alert(&connection->handshake, /* sent= */ true, failure->alert);
        else
            failure->alert = HF_ALERT_none; /* there was no memory for it: the peer sees the transport end */
    }
    return end(connection);
}

enum hf_error hf_failure_by_peer(struct hf_connection *connection, uint8_t alert, bool is_protected)
{
    struct hf_failure *failure = &connection->failure;
    if (hf_connection_failed(connection))
        return failure->error;
    if (!is_protected && hf_anew_after_alert(connection, alert))
        return HF_OK;
    failure->by = HF_BY_PEER;
    failure->alert = alert;
    hf_diagnose_alert(&connection->handshake, alert, failure);
    if (!is_protected && connection->handshake.read_keys[0] != 'n')
        set_where(failure, "an alert without protection: a hint, not a proof");
    return end(connection);
}

enum hf_error hf_failure_by_network(struct hf_connection *connection, enum hf_error error)
{
    struct hf_failure *failure = &connection->failure;
    if (hf_connection_failed(connection))
        return failure->error;
    failure->error = error;
    failure->by = HF_BY_NETWORK;
    failure->alert = HF_ALERT_none;
    hf_diagnose_cut(&connection->handshake, failure);
    set_wait(connection);
    return end(connection);
}
