#include "extension/connection_id.h"

#include "wire/read.h"
#include "wire/write.h"

static void write_id(struct hf_span id, struct hf_writer *payload)
{
    const struct hf_wire_connection_id wire = {.id = id};
    hf_wire_write_connection_id(payload, &wire);
}

static enum hf_error read_id(struct hf_span payload, struct hf_span *ret_id)
{
    struct hf_wire_connection_id wire;
    HF_TRY(hf_wire_read_connection_id(payload, &wire));
    *ret_id = wire.id;
    return HF_OK;
}

bool hf_connection_id_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    write_id(offer->connection_id, payload);
    return offer->config->uses_connection_ids;
}

enum hf_error hf_connection_id_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                    struct hf_client_hello_facts *facts)
{
    (void)reading;
    return read_id(payload, &facts->connection_id);
}

bool hf_connection_id_reply(const struct hf_server_answer *answer, enum hf_extension_place place,
                            struct hf_writer *payload)
{
    (void)place;
    write_id(answer->connection_id, payload);
    return answer->has_ids;
}

enum hf_error hf_connection_id_check(const struct hf_extension_reading *reading, struct hf_span payload,
                                     struct hf_server_hello_facts *facts)
{
    (void)reading;
    facts->has_ids = true;
    return read_id(payload, &facts->connection_id);
}
