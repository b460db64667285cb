/* Master key identifiers are never offered, so a server may not answer with one; a client's is let lie, as a server may
 * (RFC 5764 4.1.3). */
#include "extension/use_srtp.h"

#include "base/text.h"
#include "wire/read.h"
#include "wire/write.h"

bool hf_use_srtp_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    const struct hf_config *config = offer->config;
    const size_t list = hf_writer_open(payload, 2);
    for (size_t i = 0; i < config->srtp_count; i++)
        hf_writer_u16(payload, config->srtp_profiles[i]->id);
    hf_writer_close(payload, list, 2);
    hf_writer_u8(payload, 0);
    return config->srtp_count > 0;
}

enum hf_error hf_use_srtp_take(const struct hf_extension_reading *reading, struct hf_span payload,
                               struct hf_client_hello_facts *facts)
{
    (void)reading;
    struct hf_wire_use_srtp wire;
    HF_TRY(hf_wire_read_use_srtp(payload, &wire));
    facts->srtp_profiles = wire.profiles;
    return HF_OK;
}

bool hf_use_srtp_reply(const struct hf_server_answer *answer, enum hf_extension_place place, struct hf_writer *payload)
{
    (void)place;
    hf_writer_u16(payload, 2);
    hf_writer_u16(payload, answer->srtp_profile);
    hf_writer_u8(payload, 0);
    return answer->srtp_profile != 0;
}

static bool is_offered(const struct hf_config *config, uint16_t id)
{
    for (size_t i = 0; i < config->srtp_count; i++)
        if (config->srtp_profiles[i]->id == id)
            return true;
    return false;
}

/* Exactly one, and of those that were offered: RFC 5764 4.1.1. */
enum hf_error hf_use_srtp_check(const struct hf_extension_reading *reading, struct hf_span payload,
                                struct hf_server_hello_facts *facts)
{
    struct hf_wire_use_srtp wire;
    HF_TRY(hf_wire_read_use_srtp(payload, &wire));
    struct hf_reader list = hf_reader_of(wire.profiles);
    const uint16_t id = hf_reader_u16(&list);
    struct hf_text got = hf_text_of(reading->failure->got, sizeof reading->failure->got);
    if (!hf_reader_end(&list))
        hf_text_add(&got, "several profiles");
    else if (!is_offered(reading->offer->config, id))
        hf_text_add(&got, "profile 0x%04x, which was not offered", (unsigned)id);
    else if (wire.mki.len > 0)
        hf_text_add(&got, "a master key identifier, though none was offered");
    else {
        facts->srtp_profile = id;
        return HF_OK;
    }
    return HF_ERR_illegal_parameter;
}
