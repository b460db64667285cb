/* session_ticket, RFC 5077 3.2: the ticket of the session that is offered, or empty by a client that wants one. */
#include "extension/session_ticket.h"

bool hf_session_ticket_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    const struct hf_span ticket = offer->session == NULL ? hf_span_of(NULL, 0) : offer->session->ticket;
    if ((offer->generations & HF_VERSION_BIT_12) == 0 || !offer->config->asks_tickets)
        return false;
    hf_writer_bytes(payload, ticket);
    return true;
}

enum hf_error hf_session_ticket_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                     struct hf_client_hello_facts *facts)
{
    (void)reading;
    facts->session_ticket = true;
    facts->ticket = payload;
    return HF_OK;
}

bool hf_session_ticket_reply(const struct hf_server_answer *answer, enum hf_extension_place place,
                             struct hf_writer *payload)
{
    (void)place, (void)payload;
    return answer->session_ticket;
}

enum hf_error hf_session_ticket_check(const struct hf_extension_reading *reading, struct hf_span payload,
                                      struct hf_server_hello_facts *facts)
{
    (void)reading;
    struct hf_wire_nothing nothing;
    HF_TRY(hf_wire_read_nothing(payload, &nothing));
    facts->session_ticket = true;
    return HF_OK;
}
