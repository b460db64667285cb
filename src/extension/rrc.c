#include "extension/rrc.h"

#include "wire/read.h"

bool hf_rrc_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    (void)payload;
    return offer->config->uses_connection_ids;
}

enum hf_error hf_rrc_take(const struct hf_extension_reading *reading, struct hf_span payload,
                          struct hf_client_hello_facts *facts)
{
    (void)reading;
    struct hf_wire_nothing nothing;
    HF_TRY(hf_wire_read_nothing(payload, &nothing));
    facts->checks_paths = true;
    return HF_OK;
}

bool hf_rrc_reply(const struct hf_server_answer *answer, enum hf_extension_place place, struct hf_writer *payload)
{
    (void)place, (void)payload;
    return answer->checks_paths;
}

enum hf_error hf_rrc_check(const struct hf_extension_reading *reading, struct hf_span payload,
                           struct hf_server_hello_facts *facts)
{
    (void)reading;
    struct hf_wire_nothing nothing;
    HF_TRY(hf_wire_read_nothing(payload, &nothing));
    facts->checks_paths = true;
    return HF_OK;
}
