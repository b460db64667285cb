#include "extension/quic_transport_parameters.h"

bool hf_quic_transport_parameters_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    hf_writer_bytes(payload, offer->parameters);
    return hf_config_transport(offer->config)->has_parameters;
}

enum hf_error hf_quic_transport_parameters_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                                struct hf_client_hello_facts *facts)
{
    (void)reading;
    facts->parameters = payload;
    return HF_OK;
}

bool hf_quic_transport_parameters_reply(const struct hf_server_answer *answer, enum hf_extension_place place,
                                        struct hf_writer *payload)
{
    (void)place;
    hf_writer_bytes(payload, answer->parameters);
    return hf_config_transport(answer->config)->has_parameters;
}

enum hf_error hf_quic_transport_parameters_check(const struct hf_extension_reading *reading, struct hf_span payload,
                                                 struct hf_server_hello_facts *facts)
{
    (void)reading;
    facts->parameters = payload;
    return HF_OK;
}
