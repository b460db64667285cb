/* max_fragment_length, RFC 6066 4: codes 1 to 4 for 2^9 to 2^12 bytes. Others are illegal_parameter, and so is an
 * answer that is not what was asked. */
#include "extension/max_fragment_length.h"

#include "base/text.h"
#include "wire/read.h"

enum { CODE_MAX = 4, BYTES_OF_CODE_0 = 256 };

/* 0 when the length has no code. */
static uint8_t code_of(uint16_t bytes)
{
    for (unsigned code = 1; code <= CODE_MAX; code++)
        if (bytes == BYTES_OF_CODE_0 << code)
            return (uint8_t)code;
    return 0;
}

static enum hf_error read_bytes(struct hf_span payload, uint16_t *ret_bytes)
{
    struct hf_wire_max_fragment_length wire;
    HF_TRY(hf_wire_read_max_fragment_length(payload, &wire));
    if (wire.code == 0 || wire.code > CODE_MAX)
        return HF_ERR_illegal_parameter;
    *ret_bytes = (uint16_t)(BYTES_OF_CODE_0 << wire.code);
    return HF_OK;
}

bool hf_max_fragment_length_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    const uint8_t code = code_of(offer->config->max_fragment_length);
    hf_writer_u8(payload, code);
    return code != 0;
}

enum hf_error hf_max_fragment_length_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                          struct hf_client_hello_facts *facts)
{
    (void)reading;
    return read_bytes(payload, &facts->max_fragment_length);
}

bool hf_max_fragment_length_reply(const struct hf_server_answer *answer, enum hf_extension_place place,
                                  struct hf_writer *payload)
{
    (void)place;
    const uint8_t code = code_of(answer->max_fragment_length);
    hf_writer_u8(payload, code);
    return code != 0;
}

enum hf_error hf_max_fragment_length_check(const struct hf_extension_reading *reading, struct hf_span payload,
                                           struct hf_server_hello_facts *facts)
{
    uint16_t bytes;
    HF_TRY(read_bytes(payload, &bytes));
    const uint16_t asked = reading->offer->config->max_fragment_length;
    if (bytes != asked) {
        struct hf_text wanted = hf_text_of(reading->failure->wanted, sizeof reading->failure->wanted);
        hf_text_add(&wanted, "%u bytes, as asked", (unsigned)asked);
        struct hf_text got = hf_text_of(reading->failure->got, sizeof reading->failure->got);
        hf_text_add(&got, "%u bytes", (unsigned)bytes);
        return HF_ERR_illegal_parameter;
    }
    facts->max_fragment_length = bytes;
    return HF_OK;
}
