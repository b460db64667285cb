#include "extension/ticket_request.h"

#include "wire/write.h"

bool hf_ticket_request_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    const struct hf_wire_ticket_request_offer wire = {
        .new_session_count = offer->config->request_new,
        .resumption_count = offer->config->request_resumed,
    };
    if ((offer->generations & HF_VERSION_BIT_13) == 0 || !offer->config->requests_tickets)
        return false;
    hf_wire_write_ticket_request_offer(payload, &wire);
    return true;
}

enum hf_error hf_ticket_request_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                     struct hf_client_hello_facts *facts)
{
    (void)reading;
    struct hf_wire_ticket_request_offer wire;
    HF_TRY(hf_wire_read_ticket_request_offer(payload, &wire));
    facts->requests_tickets = true;
    facts->request_new = wire.new_session_count;
    facts->request_resumed = wire.resumption_count;
    return HF_OK;
}

/* Said to those who asked, as a hint: RFC 9149 3. */
bool hf_ticket_request_reply(const struct hf_server_answer *answer, enum hf_extension_place place,
                             struct hf_writer *payload)
{
    (void)place;
    hf_writer_u8(payload, answer->expected_tickets);
    return answer->tells_tickets;
}

enum hf_error hf_ticket_request_check(const struct hf_extension_reading *reading, struct hf_span payload,
                                      struct hf_server_hello_facts *facts)
{
    (void)reading, (void)facts;
    struct hf_wire_ticket_request_hint wire;
    return hf_wire_read_ticket_request_hint(payload, &wire); /* a hint only: whatever comes is taken as it comes */
}
