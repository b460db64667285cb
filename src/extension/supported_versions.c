/* supported_versions, RFC 9846 4.3.1: a list from the client, one number from the server, and that one must be of the
 * list. Answered only by TLS 1.3 servers: an answer that says 1.2 ends up in a message where it may not stand. */
#include "extension/supported_versions.h"

#include "base/text.h"
#include "wire/write.h"

bool hf_supported_versions_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    if ((offer->generations & HF_VERSION_BIT_13) == 0)
        return false;
    const size_t list = hf_writer_open(payload, 1);
    hf_grease_write(&offer->grease, HF_GREASE_VERSION, payload);
    for (size_t i = 0; i < offer->version_count; i++)
        hf_writer_u16(payload, offer->versions[i]);
    hf_writer_close(payload, list, 1);
    return true;
}

enum hf_error hf_supported_versions_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                         struct hf_client_hello_facts *facts)
{
    (void)reading;
    struct hf_wire_supported_versions_offer wire;
    HF_TRY(hf_wire_read_supported_versions_offer(payload, &wire));
    facts->versions = wire.versions;
    return HF_OK;
}

bool hf_supported_versions_reply(const struct hf_server_answer *answer, enum hf_extension_place place,
                                 struct hf_writer *payload)
{
    (void)place;
    hf_writer_u16(payload, answer->version);
    return true;
}

enum hf_error hf_supported_versions_check(const struct hf_extension_reading *reading, struct hf_span payload,
                                          struct hf_server_hello_facts *facts)
{
    struct hf_wire_supported_versions_choice wire;
    HF_TRY(hf_wire_read_supported_versions_choice(payload, &wire));
    for (size_t i = 0; i < reading->offer->version_count; i++)
        if (reading->offer->versions[i] == wire.selected_version) {
            facts->version = wire.selected_version;
            return HF_OK;
        }
    struct hf_text got = hf_text_of(reading->failure->got, sizeof reading->failure->got);
    hf_text_add(&got, "0x%04x, which was not offered", (unsigned)wire.selected_version);
    return HF_ERR_illegal_parameter;
}
