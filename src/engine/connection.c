/* Birth and death of connections, their events, and what an application asks of them. The calls of
 * <handfast/connection.h> check their arguments in api/connection.c and come here. */
#include "engine/connection.h"

#include "handshake/machine.h"
#include "handshake/resumption.h"
#include "handshake/tickets13.h"

bool hf_connection_failed(const struct hf_connection *connection)
{
    return connection->handshake.state == HF_STATE_FAILED;
}

bool hf_connection_abandoned(const struct hf_connection *connection)
{
    return connection->handshake.sent_close && !hf_machine_sends_data(&connection->handshake);
}

static void push(struct hf_connection *connection, enum hf_event_kind kind)
{
    if (connection->event_count == HF_ENGINE_EVENTS_MAX)
        return; /* there are more places than kinds, of which each waits once at most */
    size_t at = (connection->event_from + connection->event_count) % HF_ENGINE_EVENTS_MAX;
    connection->events[at] = (uint8_t)kind;
    connection->event_count++;
}

static bool waits(const struct hf_connection *connection, enum hf_event_kind kind)
{
    for (size_t i = 0; i < connection->event_count; i++)
        if (connection->events[(connection->event_from + i) % HF_ENGINE_EVENTS_MAX] == kind)
            return true;
    return false;
}

/* Who never hears of its acceptance otherwise: servers, clients that were not asked who they are, and all of 1.2, where
 * the server's Finished comes last, or, in a resumed session, after the server judged the client that it keeps (RFC
 * 5246 7.3). */
static bool is_accepted_by_opening(const struct hf_handshake *handshake)
{
    return hf_handshake_role(handshake) == HF_SERVER || !handshake->asked || handshake->protocol->rules == HF_RULES_12;
}

void hf_connection_accept(struct hf_connection *connection)
{
    if (connection->handshake.accepted)
        return;
    connection->handshake.accepted = true;
    push(connection, HF_EVENT_ACCEPTED);
}

void hf_connection_raise(struct hf_connection *connection, enum hf_event_kind kind)
{
    const bool ends_handshake = kind == HF_EVENT_OPENED || kind == HF_EVENT_CERTIFICATE_ANSWERED;
    if (waits(connection, kind) && kind != HF_EVENT_SESSION) /* of 1.3's sessions each has its own */
        return;
    push(connection, kind);
    connection->was_open = connection->was_open || kind == HF_EVENT_OPENED;
    if (kind == HF_EVENT_OPENED && is_accepted_by_opening(&connection->handshake))
        hf_connection_accept(connection);
    size_t sessions = ends_handshake ? hf_resumption_settle(&connection->handshake) : 0;
    const bool is_told = waits(connection, HF_EVENT_SESSION) || hf_tickets13_count(&connection->handshake) > 0;
    if (kind == HF_EVENT_CERTIFICATE_ANSWERED && is_told)
        sessions = 0; /* that event will tell of the newer one; a ticket of 1.3 has told of itself */
    for (; sessions > 0; sessions--)
        push(connection, HF_EVENT_SESSION);
}
