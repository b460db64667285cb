#include "extension/server_certificate_type.h"

#include "extension/certificate_types.h"

bool hf_server_certificate_type_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    return hf_certificate_types_write(&offer->config->peer_types, payload);
}

enum hf_error hf_server_certificate_type_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                              struct hf_client_hello_facts *facts)
{
    return hf_certificate_types_take(reading, payload, &facts->server_types);
}

bool hf_server_certificate_type_reply(const struct hf_server_answer *answer, enum hf_extension_place place,
                                      struct hf_writer *payload)
{
    (void)place;
    hf_writer_u8(payload, (uint8_t)answer->server_type);
    return answer->has_server_type;
}

enum hf_error hf_server_certificate_type_check(const struct hf_extension_reading *reading, struct hf_span payload,
                                               struct hf_server_hello_facts *facts)
{
    return hf_certificate_types_check(reading, payload, &reading->offer->config->peer_types, &facts->server_type);
}
