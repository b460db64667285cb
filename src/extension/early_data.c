#include "extension/early_data.h"

#include "wire/read.h"
#include "wire/write.h"

bool hf_early_data_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    (void)payload;
    return offer->early_data;
}

enum hf_error hf_early_data_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                 struct hf_client_hello_facts *facts)
{
    (void)reading;
    struct hf_wire_nothing wire;
    HF_TRY(hf_wire_read_nothing(payload, &wire));
    facts->early_data = true;
    return HF_OK;
}

bool hf_early_data_reply(const struct hf_server_answer *answer, enum hf_extension_place place,
                         struct hf_writer *payload)
{
    const struct hf_wire_early_data_size size = {.max_early_data_size = answer->early_max};
    if (place != HF_PLACE_NST)
        return answer->early_data;
    hf_wire_write_early_data_size(payload, &size);
    return answer->early_max > 0;
}

enum hf_error hf_early_data_check(const struct hf_extension_reading *reading, struct hf_span payload,
                                  struct hf_server_hello_facts *facts)
{
    struct hf_wire_early_data_size size;
    struct hf_wire_nothing nothing;
    if (reading->place == HF_PLACE_NST) {
        HF_TRY(hf_wire_read_early_data_size(payload, &size));
        facts->early_max = size.max_early_data_size;
        return HF_OK;
    }
    HF_TRY(hf_wire_read_nothing(payload, &nothing));
    facts->early_data = true;
    return HF_OK;
}
