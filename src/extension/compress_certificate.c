/* compress_certificate, RFC 8879 3: what the config has functions for, best first. */
#include "extension/compress_certificate.h"

#include "base/text.h"
#include "wire/read.h"

static bool write_list(const struct hf_config *config, struct hf_writer *payload)
{
    const size_t list = hf_writer_open(payload, 1);
    const size_t before = payload->len;
    for (size_t i = 0; i < config->compression_count; i++)
        if (config->compressions[i].decompress != NULL)
            hf_writer_u16(payload, config->compressions[i].id);
    const bool any = payload->len > before;
    hf_writer_close(payload, list, 1);
    return any;
}

/* An algorithm named twice tells nothing and is no list that anybody means to send. */
static enum hf_error read_list(const struct hf_extension_reading *reading, struct hf_span payload,
                               struct hf_span *ret_algorithms)
{
    struct hf_wire_compress_certificate wire;
    HF_TRY(hf_wire_read_compress_certificate(payload, &wire));
    struct hf_reader list = hf_reader_of(wire.algorithms);
    while (hf_reader_more(&list)) {
        const uint16_t algorithm = hf_reader_u16(&list);
        if (!hf_wire_list_has(hf_span_of(list.next, list.left), 2, algorithm))
            continue;
        struct hf_text got = hf_text_of(reading->failure->got, sizeof reading->failure->got);
        hf_text_add(&got, "algorithm %u twice", (unsigned)algorithm);
        return HF_ERR_decode_error;
    }
    *ret_algorithms = wire.algorithms;
    return HF_OK;
}

bool hf_compress_certificate_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    return write_list(offer->config, payload) && (offer->generations & HF_VERSION_BIT_13) != 0;
}

enum hf_error hf_compress_certificate_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                           struct hf_client_hello_facts *facts)
{
    return read_list(reading, payload, &facts->takes_compressed);
}

/* CertificateRequest: of the client's certificates; what an authenticator has is compressed by none of ours. */
bool hf_compress_certificate_reply(const struct hf_server_answer *answer, enum hf_extension_place place,
                                   struct hf_writer *payload)
{
    (void)place;
    return write_list(answer->config, payload) && !answer->is_authenticator_request;
}

enum hf_error hf_compress_certificate_check(const struct hf_extension_reading *reading, struct hf_span payload,
                                            struct hf_server_hello_facts *facts)
{
    return read_list(reading, payload, &facts->request.takes_compressed);
}
