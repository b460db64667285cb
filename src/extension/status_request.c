/* status_request, RFC 6066 8: any responder will do, and no extensions of OCSP are asked for. */
#include "extension/status_request.h"

#include "wire/read.h"
#include "wire/write.h"

bool hf_status_request_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    const struct hf_wire_status_request request = {.status_type = HF_STATUS_TYPE_OCSP};
    hf_wire_write_status_request(payload, &request);
    return offer->config->asks_staples;
}

/* What follows another status_type has a form that nobody here knows: as if it had not been asked. */
enum hf_error hf_status_request_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                     struct hf_client_hello_facts *facts)
{
    (void)reading;
    struct hf_reader peek = hf_reader_of(payload);
    struct hf_wire_status_request request;
    if (payload.len > 0 && hf_reader_u8(&peek) != HF_STATUS_TYPE_OCSP)
        return HF_OK;
    HF_TRY(hf_wire_read_status_request(payload, &request));
    facts->status_request = true;
    return HF_OK;
}

/* Empty where it stands in ServerHello of TLS 1.2, saying that a CertificateStatus may follow, and in
 * CertificateRequest, asking the client for the same. */
bool hf_status_request_reply(const struct hf_server_answer *answer, enum hf_extension_place place,
                             struct hf_writer *payload)
{
    (void)payload;
    return place == HF_PLACE_CR ? answer->config->asks_staples : answer->status_request;
}

enum hf_error hf_status_request_check(const struct hf_extension_reading *reading, struct hf_span payload,
                                      struct hf_server_hello_facts *facts)
{
    struct hf_wire_nothing nothing;
    HF_TRY(hf_wire_read_nothing(payload, &nothing));
    if (reading->place == HF_PLACE_CR)
        facts->request.status_request = true;
    else
        facts->status_request = true;
    return HF_OK;
}
