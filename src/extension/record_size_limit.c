/* record_size_limit, RFC 8449 4: at least 64. A client may refuse a server's value above what the version allows; a
 * server must not refuse a client's, which may know of something newer. */
#include "extension/record_size_limit.h"

#include "base/text.h"
#include "wire/read.h"

enum { LIMIT_MIN = 64, LIMIT_MAX = 16384 + 1 }; /* 2^14, and TLS 1.3's inner content type */

static enum hf_error read_limit(const struct hf_extension_reading *reading, struct hf_span payload, unsigned max,
                                uint16_t *ret_limit)
{
    struct hf_wire_record_size_limit wire;
    HF_TRY(hf_wire_read_record_size_limit(payload, &wire));
    if (wire.limit < LIMIT_MIN || wire.limit > max) {
        struct hf_text wanted = hf_text_of(reading->failure->wanted, sizeof reading->failure->wanted);
        hf_text_add(&wanted, "%u to %u", (unsigned)LIMIT_MIN, max);
        struct hf_text got = hf_text_of(reading->failure->got, sizeof reading->failure->got);
        hf_text_add(&got, "%u", (unsigned)wire.limit);
        return HF_ERR_record_size_limit_wrong;
    }
    *ret_limit = wire.limit;
    return HF_OK;
}

bool hf_record_size_limit_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    hf_writer_u16(payload, offer->config->record_size_limit);
    return offer->config->record_size_limit != 0;
}

enum hf_error hf_record_size_limit_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                        struct hf_client_hello_facts *facts)
{
    return read_limit(reading, payload, UINT16_MAX, &facts->record_size_limit);
}

bool hf_record_size_limit_reply(const struct hf_server_answer *answer, enum hf_extension_place place,
                                struct hf_writer *payload)
{
    (void)place;
    hf_writer_u16(payload, answer->record_size_limit);
    return answer->record_size_limit != 0;
}

enum hf_error hf_record_size_limit_check(const struct hf_extension_reading *reading, struct hf_span payload,
                                         struct hf_server_hello_facts *facts)
{
    return read_limit(reading, payload, LIMIT_MAX, &facts->record_size_limit);
}
