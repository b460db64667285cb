#include "engine/failure.h"

#include "base/text.h"
#include "engine/anew.h"
#include "engine/diagnose.h"
#include "handshake/machine.h"
#include "handshake/narrate.h"
#include "handshake/refuse.h"
#include "handshake/resumption.h"
#include "handshake/tickets13.h"

enum { ALERT_LEVEL_FATAL = 2 };

/* Where the failure is written: kept, or, without memory, `spare`, of which only the error lasts. */
static struct hf_failure *room_of(struct hf_connection *connection, struct hf_failure *spare)
{
    struct hf_failure *room = hf_refuse_room(&connection->handshake);
    return room == NULL ? spare : room;
}

static enum hf_error end(struct hf_connection *connection, const struct hf_failure *failure)
{
    struct hf_handshake *handshake = &connection->handshake;
    connection->failed = failure->error;
    handshake->state = HF_STATE_FAILED;
    if (failure->by != HF_BY_NETWORK) /* RFC 5246 7.2.2 speaks of fatal alerts */
        hf_resumption_spoil(handshake);
    hf_handshake_end_work(handshake);
    hf_schedule13_wipe(&handshake->schedule13);
    hf_schedule12_wipe(&handshake->schedule12);
    hf_tickets13_forget(handshake);
    connection->data = hf_span_of(NULL, 0);
    hf_framing_forget_keys(connection->framing);
    hf_buffer_release(&connection->held);
    hf_connection_raise(connection, HF_EVENT_FAILED);
    return connection->failed;
}

static void set_where(struct hf_failure *failure, const char *where)
{
    if (failure->where[0] != '\0')
        return;
    struct hf_text text = hf_text_of(failure->where, sizeof failure->where);
    hf_text_add(&text, "%s", where);
}

/* What the transport's end kept from coming. */
static void set_wait(const struct hf_connection *connection, struct hf_failure *failure)
{
    if (hf_machine_is_open(&connection->handshake) || failure->where[0] != '\0')
        return;
    struct hf_text text = hf_text_of(failure->where, sizeof failure->where);
    hf_text_add(&text, "the wait for ");
    hf_machine_expected(&connection->handshake, &text);
}

/* Before a version is agreed on, the alerts of 1.3 hold: both columns name the same ones for what can fail there. */
static enum hf_alert alert_for(const struct hf_connection *connection, enum hf_error error)
{
    const struct hf_protocol *protocol = connection->handshake.protocol;
    const bool by_application = error == HF_ERR_verdict_refused || error == HF_ERR_hello_refused;
    if (by_application && connection->handshake.verdict_alert != HF_ALERT_none)
        return connection->handshake.verdict_alert;
    return protocol == NULL ? hf_error_alert13(error) : protocol->alert_of(error);
}

enum hf_error hf_failure_by_us(struct hf_connection *connection, enum hf_error error)
{
    struct hf_failure spare = {.depth = -1};
    if (hf_connection_failed(connection))
        return connection->failed;
    if (hf_anew_after_error(connection, error))
        return HF_OK;
    struct hf_failure *failure = room_of(connection, &spare);
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
    return end(connection, failure);
}

enum hf_error hf_failure_by_peer(struct hf_connection *connection, uint8_t alert, bool is_protected)
{
    struct hf_failure spare = {.depth = -1};
    if (hf_connection_failed(connection))
        return connection->failed;
    if (!is_protected && hf_anew_after_alert(connection, alert))
        return HF_OK;
    struct hf_failure *failure = room_of(connection, &spare);
    failure->by = HF_BY_PEER;
    failure->alert = alert;
    hf_diagnose_alert(&connection->handshake, alert, failure);
    if (!is_protected && connection->handshake.read_keys[0] != 'n')
        set_where(failure, "an alert without protection: a hint, not a proof");
    return end(connection, failure);
}

enum hf_error hf_failure_by_network(struct hf_connection *connection, enum hf_error error)
{
    struct hf_failure spare = {.depth = -1};
    if (hf_connection_failed(connection))
        return connection->failed;
    struct hf_failure *failure = room_of(connection, &spare);
    failure->error = error;
    failure->by = HF_BY_NETWORK;
    failure->alert = HF_ALERT_none;
    hf_diagnose_cut(&connection->handshake, failure);
    set_wait(connection, failure);
    return end(connection, failure);
}
