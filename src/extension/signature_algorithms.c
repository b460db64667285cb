/* signature_algorithms, RFC 9846 4.3.3: schemes of the config that the generations in question allow in handshakes or
 * in certificates; PKCS#1 may stand in a list of TLS 1.3 and then means certificates only. */
#include "extension/signature_algorithms.h"

#include "wire/read.h"

void hf_signature_algorithms_write(const struct hf_config *config, unsigned generations, struct hf_writer *list)
{
    for (size_t i = 0; i < config->scheme_count; i++)
        if (((config->schemes[i]->handshake | config->schemes[i]->certificates) & generations) != 0)
            hf_writer_u16(list, config->schemes[i]->id);
}

static bool write_list(const struct hf_config *config, unsigned generations, const struct hf_grease *grease,
                       struct hf_writer *payload)
{
    const size_t list = hf_writer_open(payload, 2);
    hf_grease_write(grease, HF_GREASE_SCHEME, payload);
    const size_t before = payload->len;
    hf_signature_algorithms_write(config, generations, payload);
    const bool any = payload->len > before;
    hf_writer_close(payload, list, 2);
    return any;
}

bool hf_signature_algorithms_offer(const struct hf_client_offer *offer, struct hf_writer *payload)
{
    return write_list(offer->config, offer->generations | offer->listed_too, &offer->grease, payload);
}

enum hf_error hf_signature_algorithms_take(const struct hf_extension_reading *reading, struct hf_span payload,
                                           struct hf_client_hello_facts *facts)
{
    (void)reading;
    struct hf_wire_signature_schemes list;
    HF_TRY(hf_wire_read_signature_schemes(payload, &list));
    facts->schemes = list.schemes;
    return HF_OK;
}

/* CertificateRequest, which has extensions in TLS 1.3 only. */
bool hf_signature_algorithms_reply(const struct hf_server_answer *answer, enum hf_extension_place place,
                                   struct hf_writer *payload)
{
    (void)place;
    return write_list(answer->config, HF_VERSION_BIT_13, &answer->grease, payload);
}

enum hf_error hf_signature_algorithms_check(const struct hf_extension_reading *reading, struct hf_span payload,
                                            struct hf_server_hello_facts *facts)
{
    (void)reading;
    struct hf_wire_signature_schemes list;
    HF_TRY(hf_wire_read_signature_schemes(payload, &list));
    facts->request.schemes = list.schemes;
    return HF_OK;
}
