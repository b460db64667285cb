/* renegotiation_info, RFC 5746 3.2: empty from both ends in a connection's first handshake; in a later one it repeats
 * the verify_data of the handshake before it. Whether it says the right thing is for negotiate/renegotiation.h to
 * judge. */
#include "extension/renegotiation_info.h"

#include "wire/write.h"

static void write(struct hf_span renegotiated, struct hf_writer *payload)
{
    const struct hf_wire_renegotiation_info info = {.renegotiated_connection = renegotiated};
    hf_wire_write_renegotiation_info(payload, &info);
}

bool hf_renegotiation_info_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    if ((offer->generations & HF_VERSION_BIT_12) == 0)
        return false;
    write(offer->renegotiated, payload);
    return true;
}

enum hf_error hf_renegotiation_info_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                         struct hf_client_hello_facts *facts)
{
    (void)reading;
    struct hf_wire_renegotiation_info info;
    HF_TRY(hf_wire_read_renegotiation_info(payload, &info));
    facts->renegotiated = info.renegotiated_connection;
    facts->secure_renegotiation = true;
    return HF_OK;
}

bool hf_renegotiation_info_reply(const struct hf_server_answer *answer, enum hf_extension_place place,
                                 struct hf_writer *payload)
{
    (void)place;
    if (!answer->secure_renegotiation)
        return false;
    write(answer->renegotiated, payload);
    return true;
}

enum hf_error hf_renegotiation_info_check(const struct hf_extension_reading *reading, struct hf_span payload,
                                          struct hf_server_hello_facts *facts)
{
    (void)reading;
    struct hf_wire_renegotiation_info info;
    HF_TRY(hf_wire_read_renegotiation_info(payload, &info));
    facts->renegotiated = info.renegotiated_connection;
    facts->secure_renegotiation = true;
    return HF_OK;
}
