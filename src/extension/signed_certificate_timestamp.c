#include "extension/signed_certificate_timestamp.h"

#include "wire/read.h"

bool hf_signed_certificate_timestamp_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    (void)payload;
    return offer->config->asks_scts;
}

enum hf_error hf_signed_certificate_timestamp_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                                   struct hf_client_hello_facts *facts)
{
    (void)reading;
    struct hf_wire_nothing nothing;
    HF_TRY(hf_wire_read_nothing(payload, &nothing));
    facts->scts = true;
    return HF_OK;
}

bool hf_signed_certificate_timestamp_reply(const struct hf_server_answer *answer, enum hf_extension_place place,
                                           struct hf_writer *payload)
{
    if (place == HF_PLACE_CR)
        return answer->config->asks_scts;
    hf_writer_bytes(payload, answer->scts);
    return answer->scts.len > 0;
}

enum hf_error hf_signed_certificate_timestamp_check(const struct hf_extension_reading *reading, struct hf_span payload,
                                                    struct hf_server_hello_facts *facts)
{
    struct hf_wire_nothing nothing;
    struct hf_wire_sct_list list;
    if (reading->place == HF_PLACE_CR) {
        HF_TRY(hf_wire_read_nothing(payload, &nothing));
        facts->request.scts = true;
        return HF_OK;
    }
    HF_TRY(hf_wire_read_sct_list(payload, &list));
    facts->scts = payload;
    return HF_OK;
}
