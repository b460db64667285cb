/* renegotiation_info, RFC 5746: a single zero byte (an empty vector) from both ends, in the first and only handshake.
 * Anything in it means that somebody renegotiates, or that two connections are spliced. */
#include "extension/renegotiation_info.h"

#include "wire/write.h"

static void write_empty(struct hf_writer *payload)
{
    const struct hf_wire_renegotiation_info info = {.renegotiated_connection = {0}};
    hf_wire_write_renegotiation_info(payload, &info);
}

/* RFC 5746 3.4, 3.6: it must be of length zero in an initial handshake. */
static enum hf_error read_empty(struct hf_span payload)
{
    struct hf_wire_renegotiation_info info;
    HF_TRY(hf_wire_read_renegotiation_info(payload, &info));
    return info.renegotiated_connection.len == 0 ? HF_OK : HF_ERR_renegotiation_info_wrong;
}

bool hf_renegotiation_info_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    if ((offer->generations & HF_VERSION_BIT_12) == 0)
        return false;
    write_empty(payload);
    return true;
}

enum hf_error hf_renegotiation_info_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                         struct hf_client_hello_facts *facts)
{
    (void)reading;
    HF_TRY(read_empty(payload));
    facts->secure_renegotiation = true;
    return HF_OK;
}

bool hf_renegotiation_info_reply(const struct hf_server_answer *answer, enum hf_extension_place place,
                                 struct hf_writer *payload)
{
    (void)place;
    if (!answer->secure_renegotiation)
        return false;
    write_empty(payload);
    return true;
}

enum hf_error hf_renegotiation_info_check(const struct hf_extension_reading *reading, struct hf_span payload,
                                          struct hf_server_hello_facts *facts)
{
    (void)reading;
    HF_TRY(read_empty(payload));
    facts->secure_renegotiation = true;
    return HF_OK;
}
